// SPDX-License-Identifier: Apache-2.0
#include "daemon/verdict/scope.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <set>

namespace bw {
namespace {

constexpr double kLeak = 1e-3;    // a target fails by itself
constexpr double kHard = 0.95;    // a needed provider takes it down
constexpr double kDeep = 0.85;    // a provider's provider does
constexpr double kNarrow = 0.90;  // one of our hosts or functions takes its targets down
constexpr double kWide = 0.55;    // something of ours takes some of everything down
constexpr double kPriorProvider = 0.010;
constexpr double kPriorNarrow = 0.010;
constexpr double kPriorWide = 0.004;
constexpr int kDepthMax = 4;  // providers that need providers

bool stands_on(const Estate& estate, std::string_view one, std::string_view other, int depth) {
  const auto* provider = estate.provider(one);
  if (provider == nullptr || depth == 0) return false;
  return std::ranges::any_of(provider->needs, [&](const auto& need) {
    return need == other || stands_on(estate, need, other, depth - 1);
  });
}

struct Symptom {
  TargetIndex target = 0;
  bool is_failing = false;    // or slow
  bool leads_inside = false;  // whoever runs the target wrote that: nothing that it needs is ill
};

// One possible cause and how surely it takes each symptom's target down.
struct Cause {
  std::string owner;  // provider id or kOwn
  double log_prior = 0;
  std::vector<double> strength;  // parallel to the symptoms
};

double strength_of_provider(const Estate& estate, const Target& target, std::string_view provider) {
  if (target.owner == provider) return kHard;
  const bool needs = std::ranges::find(target.needs, provider) != target.needs.end();
  if (needs) return kHard;
  return depends_on(estate, target, provider) ? kDeep : 0.0;
}

// Keeps it if it explains anything that fails.
void add_cause(const std::vector<Symptom>& symptoms,
               Cause cause,
               const auto& strength,
               std::vector<Cause>& causes) {
  bool explains = false;
  cause.strength.reserve(symptoms.size());
  for (const auto& symptom : symptoms) {
    const double q = strength(symptom);
    explains = explains || (q > 0 && symptom.is_failing);
    cause.strength.push_back(q);
  }
  if (explains) causes.push_back(std::move(cause));
}

Cause cause_at(std::string_view owner, double prior) {
  return {.owner = std::string(owner), .log_prior = std::log(prior), .strength = {}};
}

// A host, a function, or something of ours that is part of everything.
void add_own_causes(const Estate& estate,
                    const std::vector<Symptom>& symptoms,
                    std::vector<Cause>& causes) {
  const auto is_ours = [&](TargetIndex target) { return estate.targets[target].owner == kOwn; };
  std::set<std::string> hosts;
  std::set<std::string> functions;
  for (const auto& symptom : symptoms) {
    if (!is_ours(symptom.target) || !symptom.is_failing) continue;
    hosts.insert(estate.targets[symptom.target].host);
    functions.insert(estate.targets[symptom.target].function);
  }
  const auto add_narrow = [&](std::string Target::* part, const std::string& value) {
    const auto strength = [&](const Symptom& symptom) {
      const auto target = symptom.target;
      return is_ours(target) && estate.targets[target].*part == value ? kNarrow : 0.0;
    };
    add_cause(symptoms, cause_at(kOwn, kPriorNarrow), strength, causes);
  };
  for (const auto& host : hosts)
    add_narrow(&Target::host, host);
  for (const auto& function : functions)
    add_narrow(&Target::function, function);
  const auto wide = [&](const Symptom& symptom) { return is_ours(symptom.target) ? kWide : 0.0; };
  add_cause(symptoms, cause_at(kOwn, kPriorWide), wide, causes);
}

std::vector<Cause> causes_of(const Estate& estate,
                             const Ties& ties,
                             const std::vector<Symptom>& symptoms) {
  std::vector<Cause> causes;
  for (std::size_t provider = 0; provider < estate.providers.size(); ++provider) {
    const auto strength = [&](const Symptom& symptom) {
      return symptom.leads_inside ? 0.0 : ties.strength(symptom.target, provider);
    };
    add_cause(symptoms, cause_at(estate.providers[provider].id, kPriorProvider), strength, causes);
  }
  add_own_causes(estate, symptoms, causes);
  return causes;
}

// What is the same for every pair of causes, added up once: there are many pairs.
struct Likelihoods {
  std::vector<std::size_t> failing;  // places in the list of symptoms
  double log_works = 0;              // that nothing that works failed by itself
  std::vector<double> log_spares;    // that each cause did not take down anything that works

