// SPDX-License-Identifier: Apache-2.0
// Did something come back for hours and then go again?
// Taught by: contactless payments, restored by the Tuesday and withdrawn again on the Wednesday.
// Fooled by: flapping, which is minutes; a daily batch job.
#include "daemon/verdict/rules/catalog.h"

#include <array>

namespace bw {
namespace {

constexpr std::array kSignals = std::to_array<std::string_view>({"relapse/after_hours"});
constexpr Millis kGood{std::chrono::hours{6}};
constexpr Millis kLong{std::chrono::hours{1}};
constexpr Millis kMemory{std::chrono::hours{24 * 5}};

void weigh(const Scene& scene, Signs& signs) {
  for (const auto target : scene.scope.failing) {
    const auto& one = scene.estate.targets[target];
    if (one.role != Role::service || one.owner != kOwn) continue;
    const auto& episodes = scene.history.view(target).worst->episodes;
    if (episodes.size() < 2) continue;
    const auto& before = episodes[episodes.size() - 2];
    const auto& again = episodes.back();
    if (phase_of(before.outcome) == Phase::dns || phase_of(again.outcome) == Phase::dns) continue;
    if (!before.to || *before.to - before.from < kLong) continue;
    const auto good = again.from - *before.to;
    if (good < kGood || good > kMemory) continue;
    signs.push_back({kSignals[0],
                     titles(scene.estate, {one.function}) + " came back for " +
                         print_duration(good) + " and then failed again",
                     {before.seq, again.seq}});
    return;
  }
}

}  // namespace

const Rule rules::relapse{
    .name = "relapse",
    .question = "Did something come back for hours and then go again?",
    .teacher = "Contactless came back on a Tuesday and was withdrawn on the Wednesday (2025).",
    .fooled_by = "A daily batch job; flapping is minutes and does not count.",
    .signals = kSignals,
    .weigh = weigh};

}  // namespace bw
