// SPDX-License-Identifier: Apache-2.0
// Is a function taken away on purpose while the machines behind it are well?
// Taught by: gift cards "disabled", then "we've paused online orders" on website and app together.
// Fooled by: a business decision (stock, prices, a move to a new system); an announced closure; a
// queue that is paused while what feeds it is repaired.
#include "daemon/verdict/rules/catalog.h"

#include <algorithm>
#include <array>
#include <set>

namespace bw {
namespace {

constexpr std::array kSignals = std::to_array<std::string_view>(
    {"withdrawn/function", "withdrawn/amid_failures", "withdrawn/browse_on_buy_off"});
constexpr Millis kSlack{std::chrono::hours{1}};

struct Taken {
  std::set<std::string> functions;
  std::set<Surface> surfaces;
  std::vector<std::uint64_t> cites;
  std::string words;
  Time since = Time::max();  // the first of them
};

Taken taken(const Scene& scene) {
  Taken taken;
  for (const auto target : scene.scope.failing) {
    const auto& one = scene.estate.targets[target];
    const auto view = scene.history.view(target);
    if (one.role != Role::service || one.owner != kOwn) continue;
    if (view.worst->latest.outcome != Outcome::function_withdrawn) continue;
    taken.functions.insert(one.function);
    taken.surfaces.insert(one.surface);
    taken.cites.push_back(view.worst->latest_seq);
    taken.since = std::min(taken.since, view.since);
    if (taken.words.empty()) taken.words = view.worst->latest.facts->get(Fact::withdrawn);
  }
  return taken;
}

// How many of our targets were failing by themselves at that time.
std::size_t broken_at(const Scene& scene, Time time) {
  const auto covers = [&](const Episode& episode) {
    return episode.outcome != Outcome::function_withdrawn && episode.from <= time &&
           (!episode.to || *episode.to >= time);
  };
  std::size_t count = 0;
  for (TargetIndex target = 0; target < scene.estate.targets.size(); ++target) {
    const auto& one = scene.estate.targets[target];
    if (one.role != Role::service || one.owner != kOwn) continue;
    bool is_broken = false;
    for (VantageIndex vantage = 0; vantage < scene.estate.vantages.size(); ++vantage) {
      const auto& episodes = scene.history.series(target, vantage).episodes;
      is_broken = is_broken || std::ranges::any_of(episodes, covers);
    }
    if (is_broken) ++count;
  }
  return count;
}

// Some page of the website still works as always.
bool can_browse(const Scene& scene, const Taken& taken) {
  for (TargetIndex target = 0; target < scene.estate.targets.size(); ++target) {
    const auto& one = scene.estate.targets[target];
    if (one.role != Role::service || one.owner != kOwn || one.surface != Surface::web) continue;
    const bool shows_pages = one.kind == "page" || one.kind == "journey";
    if (!shows_pages || one.is_sensitive || taken.functions.contains(one.function)) continue;
    const auto view = scene.history.view(target);
    if (view.is_known && !view.is_failing && !view.is_degraded) return true;
  }
  return false;
}

void weigh(const Scene& scene, Signs& signs) {
  auto found = taken(scene);
  if (found.functions.empty()) return;
  const std::vector<std::string> functions(found.functions.begin(), found.functions.end());
  if (!scene.board.planned("maintenance", scene.now, kSlack, functions).empty()) return;
  std::string claim = titles(scene.estate, functions) + " is switched off on purpose";
  if (!found.words.empty()) claim += ": \"" + found.words + "\"";
  // Those who repair pause what is fed from the broken part: that the machines are well can only be
  // said where little was failing by itself when it was taken away.
  const bool is_amid = broken_at(scene, found.since) > found.cites.size();
  signs.push_back({.signal = kSignals[is_amid ? 1 : 0], .claim = claim, .cites = found.cites});
  const bool on_both =
      found.surfaces.contains(Surface::web) && found.surfaces.contains(Surface::app);
  if (on_both && can_browse(scene, found)) {
    signs.push_back({kSignals[2],
                     "it is off on website and app together, while the pages can still be browsed",
                     std::move(found.cites)});
  }
}

}  // namespace

const Rule rules::withdrawn{
    .name = "withdrawn",
    .question = "Is a function taken away on purpose while the machines behind it are well?",
    .teacher =
        "A retailer under attack paused ordering on website and app; browsing stayed (2025).",
    .fooled_by = "A business decision such as a move to a new gift-card system.",
    .signals = kSignals,
    .weigh = weigh};

}  // namespace bw