  Likelihoods(const std::vector<Symptom>& symptoms, const std::vector<Cause>& causes)
      : log_spares(causes.size()) {
    for (std::size_t i = 0; i < symptoms.size(); ++i) {
      if (symptoms[i].is_failing) {
        failing.push_back(i);
        continue;
      }
      log_works += std::log1p(-kLeak);
      for (std::size_t c = 0; c < causes.size(); ++c) {
        if (causes[c].strength[i] > 0) log_spares[c] += std::log1p(-causes[c].strength[i]);
      }
    }
  }
};

// log P(what fails and what works | the one cause, or the two), noisy-OR; both by their places.
double log_likelihood(const Likelihoods& sums,
                      const std::vector<Cause>& causes,
                      std::size_t one,
                      std::optional<std::size_t> other) {
  double sum = sums.log_works + causes[one].log_prior + sums.log_spares[one];
  if (other) sum += causes[*other].log_prior + sums.log_spares[*other];
  // Products of a few factors do not underflow: their logarithm is taken now and then.
  double product = 1;
  for (const auto i : sums.failing) {
    double survives = (1 - kLeak) * (1 - causes[one].strength[i]);
    if (other) survives *= 1 - causes[*other].strength[i];
    product *= 1 - survives;
    if (product > 1e-200) continue;
    sum += std::log(product);
    product = 1;
  }
  return sum + std::log(product);
}

struct Explanation {
  const Cause* one = nullptr;
  const Cause* other = nullptr;
  double log_score = 0;
};

std::vector<Explanation> explanations(const std::vector<Symptom>& symptoms,
                                      const std::vector<Cause>& causes) {
  const Likelihoods sums(symptoms, causes);
  std::vector<Explanation> all;
  all.reserve(causes.size() * (causes.size() + 1) / 2);
  for (std::size_t i = 0; i < causes.size(); ++i) {
    all.push_back({&causes[i], nullptr, log_likelihood(sums, causes, i, std::nullopt)});
    for (std::size_t j = i + 1; j < causes.size(); ++j) {
      all.push_back({&causes[i], &causes[j], log_likelihood(sums, causes, i, j)});
    }
  }
  return all;
}

bool is_explained(Role role) {
  return role != Role::control && role != Role::feed && role != Role::sensor;
}

// Every target that was seen and may have a cause.
std::vector<std::pair<TargetIndex, View>> known_views(const History& history) {
  const auto& targets = history.estate().targets;
  std::vector<std::pair<TargetIndex, View>> known;
  for (TargetIndex target = 0; target < targets.size(); ++target) {
    if (!is_explained(targets[target].role)) continue;
    const auto view = history.view(target);
    if (view.is_known) known.emplace_back(target, view);
  }
  return known;
}

bool is_failing_on_purpose(const View& view) {
  return view.is_failing && is_deliberate(view.worst->latest);
}

// Symptoms: every target that is known, and slow is ill as well: a provider that is about to fail
// often drags first. Those that fail from some places only say neither yes nor no. Where anything
// fails by itself, deliberate pages are left out: somebody put them up because of it.
std::vector<Symptom> symptoms_of(const History& history, Scope& scope) {
  std::vector<std::pair<Time, TargetIndex>> failing;
  std::vector<Symptom> symptoms;
  std::vector<Symptom> deliberate;
  for (const auto& [target, view] : known_views(history)) {
    if (view.is_failing) failing.emplace_back(view.since, target);
    if (view.is_degraded) scope.slow.push_back(target);
    if (view.is_partial) continue;
    const bool is_chosen = is_failing_on_purpose(view);
    if (view.is_failing && !is_chosen) ++scope.hard;
    auto& list = is_chosen ? deliberate : symptoms;
    list.push_back(
        {.target = target,
         .is_failing = view.is_failing || view.is_degraded,
         .leads_inside = view.is_failing && view.worst->latest.outcome == Outcome::leads_inside});
  }
  std::ranges::sort(failing);
  for (const auto& [since, target] : failing)
    scope.failing.push_back(target);
  if (scope.hard == 0) symptoms.insert(symptoms.end(), deliberate.begin(), deliberate.end());
  return symptoms;
}

// When the first of the failures began that the cause explains.
Time onset_of(const Cause& cause, const std::vector<Symptom>& symptoms, const History& history) {
  Time first = Time::max();
  for (std::size_t i = 0; i < symptoms.size(); ++i) {
    if (!symptoms[i].is_failing || cause.strength[i] < 0.5) continue;
    first = std::min(first, history.view(symptoms[i].target).since);
  }
  return first;
}

void name_culprits(const History& history,
                   const std::vector<Symptom>& symptoms,
                   const Explanation& best,
                   Scope& scope) {
  // The cause whose symptoms began first comes first.
  const bool swap = best.other != nullptr && onset_of(*best.other, symptoms, history) <
                                                 onset_of(*best.one, symptoms, history);
  scope.culprits.push_back((swap ? best.other : best.one)->owner);
  const auto* second = swap ? best.one : best.other;
  if (second != nullptr && second->owner != scope.culprits.front()) {
    scope.culprits.push_back(second->owner);
  }
  for (std::size_t i = 0; i < symptoms.size(); ++i) {
    const double q =
        std::max(best.one->strength[i], best.other == nullptr ? 0 : best.other->strength[i]);
    const auto target = symptoms[i].target;
    if (q < 0.5 && history.view(target).is_failing) scope.unexplained.push_back(target);
  }
}

}  // namespace

double Scope::blame_of(std::string_view owner) const {
  const auto at = blame.find(std::string(owner));
  return at == blame.end() ? 0.0 : at->second;
}

bool depends_on(const Estate& estate, const Target& target, std::string_view provider) {
  if (target.owner == provider) return true;
  if (stands_on(estate, target.owner, provider, kDepthMax)) return true;
  return std::ranges::any_of(target.needs, [&](const auto& need) {
    return need == provider || stands_on(estate, need, provider, kDepthMax);
  });
}

bool is_ill_itself(const Estate& estate, const Scope& scope, std::string_view owner) {
  const auto is_theirs = [&](TargetIndex target) { return estate.targets[target].owner == owner; };
  return std::ranges::any_of(scope.failing, is_theirs) ||
         std::ranges::any_of(scope.slow, is_theirs);
}

bool is_deliberate(const Observation& observation) {
  if (observation.outcome == Outcome::function_withdrawn) return true;
  const auto body = parse_body_class(observation.facts->get(Fact::body_class));
  return body == BodyClass::holding || body == BodyClass::maintenance || body == BodyClass::queue;
}

bool has_skimmer(const Observation& observation) {
  constexpr std::size_t kProfile = 3;  // minifiers and fraud SDKs bear single marks
  const auto traits = members(observation.facts->get(Fact::script_traits));
  return traits.size() >= kProfile || std::ranges::find(traits, "wallet_drain") != traits.end();
}

namespace {

// The provider that is most to blame; one that fails at an endpoint of its own before one that only
// would explain the same.
std::string suspect_of(const History& history, const Scope& scope) {
  std::string suspect;
  double most = 0;
  for (const auto& [owner, probability] : scope.blame) {
    if (owner == kOwn) continue;
    const double blame = probability * (is_ill_itself(history.estate(), scope, owner) ? 2 : 1);
    if (blame <= most) continue;
    most = blame;
    suspect = owner;
  }
  return suspect;
}

}  // namespace

Ties::Ties(const Estate& estate) : providers_(estate.providers.size()) {
  strengths_.reserve(estate.targets.size() * providers_);
  for (const auto& target : estate.targets) {
    for (const auto& provider : estate.providers)
      strengths_.push_back(strength_of_provider(estate, target, provider.id));
  }
}

Scope explain(const History& history, const Ties& ties) {
  Scope scope;
  const auto& estate = history.estate();
  const auto symptoms = symptoms_of(history, scope);
  if (scope.failing.empty() && scope.slow.empty()) return scope;
  if (!scope.failing.empty()) scope.onset = history.view(scope.failing.front()).since;
  for (const auto target : scope.failing) {
    const auto& one = estate.targets[target];
    if (one.role != Role::service || one.function.empty()) continue;
    if (std::ranges::find(scope.functions, one.function) == scope.functions.end()) {
      scope.functions.push_back(one.function);
    }
  }
  const auto causes = causes_of(estate, ties, symptoms);
  const auto all = explanations(symptoms, causes);
  if (all.empty()) return scope;
  const auto best = *std::ranges::max_element(all, {}, &Explanation::log_score);
  double sum = 0;
  for (const auto& one : all) {
    const double weight = std::exp(one.log_score - best.log_score);
    sum += weight;
    scope.blame[one.one->owner] += weight;
    if (one.other != nullptr && one.other->owner != one.one->owner) {
      scope.blame[one.other->owner] += weight;
    }
  }
  for (auto& [owner, probability] : scope.blame)
    probability = std::min(1.0, probability / sum);
  name_culprits(history, symptoms, best, scope);
  scope.suspect = suspect_of(history, scope);
  return scope;
}

}  // namespace bw
