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

// The name, or one below it, moved within a day of that.
const Change* find_move_near(const Scene& scene, const Change& change) {
  const auto& host = scene.estate.targets[change.target].host;
  const auto& changes = scene.history.changes();
  const auto at = std::ranges::find_if(changes, [&](const Change& other) {
    return is_move(other.fact) && !other.is_approved &&
           time_between(other.at, change.at) <= kTogether &&
           is_within(scene.estate.targets[other.target].host, host);
  });
  return at == changes.end() ? nullptr : &*at;
}

Sign sign_of(const Scene& scene, const Change& change, const Change* move) {
  std::string issuer = change.is;
  std::ranges::replace(issuer, '_', ' ');
  const auto view = scene.history.view(change.target);
  const auto names = view.worst == nullptr ? std::string() : names_by(change.is, *view.worst);
  std::string claim = issuer + " has issued a certificate for " +
                      scene.estate.targets[change.target].host + names +
                      ", and never vouched for us before";
  if (move == nullptr) {
    return {.signal = kSignals[0], .claim = std::move(claim), .cites = {change.seq}};
  }
  claim += "; the name moved within a day of it";
  return {.signal = kSignals[1], .claim = std::move(claim), .cites = {change.seq, move->seq}};
}

void weigh(const Scene& scene, Signs& signs) {
  for (const auto& change : scene.history.changes()) {
    if (change.fact != Fact::logged_issuers || change.is_approved || !change.is_live) continue;
    const auto& target = scene.estate.targets[change.target];
    if (!concerns_us(scene, target) || is_announced(scene, change.at)) continue;
    const auto* move = find_move_near(scene, change);
    signs.push_back(sign_of(scene, change, move));
    if (move != nullptr) return;
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
