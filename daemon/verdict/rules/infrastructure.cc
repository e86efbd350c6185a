// SPDX-License-Identifier: Apache-2.0
// Are names and certificates as they always were, and looked at?
// Taught by: most outages, in which the hijack questions can be put aside at once.
// Fooled by: a hijack that only some networks see.
#include "daemon/verdict/rules/catalog.h"

#include <array>

namespace bw {
namespace {

constexpr std::array kSignals = std::to_array<std::string_view>({"infrastructure/unchanged"});

void weigh(const Scene& scene, Signs& signs) {
  if (scene.scope.failing.empty()) return;
  for (const auto& change : scene.history.changes()) {
    const bool is_foundation = change.fact == Fact::networks || change.fact == Fact::name_servers ||
                               change.fact == Fact::cert_issuer || change.fact == Fact::registrar ||
                               change.fact == Fact::delegation || change.fact == Fact::routes;
    if (is_foundation && change.is_live && !change.is_approved) return;
  }
  for (TargetIndex target = 0; target < scene.estate.targets.size(); ++target) {
    const auto view = scene.history.view(target);
    const bool is_sensor = scene.estate.targets[target].role == Role::sensor;
    if (is_sensor && view.worst != nullptr &&
        !view.worst->latest.facts->get(Fact::unrouted).empty()) {
      return;
    }
  }
  bool has_seen_names = false;
  bool has_seen_certificate = false;
  std::vector<std::uint64_t> cites;
  for (const auto target : scene.scope.failing) {
    const auto& one = scene.estate.targets[target];
    const auto view = scene.history.view(target);
    const auto phase = phase_of(view.worst->latest.outcome);
    if (phase == Phase::dns || phase == Phase::tls) return;
    if (one.owner != kOwn || view.worst->latest.at < scene.onset) continue;
    has_seen_names = has_seen_names || !view.worst->latest.facts->get(Fact::networks).empty();
    has_seen_certificate =
        has_seen_certificate || !view.worst->latest.facts->get(Fact::cert_issuer).empty();
    cites.push_back(view.worst->latest_seq);
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
