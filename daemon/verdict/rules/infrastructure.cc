// SPDX-License-Identifier: Apache-2.0
// Are names and certificates as they always were, and looked at?
// Taught by: most outages, in which the hijack questions can be put aside at once.
// Fooled by: a hijack that only some networks see.
#include "daemon/verdict/rules/catalog.h"

#include <algorithm>
#include <array>

namespace bw {
namespace {

constexpr std::array kSignals = std::to_array<std::string_view>({"infrastructure/unchanged"});

bool is_foundation(Fact fact) {
  return fact == Fact::networks || fact == Fact::name_servers || fact == Fact::cert_issuer ||
         fact == Fact::registrar || fact == Fact::delegation || fact == Fact::routes;
}

bool has_changed(const Scene& scene) {
  return std::ranges::any_of(scene.history.changes(), [](const Change& change) {
    return is_foundation(change.fact) && change.is_live && !change.is_approved;
  });
}

// A sensor finds that nobody announces an address.
bool has_unrouted(const Scene& scene) {
  for (TargetIndex target = 0; target < scene.estate.targets.size(); ++target) {
    if (scene.estate.targets[target].role != Role::sensor) continue;
    const auto* worst = scene.history.view(target).worst;
    if (worst != nullptr && !worst->latest.facts->get(Fact::unrouted).empty()) return true;
  }
  return false;
}

void weigh(const Scene& scene, Signs& signs) {
  if (scene.scope.failing.empty() || has_changed(scene) || has_unrouted(scene)) return;
  bool has_seen_names = false;
  bool has_seen_certificate = false;
  std::vector<std::uint64_t> cites;
  for (const auto target : scene.scope.failing) {
    const auto& one = scene.estate.targets[target];
    const auto& worst = *scene.history.view(target).worst;
    const auto phase = phase_of(worst.latest.outcome);
    if (phase == Phase::dns || phase == Phase::tls) return;
    if (one.owner != kOwn || worst.latest.at < scene.onset) continue;
    has_seen_names = has_seen_names || !worst.latest.facts->get(Fact::networks).empty();
    has_seen_certificate =
        has_seen_certificate || !worst.latest.facts->get(Fact::cert_issuer).empty();
    cites.push_back(worst.latest_seq);
  }
  if (!has_seen_names || !has_seen_certificate) return;
  signs.push_back({kSignals[0],
                   "addresses, name servers and certificates are those known before",
                   std::move(cites)});
}

}  // namespace

const Rule rules::infrastructure{
    .name = "infrastructure",
    .question = "Are names and certificates as they always were, and looked at?",
    .teacher = "In most outages the hijack questions can be put aside at once.",
    .fooled_by = "A hijack that only some networks see.",
    .signals = kSignals,
    .weigh = weigh};

}  // namespace bw
