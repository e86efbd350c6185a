// SPDX-License-Identifier: Apache-2.0
// Do unrelated organisations behind the suspected provider fail too?
// Taught by: a CDN's bug that took newspapers, shops and a government down in the same minute.
// Fooled by: a neighbour with trouble of its own; a fault of our tenancy only.
#include "daemon/verdict/rules/catalog.h"

#include <array>

namespace bw {
namespace {

constexpr std::array kSignals =
    std::to_array<std::string_view>({"neighbours/fail", "neighbours/answer"});

void weigh(const Scene& scene, Signs& signs) {
  const auto& provider = scene.scope.suspect;
  if (scene.scope.failing.empty() || provider.empty() || scene.scope.blame_of(provider) < 0.3)
    return;
  std::vector<std::string> failing;
  std::vector<std::string> answering;
  std::vector<std::uint64_t> cites;
  for (TargetIndex target = 0; target < scene.estate.targets.size(); ++target) {
    const auto& one = scene.estate.targets[target];
    if (one.role != Role::neighbour || !depends_on(scene.estate, one, provider)) continue;
    const auto view = scene.history.view(target);
    if (!view.is_known || view.worst->latest.at < scene.onset) continue;
    (view.is_failing ? failing : answering).push_back(one.host);
    cites.push_back(view.worst->latest_seq);
  }
  const auto name = std::string(scene.estate.name_of(provider));
  if (!failing.empty() && failing.size() >= answering.size()) {
    signs.push_back({kSignals[0],
                     "others behind " + name + " fail too: " + list_in_words(failing),
                     std::move(cites)});
  } else if (!answering.empty() && failing.empty()) {
    signs.push_back({kSignals[1],
                     "others behind " + name + " answer: " + list_in_words(answering),
                     std::move(cites)});
  }
}

}  // namespace

const Rule rules::neighbours{
    .name = "neighbours",
    .question = "Do unrelated organisations behind the suspected provider fail too?",
    .teacher = "One customer's valid change made a CDN answer 503 for everybody (June 2021).",
    .fooled_by = "A neighbour with trouble of its own; a fault of our tenancy only.",
    .signals = kSignals,
    .weigh = weigh};

}  // namespace bw
