// SPDX-License-Identifier: Apache-2.0
// Does another authority vouch for the name than before, and did the name move at the same time?
// Taught by: domain hijacks, in which a fresh certificate of a free authority followed within
// hours. Fooled by: a move to another authority or CDN, which is routine: alone it weighs little.
#include "daemon/verdict/rules/catalog.h"

#include <algorithm>
#include <array>
#include <map>
#include <set>

namespace bw {
namespace {

constexpr std::array kSignals = std::to_array<std::string_view>(
    {"issuer/changed", "issuer/changed_with_names", "issuer/one_for_strangers"});
constexpr Millis kTogether{std::chrono::hours{24}};

// From some places only, names of different owners all show certificates of one authority that
// none of them had: a box on the way makes them. Where it makes them for every name, control sites
// too, it is a box of our own.
void weigh_ways(const Scene& scene, Signs& signs) {
  std::map<std::string, std::set<std::string>> owners;
  std::map<std::string, std::vector<const Change*>> by_issuer;
  for (const auto& change : scene.history.changes()) {
    if (change.fact != Fact::cert_issuer || change.is_approved) continue;
    if (scene.now - change.last_seen > kTogether) continue;
    if (change.vantages.size() >= scene.estate.vantages.size()) continue;
    owners[change.is].insert(scene.estate.targets[change.target].owner);
    by_issuer[change.is].push_back(&change);
  }
  for (const auto& [issuer, who] : owners) {
    // One provider that moves to another authority takes its customers along.
    const bool has_stranger = std::ranges::any_of(by_issuer[issuer], [&](const Change* change) {
      const auto role = scene.estate.targets[change->target].role;
      return role == Role::neighbour || role == Role::control;
    });
    if (!who.contains(std::string(kOwn)) || (!has_stranger && who.size() < 3)) continue;
    std::vector<std::string> hosts;
    std::vector<std::uint64_t> cites;
    std::set<VantageIndex> places;
    for (const auto* change : by_issuer[issuer]) {
      hosts.push_back(scene.estate.targets[change->target].host);
      cites.push_back(change->seq);
      places.insert(change->vantages.begin(), change->vantages.end());
    }
    std::vector<std::string> from;
    from.reserve(places.size());
    for (const auto place : places)
      from.push_back(scene.estate.vantages[place].id);
    signs.push_back({kSignals[2],
                     "from " + list_in_words(from) + " only, " + list_in_words(hosts) +
                         " all show certificates of " + issuer + ", which none of them had",
                     std::move(cites)});
    return;
  }
}

void weigh(const Scene& scene, Signs& signs) {
  weigh_ways(scene, signs);
  for (const auto& change : scene.history.changes()) {
    if (change.fact != Fact::cert_issuer || change.is_approved || !change.is_live) continue;
    const auto& target = scene.estate.targets[change.target];
    if (target.owner != kOwn) continue;
    std::vector<std::uint64_t> cites{change.seq};
    const bool with_names = std::ranges::any_of(scene.history.changes(), [&](const Change& other) {
      const bool is_name = other.fact == Fact::networks || other.fact == Fact::name_servers;
      const auto apart = other.at > change.at ? other.at - change.at : change.at - other.at;
      const bool together = is_name && !other.is_approved && apart <= kTogether &&
                            scene.estate.targets[other.target].host == target.host;
      if (together) cites.push_back(other.seq);
      return together;
    });
    signs.push_back({with_names ? kSignals[1] : kSignals[0],
                     "the certificate of " + target.host + " is now issued by " + change.is +
                         ", before by " + change.was +
                         (with_names ? ", and the name points elsewhere since the same day" : ""),
                     std::move(cites)});
    if (with_names) return;
  }
}

}  // namespace

const Rule rules::issuer{
    .name = "issuer",
    .question = "Does another authority vouch for the name than before?",
    .teacher =
        "A hijacked front end showed a stranger's fresh certificate within the minute (2022).",
    .fooled_by = "A move to another authority or CDN; alone it weighs little.",
    .signals = kSignals,
    .weigh = weigh};

}  // namespace bw
