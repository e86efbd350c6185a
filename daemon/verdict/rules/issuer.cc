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

using Changes = std::vector<const Change*>;

// By issuer: the certificates that are seen from some places only.
std::map<std::string, Changes> partial_changes(const Scene& scene) {
  std::map<std::string, Changes> by_issuer;
  for (const auto& change : scene.history.changes()) {
    if (change.fact != Fact::cert_issuer || change.is_approved) continue;
    if (scene.now - change.last_seen > kTogether) continue;
    if (change.vantages.size() >= scene.estate.vantages.size()) continue;
    by_issuer[change.is].push_back(&change);
  }
  return by_issuer;
}

// One provider that moves to another authority takes its customers along: strangers are hit too.
bool is_box_on_the_way(const Scene& scene, const Changes& changes) {
  std::set<std::string_view> owners;
  bool has_stranger = false;
  for (const auto* change : changes) {
    const auto& target = scene.estate.targets[change->target];
    owners.insert(target.owner);
    if (target.role == Role::neighbour || target.role == Role::control) has_stranger = true;
  }
  return owners.contains(kOwn) && (has_stranger || owners.size() >= 3);
}

Sign sign_of_box(const Scene& scene, const std::string& issuer, const Changes& changes) {
  std::vector<std::string> hosts;
  std::vector<std::uint64_t> cites;
  std::set<VantageIndex> places;
  for (const auto* change : changes) {
    hosts.push_back(scene.estate.targets[change->target].host);
    cites.push_back(change->seq);
    places.insert(change->vantages.begin(), change->vantages.end());
  }
  std::vector<std::string> from;
  from.reserve(places.size());
  for (const auto place : places)
    from.push_back(scene.estate.vantages[place].id);
  return {.signal = kSignals[2],
          .claim = "from " + list_in_words(from) + " only, " + list_in_words(hosts) +
                   " all show certificates of " + issuer + ", which none of them had",
          .cites = std::move(cites)};
}

// From some places only, names of different owners all show certificates of one authority that
// none of them had: a box on the way makes them. Where it makes them for every name, control sites
// too, it is a box of our own.
void weigh_ways(const Scene& scene, Signs& signs) {
  for (const auto& [issuer, changes] : partial_changes(scene)) {
    if (!is_box_on_the_way(scene, changes)) continue;
    signs.push_back(sign_of_box(scene, issuer, changes));
    return;
  }
}

// The name points elsewhere since about the same time.
const Change* find_move_near(const Scene& scene, const Change& change) {
  const auto& changes = scene.history.changes();
  const auto at = std::ranges::find_if(changes, [&](const Change& other) {
    const bool is_name = other.fact == Fact::networks || other.fact == Fact::name_servers;
    return is_name && !other.is_approved && time_between(other.at, change.at) <= kTogether &&
           scene.estate.targets[other.target].host == scene.estate.targets[change.target].host;
  });
  return at == changes.end() ? nullptr : &*at;
}

void weigh(const Scene& scene, Signs& signs) {
  weigh_ways(scene, signs);
  for (const auto& change : scene.history.changes()) {
    if (change.fact != Fact::cert_issuer || change.is_approved || !change.is_live) continue;
    const auto& target = scene.estate.targets[change.target];
    if (target.owner != kOwn) continue;
    const auto* move = find_move_near(scene, change);
    std::string claim = "the certificate of " + target.host + " is now issued by " + change.is +
                        ", before by " + change.was;
    if (move == nullptr) {
      signs.push_back({kSignals[0], std::move(claim), {change.seq}});
      continue;
    }
    claim += ", and the name points elsewhere since the same day";
    signs.push_back({kSignals[1], std::move(claim), {change.seq, move->seq}});
    return;
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
