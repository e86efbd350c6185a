// SPDX-License-Identifier: Apache-2.0
// Did an authority that never vouched for us log a certificate for our names?
// Taught by: domain hijacks, in which a free authority's certificate was logged minutes after the
// name moved; campaigns of such hijacks were found in the logs alone.
// Fooled by: a colleague's new microsite, a CDN's own authority: alone it weighs little.
#include "daemon/verdict/rules/catalog.h"
#include "probes/url.h"

#include <algorithm>
#include <array>

namespace bw {
namespace {

constexpr std::array kSignals = std::to_array<std::string_view>(
    {"issuance/unknown_issuer", "issuance/unknown_issuer_near_move"});
constexpr Millis kTogether{std::chrono::hours{24}};

bool is_move(Fact fact) {
  return fact == Fact::networks || fact == Fact::name_servers || fact == Fact::delegation ||
         fact == Fact::routes;
}

// Of the newest issuances ("issuer|begin|names") the names that this issuer vouches for.
std::string names_by(std::string_view issuer, const Series& series) {
  for (const auto issuance : members(series.latest.facts->get(Fact::issuances))) {
    const auto bar = issuance.find('|');
    if (issuance.substr(0, bar) != issuer) continue;
    return " (" + std::string(issuance.substr(issuance.rfind('|') + 1)) + ")";
  }
  return {};
}

void weigh(const Scene& scene, Signs& signs) {
  for (const auto& change : scene.history.changes()) {
    if (change.fact != Fact::logged_issuers || change.is_approved || !change.is_live) continue;
    const auto& target = scene.estate.targets[change.target];
    if (!concerns_us(scene, target) || is_announced(scene, change.at)) continue;
    std::vector<std::uint64_t> cites{change.seq};
    const bool is_near = std::ranges::any_of(scene.history.changes(), [&](const Change& other) {
      const auto apart = other.at > change.at ? other.at - change.at : change.at - other.at;
      const bool is_one = is_move(other.fact) && !other.is_approved && apart <= kTogether &&
                          is_within(scene.estate.targets[other.target].host, target.host);
      if (is_one) cites.push_back(other.seq);
      return is_one;
    });
    std::string issuer = change.is;
    std::ranges::replace(issuer, '_', ' ');
    const auto view = scene.history.view(change.target);
    const auto names = view.worst == nullptr ? std::string() : names_by(change.is, *view.worst);
    signs.push_back({is_near ? kSignals[1] : kSignals[0],
                     issuer + " has issued a certificate for " + target.host + names +
                         ", and never vouched for us before" +
                         (is_near ? "; the name moved within a day of it" : ""),
                     std::move(cites)});
    if (is_near) return;
  }
}

}  // namespace

const Rule rules::issuance{
    .name = "issuance",
    .question = "Did an authority that never vouched for us log a certificate for our names?",
    .teacher = "A hijacked front end's certificate was in the logs before the first loss (2022).",
    .fooled_by = "A colleague's microsite, a CDN's own authority; alone it weighs little.",
    .signals = kSignals,
    .weigh = weigh};

}  // namespace bw
