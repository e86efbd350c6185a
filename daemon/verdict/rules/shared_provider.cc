// SPDX-License-Identifier: Apache-2.0
// Does one provider explain all that fails, and do its other dependants fail as well?
// Taught by: a retailer's Saturday without website and app, which was its commerce platform's
// fault. Fooled by: a fault of one customer's set-up at the provider; our own code that breaks on
// its reply.
#include "daemon/verdict/rules/catalog.h"

#include <algorithm>
#include <array>

namespace bw {
namespace {

constexpr std::array kSignals = std::to_array<std::string_view>({"shared_provider/explains",
                                                                 "shared_provider/canary_fails",
                                                                 "shared_provider/providers_answer",
                                                                 "shared_provider/own_only"});

// What fails, or where nothing does, what is slow.
struct Ill {
  const std::vector<TargetIndex>& targets;
  bool is_slow;
};
Ill ill(const Scope& scope) {
  if (scope.failing.empty()) return {.targets = scope.slow, .is_slow = true};
  return {.targets = scope.failing, .is_slow = false};
}

// Sequence numbers of the present failures, for citing.
std::vector<std::uint64_t> onsets(const Scene& scene) {
  std::vector<std::uint64_t> cites;
  const auto& targets = ill(scene.scope).targets;
  cites.reserve(targets.size());
  for (const auto target : targets)
    cites.push_back(scene.history.view(target).since_seq);
  return cites;
}

std::string canary_of(const Scene& scene,
                      const std::vector<TargetIndex>& targets,
                      std::string_view provider) {
  for (const auto target : targets) {
    const auto& one = scene.estate.targets[target];
    if (one.owner == provider) return one.id;
  }
  return {};
}

void weigh_provider(const Scene& scene, std::string_view provider, Signs& signs) {
  const auto name = std::string(scene.estate.name_of(provider));
  const auto [targets, is_slow] = ill(scene.scope);
  const auto explained = std::ranges::count_if(targets, [&](TargetIndex target) {
    return depends_on(scene.estate, scene.estate.targets[target], provider);
  });
  std::size_t healthy = 0;
  for (TargetIndex target = 0; target < scene.estate.targets.size(); ++target) {
    const auto& one = scene.estate.targets[target];
    if (one.role == Role::control || one.role == Role::feed || one.role == Role::sensor) continue;
    const auto view = scene.history.view(target);
    if (!view.is_known) continue;
    const bool is_ill = view.is_failing || view.is_degraded;
    if (!is_ill && !depends_on(scene.estate, one, provider)) ++healthy;
  }
  signs.push_back({.signal = kSignals[0],
                   .claim = std::to_string(explained) + " of the " +
                            std::to_string(targets.size()) + (is_slow ? " slow" : " failing") +
                            " targets need " + name + ", and " + std::to_string(healthy) +
                            " that do not need it work",
                   .cites = onsets(scene)});
  const auto failing = canary_of(scene, scene.scope.failing, provider);
  const auto slow = canary_of(scene, scene.scope.slow, provider);
  if (!failing.empty() || !slow.empty()) {
    const auto how = failing.empty() ? " is slow too (" + slow : " fails too (" + failing;
    signs.push_back({.signal = kSignals[1],
                     .claim = name + "'s own endpoint" + how + ")",
                     .cites = onsets(scene)});
  }
}

bool is_needed(const Scene& scene, std::string_view provider) {
  return std::ranges::any_of(scene.scope.failing, [&](TargetIndex target) {
    return depends_on(scene.estate, scene.estate.targets[target], provider);
  });
}

// The provider's own endpoints.
struct Endpoints {
  std::size_t answering = 0;
  std::size_t failing = 0;
};
Endpoints endpoints_of(const Scene& scene, std::string_view provider) {
  Endpoints endpoints;
  for (TargetIndex target = 0; target < scene.estate.targets.size(); ++target) {
    if (scene.estate.targets[target].owner != provider) continue;
    const auto view = scene.history.view(target);
    if (view.is_failing) ++endpoints.failing;
    if (view.is_known && !view.is_failing && !view.is_degraded) ++endpoints.answering;
  }
  return endpoints;
}

// Every provider that the failing targets need answers at an endpoint of its own, and goes on doing
// so: in its first minutes an outage is often patchy.
bool do_providers_answer(const Scene& scene) {
  constexpr Millis kPatchy{3 * 60'000};
  if (scene.now - scene.onset < kPatchy) return false;
  std::size_t answering = 0;
  for (const auto& provider : scene.estate.providers) {
    if (!is_needed(scene, provider.id)) continue;
    const auto endpoints = endpoints_of(scene, provider.id);
    if (endpoints.failing > 0) return false;
    answering += endpoints.answering;
  }
  return answering > 0;
}

void weigh(const Scene& scene, Signs& signs) {
  if (scene.scope.culprits.empty()) return;
  const auto& provider = scene.scope.suspect;
  if (!provider.empty() && scene.scope.blame_of(provider) >= 0.8) {
    weigh_provider(scene, provider, signs);
    return;
  }
  if (scene.scope.failing.empty() || scene.scope.blame_of(kOwn) < 0.8) return;
  if (do_providers_answer(scene)) {
    signs.push_back(
        {.signal = kSignals[2],
         .claim = "the providers that the failing targets need answer at their own endpoints",
         .cites = onsets(scene)});
  }
  signs.push_back({.signal = kSignals[3],
                   .claim = "only targets of " + scene.estate.organisation +
                            " fail, and no provider explains them better",
                   .cites = onsets(scene)});
}

}  // namespace

const Rule rules::shared_provider{
    .name = "shared_provider",
    .question = "Does one provider explain all that fails?",
    .teacher =
        "A retailer lost website and app for a Saturday by its commerce platform's fault (2024).",
    .fooled_by = "A fault of one customer's set-up at the provider.",
    .signals = kSignals,
    .weigh = weigh};

}  // namespace bw
