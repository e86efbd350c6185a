// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "probes/error.h"

#include <chrono>
#include <expected>
#include <optional>
#include <string>
#include <string_view>

namespace bw {

using Micros = std::chrono::microseconds;
using Millis = std::chrono::milliseconds;
using Seconds = std::chrono::seconds;
// Wall clock, UTC. Nothing in probes/ or daemon/verdict/ samples it: it is passed in.
using Time = std::chrono::sys_time<Millis>;

// "2025-04-19T10:00:00Z" (RFC 3339, seconds; milliseconds only when they are not zero).
[[nodiscard]] std::string print_time(Time at);
// RFC 3339 with a zone ("Z" or "+01:00"), fraction optional.
[[nodiscard]] std::optional<Time> parse_time(std::string_view text);

// For people: "45 s", "12 min", "5 h 25 min", "3 d 2 h": two units at the most.
[[nodiscard]] std::string print_duration(Millis duration);
// "250ms", "90s", "15m", "2h30m", "3d", with an optional leading "-". A unit is required.
[[nodiscard]] std::expected<Millis, Error> parse_duration(std::string_view text);

}  // namespace bw
