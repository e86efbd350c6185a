// SPDX-License-Identifier: Apache-2.0
// Does it fail from some places only?
// Taught by: a carrier's route leak, seen from one network while customers elsewhere shopped on.
// Fooled by: geo-blocking put up on purpose during an attack.
#include <array>

#include "daemon/verdict/rules/catalog.h"

namespace bw {
namespace {

constexpr std::array kSignals = std::to_array<std::string_view>({"one_vantage/only"});

void weigh(const Scene& scene, Signs& signs) {
  if (scene.estate.vantages.size() < 2 || !scene.scope.failing.empty()) return;
  for (TargetIndex target = 0; target < scene.estate.targets.size(); ++target) {
    if (scene.estate.targets[target].role != Role::service) continue;
    const auto view = scene.history.view(target);
    if (!view.is_partial) continue;
    std::vector<std::string> failing;
    for (VantageIndex vantage = 0; vantage < scene.estate.vantages.size(); ++vantage) {
      if (scene.history.series(target, vantage).health == Health::failing) {
        failing.push_back(scene.estate.vantages[vantage].id);
      }
    }
    signs.push_back({kSignals[0],
                     scene.estate.targets[target].id + " fails from " + list_in_words(failing) +
                         " only; the other places reach it",
                     {view.since_seq}});
    return;
  }
}

}  // namespace

const Rule rules::one_vantage{
    .name = "one_vantage",
    .question = "Does it fail from some places only?",
    .teacher = "A carrier leaked routes; one network lost sites that others reached (2018).",
    .fooled_by = "Geo-blocking put up on purpose during an attack.",
    .signals = kSignals,
    .weigh = weigh};

}  // namespace bw
