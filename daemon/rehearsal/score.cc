// SPDX-License-Identifier: Apache-2.0
#include "daemon/rehearsal/score.h"

#include "daemon/rehearsal/chance.h"

#include <algorithm>
#include <cmath>

namespace bw::rehearsal {
namespace {

constexpr std::array kBins{0.0, 0.05, 0.20, 0.50, 0.80, 1.0};

bool has_integrity_signal(std::string_view cause) {
  const auto hypothesis = hypothesis_of(cause);
  switch (hypothesis.value_or(Hypothesis::own_change)) {
    case Hypothesis::dns_hijack:
    case Hypothesis::bgp_hijack:
    case Hypothesis::tls_interception:
    case Hypothesis::defacement:
    case Hypothesis::skimmer:
    case Hypothesis::subdomain_takeover:
      return true;
    case Hypothesis::own_change:
    case Hypothesis::own_capacity:
    case Hypothesis::provider_outage:
    case Hypothesis::planned_maintenance:
    case Hypothesis::cert_expiry:
    case Hypothesis::dns_misconfig:
    case Hypothesis::network_bgp:
    case Hypothesis::monitor_local:
    case Hypothesis::own_hardware:
    case Hypothesis::ddos:
    case Hypothesis::ransomware_containment:
    case Hypothesis::account_attack:
    case Hypothesis::provider_compromised:
      break;
  }
  return false;
}

double log_loss_of(double probability, bool happened) {
  const double held = std::clamp(probability, 0.01, 0.99);
  return -std::log(happened ? held : 1 - held);
}

void add_to_bins(Summary& summary, const Score& one) {
  for (std::size_t i = 0; i < summary.reliability.size(); ++i) {
    auto& bin = summary.reliability.at(i);
    bin.from = kBins.at(i);
    bin.to = kBins.at(i + 1);
    const bool is_last = i + 1 == summary.reliability.size();
    if (one.suspicion < bin.from || (one.suspicion >= bin.to && !is_last)) continue;
    ++bin.incidents;
    if (one.is_cyber()) ++bin.cyber;
    bin.mean += one.suspicion;
  }
}

void count_alarm(Summary& summary, const Score& one) {
  if (one.is_cyber()) ++summary.cyber;
  if (one.is_hit()) ++summary.hits;
  if (one.is_cyber() && has_integrity_signal(one.cause)) {
    ++summary.integrity;
    if (one.is_hit()) ++summary.integrity_hits;
  }
  if (one.is_false_alarm()) ++summary.false_alarms;
}

void count_cause(Summary& summary, const Score& one) {
  if (!one.is_decided) {
    ++summary.undecided;
    return;
  }
  ++summary.decided;
  if (one.is_cause_right()) ++summary.causes_right;
  if (one.culprit.empty()) return;
  ++summary.culprits;
  if (one.is_culprit_right()) ++summary.culprits_right;
}

// Of the hits, from `tell`.
std::optional<Millis> median_delay(const std::vector<Score>& scores) {
  std::vector<Millis> delays;
  for (const auto& one : scores) {
    if (one.is_hit() && one.suspected_at) delays.push_back(*one.suspected_at - one.tell);
  }
  if (delays.empty()) return std::nullopt;
  std::ranges::sort(delays);
  return delays[delays.size() / 2];
}

}  // namespace

std::optional<Hypothesis> hypothesis_of(std::string_view cause) {
  if (cause == "flash_crowd") return Hypothesis::own_capacity;
  if (cause == "wiper") return Hypothesis::ransomware_containment;
  if (cause == "supply_chain_script") return Hypothesis::skimmer;
  return parse_hypothesis(cause);
}

bool Score::is_in_time() const {
  return suspected_at && *suspected_at <= decide_by;
}
bool Score::is_hit() const {
  return is_cyber() && is_in_time();
}
bool Score::is_false_alarm() const {
  return !is_cyber() && suspected_at;
}
bool Score::is_cause_right() const {
  return is_decided && hypothesis_of(cause_named) == hypothesis_of(cause);
}
bool Score::is_culprit_right() const {
  return is_decided && culprit_named == culprit;
}

std::string Score::fault() const {
  if (is_false_alarm()) return "false alarm";
  if (is_cyber() && !suspected_at) return "missed";
  if (is_cyber() && !is_hit()) return "too late";
  if (!is_decided) return label == "invisible" ? "" : "undecided";
  if (!is_cause_right()) return "other cause";
  if (!culprit.empty() && !is_culprit_right()) return "other culprit";
  return {};
}

Score score(const World& world, const Judged& judged) {
  const auto& truth = world.truth();
  Score score{.id = std::string(world.id()),
              .label = truth.label,
              .cause = truth.cause,
              .culprit = truth.culprit,
              .tell = truth.tell,
              .decide_by = truth.decide_by,
              .level = Level::calm,
              .suspicion = kCalmSuspicion,
              .is_decided = false,
              .cause_named = "none",
              .probability = 0,
              .culprit_named = {},
              .because = {},
              .against = {},
              .suspicion_max = judged.suspicion_max,
              .suspected_at = {},
              .pages = judged.pages,
              .messages = judged.messages,
              .looks = judged.looks};
  if (judged.suspected) score.suspected_at = *judged.suspected - world.t0();
  if (!judged.at_decide_by) return score;
  const auto& incident = *judged.at_decide_by;
  score.level = incident.closed ? Level::calm : incident.verdict.level;
  score.suspicion = std::max(incident.verdict.suspicion, kCalmSuspicion);
  score.is_decided = incident.verdict.is_decided;
  score.cause_named = score.is_decided ? print(incident.verdict.leading) : "undecided";
  const auto& verdict = incident.verdict;
  score.probability = verdict.posterior.at(static_cast<std::size_t>(verdict.leading));
  score.culprit_named = verdict.culprit;
  for (const auto& reason : incident.verdict.because)
    score.because.push_back(reason.claim);
  for (const auto& reason : incident.verdict.against)
    score.against.push_back(reason.claim);
  return score;
}

Summary summarize(const std::vector<Score>& scores) {
  Summary summary;
  for (const auto& one : scores) {
    ++summary.incidents;
    count_alarm(summary, one);
    count_cause(summary, one);
    summary.brier += std::pow(one.suspicion - (one.is_cyber() ? 1 : 0), 2);
    summary.log_loss += log_loss_of(one.suspicion, one.is_cyber());
    add_to_bins(summary, one);
  }
  for (auto& bin : summary.reliability) {
    if (bin.incidents > 0) bin.mean /= static_cast<double>(bin.incidents);
  }
  if (scores.empty()) return summary;
  const auto count = static_cast<double>(scores.size());
  const double rate = static_cast<double>(summary.cyber) / count;
  summary.brier /= count;
  summary.log_loss /= count;
  summary.base_rate_log_loss =
      rate * log_loss_of(rate, true) + (1 - rate) * log_loss_of(rate, false);
  summary.median_delay = median_delay(scores);
  return summary;
}

bool is_in_fitting_half(std::string_view id) {
  return hash_text(id) % 2 == 0;
}

}  // namespace bw::rehearsal
