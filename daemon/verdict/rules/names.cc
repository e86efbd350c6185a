// SPDX-License-Identifier: Apache-2.0
// Does the name lead somewhere else, or nowhere?
// Taught by: newspapers, exchanges and wallets whose registrar account or DNS was taken over.
// Fooled by: a move to another host or DNS provider; a botched DNSSEC rollover; our own resolver.
#include "daemon/verdict/rules/catalog.h"

#include <array>
#include <set>

namespace bw {
namespace {

constexpr std::array kSignals = std::to_array<std::string_view>({"names/moved",
                                                                 "names/name_servers_changed",
                                                                 "names/nxdomain",
                                                                 "names/no_answer",
                                                                 "names/bogus",
                                                                 "names/moved_and_body_differs"});

// Whose network the host lies in now, where a route sensor knows it: " of AS64666 (STRANGER)".
std::string whose(const Scene& scene, std::string_view host) {
  for (const auto& change : scene.history.changes()) {
    const auto& target = scene.estate.targets[change.target];
    if (change.fact != Fact::routes || !change.is_live || target.host != host) continue;
    const auto network = change.is.substr(change.is.find('=') + 1);
    const auto view = scene.history.view(change.target);
    const auto holders = view.worst == nullptr ? std::string_view()
                                               : view.worst->latest.facts->get(Fact::route_holders);
    for (const auto holder : members(holders)) {
      const auto equals = holder.find('=');
      if (holder.substr(0, equals) == network)
        return " of " + network + " (" + std::string(holder.substr(equals + 1)) + ")";
    }
    return " of " + network;
  }
  return {};
}

// The look knows that it is not us: another page, or a certificate that does not prove us.
bool is_stranger(Outcome outcome) {
  return outcome == Outcome::content_foreign || outcome == Outcome::content_missing ||
         outcome == Outcome::tls_wrong_name || outcome == Outcome::tls_self_signed ||
         outcome == Outcome::tls_untrusted;
}

void weigh_stranger(const Scene& scene, const std::set<std::string>& moved, Signs& signs) {
  for (const auto target : scene.scope.failing) {
    const auto view = scene.history.view(target);
    if (!moved.contains(scene.estate.targets[target].host)) continue;
    if (!is_stranger(view.worst->latest.outcome)) continue;
    signs.push_back(
        {kSignals[5],
         "behind the new address stands somebody else (" + view.worst->latest.note + ")",
         {view.worst->latest_seq}});
    return;
  }
}

void weigh_changes(const Scene& scene, Signs& signs) {
  std::set<std::string> moved;
  bool said_servers = false;
  for (const auto& change : scene.history.changes()) {
    const auto& target = scene.estate.targets[change.target];
    if (change.is_approved || !change.is_live || target.owner != kOwn) continue;
    if (change.fact == Fact::networks && moved.insert(target.host).second && moved.size() == 1) {
      signs.push_back({kSignals[0],
                       target.host + " now leads to " + change.is + whose(scene, target.host) +
                           ", never seen before (known: " + change.was + ")",
                       {change.seq}});
    }
    if (change.fact == Fact::name_servers && !said_servers) {
      said_servers = true;
      signs.push_back({kSignals[1],
                       "the name server " + change.is + " answers for " + target.host +
                           ", never seen before (known: " + change.was + ")",
                       {change.seq}});
    }
  }
  weigh_stranger(scene, moved, signs);
}

void weigh_failures(const Scene& scene, Signs& signs) {
  std::set<std::string_view> given;
  for (const auto target : scene.scope.failing) {
    const auto view = scene.history.view(target);
    const auto outcome = view.worst->latest.outcome;
    std::string_view signal;
    if (outcome == Outcome::dns_nxdomain || outcome == Outcome::dns_no_address)
      signal = kSignals[2];
    if (outcome == Outcome::dns_servfail || outcome == Outcome::dns_refused ||
        outcome == Outcome::dns_timeout) {
      signal = kSignals[3];
    }
    if (outcome == Outcome::dns_bogus) signal = kSignals[4];
    if (signal.empty() || !given.insert(signal).second) continue;
    signs.push_back({signal,
                     scene.estate.targets[target].host + ": " + view.worst->latest.note,
                     {view.worst->latest_seq}});
  }
}

void weigh(const Scene& scene, Signs& signs) {
  weigh_changes(scene, signs);
  weigh_failures(scene, signs);
}

}  // namespace

const Rule rules::names{
    .name = "names",
    .question = "Does the name lead somewhere else, or nowhere?",
    .teacher = "A newspaper's and an exchange's names were moved by strangers (2013, 2020).",
    .fooled_by = "A move to another host or DNS provider; a botched DNSSEC rollover.",
    .signals = kSignals,
    .weigh = weigh};

}  // namespace bw
