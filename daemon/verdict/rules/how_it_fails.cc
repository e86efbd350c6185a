// SPDX-License-Identifier: Apache-2.0
// In which way does it fail?
// Taught by: 72 attacks and 88 benign outages: server errors are mostly our own or a provider's,
// time-outs at connect lean the other way, slow answers that creep up are load.
// Fooled by: a proxy that turns every fault into its own error page. It weighs little.
#include "daemon/verdict/rules/catalog.h"

#include <algorithm>
#include <array>
#include <optional>
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

bool is_silent(const Observation& observation) {
  const auto outcome = observation.outcome;
  return outcome == Outcome::connect_timeout || outcome == Outcome::connect_refused ||
         outcome == Outcome::reply_timeout ||
         (outcome == Outcome::status_server && is_origin_unreachable(observation));
}

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
    if (view.is_failing && is_silent(view.worst->latest)) {
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

// A way of failing and what is said of it.
struct Way {
  std::string_view signal;
  std::string_view words;
};
constexpr std::array<Way, 4> kWays{
    {{.signal = kSignals[0], .words = "servers answer with errors"},
     {.signal = kSignals[1], .words = "the edge answers with errors of its own"},
     {.signal = kSignals[2], .words = "connections or answers time out"},
     {.signal = kSignals[4], .words = "connections are refused or cut"}}};

// Which of kWays it is, if any.
std::optional<std::size_t> way_of(const Observation& bad) {
  const auto outcome = bad.outcome;
  if (outcome == Outcome::status_server) return bad.party == Party::edge ? 1 : 0;
  if (outcome == Outcome::connect_timeout || outcome == Outcome::reply_timeout) return 2;
  if (outcome == Outcome::connect_refused || outcome == Outcome::connect_reset) return 3;
  return std::nullopt;
}

void weigh_ways(const Scene& scene, Signs& signs) {
  std::array<Count, kWays.size()> counts;
  for (const auto target : scene.scope.failing) {
    const auto view = scene.history.view(target);
    const auto& bad = view.worst->first_bad;
    const auto way = is_deliberate(bad) ? std::nullopt : way_of(bad);
    if (!way) continue;
    auto& count = counts.at(*way);
    ++count.number;
    count.cites.push_back(view.since_seq);
    if (count.example.empty()) count.example = scene.estate.targets[target].id + ": " + bad.note;
  }
  for (std::size_t i = 0; i < kWays.size(); ++i) {
    auto& count = counts.at(i);
    if (count.number * 2 < scene.scope.hard || count.number == 0) continue;
    signs.push_back({kWays.at(i).signal,
                     std::string(kWays.at(i).words) + " (" + count.example + ")",
                     std::move(count.cites)});
  }
}

// Something was slow before anything failed.
void weigh_slowness(const Scene& scene, Signs& signs) {
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

void weigh(const Scene& scene, Signs& signs) {
  weigh_darkness(scene, signs);
  weigh_ways(scene, signs);
  weigh_slowness(scene, signs);
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
