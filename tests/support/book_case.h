// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "daemon/config/config.h"
#include "daemon/rehearsal/world.h"
#include "probes/error.h"

#include <string>
#include <string_view>
#include <vector>

// Small incidents written in a test, played on the worlds of tests/worlds.
namespace bw::testing {

[[nodiscard]] std::string world_path(std::string_view world);
// The configuration kept beside it, with the password that its sign-ins take. Aborts the test where
// it does not load.
[[nodiscard]] Config world_config(std::string_view world);
[[nodiscard]] std::string incident_path(std::string_view id);
// Writes `text` as NAME.toml into a folder of this test's own and returns its path.
[[nodiscard]] std::string write_file(std::string_view name, std::string_view text);
// The head of an incident of that world from 2025-03-04T12:00:00Z on for two days, then `events`.
[[nodiscard]] std::string incident_text(std::string_view world, std::string_view events);
[[nodiscard]] std::vector<Error> problems_of(std::string_view world, std::string_view events);
// Aborts the test where it does not load.
[[nodiscard]] rehearsal::World play(std::string_view world, std::string_view events);

[[nodiscard]] Ask get(std::string_view url);
[[nodiscard]] Ask post(std::string_view url, std::string_view body);
[[nodiscard]] Ask dns(std::string_view name, std::vector<std::uint16_t> types);
// `offset` after the incident's t0.
[[nodiscard]] Reply look(const rehearsal::World& world,
                         const Ask& ask,
                         Millis offset,
                         std::string_view vantage = "london");

}  // namespace bw::testing
