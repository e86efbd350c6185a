// SPDX-License-Identifier: Apache-2.0
#include "daemon/verdict/fusion.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace bw {
namespace {

constexpr std::size_t kCitesMax = 8;
constexpr int kReasonsMax = 12;

// What a signal still weighs at `now`, in decibans towards each hypothesis.
std::array<double, kHypotheses> weights_now(const Evidence& evidence,
                                            const SignalWeight& weight,
                                            Time now) {
  std::array<double, kHypotheses> list{};
  double share = 1;
  if (!evidence.is_live) {
    if (weight.half_life <= Millis{0}) return list;
    share = std::exp2(-static_cast<double>((now - evidence.last_live).count()) /
                      static_cast<double>(weight.half_life.count()));
  }
  // Whole decibans: what cannot be seen in a reason must not decide.
  for (std::size_t h = 0; h < kHypotheses; ++h)
    list.at(h) = std::round(weight.weights.at(h) * share);
  return list;
}

// Strongest whole, the next half, then a quarter...; capped.
double discounted(std::vector<double>& values, int cap) {
  std::ranges::stable_sort(values, std::greater{}, [](double value) { return std::abs(value); });
  double sum = 0;
  double share = 1;
  for (const double value : values) {
    sum += value * share;
    share /= 2;
  }
  return std::clamp(sum, -static_cast<double>(cap), static_cast<double>(cap));
}

Posterior normalise(const std::array<double, kHypotheses>& decibans) {
  Posterior posterior{};
  const double most = *std::ranges::max_element(decibans);
  double sum = 0;
  for (std::size_t h = 0; h < kHypotheses; ++h) {
    posterior.at(h) = std::pow(10.0, (decibans.at(h) - most) / 10.0);
    sum += posterior.at(h);
  }
  for (auto& probability : posterior)
    probability /= sum;
  return posterior;
}

double suspicion_of(const Posterior& posterior) {
  return std::accumulate(posterior.begin() + kBenign, posterior.end(), 0.0);
}

// Inference alone never claims more than the ceiling: the rest is handed back to the benign causes.
void hold_under(Posterior& posterior, double ceiling) {
  const double suspicion = suspicion_of(posterior);
  if (suspicion <= ceiling) return;
  const double benign = 1 - suspicion;
  for (std::size_t h = 0; h < kHypotheses; ++h) {
    auto& probability = posterior.at(h);
    if (h >= kBenign) {
      probability *= ceiling / suspicion;
    } else {
      probability = benign > 0 ? probability * (1 - ceiling) / benign
                               : (1 - ceiling) / static_cast<double>(kBenign);
    }
  }
}

// How far a signal moves the leading cause against all others, by their present probabilities.
int pull(const std::array<double, kHypotheses>& weights,
         const Posterior& posterior,
         const auto& is_side) {
  double side = 0;
  double side_mass = 0;
  double rest = 0;
  double rest_mass = 0;
  for (std::size_t h = 0; h < kHypotheses; ++h) {
    const double mass = posterior.at(h) + 1e-6;
    if (is_side(h)) {
      side += mass * weights.at(h);
      side_mass += mass;
    } else {
      rest += mass * weights.at(h);
      rest_mass += mass;
    }
  }
  return static_cast<int>(std::lround(side / side_mass - rest / rest_mass));
}

// A signal that weighs something, or may.
struct Row {
  const std::string* signal = nullptr;
  const Evidence* evidence = nullptr;
  Group group{};
  std::array<double, kHypotheses> weights{};
};

// Decibans for one hypothesis: what signals of one group say alike counts less each time.
double sum_for(std::size_t hypothesis,
               const std::vector<Row>& rows,
               const EvidenceWeights& weights,
               double prior) {
  double sum = prior;
  for (std::size_t g = 0; g < kGroups; ++g) {
    std::vector<double> values;
    for (const auto& row : rows) {
      if (static_cast<std::size_t>(row.group) == g && row.weights.at(hypothesis) != 0) {
        values.push_back(row.weights.at(hypothesis));
      }
    }
    sum += discounted(values, weights.caps.at(g));
  }
  return sum;
}

// A sign that misses a look or two has not ended.
std::optional<Time> end_of(const Evidence& evidence, Time now) {
  constexpr Millis kMayPause{120'000};
  if (evidence.is_live || now - evidence.last_live < kMayPause) return std::nullopt;
  return evidence.last_live;
}

Reason reason_for(const Row& row, const Verdict& verdict, Time now) {
  const auto lead = static_cast<std::size_t>(verdict.leading);
  return {
      .rule = *row.signal,
      .claim = row.evidence->claim,
      .decibans = pull(row.weights, verdict.posterior, [&](std::size_t h) { return h == lead; }),
      .cyber = pull(row.weights, verdict.posterior, [](std::size_t h) { return h >= kBenign; }),
      .cites = row.evidence->cites,
      .since = row.evidence->since,
      .ended = end_of(*row.evidence, now)};
}

void keep_strongest(std::vector<Reason>& reasons) {
  std::ranges::stable_sort(reasons, [](const Reason& a, const Reason& b) {
    return std::abs(a.decibans) > std::abs(b.decibans);
  });
  if (reasons.size() > kReasonsMax) reasons.resize(kReasonsMax);
}

void give_reasons(const std::vector<Row>& rows, Time now, Verdict& verdict) {
  verdict.because.clear();
  verdict.against.clear();
  for (const auto& row : rows) {
    auto reason = reason_for(row, verdict, now);
    if (reason.decibans > 0) {
      verdict.because.push_back(std::move(reason));
    } else if (reason.decibans < 0) {
      verdict.against.push_back(std::move(reason));
    }
  }
  keep_strongest(verdict.because);
  keep_strongest(verdict.against);
}

}  // namespace

void Ledger::begin(Time) {
  for (auto& [signal, evidence] : evidence_)
    evidence.is_live = false;
}

void Ledger::post(std::string_view rule, Signs signs, Time now) {
  for (auto& sign : signs) {
    auto [at, is_new] = evidence_.try_emplace(std::string(sign.signal));
    auto& evidence = at->second;
    if (is_new) evidence.since = now;
    evidence.rule = rule;
    evidence.claim = std::move(sign.claim);
    if (sign.cites.size() > kCitesMax) {
      sign.cites.erase(sign.cites.begin(), sign.cites.end() - kCitesMax);
    }
    evidence.cites = std::move(sign.cites);
    evidence.last_live = now;
    evidence.is_live = true;
  }
}

void Ledger::finish(Time now, const EvidenceWeights& weights) {
  std::erase_if(evidence_, [&](const auto& entry) {
    if (entry.second.is_live) return false;
    const auto weight = weights.signals.find(entry.first);
    if (weight == weights.signals.end()) return true;
    const auto left = weights_now(entry.second, weight->second, now);
    return std::ranges::all_of(left, [](double value) { return value == 0; });
  });
}

bool Ledger::has_live(std::string_view signal) const {
  const auto at = evidence_.find(signal);
  return at != evidence_.end() && at->second.is_live;
}

void Ledger::add_up(const EvidenceWeights& weights,
                    bool is_integrity,
                    Time now,
                    Verdict& verdict) const {
  std::vector<Row> rows;
  for (const auto& [signal, evidence] : evidence_) {
    const auto weight = weights.signals.find(signal);
    if (weight == weights.signals.end()) continue;
    rows.push_back({.signal = &signal,
                    .evidence = &evidence,
                    .group = weight->second.group,
                    .weights = weights_now(evidence, weight->second, now)});
  }
  const auto& prior = is_integrity ? weights.integrity_prior : weights.prior;
  std::array<double, kHypotheses> sums{};
  for (std::size_t h = 0; h < kHypotheses; ++h)
    sums.at(h) = sum_for(h, rows, weights, prior.at(h));
  verdict.posterior = normalise(sums);
  hold_under(verdict.posterior, weights.ceiling);
  verdict.suspicion = suspicion_of(verdict.posterior);
  const auto* const best = std::ranges::max_element(verdict.posterior);
  verdict.leading = static_cast<Hypothesis>(best - verdict.posterior.begin());
  verdict.is_decided = weights.decides(verdict.leading, *best);
  give_reasons(rows, now, verdict);
}

}  // namespace bw
