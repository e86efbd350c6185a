// SPDX-License-Identifier: Apache-2.0
// Does it fail from some places only?
// Taught by: a carrier's route leak, seen from one network while customers elsewhere shopped on.
// Fooled by: geo-blocking put up on purpose during an attack.
#include "daemon/verdict/rules/catalog.h"

#include <algorithm>
#include <array>

namespace bw {
namespace {

constexpr std::array kSignals = std::to_array<std::string_view>({"one_vantage/only"});

// It went on working there: looks after the failure began elsewhere, and none of the recent ones
// failed. One look is not enough: in its first minutes an outage is often patchy.
bool works_at(const Scene& scene, TargetIndex target, VantageIndex vantage, Time since) {
  constexpr std::uint32_t kRecent = 0xff;  // bits of Series::failed_bits
  const auto& series = scene.history.series(target, vantage);
  if (series.health != Health::ok && series.health != Health::degraded) return false;
  return (series.failed_bits & kRecent) == 0 &&
         series.latest.at >= since + 2 * scene.estate.targets[target].interval;
}

// Some place where all that fails anywhere works: otherwise the failure is not the way there.
bool is_clean(const Scene& scene, const std::vector<TargetIndex>& bad, VantageIndex vantage) {
  return !scene.history.is_blind(vantage) && std::ranges::all_of(bad, [&](TargetIndex target) {
    return works_at(scene, target, vantage, scene.history.view(target).since);
  });
}

void weigh(const Scene& scene, Signs& signs) {
  const auto vantages = static_cast<VantageIndex>(scene.estate.vantages.size());
  if (vantages < 2) return;
  std::vector<TargetIndex> bad;
  for (TargetIndex target = 0; target < scene.estate.targets.size(); ++target) {
    if (scene.estate.targets[target].role != Role::service) continue;
    const auto view = scene.history.view(target);
    if (view.is_failing || view.is_partial) bad.push_back(target);
  }
  if (bad.empty()) return;
  bool has_clean = false;
  std::vector<std::string> failing;
  for (VantageIndex vantage = 0; vantage < vantages; ++vantage) {
    has_clean = has_clean || is_clean(scene, bad, vantage);
    if (scene.history.is_blind(vantage)) continue;
    if (scene.history.series(bad.front(), vantage).health == Health::failing) {
      failing.push_back(scene.estate.vantages[vantage].id);
    }
  }
  if (!has_clean) return;
  signs.push_back({kSignals[0],
                   scene.estate.targets[bad.front()].id + " fails from " + list_in_words(failing) +
                       " only; the other places reach it",
                   {scene.history.view(bad.front()).since_seq}});
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
