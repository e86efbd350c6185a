// SPDX-License-Identifier: Apache-2.0
// In which way does it fail?
// Taught by: 72 attacks and 88 benign outages: server errors are mostly our own or a provider's,
// time-outs at connect lean the other way, slow answers that creep up are load.
// Fooled by: a proxy that turns every fault into its own error page. It weighs little.
#include "daemon/verdict/rules/catalog.h"

#include <algorithm>
#include <array>
#include <set>

namespace bw {
namespace {

constexpr std::array kSignals = std::to_array<std::string_view>({"how_it_fails/server_errors",
                                                                 "how_it_fails/edge_errors",
                                                                 "how_it_fails/connect_timeouts",
                                                                 "how_it_fails/slow_first",
                                                                 "how_it_fails/refused",
                                                                 "how_it_fails/all_dark"});

// The edge says that it cannot reach what is behind it: 504 (RFC 9110 section 15.6.5), or 521 to
// 523, which are Cloudflare's and others use too.
bool is_origin_unreachable(const Observation& observation) {
  const auto status = observation.facts->get(Fact::status);
  return status == "504" || status == "521" || status == "522" || status == "523";
}

struct Count {
  std::size_t number = 0;
  std::vector<std::uint64_t> cites;
  std::string example;
};

// Every own machine, the staff's too, is silent: a site lost its power or its line.
void weigh_darkness(const Scene& scene, Signs& signs) {
  constexpr std::size_t kHosts = 3;
  std::set<std::string> dark;
  std::set<std::string> lit;
  bool has_staff = false;
  std::vector<std::uint64_t> cites;
  for (TargetIndex target = 0; target < scene.estate.targets.size(); ++target) {
    const auto& one = scene.estate.targets[target];
    const auto view = scene.history.view(target);
    if (one.role != Role::service || one.owner != kOwn || !view.is_known) continue;
    if (one.kind == "dns" || one.kind == "tls") continue;  // an edge answers for a dead origin
    const auto outcome = view.worst->latest.outcome;
    const bool is_silent =
        outcome == Outcome::connect_timeout || outcome == Outcome::connect_refused ||
        outcome == Outcome::reply_timeout ||
        (outcome == Outcome::status_server && is_origin_unreachable(view.worst->latest));
    if (view.is_failing && is_silent) {
      dark.insert(one.host);
      has_staff = has_staff || one.surface == Surface::staff;
      cites.push_back(view.since_seq);
    } else if (!view.is_failing) {
      lit.insert(one.host);
    }
  }
  if (dark.size() < kHosts || !has_staff || lit.size() * 3 > dark.size()) return;
  signs.push_back(
      {kSignals[5],
       std::to_string(dark.size()) + " own hosts are silent, the staff's ways in as well",
       std::move(cites)});
}

void weigh(const Scene& scene, Signs& signs) {
  weigh_darkness(scene, signs);
  std::array<Count, 4> counts;
  const auto note = [&](std::size_t which, const View& view, const Target& target) {
    auto& count = counts.at(which);
    ++count.number;
    count.cites.push_back(view.since_seq);
    if (count.example.empty()) count.example = target.id + ": " + view.worst->first_bad.note;
  };
  for (const auto target : scene.scope.failing) {
    const auto& one = scene.estate.targets[target];
    const auto view = scene.history.view(target);
    const auto& bad = view.worst->first_bad;
    if (is_deliberate(bad)) continue;
    if (bad.outcome == Outcome::status_server) note(bad.party == Party::edge ? 1 : 0, view, one);
    if (bad.outcome == Outcome::connect_timeout || bad.outcome == Outcome::reply_timeout) {
      note(2, view, one);
    }
    if (bad.outcome == Outcome::connect_refused || bad.outcome == Outcome::connect_reset) {
      note(3, view, one);
    }
  }
  const auto say = [&](std::size_t which, std::size_t signal, const char* what) {
    auto& count = counts.at(which);
    if (count.number * 2 < scene.scope.hard || count.number == 0) return;
    signs.push_back({kSignals.at(signal),
                     std::string(what) + " (" + count.example + ")",
                     std::move(count.cites)});
  };
  say(0, 0, "servers answer with errors");
  say(1, 1, "the edge answers with errors of its own");
  say(2, 2, "connections or answers time out");
  say(3, 4, "connections are refused or cut");
  for (TargetIndex target = 0; target < scene.estate.targets.size(); ++target) {
    const auto view = scene.history.view(target);
    if (!view.is_known || !view.is_degraded || scene.estate.targets[target].role != Role::service)
      continue;
    if (!scene.scope.failing.empty() && view.since > scene.scope.onset) continue;
    signs.push_back(
        {kSignals[3],
         scene.estate.targets[target].id + " answers slowly: " +
             print_duration(std::chrono::duration_cast<Millis>(view.worst->latest.phases.total())) +
             " for a request",
         {view.worst->latest_seq}});
    return;
  }
}

}  // namespace

const Rule rules::how_it_fails{
    .name = "how_it_fails",
    .question = "In which way does it fail?",
    .teacher = "Over 160 incidents, origin errors were benign 21 times and attacks 3 times.",
    .fooled_by = "A proxy that turns every fault into its own error page; it weighs little.",
    .signals = kSignals,
    .weigh = weigh};

}  // namespace bw
