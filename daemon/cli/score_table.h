// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "daemon/cli/commands.h"
#include "daemon/rehearsal/score.h"

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

namespace bw::cli {

// A row an incident, then what they add up to, for people.
[[nodiscard]] std::string table_of(const std::vector<rehearsal::Score>& scores,
                                   const Common& common);
// What they add up to: of all, and of each half of the book.
[[nodiscard]] nlohmann::ordered_json summary_json(const std::vector<rehearsal::Score>& scores);
// What the book must show, as issue and README state it: a line each, "met" or "NOT MET".
struct Goal {
  std::string name;
  std::string figure;
  std::string wanted;
  bool is_met = false;
};
[[nodiscard]] std::vector<Goal> goals_of(const std::vector<rehearsal::Score>& scores);

// One page of Markdown: where the verdicts were wrong, and on which reasons.
[[nodiscard]] std::string report_of(const std::vector<rehearsal::Score>& scores);

}  // namespace bw::cli
