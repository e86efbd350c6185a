// SPDX-License-Identifier: Apache-2.0
// How long does a core function stay down?
// Taught by: nine British banks' 158 incidents (mean 5 h) against ransomware (a week and more).
// Fooled by: famous long benign outages; a broken target that nobody needs.
#include "daemon/verdict/rules/catalog.h"

#include <algorithm>
#include <array>

namespace bw {
namespace {

constexpr std::array kSignals = std::to_array<std::string_view>({"persistence/4h",
                                                                 "persistence/8h",
                                                                 "persistence/12h",
                                                                 "persistence/24h",
                                                                 "persistence/48h",
                                                                 "persistence/72h"});
constexpr std::array<int, 6> kHours{4, 8, 12, 24, 48, 72};

void weigh(const Scene& scene, Signs& signs) {
  // The longest of the organisation's own functions, however it failed meanwhile. How long a
  // provider takes says nothing of our own house.
  Time first = Time::max();
  std::string function;
  std::uint64_t seq = 0;
  const auto& suspect = scene.scope.suspect;
  const bool is_explained = !suspect.empty() && scene.scope.blame_of(suspect) >= 0.5;
  for (const auto target : scene.scope.failing) {
    const auto& one = scene.estate.targets[target];
    const auto view = scene.history.view(target);
    if (one.role != Role::service || view.worst->episodes.empty()) continue;
    if (is_explained && depends_on(scene.estate, one, suspect)) continue;
    const auto& episode = view.worst->episodes.back();
    if (episode.from >= first || phase_of(episode.outcome) == Phase::dns) continue;
    first = episode.from;
    seq = episode.seq;
    function = one.function;
  }
  if (first == Time::max()) return;
  const auto down = scene.now - first;
  for (std::size_t i = kHours.size(); i-- > 0;) {
    if (down < std::chrono::hours{kHours.at(i)}) continue;
    signs.push_back(
        {kSignals.at(i),
         titles(scene.estate, {function}) + " has been failing for " + print_duration(down),
         {seq}});
    return;
  }
}

}  // namespace

const Rule rules::persistence{
    .name = "persistence",
    .question = "How long does a core function stay down?",
    .teacher = "Bank outages last 5 h in the mean; containment after ransomware a week and more.",
    .fooled_by = "Famous long benign outages; a broken target that nobody needs.",
    .signals = kSignals,
    .weigh = weigh};

}  // namespace bw
