// SPDX-License-Identifier: Apache-2.0
// Is our network announced, by whom, and is that network entitled to?
// Taught by: a wallet whose name servers' route was taken (2018), an operator whose own entitlement
// was rewritten (2024), and backbones that withdrew themselves (2021, 2025).
// Fooled by: a scrubbing service or second transit that announces for us, unannounced; forgotten
// entitlements. Who only swallows traffic was mistaken every time; who answers in our place was
// not.
#include "daemon/verdict/rules/catalog.h"

#include <algorithm>
#include <array>
#include <set>

namespace bw {
namespace {

constexpr std::array kSignals = std::to_array<std::string_view>({"route/hijacked",
                                                                 "route/not_entitled",
                                                                 "route/elsewhere",
                                                                 "route/unrouted",
                                                                 "route/stranger_answers",
                                                                 "route/swallowed"});
constexpr Millis kTogether{std::chrono::hours{24}};

// "AS64666 (STRANGER)" of "prefix=AS64666" and what the collector calls it.
std::string network_of(std::string_view route, const Facts& facts) {
  const auto network = route.substr(route.find('=') + 1);
  for (const auto holder : members(facts.get(Fact::route_holders))) {
    const auto equals = holder.find('=');
    if (holder.substr(0, equals) != network) continue;
    return std::string(network) + " (" + std::string(holder.substr(equals + 1)) + ")";
  }
  return std::string(network);
}

class Weighing {
 public:
  Weighing(const Scene& scene, Signs& signs) : scene_(scene), signs_(signs) {}

  void run() {
    for (TargetIndex target = 0; target < scene_.estate.targets.size(); ++target) {
      const auto& one = scene_.estate.targets[target];
      if (one.role != Role::sensor || !concerns_us(scene_, one)) continue;
      for (VantageIndex at = 0; at < scene_.estate.vantages.size(); ++at)
        of_series(target, scene_.history.series(target, at));
    }
    for (const auto& change : scene_.history.changes()) {
      if (change.fact != Fact::routes || !change.is_live || change.is_approved) continue;
      if (!concerns_us(scene_, scene_.estate.targets[change.target])) continue;
      if (!is_announced(scene_, change.at)) of_change(change);
    }
    if (said_.contains(kSignals[0])) of_answers();
  }

 private:
  void say(std::string_view signal, std::string claim, std::uint64_t cite) {
    if (said_.insert(signal).second) signs_.push_back({signal, std::move(claim), {cite}});
  }

  // Where any vantage's latest look shows the state.
  [[nodiscard]] const Series* showing(TargetIndex target, const std::string& state) const {
    for (VantageIndex at = 0; at < scene_.estate.vantages.size(); ++at) {
      const auto& series = scene_.history.series(target, at);
      if (series.looks == 0) continue;
      const auto states = members(series.latest.facts->get(Fact::route_states));
      if (std::ranges::find(states, state) != states.end()) return &series;
    }
    return nullptr;
  }

  void of_series(TargetIndex target, const Series& series) {
    if (series.looks == 0) return;
    const auto& facts = *series.latest.facts;
    const auto& host = scene_.estate.targets[target].host;
    if (const auto unrouted = facts.get(Fact::unrouted); !unrouted.empty()) {
      say(kSignals[3],
          "no network announces " + std::string(unrouted) + " of " + host + " any more",
          series.latest_seq);
    }
    for (const auto state : members(facts.get(Fact::route_states))) {
      if (!state.ends_with("=invalid")) continue;
      const auto route = state.substr(0, state.rfind('='));
      const bool is_new = std::ranges::any_of(scene_.history.changes(), [&](const Change& change) {
        return change.target == target && change.fact == Fact::routes && change.is == route;
      });
      if (is_new) continue;
      say(kSignals[1],
          network_of(route, facts) + " announces " + host +
              " as before, but is no longer entitled to (RPKI invalid)",
          series.latest_seq);
    }
  }

  void of_change(const Change& change) {
    const auto& host = scene_.estate.targets[change.target].host;
    if (const auto* series = showing(change.target, change.is + "=invalid")) {
      say(kSignals[0],
          network_of(change.is, *series->latest.facts) + " announces the network of " + host +
              " and is not entitled to (RPKI invalid; before: " + change.was + ")",
          change.seq);
      return;
    }
    const auto view = scene_.history.view(change.target);
    if (view.worst == nullptr) return;
    say(kSignals[2],
        host + " now lies in a network that never carried anything of ours: " +
            network_of(change.is, *view.worst->latest.facts) + " (before: " + change.was + ")",
        change.seq);
  }

  // Who took the route answers in our place, or lets everything run into the void.
  void of_answers() {
    for (const auto target : scene_.scope.failing) {
      const auto view = scene_.history.view(target);
      const auto outcome = view.worst->latest.outcome;
      const auto& one = scene_.estate.targets[target];
      if (outcome == Outcome::tls_self_signed || outcome == Outcome::tls_untrusted ||
          outcome == Outcome::tls_wrong_name || outcome == Outcome::content_foreign) {
        say(kSignals[4],
            "at " + one.host + " somebody answers who cannot prove to be us (" +
                view.worst->latest.note + ")",
            view.worst->latest_seq);
        return;
      }
    }
    for (const auto& change : scene_.history.changes()) {
      const bool is_ours = change.fact == Fact::cert_issuer || change.fact == Fact::networks;
      if (!is_ours || change.is_approved || scene_.now - change.at > kTogether) continue;
      if (scene_.estate.targets[change.target].owner != kOwn) continue;
      say(kSignals[4],
          scene_.estate.targets[change.target].host + " shows " + change.is +
              " since then, never seen before",
          change.seq);
      return;
    }
    const bool is_silent =
        !scene_.scope.failing.empty() &&
        std::ranges::all_of(scene_.scope.failing, [&](TargetIndex target) {
          const auto outcome = scene_.history.view(target).worst->latest.outcome;
          return outcome == Outcome::connect_timeout || outcome == Outcome::connect_unreachable;
        });
    if (!is_silent) return;
    const auto view = scene_.history.view(scene_.scope.failing.front());
    say(kSignals[5],
        "what goes there finds no answer at all (" + view.worst->latest.note + ")",
        view.worst->latest_seq);
  }

  const Scene& scene_;
  Signs& signs_;
  std::set<std::string_view> said_;
};

void weigh(const Scene& scene, Signs& signs) {
  Weighing(scene, signs).run();
}

}  // namespace

const Rule rules::route{
    .name = "route",
    .question = "Is our network announced, by whom, and is that network entitled to?",
    .teacher = "A wallet's name servers were taken by their route (2018).",
    .fooled_by = "A scrubbing service that announces for us; forgotten entitlements.",
    .signals = kSignals,
    .weigh = weigh};

}  // namespace bw
