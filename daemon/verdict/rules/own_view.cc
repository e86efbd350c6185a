// SPDX-License-Identifier: Apache-2.0
// Is it us who cannot see?
// Taught by: a monitor whose own resolver failed and who paged everybody for a shop that was well.
// Fooled by: control sites that share our provider's fate; choose them on other networks.
#include "daemon/verdict/rules/catalog.h"

#include <array>

namespace bw {
namespace {

constexpr std::array kSignals = std::to_array<std::string_view>(
    {"own_view/control_sites_fail", "own_view/control_sites_answer"});

// The newest looks at control sites that answer there.
void cite_answering(const Scene& scene, VantageIndex vantage, std::vector<std::uint64_t>& cites) {
  for (TargetIndex target = 0; target < scene.estate.targets.size(); ++target) {
    if (scene.estate.targets[target].role != Role::control) continue;
    const auto& series = scene.history.series(target, vantage);
    if (series.health != Health::ok || series.latest.at < scene.onset) continue;
    cites.push_back(series.latest_seq);
  }
}

void weigh(const Scene& scene, Signs& signs) {
  // Where nobody can see, nothing is known to fail: that is when it must be said.
  if (!scene.history.has_controls()) return;
  if (scene.scope.failing.empty() && !scene.history.is_blind()) return;
  std::vector<std::string> blind;
  std::vector<std::uint64_t> cites;
  for (VantageIndex vantage = 0; vantage < scene.estate.vantages.size(); ++vantage) {
    if (scene.history.is_blind(vantage)) {
      blind.push_back(scene.estate.vantages[vantage].id);
    } else {
      cite_answering(scene, vantage, cites);
    }
  }
  const auto answering = cites.size();
  if (!blind.empty()) {
    signs.push_back({kSignals[0],
                     "the control sites do not answer from " + list_in_words(blind) +
                         ", so what fails there may be our own link",
                     {}});
  } else if (answering > 0) {
    signs.push_back({kSignals[1],
                     std::to_string(answering) +
                         (answering == 1 ? " control site answers" : " control sites answer") +
                         " from here, so our own view is fine",
                     std::move(cites)});
  }
}

}  // namespace

const Rule rules::own_view{
    .name = "own_view",
    .question = "Is it us who cannot see?",
    .teacher = "A monitor's own resolver failed, and it paged for a shop that was well (2023).",
    .fooled_by = "Control sites that share a provider with us.",
    .signals = kSignals,
    .weigh = weigh};

}  // namespace bw
