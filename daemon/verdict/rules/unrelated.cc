// SPDX-License-Identifier: Apache-2.0
// Do functions fail together that meet only in the back office, while the edge is clean?
// Taught by: stores, gift cards and collection at a retailer whose website went on working.
// Fooled by: shared middleware after a bad update, which looks the same. It weighs little.
#include "daemon/verdict/rules/catalog.h"

#include <algorithm>
#include <array>
#include <set>

namespace bw {
namespace {

constexpr std::array kSignals = std::to_array<std::string_view>({"unrelated/back_office"});

// All that fails is one front, website or app, on one host, and nothing of that host works: there
// the functions meet.
bool is_one_front(const Scene& scene) {
  const auto& estate = scene.estate;
  const auto& first = estate.targets[scene.scope.failing.front()];
  if (first.surface != Surface::web && first.surface != Surface::app) return false;
  const auto is_elsewhere = [&](TargetIndex target) {
    const auto& one = estate.targets[target];
    return one.host != first.host || one.surface != first.surface;
  };
  if (std::ranges::any_of(scene.scope.failing, is_elsewhere)) return false;
  for (TargetIndex target = 0; target < estate.targets.size(); ++target) {
    const auto view = scene.history.view(target);
    if (!is_elsewhere(target) && view.is_known && !view.is_failing) return false;
  }
  return true;
}

void weigh(const Scene& scene, Signs& signs) {
  if (scene.scope.failing.empty() || scene.scope.blame_of(kOwn) < 0.8 || is_one_front(scene))
    return;
  std::set<std::string> functions;
  std::vector<std::uint64_t> cites;
  for (const auto target : scene.scope.failing) {
    const auto& one = scene.estate.targets[target];
    if (one.role != Role::service || one.owner != kOwn) continue;
    const auto view = scene.history.view(target);
    for (const auto* look : {&view.worst->latest, &view.worst->first_bad}) {
      const auto phase = phase_of(look->outcome);
      if (phase == Phase::dns || phase == Phase::tls) return;  // the edge is not clean
    }
    functions.insert(one.function);
    cites.push_back(view.since_seq);
  }
  if (functions.size() < 2) return;
  signs.push_back({kSignals[0],
                   titles(scene.estate, {functions.begin(), functions.end()}) +
                       " have no provider in common, while names and certificates are in order",
                   std::move(cites)});
}

}  // namespace

const Rule rules::unrelated{
    .name = "unrelated",
    .question = "Do functions fail together that meet only in the back office?",
    .teacher = "Payments, collection and gift cards failed while the website went on (2025).",
    .fooled_by = "Shared middleware after a bad update looks the same.",
    .signals = kSignals,
    .weigh = weigh};

}  // namespace bw
