// SPDX-License-Identifier: Apache-2.0
// Are the ways in for staff (VPN, mail) gone as well?
// Taught by: mail or VPN lost with the shop front, without a route that explains it: 16 attacks
// to 3. Fooled by: a data centre's power; a carrier's cut; a DNS host that serves both.
#include "daemon/verdict/rules/catalog.h"

#include <array>

namespace bw {
namespace {

constexpr std::array kSignals = std::to_array<std::string_view>({"staff_too/lost"});

void weigh(const Scene& scene, Signs& signs) {
  bool has_customers = false;
  std::vector<std::string> staff;
  std::vector<std::uint64_t> cites;
  for (const auto target : scene.scope.failing) {
    const auto& one = scene.estate.targets[target];
    if (one.role != Role::service || one.owner != kOwn) continue;
    const auto view = scene.history.view(target);
    if (one.surface != Surface::staff) {
      has_customers = true;
      continue;
    }
    for (const auto* look : {&view.worst->latest, &view.worst->first_bad}) {
      if (phase_of(look->outcome) == Phase::dns) return;  // names explain it
    }
    staff.push_back(one.id);
    cites.push_back(view.since_seq);
  }
  if (!has_customers || staff.empty()) return;
  const auto& provider = scene.scope.suspect;
  if (!provider.empty() && scene.scope.blame_of(provider) >= 0.8) return;
  signs.push_back({kSignals[0],
                   "staff lost access too (" + list_in_words(staff) +
                       "), and neither names nor a provider explain it",
                   std::move(cites)});
}

}  // namespace

const Rule rules::staff_too{
    .name = "staff_too",
    .question = "Are the ways in for staff (VPN, mail) gone as well?",
    .teacher = "Mail or VPN lost with the shop front: 16 attacks to 3 benign outages (2008-2026).",
    .fooled_by = "A data centre's power or a carrier's cut.",
    .signals = kSignals,
    .weigh = weigh};

}  // namespace bw
