// SPDX-License-Identifier: Apache-2.0
// How did it begin: in one step, and when in the week?
// Taught by: half of all ransomware is set off at weekends; most outages begin in one step.
// Fooled by: a planned weekend release; a supermarket's benign Saturday. It weighs little.
#include "daemon/verdict/rules/catalog.h"

#include <array>

namespace bw {
namespace {

constexpr std::array kSignals =
    std::to_array<std::string_view>({"onset/one_step", "onset/weekend"});
constexpr Millis kOneStep{3 * 60'000};
constexpr std::size_t kSeveral = 3;

void weigh(const Scene& scene, Signs& signs) {
  if (scene.scope.failing.empty()) return;
  Time last = scene.scope.onset;
  bool has_staff = false;  // then one step says nothing for a mere slip (16 attacks to 3)
  std::vector<std::uint64_t> cites;
  for (const auto target : scene.scope.failing) {
    const auto view = scene.history.view(target);
    const auto& one = scene.estate.targets[target];
    has_staff = has_staff || (one.owner == kOwn && one.surface == Surface::staff);
    last = std::max(last, view.since);
    cites.push_back(view.since_seq);
  }
  if (!has_staff && scene.scope.failing.size() >= kSeveral &&
      last - scene.scope.onset <= kOneStep) {
    signs.push_back({kSignals[0],
                     std::to_string(scene.scope.failing.size()) + " targets failed within " +
                         print_duration(last - scene.scope.onset) + " of each other",
                     std::move(cites)});
  }
  const std::chrono::weekday day{std::chrono::floor<std::chrono::days>(scene.onset)};
  if (day == std::chrono::Saturday || day == std::chrono::Sunday) {
    signs.push_back(
        {kSignals[1],
         day == std::chrono::Saturday ? "it began on a Saturday" : "it began on a Sunday",
         {}});
  }
}

}  // namespace

const Rule rules::onset{
    .name = "onset",
    .question = "How did it begin: in one step, and when in the week?",
    .teacher = "Half of ransomware is set off at weekends; a provider's failure comes in one step.",
    .fooled_by = "A planned weekend release; it weighs little.",
    .signals = kSignals,
    .weigh = weigh};

}  // namespace bw
