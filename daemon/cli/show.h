// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "daemon/cli/commands.h"
#include "daemon/rehearsal/score.h"
#include "daemon/verdict/estate.h"
#include "daemon/verdict/verdict.h"

#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>

namespace bw::cli {

// A verdict as people read it: level, cause, suspicion, reasons for and against with what they
// weigh, what would change it; each line ends in '\n'.
[[nodiscard]] std::string show(const Verdict& verdict, const Estate* estate, const Common& common);
// "outage: an outage at a provider (Commerce Cloud) 91 %; attack 0.3 %", one line.
[[nodiscard]] std::string summary(const Verdict& verdict, const Estate* estate);
// What a ruling tells, and nothing for a second look. Borrows from the ruling.
struct Told {
  const char* event = nullptr;  // opened changed closed
  const Incident* incident = nullptr;
  std::string what;
};
[[nodiscard]] std::optional<Told> told_of(const Ruling& ruling);
[[nodiscard]] int color_of(Level level);
[[nodiscard]] nlohmann::ordered_json json_of(const Verdict& verdict);
[[nodiscard]] nlohmann::ordered_json json_of(const Incident& incident);
// As in `evaluate --json`; times are seconds from t0.
[[nodiscard]] nlohmann::ordered_json json_of(const rehearsal::Score& score);
// "INC-7" or "7"; 0 for anything else.
[[nodiscard]] std::uint64_t parse_incident_id(std::string_view text);

}  // namespace bw::cli
