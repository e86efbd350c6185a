// SPDX-License-Identifier: Apache-2.0
// Does another authority vouch for the name than before, and did the name move at the same time?
// Taught by: domain hijacks, in which a fresh certificate of a free authority followed within
// hours. Fooled by: a move to another authority or CDN, which is routine: alone it weighs little.
#include "daemon/verdict/rules/catalog.h"

#include <algorithm>
#include <array>

namespace bw {
namespace {

constexpr std::array kSignals =
    std::to_array<std::string_view>({"issuer/changed", "issuer/changed_with_names"});
constexpr Millis kTogether{std::chrono::hours{24}};

void weigh(const Scene& scene, Signs& signs) {
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
