// SPDX-License-Identifier: Apache-2.0
// Is the certificate itself what fails?
// Taught by: a podcast host dark for eight hours, and a game company, each by one forgotten
// renewal. Fooled by: one stale edge node; the monitor's own clock or trust store.
#include "daemon/verdict/rules/catalog.h"

#include <algorithm>
#include <array>

namespace bw {
namespace {

constexpr std::array kSignals =
    std::to_array<std::string_view>({"certificate/expired",
                                     "certificate/wrong_name",
                                     "certificate/incomplete",
                                     "certificate/untrusted",
                                     "certificate/handshake",
                                     "certificate/stranger_on_the_way"});

std::string_view signal_of(Outcome outcome) {
  if (outcome == Outcome::tls_expired || outcome == Outcome::tls_not_yet_valid) return kSignals[0];
  if (outcome == Outcome::tls_wrong_name) return kSignals[1];
  if (outcome == Outcome::tls_incomplete_chain) return kSignals[2];
  if (outcome == Outcome::tls_untrusted || outcome == Outcome::tls_self_signed) return kSignals[3];
  if (outcome == Outcome::tls_handshake) return kSignals[4];
  return {};
}

bool is_stranger(const Series& series) {
  const auto outcome = series.latest.outcome;
  return outcome == Outcome::tls_self_signed || outcome == Outcome::tls_untrusted;
}

// How one target's certificate looks from all places.
struct Ways {
  std::vector<std::string> strangers;  // the vantages that meet one
  std::size_t known = 0;
  std::uint64_t seq = 0;
};
Ways ways_to(const Scene& scene, TargetIndex target) {
  Ways ways;
  for (VantageIndex vantage = 0; vantage < scene.estate.vantages.size(); ++vantage) {
    const auto& series = scene.history.series(target, vantage);
    if (is_stranger(series) && series.failed_run >= 2 && !scene.history.is_blind(vantage)) {
      ways.strangers.push_back(scene.estate.vantages[vantage].id);
      ways.seq = series.latest_seq;
    }
    const auto interval = scene.estate.targets[target].interval;
    const bool is_fresh = series.latest.at + 2 * interval >= scene.now;
    if (series.health == Health::ok && is_fresh) ++ways.known;
  }
  return ways;
}

// From some places a certificate that nobody vouches for stands before our name, while others meet
// the one that is known. Our own trust store is not at fault: other names are fine from there.
void weigh_ways(const Scene& scene, Signs& signs) {
  for (TargetIndex target = 0; target < scene.estate.targets.size(); ++target) {
    const auto& one = scene.estate.targets[target];
    if (one.owner != kOwn) continue;
    const auto ways = ways_to(scene, target);
    if (ways.strangers.empty() || ways.known == 0) continue;
    signs.push_back(
        {kSignals[5],
         "from " + list_in_words(ways.strangers) + " " + one.host +
             " shows a certificate that nobody vouches for, from elsewhere the known one",
         {ways.seq}});
    return;
  }
}

void weigh(const Scene& scene, Signs& signs) {
  weigh_ways(scene, signs);
  std::vector<std::string_view> given;
  for (const auto target : scene.scope.failing) {
    const auto view = scene.history.view(target);
    const auto& latest = view.worst->latest;
    const auto signal = signal_of(latest.outcome);
    if (signal.empty() || std::ranges::find(given, signal) != given.end()) continue;
    given.push_back(signal);
    std::string claim = scene.estate.targets[target].id + ": " + latest.note;
    if (const auto ends = latest.facts->get(Fact::cert_not_after);
        signal == kSignals[0] && !ends.empty()) {
      claim = "the certificate of " + scene.estate.targets[target].host + " ended at " +
              std::string(ends);
    }
    signs.push_back({signal, std::move(claim), {view.worst->latest_seq}});
  }
}

}  // namespace

const Rule rules::certificate{
    .name = "certificate",
    .question = "Is the certificate itself what fails?",
    .teacher = "A podcast host was dark for eight hours by one forgotten renewal (2022).",
    .fooled_by = "One stale edge node; the monitor's own clock or trust store.",
    .signals = kSignals,
    .weigh = weigh};

}  // namespace bw
