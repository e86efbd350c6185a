// SPDX-License-Identifier: Apache-2.0
#include "daemon/verdict/history.h"

#include <algorithm>
#include <array>
#include <bit>
#include <charconv>
#include <cmath>
#include <utility>

namespace bw {
namespace {

constexpr std::uint32_t kWindow = 8;  // looks that count towards "fails now and then"
constexpr int kFailuresInWindow = 4;
constexpr std::uint32_t kFailedRun = 2;  // in a row: it fails
constexpr std::uint32_t kSlowWindow = 5;
constexpr int kSlowInWindow = 3;
constexpr std::uint32_t kRecoveryMin = 3;
constexpr std::uint32_t kRecoveryMax = 20;
constexpr std::uint32_t kLatencyLooksMin = 20;  // before which latency is not judged
constexpr std::uint32_t kValueLooksMin = 20;    // before which a series' value is not judged
constexpr std::uint32_t kUnusualRun = 3;        // looks in a row: it is no slip
constexpr std::uint32_t kFactLooksMin = 3;      // a baseline is what the first looks agree on
constexpr Millis kEpisodeMemory{std::chrono::hours{24 * 14}};
constexpr Millis kChangeMemory{std::chrono::hours{24 * 14}};
constexpr Millis kAdoptAfter{std::chrono::hours{24 * 7}};
constexpr std::size_t kKnownMax = 256;  // members of one baseline

// Facts whose change can mean that something changed hands.
constexpr std::array kWatched{Fact::networks,
                              Fact::name_servers,
                              Fact::mail_servers,
                              Fact::cert_issuer,
                              Fact::cert_key,
                              Fact::script_origins,
                              Fact::inline_scripts,
                              Fact::form_actions,
                              Fact::frames,
                              Fact::fields,
                              Fact::registrar,
                              Fact::registry_unlocked,
                              Fact::delegation,
                              Fact::delegation_signed,
                              Fact::logged_issuers,
                              Fact::routes,
                              Fact::script_marks,
                              Fact::script_sends};
// A single value that may hold blanks; the other watched facts are sets.
bool is_single(Fact fact) {
  return fact == Fact::cert_issuer || fact == Fact::cert_key || fact == Fact::registrar ||
         fact == Fact::delegation_signed;
}

// Which of them are read off a page: only a healthy page says what the page is.
bool is_page_fact(Fact fact) {
  return fact == Fact::script_origins || fact == Fact::inline_scripts ||
         fact == Fact::form_actions || fact == Fact::frames || fact == Fact::fields ||
         fact == Fact::script_marks || fact == Fact::script_sends;
}

std::vector<std::string_view> values_of(Fact fact, std::string_view value) {
  if (!is_single(fact)) return members(value);
  if (value.empty()) return {};
  return {value};
}

bool is_slow(const Series& series, const Observation& observation) {
  if (observation.outcome == Outcome::degraded) return true;
  if (observation.outcome != Outcome::ok || series.looks < kLatencyLooksMin) return false;
  const double log_total =
      std::log(std::max<double>(1.0, static_cast<double>(observation.phases.total().count())));
  // Three times the median and far outside its usual spread; under 100 ms nobody notices.
  constexpr double kLogThree = 1.0986;
  constexpr double kFloor = 11.51;  // ln(100 ms)
  const double limit =
      series.latency_log_median + std::max(kLogThree, 6 * 1.4826 * series.latency_log_spread);
  return log_total > std::max(limit, kFloor);
}

// Median and spread by stochastic approximation: constant memory, indifferent to outliers. Of looks
// that made their own connection: held against the quicker ones, each of those would be slow.
void learn_latency(Series& series, const Observation& observation) {
  if (observation.outcome != Outcome::ok || observation.phases.is_kept()) return;
  const double log_total =
      std::log(std::max<double>(1.0, static_cast<double>(observation.phases.total().count())));
  if (series.looks == 0) {
    series.latency_log_median = log_total;
    series.latency_log_spread = 0.25;
    return;
  }
  const double step = std::max(0.01, 0.5 / (1.0 + series.looks));
  series.latency_log_median += log_total > series.latency_log_median ? step : -step;
  const double off = std::abs(log_total - series.latency_log_median);
  series.latency_log_spread += off > series.latency_log_spread ? step : -step;
  series.latency_log_spread = std::max(series.latency_log_spread, 0.02);
}

// Median and spread of a number's logarithm, as with latencies.
void learn_value(Series& series, double log_value) {
  constexpr double kFirstSpread = 0.2;
  constexpr double kSpreadMin = 0.02;
  if (series.value_looks == 0) {
    series.value_log_median = log_value;
    series.value_log_spread = kFirstSpread;
  } else {
    const double step = std::max(0.01, 0.5 / (1.0 + series.value_looks));
    series.value_log_median += log_value > series.value_log_median ? step : -step;
    const double off = std::abs(log_value - series.value_log_median);
    series.value_log_spread += off > series.value_log_spread ? step : -step;
    series.value_log_spread = std::max(series.value_log_spread, kSpreadMin);
  }
  if (series.value_looks < 1'000'000) ++series.value_looks;
}

// Three times the usual and far outside its spread. A series that is usually nothing has no usual
// value to compare with, unless the configuration gives one.
bool is_unusual(const Series& series, double log_value, std::optional<double> normal) {
  constexpr double kLogThree = 1.0986;
  constexpr double kNothing = -11.5;  // ln(1e-5)
  if (normal) return log_value > std::log(*normal) + kLogThree;
  if (series.value_looks < kValueLooksMin || series.value_log_median < kNothing) return false;
  return log_value >
         series.value_log_median + std::max(kLogThree, 6 * 1.4826 * series.value_log_spread);
}

std::optional<double> number_of(std::string_view text) {
  double value = 0;
  const auto [rest, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || !std::isfinite(value)) return std::nullopt;
  return value;
}

// How many good looks in a row make it unlikely (1 %) that the failure still goes on unseen.
std::uint32_t recovery_run(double failing_share) {
  if (failing_share > 0.99) return kRecoveryMin;
  const double run = std::log(0.01) / std::log(1.0 - std::max(failing_share, 0.01));
  return std::clamp(static_cast<std::uint32_t>(std::ceil(run)), kRecoveryMin, kRecoveryMax);
}

void open_episode(Series& series, const Observation& observation, std::uint64_t seq) {
  auto& episodes = series.episodes;
  if (!episodes.empty()) {
    auto& ended = episodes.back().to;
    if (ended && observation.at - *ended < kEpisodeGap) {
      ended.reset();
      return;
    }
  }
  if (episodes.size() == kEpisodesMax) episodes.erase(episodes.begin());
  episodes.push_back(
      {.from = observation.at, .to = {}, .outcome = observation.outcome, .seq = seq});
}

// It was none after all: nothing was seen from `at` on.
void end_episode(Series& series, Time at) {
  if (series.episodes.empty()) return;
  if (series.episodes.back().from >= at) {
    series.episodes.pop_back();
  } else {
    series.episodes.back().to = at;
  }
}

void become(Series& series, Health health, Time at, std::uint64_t seq) {
  series.health = health;
  series.since = at;
  series.since_seq = seq;
}

// A look that failed.
void fail(Series& series, const Observation& observation, std::uint64_t seq) {
  series.ok_run = 0;
  ++series.failed_run;
  if (series.health == Health::failing) {
    series.failing_share = series.failing_share * 0.95 + 0.05;
    return;
  }
  if (series.failed_run == 1) {
    series.first_bad = observation;
    series.first_bad_seq = seq;
  }
  const auto recent = series.failed_bits & ((1U << kWindow) - 1);
  if (series.failed_run < kFailedRun && std::popcount(recent) < kFailuresInWindow) return;
  series.failing_share =
      std::popcount(recent) / static_cast<double>(std::min(series.looks + 1, kWindow));
  if (series.failed_run >= kFailedRun && series.failing_share < 0.5) series.failing_share = 0.9;
  become(series, Health::failing, series.first_bad.at, series.first_bad_seq);
  open_episode(series, series.first_bad, series.first_bad_seq);
}

// A look that did not fail.
void succeed(Series& series, const Observation& observation, std::uint64_t seq) {
  ++series.ok_run;
  series.failed_run = 0;
  const auto recent_slow = series.slow_bits & ((1U << kSlowWindow) - 1);
  const bool is_slow_now = std::popcount(recent_slow) >= kSlowInWindow;
  if (series.health == Health::failing) {
    series.failing_share *= 0.95;
    if (series.ok_run < recovery_run(series.failing_share)) return;
    if (!series.episodes.empty()) series.episodes.back().to = observation.at;
    become(series, is_slow_now ? Health::degraded : Health::ok, observation.at, seq);
    return;
  }
  const bool was_slow = series.health == Health::degraded;
  if (series.health == Health::unknown ||
      (is_slow_now != was_slow && (is_slow_now || recent_slow == 0))) {
    become(series, is_slow_now ? Health::degraded : Health::ok, observation.at, seq);
    if (is_slow_now) series.first_bad = observation;
  }
}

// Everything that a series keeps of a look, but for what the facts say.
void take_in(Series& series, const Observation& observation, std::uint64_t seq, bool is_frozen) {
  const bool is_bad = is_failure(observation.outcome);
  const bool slow = is_slow(series, observation);
  series.failed_bits = (series.failed_bits << 1) | (is_bad ? 1U : 0U);
  series.slow_bits = (series.slow_bits << 1) | (slow ? 1U : 0U);
  if (!slow && !is_bad && !is_frozen) learn_latency(series, observation);
  if (is_bad) {
    fail(series, observation, seq);
  } else {
    succeed(series, observation, seq);
  }
  if (series.looks < 1'000'000) ++series.looks;
  if (!is_bad && series.good_looks < kFactLooksMin) ++series.good_looks;
  series.latest = observation;
  series.latest_seq = seq;
}

// Most observations share the facts' address; after a restart they only share the value.
bool is_same(const FactsRef& one, const FactsRef& other) {
  return one == other || (one != nullptr && *one == *other);
}

// Confirm at once what began, what seems to have ended, and what changed.
std::optional<SecondLook> look_to_confirm(const Series& series,
                                          const Observation& observation,
                                          bool has_changed) {
  const auto look = [&](std::string why) {
    return SecondLook{
        .target = observation.target, .vantage = observation.vantage, .why = std::move(why)};
  };
  const bool was_failing = series.health == Health::failing;
  if (is_failure(observation.outcome)) {
    if (!was_failing && series.failed_run == 1) return look("confirm");
    return std::nullopt;
  }
  if (was_failing && series.ok_run == 1) return look("confirm recovery");
  if (has_changed && !observation.is_second_look) return look("confirm a change");
  return std::nullopt;
}

// The provider's own network, authority or name server.
bool is_its_own(const Provider& provider, Fact fact, std::string_view member) {
  if (fact == Fact::networks) {
    return std::ranges::find(provider.networks, member) != provider.networks.end();
  }
  if (fact == Fact::cert_issuer) {
    return std::ranges::any_of(provider.allowed_issuers,
                               [&](const auto& part) { return member.contains(part); });
  }
  const bool is_servers = fact == Fact::name_servers || fact == Fact::delegation;
  return is_servers && std::ranges::any_of(provider.name_servers, [&](const auto& suffix) {
           return member == suffix || member.ends_with("." + suffix);
         });
}

bool is_healthy(const Observation& observation) {
  return observation.outcome == Outcome::ok || observation.outcome == Outcome::degraded;
}

// A change is live while a vantage shows it. Whether that has turned.
bool update_liveness(Change& change) {
  const bool is_live = !change.vantages.empty();
  return std::exchange(change.is_live, is_live) != is_live;
}

void note_shown(Change& change, const Observation& observation) {
  change.last_seen = observation.at;
  change.vantages.insert(observation.vantage);
}

// Of several vantages where it fails, the one that has failed longest stands for the target.
void note_failing(View& view, const Series& one, bool is_first) {
  if (!is_first && one.since >= view.since) return;
  view.since = one.since;
  view.since_seq = one.since_seq;
  view.worst = &one;
}

}  // namespace

History::History(const Estate& estate) : estate_(&estate), dark_since_(estate.vantages.size()) {
  series_.resize(estate.targets.size() * estate.vantages.size());
  for (TargetIndex target = 0; target < estate.targets.size(); ++target) {
    if (estate.targets[target].role == Role::control) controls_.push_back(target);
  }
}

const Series& History::series(TargetIndex target, VantageIndex vantage) const {
  return series_.at(target * estate_->vantages.size() + vantage);
}

Absorbed History::absorb(const Observation& observation, std::uint64_t seq) {
  auto& series = series_.at(observation.target * estate_->vantages.size() + observation.vantage);
  Absorbed absorbed;
  if (observation.outcome == Outcome::monitor_error) {
    series.latest = observation;  // we did not look: nothing is learnt of the target
    series.latest_seq = seq;
    note_sight(observation.vantage, observation.at, seq);
    return absorbed;
  }
  const Health was = series.health;
  const Outcome outcome_was = series.latest.outcome;
  const bool has_new_facts = !is_same(series.latest.facts, observation.facts);
  // A baseline is what the first good looks agree on.
  const bool is_sensor = estate_->targets[observation.target].role == Role::sensor;
  const bool is_learning = series.good_looks < (is_sensor ? 1 : kFactLooksMin);
  const bool is_good_again = is_failure(series.latest.outcome) && !is_failure(observation.outcome);
  take_in(series, observation, seq, is_frozen_);
  note_sight(observation.vantage, observation.at, seq);
  bool has_changed = false;
  if (has_new_facts || is_good_again || is_learning) {
    watch_facts(observation, seq, is_learning, has_changed);
  }
  // What nobody said the meaning of is only shown.
  if (!observation.facts->get(Fact::series_value).empty() &&
      !observation.facts->get(Fact::series_means).empty()) {
    watch_value(series, observation, seq, has_changed);
  }
  absorbed.is_news = series.health != was || outcome_was != observation.outcome || has_changed ||
                     observation.is_second_look;
  absorbed.look = look_to_confirm(series, observation, has_changed);
  return absorbed;
}

void History::watch_value(Series& series,
                          const Observation& observation,
                          std::uint64_t seq,
                          bool& is_news) {
  const auto value = number_of(observation.facts->get(Fact::series_value));
  if (!value) return;
  const double log_value = std::log(std::max(*value, 1e-9));
  const bool unusual =
      is_unusual(series, log_value, number_of(observation.facts->get(Fact::series_normal)));
  series.unusual_run = unusual ? std::min(series.unusual_run + 1, kUnusualRun) : 0;
  if (!unusual && !is_frozen_) learn_value(series, log_value);
  if (series.unusual_run == kUnusualRun &&
      !known_[{observation.target, Fact::series_value}].contains(std::string(kUnusual))) {
    note_change(observation, seq, Fact::series_value, kUnusual, is_news);
  }
  for (auto& change : changes_) {
    if (change.target != observation.target || change.fact != Fact::series_value) continue;
    if (unusual) {
      note_shown(change, observation);
    } else {
      change.vantages.erase(observation.vantage);
    }
    if (update_liveness(change)) is_news = true;
  }
}

void History::watch_facts(const Observation& observation,
                          std::uint64_t seq,
                          bool is_learning,
                          bool& is_news) {
  // A registry that does not answer takes nothing back.
  const bool is_sensor = estate_->targets[observation.target].role == Role::sensor;
  if (is_sensor && !is_healthy(observation)) return;
  for (const Fact fact : kWatched) {
    if (is_page_fact(fact) && !is_healthy(observation)) continue;
    watch_fact(observation, seq, fact, is_learning, is_news);
  }
  watch_changes(observation, is_news);
}

void History::watch_fact(
    const Observation& observation, std::uint64_t seq, Fact fact, bool is_learning, bool& is_news) {
  const auto value = observation.facts->get(fact);
  if (value.empty() && !is_page_fact(fact)) return;
  auto& known = known_[{observation.target, fact}];
  for (const auto member : values_of(fact, value)) {
    if (known.contains(std::string(member))) continue;
    const bool is_learnt = (is_learning && is_healthy(observation)) ||
                           (!is_frozen_ && continues(observation, fact, member));
    if (is_learnt && known.size() < kKnownMax) {
      known.emplace(member);
    } else if (!is_learning) {  // before there is a baseline nothing differs from it
      note_change(observation, seq, fact, member, is_news);
    }
  }
}

// What is not shown any more is over.
void History::watch_changes(const Observation& observation, bool& is_news) {
  for (auto& change : changes_) {
    if (change.target != observation.target || change.fact == Fact::series_value) continue;
    const auto shown = values_of(change.fact, observation.facts->get(change.fact));
    if (std::ranges::find(shown, change.is) != shown.end()) {
      note_shown(change, observation);
    } else if (is_healthy(observation) || !is_page_fact(change.fact)) {
      change.vantages.erase(observation.vantage);
    }
    if (update_liveness(change)) is_news = true;
  }
}

void History::note_change(const Observation& observation,
                          std::uint64_t seq,
                          Fact fact,
                          std::string_view member,
                          bool& is_news) {
  const auto same = [&](const Change& change) {
    return change.target == observation.target && change.fact == fact && change.is == member;
  };
  if (std::ranges::any_of(changes_, same)) return;
  std::string was;
  for (const auto& one : known_[{observation.target, fact}]) {
    if (!was.empty()) was += ' ';
    was += one;
  }
  if (changes_.size() == kChangesMax) changes_.erase(changes_.begin());
  changes_.push_back({.fact = fact,
                      .target = observation.target,
                      .was = std::move(was),
                      .is = std::string(member),
                      .at = observation.at,
                      .seq = seq,
                      .last_seen = observation.at,
                      .is_live = true,
                      .is_approved = false,
                      .vantages = {observation.vantage}});
  is_news = true;
}

// The authority of a logged certificate is one whose certificates our own or our providers' servers
// showed before, or that the configuration allows.
bool History::vouches_for_us(std::string_view authority) const {
  std::string name(authority);
  std::ranges::replace(name, '_', ' ');
  const auto is_its = [&](std::string_view issuer) {
    return issuer.contains("O=" + name + ",") || issuer.ends_with("=" + name);
  };
  for (const auto& [key, known] : known_) {
    const auto role = estate_->targets[key.first].role;
    const bool is_ours = role != Role::neighbour && role != Role::control;
    if (key.second == Fact::cert_issuer && is_ours && std::ranges::any_of(known, is_its))
      return true;
  }
  return std::ranges::any_of(estate_->providers, [&](const Provider& provider) {
    return std::ranges::any_of(provider.allowed_issuers,
                               [&](const auto& part) { return part.contains(name); });
  });
}

// The network that announces a route ("prefix=ASn") is one that announces others of ours.
bool History::carries_us(std::string_view route) const {
  const auto network = route.substr(std::min(route.find('='), route.size()));
  return !network.empty() && std::ranges::any_of(known_, [&](const auto& entry) {
    return entry.first.second == Fact::routes &&
           std::ranges::any_of(entry.second,
                               [&](const auto& known) { return known.ends_with(network); });
  });
}

// Continuity: the same authority renews a key; a provider that the target stands on moves inside
// its own networks, names or issuers. Nothing changed hands.
bool History::continues(const Observation& observation, Fact fact, std::string_view member) const {
  const auto& target = estate_->targets[observation.target];
  const auto is_known = [&](Fact other, std::string_view value) {
    const auto at = known_.find({observation.target, other});
    return at != known_.end() && at->second.contains(std::string(value));
  };
  if (fact == Fact::cert_key) {
    return is_known(Fact::cert_issuer, observation.facts->get(Fact::cert_issuer));
  }
  if (fact == Fact::logged_issuers) return vouches_for_us(member);
  if (fact == Fact::routes) return carries_us(member);
  return std::ranges::any_of(estate_->providers, [&](const Provider& provider) {
    const bool is_theirs = std::ranges::find(target.needs, provider.id) != target.needs.end() ||
                           target.owner == provider.id;
    return is_theirs && is_its_own(provider, fact, member);
  });
}

void History::approve(std::string_view id) {
  const auto target = estate_->target(id);
  if (!target) return;
  approve_if([&](const Change& change) { return change.target == *target; });
}

void History::approve_if(const std::function<bool(const Change&)>& is_right) {
  for (auto& change : changes_) {
    if (change.is_approved || !is_right(change)) continue;
    change.is_approved = true;
    auto& known = known_[{change.target, change.fact}];
    if (known.size() < kKnownMax) known.insert(change.is);
  }
}

void History::age(Time now) {
  for (auto& series : series_) {
    std::erase_if(series.episodes, [&](const Episode& episode) {
      return episode.to && now - *episode.to > kEpisodeMemory;
    });
  }
  for (auto& change : changes_) {
    if (!is_frozen_ && change.is_live && !change.is_approved && now - change.at > kAdoptAfter) {
      approve(estate_->targets[change.target].id);
    }
  }
  std::erase_if(changes_, [&](const Change& change) {
    return !change.is_live && now - change.last_seen > kChangeMemory;
  });
}

bool History::fits(const Translation& moved) const {
  const auto is_target = [&](TargetIndex target) { return target < moved.targets.size(); };
  return dark_since_.size() == moved.vantages.size() &&
         series_.size() == moved.targets.size() * moved.vantages.size() &&
         std::ranges::all_of(
             series_,
             [](const Series& one) { return one.latest.facts != nullptr || one.looks == 0; }) &&
         std::ranges::all_of(known_,
                             [&](const auto& entry) { return is_target(entry.first.first); }) &&
         std::ranges::all_of(changes_, [&](const Change& change) {
           return is_target(change.target) &&
                  std::ranges::all_of(change.vantages, [&](VantageIndex vantage) {
                    return vantage < moved.vantages.size();
                  });
         });
}

void History::translate(const Translation& moved) {
  translate_series(moved);
  std::map<std::pair<TargetIndex, Fact>, std::set<std::string>> known;
  for (auto& [key, value] : known_) {
    if (const auto target = moved.targets.at(key.first)) {
      known.emplace(std::pair{*target, key.second}, std::move(value));
    }
  }
  known_ = std::move(known);
  translate_changes(moved);
  const auto dark_since = std::move(dark_since_);
  dark_since_.assign(estate_->vantages.size(), std::nullopt);
  for (std::size_t i = 0; i < dark_since.size(); ++i) {
    if (const auto vantage = moved.vantages.at(i)) dark_since_.at(*vantage) = dark_since[i];
  }
}

void History::translate_series(const Translation& moved) {
  const auto old = std::move(series_);
  const std::size_t old_vantages = moved.vantages.size();
  series_.assign(estate_->targets.size() * estate_->vantages.size(), {});
  for (std::size_t i = 0; i < old.size() && old_vantages > 0; ++i) {
    const auto target = moved.targets.at(i / old_vantages);
    const auto vantage = moved.vantages.at(i % old_vantages);
    if (!target || !vantage) continue;
    auto& series = series_.at(*target * estate_->vantages.size() + *vantage);
    series = old[i];
    for (auto* observation : {&series.latest, &series.first_bad}) {
      if (observation->facts == nullptr) continue;  // none was taken
      observation->target = *target;
      observation->vantage = *vantage;
    }
  }
}

void History::translate_changes(const Translation& moved) {
  std::vector<Change> changes;
  for (auto& change : changes_) {
    const auto target = moved.targets.at(change.target);
    if (!target) continue;
    change.target = *target;
    std::set<VantageIndex> vantages;
    for (const auto vantage : change.vantages) {
      if (const auto now = moved.vantages.at(vantage)) vantages.insert(*now);
    }
    change.vantages = std::move(vantages);
    changes.push_back(std::move(change));
  }
  changes_ = std::move(changes);
}

View History::view(TargetIndex target) const {
  View view;
  std::size_t known = 0;
  std::size_t failing = 0;
  std::size_t degraded = 0;
  for (VantageIndex vantage = 0; vantage < estate_->vantages.size(); ++vantage) {
    const auto& one = series(target, vantage);
    if (one.health == Health::unknown || is_blind(vantage)) continue;
    ++known;
    if (view.worst == nullptr) view.worst = &one;
    if (one.health == Health::degraded) ++degraded;
    if (one.health != Health::failing) continue;
    note_failing(view, one, failing == 0);
    ++failing;
  }
  view.is_known = known > 0;
  view.is_failing = failing > 0 && failing * 2 >= known;
  view.is_partial = failing > 0 && !view.is_failing;
  view.is_degraded = !view.is_failing && (degraded * 2 >= known && degraded > 0);
  if (failing == 0 && view.worst != nullptr) view.since = view.worst->since;
  return view;
}

void History::note_sight(VantageIndex vantage, Time at, std::uint64_t seq) {
  constexpr Millis kFoundWithin{180'000};  // a round of looks, and their deadlines
  auto& dark_since = dark_since_.at(vantage);
  if (finds_blind(vantage)) {
    if (!dark_since) dark_since = at - kFoundWithin;
  } else if (const auto from = std::exchange(dark_since, std::nullopt)) {
    forget_the_dark(vantage, *from, at, seq);
  }
}

// Trouble that a vantage met while it was blind says nothing of the targets. What is really there
// shows at the next look.
void History::forget_the_dark(VantageIndex vantage, Time from, Time at, std::uint64_t seq) {
  for (TargetIndex target = 0; target < estate_->targets.size(); ++target) {
    auto& one = series_.at(target * estate_->vantages.size() + vantage);
    const bool is_ill = one.health == Health::failing || one.health == Health::degraded;
    if ((!is_ill && one.failed_run == 0) || one.first_bad.at < from) continue;
    one.failed_run = 0;
    one.failed_bits = 0;
    one.slow_bits = 0;
    one.failing_share = 0;
    if (one.health == Health::failing) end_episode(one, from);
    if (is_ill) become(one, Health::ok, at, seq);
  }
}

bool History::finds_blind(VantageIndex vantage) const {
  std::size_t known = 0;
  std::size_t failing = 0;
  Time since = Time::max();
  for (const auto target : controls_) {
    const auto& one = series(target, vantage);
    if (one.health == Health::unknown) continue;
    ++known;
    // A single slip of every control site at once is enough to hold one's tongue.
    if (one.health != Health::failing && one.failed_run == 0) continue;
    ++failing;
    since = std::min(since, one.first_bad.at);
  }
  return known > 0 && failing * 3 >= known * 2 && sees_nothing(vantage, since);
}

// Others fail there as well, and next to none has answered since: it is our link and not the
// control sites.
bool History::sees_nothing(VantageIndex vantage, Time since) const {
  constexpr std::size_t kWitnesses = 3;
  constexpr std::size_t kVictims = 2;
  std::size_t others = 0;
  std::size_t victims = 0;
  std::size_t witnesses = 0;
  for (TargetIndex target = 0; target < estate_->targets.size(); ++target) {
    const auto& one = series(target, vantage);
    if (one.looks == 0 || estate_->targets[target].role == Role::control) continue;
    ++others;
    if (one.failed_run > 0) ++victims;
    if (one.failed_run == 0 && one.latest.at > since) ++witnesses;
  }
  return witnesses < kWitnesses && victims >= std::min(kVictims, others);
}

bool History::is_blind() const {
  for (VantageIndex vantage = 0; vantage < estate_->vantages.size(); ++vantage) {
    if (!is_blind(vantage)) return false;
  }
  return true;
}

}  // namespace bw
