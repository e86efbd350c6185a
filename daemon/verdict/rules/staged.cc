// SPDX-License-Identifier: Apache-2.0
// Do more functions fail hours apart, each by itself, while the earlier ones stay down?
// Taught by: contactless, then Click & Collect, then gift cards over one Easter weekend:
// ransomware. Fooled by: a slow retry storm; one back-office system that several functions share.
#include "daemon/verdict/rules/catalog.h"

#include <algorithm>
#include <array>
#include <map>

namespace bw {
namespace {

constexpr std::array kSignals =
    std::to_array<std::string_view>({"staged/second_stage", "staged/third_stage"});
constexpr Millis kApart{std::chrono::hours{4}};
constexpr Millis kMemory{std::chrono::hours{24 * 7}};

struct Stage {
  Time from{};
  std::string function;
  std::uint64_t seq = 0;
};

// The newest failure of a target where it fails still, or failed for long, and not by its name.
const Episode* lasting_episode(const Scene& scene, TargetIndex target) {
  const auto view = scene.history.view(target);
  if (!view.is_known || view.worst->episodes.empty()) return nullptr;
  const auto& episode = view.worst->episodes.back();
  if (phase_of(episode.outcome) == Phase::dns) return nullptr;  // names explain it
  const bool lasted = !episode.to || *episode.to - episode.from > kApart;
  if (scene.now - episode.from > kMemory || !lasted) return nullptr;
  return &episode;
}

// The first onset of each own function that no provider explains and that fails still, or failed
// for long; in order.
std::vector<Stage> onsets(const Scene& scene) {
  std::map<std::string, Stage> first;
  const auto provider = scene.scope.suspect;
  const bool is_explained = !provider.empty() && scene.scope.blame_of(provider) >= 0.5;
  for (TargetIndex target = 0; target < scene.estate.targets.size(); ++target) {
    const auto& one = scene.estate.targets[target];
    if (one.role != Role::service || one.owner != kOwn) continue;
    if (is_explained && depends_on(scene.estate, one, provider)) continue;
    const auto* episode = lasting_episode(scene, target);
    if (episode == nullptr) continue;
    auto& stage = first[one.function];
    if (stage.function.empty() || episode->from < stage.from) {
      stage = {.from = episode->from, .function = one.function, .seq = episode->seq};
    }
  }
  std::vector<Stage> list;
  list.reserve(first.size());
  for (auto& [function, stage] : first)
    list.push_back(stage);
  std::ranges::sort(list, {}, &Stage::from);
  return list;
}

void weigh(const Scene& scene, Signs& signs) {
  const auto all = onsets(scene);
  std::vector<Stage> stages;
  for (const auto& one : all) {
    if (stages.empty() || one.from - stages.back().from >= kApart) stages.push_back(one);
  }
  if (stages.size() < 2) return;
  std::string claim;
  std::vector<std::uint64_t> cites;
  cites.reserve(stages.size());
  for (const auto& stage : stages) {
    claim += claim.empty() ? "" : ", then ";
    claim += titles(scene.estate, {stage.function});
    if (stage.from > stages.front().from)
      claim += " after " + print_duration(stage.from - stages.front().from);
    cites.push_back(stage.seq);
  }
  signs.push_back({stages.size() == 2 ? kSignals[0] : kSignals[1],
                   "it spreads in stages, with no provider in common: " + claim,
                   std::move(cites)});
}

}  // namespace

const Rule rules::staged{
    .name = "staged",
    .question = "Do more functions fail hours apart while the earlier ones stay down?",
    .teacher = "Contactless, Click & Collect and gift cards failed one by one over Easter (2025).",
    .fooled_by = "One back-office system that several functions share and that fails slowly.",
    .signals = kSignals,
    .weigh = weigh};

}  // namespace bw
