// SPDX-License-Identifier: Apache-2.0
#include "daemon/verdict/docket.h"

#include "daemon/verdict/foreign_alias.h"
#include "daemon/verdict/page_script.h"
#include "daemon/verdict/told.h"

#include <algorithm>
#include <cmath>

namespace bw {
namespace {

// Waiting for second looks before an incident opens: a dead link of our own only shows when those
// at the control sites have run into their deadlines too.
constexpr Millis kAskAroundFor{15'000};
constexpr std::size_t kAskAroundMax = 40;
constexpr Millis kCauseSettles{120'000};  // a changed mind is told when it has lasted
constexpr Millis kTellApart{300'000};     // and not more often than this
constexpr double kHardSuspicion = 0.55;   // a hard sign is at least "likely"
constexpr double kDeclaredSuspicion = 0.97;

constexpr const char* kWorksAgain = "everything works again";
constexpr const char* kChangedBack = "it is as it was before";

bool is_foundation(Fact fact) {
  return fact == Fact::networks || fact == Fact::name_servers || fact == Fact::cert_issuer ||
         fact == Fact::registrar || fact == Fact::registry_unlocked || fact == Fact::delegation ||
         fact == Fact::logged_issuers || fact == Fact::routes || fact == Fact::series_value;
}
bool is_page_code(Fact fact) {
  return fact == Fact::script_origins || fact == Fact::frames || fact == Fact::form_actions;
}

// Enough to open an incident by itself. Inline scripts change with every release: only one that
// bears a skimmer's marks counts.
bool matters(const History& history, const Change& change) {
  if (change.fact == Fact::script_marks) return is_hostile_script(history, change);
  if (is_foundation(change.fact)) return true;
  if (!alias_that_gained_mail(history, change).empty()) return true;
  if (is_page_code(change.fact)) return history.estate().targets[change.target].is_sensitive;
  const auto* worst = history.view(change.target).worst;
  // Where marks were read, they say what is new.
  return change.fact == Fact::inline_scripts && worst != nullptr && has_skimmer(worst->latest) &&
         worst->latest.facts->get(Fact::script_marks).empty();
}

// The provider at whose desk the name servers of one of our names were changed, or nothing.
std::string keeper_of_changed_names(const History& history) {
  const auto& estate = history.estate();
  for (const auto& change : history.changes()) {
    const bool is_servers = change.fact == Fact::name_servers || change.fact == Fact::delegation;
    if (!is_servers || !change.is_live || change.is_approved) continue;
    for (const auto& need : estate.targets[change.target].needs) {
      const auto* provider = estate.provider(need);
      if (provider != nullptr && provider->role == "dns") return need;
    }
  }
  return {};
}

void add_once(std::vector<std::string>& list, std::string_view item) {
  if (std::ranges::find(list, item) == list.end()) list.emplace_back(item);
}

// "closed by kim: rolled back".
std::string in_words(std::string_view what, const OperatorNote& note) {
  auto words = std::string(what) + " by " + (note.who.empty() ? "an operator" : note.who);
  return note.text.empty() ? words : words + ": " + note.text;
}

// What to say when the level rises: the strongest reason for what it rises to.
std::string strongest_reason(const Verdict& verdict) {
  const Reason* strongest = nullptr;
  const bool is_about_attack = verdict.level >= Level::watch && verdict.level != Level::blind;
  const auto weight = [&](const Reason& reason) {
    return is_about_attack ? reason.cyber : reason.decibans;
  };
  for (const auto* list : {&verdict.because, &verdict.against}) {
    for (const auto& reason : *list) {
      if (strongest == nullptr || weight(reason) > weight(*strongest)) strongest = &reason;
    }
  }
  return strongest == nullptr ? "the evidence as a whole" : strongest->claim;
}

// More than the class's present share, taken from the other class.
void raise(Verdict& verdict, double suspicion) {
  const double was = verdict.suspicion;
  if (was >= suspicion || was <= 0 || was >= 1) return;
  for (std::size_t h = 0; h < kHypotheses; ++h) {
    auto& probability = verdict.posterior.at(h);
    probability *= h >= kBenign ? suspicion / was : (1 - suspicion) / (1 - was);
  }
  verdict.suspicion = suspicion;
  const auto best = std::ranges::max_element(verdict.posterior) - verdict.posterior.begin();
  verdict.leading = static_cast<Hypothesis>(best);
}

// The owners of what fails and the providers that it stands on.
std::set<std::string> owners_concerned(const Estate& estate, const Scope& scope) {
  std::set<std::string> concerned;
  for (const auto target : scope.failing) {
    const auto& one = estate.targets[target];
    concerned.insert(one.needs.begin(), one.needs.end());
    concerned.insert(one.owner);
  }
  return concerned;
}

bool can_tell_more(const Target& target, const std::set<std::string>& concerned) {
  if (concerned.contains(target.owner)) return true;
  if (target.role == Role::feed) return false;
  return target.role == Role::control || std::ranges::any_of(target.needs, [&](const auto& need) {
           return concerned.contains(need);
         });
}

// What the signals of a ledger mean beyond their weights.
struct Certainty {
  bool is_hard = false;
  bool is_declared = false;
};
Certainty certainty_of(const Ledger& ledger, const EvidenceWeights& weights, Time now) {
  Certainty certainty;
  for (const auto& [signal, evidence] : ledger.all()) {
    const auto weight = weights.signals.find(signal);
    if (weight == weights.signals.end()) continue;
    // As long as it counts: what is seen in every other look must not come and go.
    const bool counts = evidence.is_live || now - evidence.last_live <= weight->second.half_life;
    if (weight->second.is_hard && counts) certainty.is_hard = true;
    if (weight->second.is_declaration) certainty.is_declared = true;
  }
  return certainty;
}

// Since when something holds without a break.
void keep_since(std::optional<Time>& since, bool holds, Time now) {
  if (!holds) {
    since.reset();
  } else if (!since) {
    since = now;
  }
}

bool has_lasted(const std::optional<Time>& since, Millis span, Time now) {
  return since && now - *since >= span;
}

void raise_peak(Incident& incident) {
  const auto level = incident.verdict.level;
  if (level != Level::blind && (incident.peak == Level::blind || level > incident.peak)) {
    incident.peak = level;
  }
  if (level == Level::blind && incident.peak == Level::calm) incident.peak = level;
}

bool is_at_provider(Hypothesis hypothesis) {
  return hypothesis == Hypothesis::provider_outage ||
         hypothesis == Hypothesis::provider_compromised;
}

// A decided cause, for comparing with the last one told; or nothing.
std::string cause_of(const Verdict& verdict) {
  if (!verdict.is_decided) return {};
  return std::string(print(verdict.leading)) + " " + verdict.culprit;
}

// What is to be said of a cause, or of whose it is, after something else was told.
std::string changed_mind(std::string_view told_cause,
                         const Verdict& verdict,
                         const Estate& estate) {
  const std::string culprit(verdict.culprit.empty() ? "" : estate.name_of(verdict.culprit));
  const bool is_same = told_cause.starts_with(std::string(print(verdict.leading)) + " ");
  if (!is_same) {
    return "the likeliest cause is now " + std::string(in_words(verdict.leading)) +
           (culprit.empty() ? "" : " (" + culprit + ")");
  }
  return culprit.empty() ? "whose fault it is has become open again"
                         : "the fault now most likely lies with " + culprit;
}

}  // namespace

Docket::Case::Case() = default;

Docket::Docket(const Estate& estate, const EvidenceWeights& weights)
    : estate_(&estate), weights_(&weights), ties_(estate) {}

bool Docket::is_suspicious() const {
  return open_ &&
         (open_->incident.is_latched || open_->incident.verdict.suspicion >= weights_->watch);
}

std::vector<Incident> Docket::incidents() const {
  std::vector<Incident> list;
  if (open_) list.push_back(open_->incident);
  list.insert(list.end(), closed_.begin(), closed_.end());
  return list;
}

void Docket::seen(TargetIndex target, VantageIndex vantage) {
  awaited_.erase({target, vantage});
}

bool Docket::fits(const Translation& moved) const {
  const auto is_target = [&](TargetIndex target) { return target < moved.targets.size(); };
  return std::ranges::all_of(awaited_,
                             [&](const auto& look) {
                               return is_target(look.first) && look.second < moved.vantages.size();
                             }) &&
         (!open_ || (std::ranges::all_of(open_->scope.failing, is_target) &&
                     std::ranges::all_of(open_->scope.slow, is_target) &&
                     std::ranges::all_of(open_->scope.unexplained, is_target)));
}

void Docket::translate(const Translation& moved) {
  std::set<std::pair<TargetIndex, VantageIndex>> awaited;
  for (const auto& [target, vantage] : awaited_) {
    const auto t = moved.targets.at(target);
    const auto v = moved.vantages.at(vantage);
    if (t && v) awaited.emplace(*t, *v);
  }
  awaited_ = std::move(awaited);
  if (!open_) return;
  for (auto* list : {&open_->scope.failing, &open_->scope.slow, &open_->scope.unexplained}) {
    std::vector<TargetIndex> kept;
    for (const auto target : *list) {
      if (const auto now = moved.targets.at(target)) kept.push_back(*now);
    }
    *list = std::move(kept);
  }
}

Docket::Now Docket::look(const History& history, const Board& board, Time now) const {
  Now present;
  present.told = told_of_attack(history, board, now);
  present.is_blind = history.is_blind();
  if (present.is_blind) return present;
  present.scope = explain(history, ties_);
  look_at_health(history, present);
  look_at_changes(history, now, present);
  return present;
}

void Docket::look_at_health(const History& history, Now& present) const {
  for (TargetIndex target = 0; target < estate_->targets.size(); ++target) {
    const auto& one = estate_->targets[target];
    if (one.role != Role::service && one.role != Role::provider) continue;
    const auto view = history.view(target);
    if (one.role == Role::provider) {
      present.is_provider_failing = present.is_provider_failing || view.is_failing;
      continue;
    }
    present.is_failing = present.is_failing || view.is_failing;
    if (view.is_degraded || view.is_partial) add_once(present.degraded, one.function);
  }
}

void Docket::look_at_changes(const History& history, Time now, Now& present) const {
  for (const auto& change : history.changes()) {
    const auto& one = estate_->targets[change.target];
    if (!change.is_live || change.is_approved || one.owner != kOwn) continue;
    // Once a second look has had its say.
    if (change.at >= now || !matters(history, change)) continue;
    present.is_changed = true;
    add_once(present.changed, one.function);
    add_once(present.unapproved, one.id);
  }
}

// Before the first word everybody who can tell more is asked: control sites, the providers' own
// endpoints, neighbours, the other targets. That takes a second, not an interval.
void Docket::ask_around(const History& history, const Now& present, std::vector<Ruling>& rulings) {
  const auto concerned = owners_concerned(*estate_, present.scope);
  for (TargetIndex target = 0; target < estate_->targets.size(); ++target) {
    const auto& one = estate_->targets[target];
    if (!can_tell_more(one, concerned)) continue;
    for (VantageIndex vantage = 0; vantage < estate_->vantages.size(); ++vantage) {
      if (awaited_.size() >= kAskAroundMax) return;
      const auto& series = history.series(target, vantage);
      if (series.health == Health::failing || series.looks == 0) continue;
      awaited_.emplace(target, vantage);
      const auto role = one.role == Role::service ? "shares a provider" : print(one.role);
      rulings.emplace_back(
          SecondLook{.target = target, .vantage = vantage, .why = std::string(role)});
    }
  }
}

bool Docket::is_ripe(const History& history,
                     const Now& present,
                     Time now,
                     std::vector<Ruling>& rulings) {
  if (!present.is_bad()) {
    has_asked_ = false;
    awaited_.clear();
    return false;
  }
  if (!has_asked_) {
    has_asked_ = true;
    awaited_until_ = now + kAskAroundFor;
    ask_around(history, present, rulings);
  }
  if (now >= awaited_until_) awaited_.clear();
  return awaited_.empty();
}

Docket::Case& Docket::begin(const Now& present, Time now) {
  auto& one = open_.emplace();
  one.incident.id = ++last_id_;
  const bool is_outage = !present.scope.failing.empty();
  one.incident.opened = is_outage ? present.scope.onset : now;
  one.incident.is_integrity = present.is_changed && !present.is_failing;
  has_asked_ = false;
  return one;
}

void Docket::review(const History& history,
                    const Board& board,
                    Time now,
                    std::uint64_t seq,
                    std::vector<Ruling>& rulings) {
  const auto present = look(history, board, now);
  const bool is_new = !open_;
  if (is_new && !is_ripe(history, present, now, rulings)) return;
  auto& one = open_ ? *open_ : begin(present, now);
  auto& incident = one.incident;
  if (present.is_bad()) one.last_bad = now;
  if (!present.scope.failing.empty() || !present.scope.slow.empty()) {
    one.scope = present.scope;
    blame(one, present, now);
  }
  // An outage on top of a change is one incident, weighed as an outage.
  if (present.is_failing) incident.is_integrity = false;
  note_functions(one, present);
  incident.verdict.at = now;
  incident.verdict.seq = seq;
  weigh(one, history, board, present, now);
  set_level(one, present, now);
  set_culprit(one, history, board, present);
  set_outlook(one, history, board);
  if (!present.unapproved.empty()) one.approval.clear();  // not for all of it
  auto end = present.is_bad() ? std::string() : end_of(one, now);
  if (end.empty()) {
    tell(one, now, is_new, rulings);
  } else {
    close(one, now, std::move(end), rulings);
  }
}

// Why it ends, while nothing is bad; empty: it does not yet.
std::string Docket::end_of(const Case& one, Time now) const {
  const auto& incident = one.incident;
  // Where nothing failed and a person stands by what changed, there is nothing to wait for.
  const bool is_approved = incident.is_integrity && !one.approval.empty();
  if (is_approved && incident.verdict.level != Level::declared) return one.approval;
  if (incident.is_latched || now - one.last_bad < weights_->hold) return {};
  return incident.is_integrity ? kChangedBack : kWorksAgain;
}

void Docket::note_functions(Case& one, const Now& present) const {
  auto& incident = one.incident;
  incident.failing = present.scope.functions;
  incident.unapproved = present.unapproved;
  incident.targets.clear();
  for (const auto target : present.scope.failing)
    incident.targets.push_back(estate_->targets[target].id);
  for (const auto& function : present.scope.functions)
    add_once(incident.functions, function);
  for (const auto& function : present.changed)
    if (!function.empty()) add_once(incident.functions, function);
  // What drags elsewhere, while all that is open is a question about a change, is another matter.
  if (incident.is_integrity) return;
  for (const auto& function : present.degraded)
    if (!function.empty()) add_once(incident.functions, function);
}

void Docket::weigh(
    Case& one, const History& history, const Board& board, const Now& present, Time now) const {
  auto& incident = one.incident;
  const Scene scene{.estate = *estate_,
                    .history = history,
                    .board = board,
                    .scope = present.scope,
                    .now = now,
                    .onset = incident.opened,
                    .is_integrity = incident.is_integrity,
                    .is_over = !present.is_bad(),
                    .told = present.told};
  one.ledger.begin(now);
  for (const auto* rule : all_rules()) {
    Signs signs;
    rule->weigh(scene, signs);
    one.ledger.post(rule->name, std::move(signs), now);
  }
  one.ledger.finish(now, *weights_);
  one.ledger.add_up(*weights_, incident.is_integrity, now, incident.verdict);
}

// What was announced for now, and looks like it, gets nobody out of bed; running over does.
bool Docket::is_expected(const Case& one) {
  const auto& verdict = one.incident.verdict;
  return verdict.is_decided && verdict.leading == Hypothesis::planned_maintenance &&
         one.ledger.has_live("planned/maintenance");
}

Level Docket::base_level(const Case& one, const Now& present) {
  if (present.is_blind) return Level::blind;
  if (present.is_failing) return is_expected(one) ? Level::degraded : Level::outage;
  if (present.is_changed) return Level::watch;
  if (!present.degraded.empty() || present.is_provider_failing) return Level::degraded;
  return Level::calm;
}

void Docket::set_level(Case& one, const Now& present, Time now) const {
  auto& verdict = one.incident.verdict;
  auto certainty = certainty_of(one.ledger, *weights_, now);
  certainty.is_declared = certainty.is_declared || one.is_declared;
  if (certainty.is_hard) raise(verdict, kHardSuspicion);
  if (certainty.is_declared) raise(verdict, kDeclaredSuspicion);
  verdict.is_decided = weights_->decides(
      verdict.leading, verdict.posterior.at(static_cast<std::size_t>(verdict.leading)));
  latch(one, certainty.is_hard, certainty.is_declared, now);
  verdict.level = certainty.is_declared ? Level::declared : weighed_level(one, present);
  raise_peak(one.incident);
}

// A suspicion that has lasted stays until the opposite has.
void Docket::latch(Case& one, bool is_hard, bool is_declared, Time now) const {
  auto& incident = one.incident;
  const double suspicion = incident.verdict.suspicion;
  keep_since(one.suspicious_since, suspicion >= weights_->suspected, now);
  const bool is_settled =
      one.suspicious_since &&
      (is_hard || has_lasted(one.suspicious_since, weights_->suspected_after, now));
  if (is_settled || is_declared) incident.is_latched = true;

  // Overwhelming benign evidence, for long enough, releases what a person has not.
  const bool is_cleared = suspicion < weights_->watch && 1 - suspicion >= weights_->release_benign;
  keep_since(one.cleared_since, is_cleared, now);
  if (!is_declared && has_lasted(one.cleared_since, weights_->release_after, now)) {
    incident.is_latched = false;
  }
}

Level Docket::weighed_level(const Case& one, const Now& present) const {
  const double suspicion = one.incident.verdict.suspicion;
  if (one.incident.is_latched) {
    return suspicion >= weights_->strongly_suspected ? Level::strongly_suspected : Level::suspected;
  }
  const auto level = base_level(one, present);
  return suspicion >= weights_->watch && level != Level::blind ? Level::watch : level;
}

// One momentary explanation must not turn the finger: what has been blamed for longer counts for
// more, and a provider that fails at an endpoint of its own counts twice.
void Docket::blame(Case& one, const Now& present, Time now) const {
  constexpr double kHalfLifeMinutes = 30;
  constexpr double kStepMax = 10;
  const double passed = static_cast<double>((now - one.blamed_at).count()) / 60'000;
  const double minutes = one.blamed.empty() ? 1 : std::clamp(passed, 0.0, kStepMax);
  one.blamed_at = now;
  for (auto& [provider, score] : one.blamed)
    score *= std::exp2(-minutes / kHalfLifeMinutes);
  for (const auto& provider : estate_->providers) {
    const double probability = present.scope.blame_of(provider.id);
    if (probability <= 0.01) continue;
    const bool is_ill = is_ill_itself(*estate_, present.scope, provider.id);
    one.blamed[provider.id] += probability * minutes * (is_ill ? 2 : 1);
  }
}

// Who says itself that it has trouble is believed before one that would explain the same in
// silence.
std::string Docket::blamed_provider(const Case& one, const Board& board) {
  constexpr double kConfesses = 4;
  constexpr Millis kAboutThis{std::chrono::hours{1}};  // they may feel it before us
  std::string most;
  double highest = 0.2;  // less than a minute's suspicion names nobody
  for (const auto& [provider, minutes] : one.blamed) {
    const bool confesses = board.has_confessed(provider, one.incident.opened - kAboutThis);
    const double score = minutes * (confesses ? kConfesses : 1);
    if (score <= highest) continue;
    highest = score;
    most = provider;
  }
  return most;
}

// Whose fault it is by what fails and by whose names were changed.
std::string Docket::likeliest_culprit(const Case& one,
                                      const History& history,
                                      const Board& board) const {
  const auto& scope = one.scope;
  const auto leading = one.incident.verdict.leading;
  auto provider = blamed_provider(one, board);
  const bool is_blamed =
      !provider.empty() && scope.blame_of(provider) >= 0.8 && scope.blame_of(kOwn) < 0.5;
  if (is_at_provider(leading) || is_blamed) return provider;
  if (leading == Hypothesis::dns_hijack) {
    auto keeper = keeper_of_changed_names(history);
    if (!keeper.empty()) return keeper;
  }
  const bool is_own = one.incident.is_integrity || scope.blame_of(kOwn) >= 0.5;
  return is_own ? std::string(kOwn) : std::string();
}

void Docket::set_culprit(Case& one,
                         const History& history,
                         const Board& board,
                         const Now& present) const {
  auto& verdict = one.incident.verdict;
  const auto& scope = one.scope;
  verdict.culprit.clear();
  verdict.unexplained.clear();
  const auto leading = verdict.leading;
  if (leading == Hypothesis::monitor_local && verdict.is_decided) return;
  // Who says that it is under attack knows whose it is.
  if (is_cyber(leading) && !present.told.empty() && present.told.front()->item.provider != kOwn) {
    verdict.culprit = present.told.front()->item.provider;
    return;
  }
  verdict.culprit = likeliest_culprit(one, history, board);
  // Whoever serves the script that turned against visitors: a provider's other customers have it
  // too.
  constexpr Millis kLead{std::chrono::hours{1}};  // a change is seen before its incident opens
  const auto server = server_of_hostile_script(history, one.incident.opened - kLead);
  const bool is_by_script = leading == Hypothesis::skimmer || leading == Hypothesis::defacement;
  const bool may_be = leading == Hypothesis::dns_hijack || is_at_provider(leading);
  if (!server.empty() && (is_by_script || (may_be && server != kOwn))) verdict.culprit = server;
  for (const auto target : scope.unexplained) {
    const auto& function = estate_->targets[target].function;
    if (!function.empty()) add_once(verdict.unexplained, function);
  }
}

// What would turn the verdict, and which sensor is missing.
void Docket::set_outlook(Case& one, const History& history, const Board& board) const {
  auto& verdict = one.incident.verdict;
  verdict.would_change.clear();
  verdict.missing.clear();
  const auto lead = static_cast<std::size_t>(verdict.leading);
  auto* const other_first =
      lead < kBenign ? verdict.posterior.begin() + kBenign : verdict.posterior.begin();
  auto* const other_last =
      lead < kBenign ? verdict.posterior.end() : verdict.posterior.begin() + kBenign;
  const auto rival = static_cast<std::size_t>(std::max_element(other_first, other_last) -
                                              verdict.posterior.begin());
  std::vector<std::pair<int, const SignalWeight*>> turns;
  for (const auto& [signal, weight] : weights_->signals) {
    const int turn = weight.weights.at(rival) - weight.weights.at(lead);
    if (turn > 0 && !weight.would.empty() && !one.ledger.has_live(signal))
      turns.emplace_back(turn, &weight);
  }
  std::ranges::stable_sort(turns, std::greater{}, &std::pair<int, const SignalWeight*>::first);
  for (std::size_t i = 0; i < std::min<std::size_t>(turns.size(), 2); ++i) {
    verdict.would_change.push_back(turns[i].second->would);
  }
  if (!history.has_controls())
    verdict.missing.emplace_back("no control sites are configured, so our own view is unproven");
  if (!board.has_calendar()) verdict.missing.emplace_back("no change calendar is connected");
  const auto& provider = one.scope.suspect;
  const auto* suspect = estate_->provider(provider);
  if (suspect != nullptr && !suspect->has_feed) {
    verdict.missing.push_back("no status feed is configured for " + suspect->name);
  }
  const bool has_canary = std::ranges::any_of(estate_->targets, [&](const Target& target) {
    return target.owner == provider && target.role == Role::provider;
  });
  if (suspect != nullptr && !has_canary) {
    verdict.missing.push_back("no endpoint of " + suspect->name + "'s own is watched");
  }
}

// A question about a change may be open for days: an outage that begins meanwhile is news.
bool Docket::is_worse_than_told(const Case& one) {
  const auto level = one.incident.verdict.level;
  if (level == Level::outage && !one.has_told_outage) return true;
  return level != Level::blind && level > one.told_level;
}

// Since when the verdict names a cause that nobody was told.
void Docket::note_cause(Case& one, Time now) {
  const auto cause = cause_of(one.incident.verdict);
  if (cause.empty() || cause == one.told_cause) {
    one.cause_since.reset();
  } else if (!one.cause_since || one.new_cause != cause) {
    one.cause_since = now;
    one.new_cause = cause;
  }
}

// What is worth a message beyond the last one, or nothing.
std::string Docket::news(Case& one, Time now) const {
  const auto& incident = one.incident;
  const auto& verdict = incident.verdict;
  // About to be suspected, or not after all: one message, when it is settled.
  if (one.suspicious_since && !incident.is_latched) return {};
  const bool sees_again = one.told_level == Level::blind && verdict.level != Level::blind &&
                          verdict.level != Level::calm;
  if (is_worse_than_told(one) || sees_again) return strongest_reason(verdict);
  note_cause(one, now);
  if (now - one.told_at < kTellApart) return {};
  if (has_lasted(one.cause_since, kCauseSettles, now)) {
    return changed_mind(one.told_cause, verdict, *estate_);
  }
  if (incident.functions.size() > one.told_functions) {
    const std::vector<std::string> added(
        incident.functions.begin() + static_cast<std::ptrdiff_t>(one.told_functions),
        incident.functions.end());
    return "now also affected: " + titles(*estate_, added);
  }
  return {};
}

void Docket::tell(Case& one, Time now, bool is_new, std::vector<Ruling>& rulings) const {
  const auto was = one.told_level;
  std::string what = is_new ? std::string() : news(one, now);
  if (!is_new && what.empty()) return;
  const auto& verdict = one.incident.verdict;
  const bool is_worse = is_worse_than_told(one);
  one.told_at = now;
  one.has_told_outage = one.has_told_outage || verdict.level == Level::outage;
  one.told_level =
      one.told_level == Level::blind ? verdict.level : std::max(one.told_level, verdict.level);
  one.told_functions = one.incident.functions.size();
  one.cause_since.reset();
  one.told_cause = cause_of(verdict);
  if (is_new) {
    rulings.emplace_back(Opened{one.incident});
  } else {
    rulings.emplace_back(Changed{
        .incident = one.incident, .was = was, .what = std::move(what), .is_worse = is_worse});
  }
}

void Docket::close(Case& one, Time now, std::string why, std::vector<Ruling>& rulings) {
  one.incident.closed = now;
  // Of what is over, nothing needs to be told apart as over.
  for (auto* const reasons : {&one.incident.verdict.because, &one.incident.verdict.against}) {
    for (auto& reason : *reasons)
      reason.ended.reset();
  }
  rulings.emplace_back(Closed{.incident = one.incident, .why = std::move(why)});
  closed_.insert(closed_.begin(), one.incident);
  if (closed_.size() > kClosedMax) closed_.pop_back();
  open_.reset();
  awaited_.clear();
}

void Docket::take(const OperatorNote& note, std::vector<Ruling>& rulings) {
  if (!open_) return;
  const bool is_about_it = std::ranges::find(open_->incident.unapproved, note.target) !=
                           open_->incident.unapproved.end();
  if (note.kind == NoteKind::approve_change && is_about_it) {
    open_->approval = in_words("the change was approved", note);
  }
  if (open_->incident.id != note.incident) return;
  if (note.kind == NoteKind::acknowledge) open_->incident.is_acknowledged = true;
  if (note.kind == NoteKind::declare) open_->is_declared = true;
  if (note.kind == NoteKind::close) close(*open_, note.at, in_words("closed", note), rulings);
}

}  // namespace bw
