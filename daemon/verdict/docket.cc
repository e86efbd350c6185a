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

}  // namespace

Docket::Docket(const Estate& estate, const EvidenceWeights& weights)
    : estate_(&estate), weights_(&weights) {}

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
  present.scope = explain(history);
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
  for (const auto& change : history.changes()) {
    const auto& one = estate_->targets[change.target];
    if (!change.is_live || change.is_approved || one.owner != kOwn) continue;
    // Once a second look has had its say.
    if (change.at >= now || !matters(history, change)) continue;
    present.is_changed = true;
    add_once(present.changed, one.function);
  }
  return present;
}

// Before the first word everybody who can tell more is asked: control sites, the providers' own
// endpoints, neighbours, the other targets. That takes a second, not an interval.
void Docket::ask_around(const History& history, const Now& present, std::vector<Ruling>& rulings) {
  std::set<std::string> concerned;
  for (const auto target : present.scope.failing) {
    const auto& one = estate_->targets[target];
    concerned.insert(one.needs.begin(), one.needs.end());
    concerned.insert(one.owner);
  }
  for (TargetIndex target = 0; target < estate_->targets.size(); ++target) {
    const auto& one = estate_->targets[target];
    if (one.role == Role::feed && !concerned.contains(one.owner)) continue;
    const bool shares =
        one.role == Role::control || one.role == Role::feed || concerned.contains(one.owner) ||
        std::ranges::any_of(one.needs, [&](const auto& need) { return concerned.contains(need); });
    for (VantageIndex vantage = 0; shares && vantage < estate_->vantages.size(); ++vantage) {
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

void Docket::begin(const Now& present, Time now) {
  open_.emplace();
  open_->incident.id = ++last_id_;
  const bool is_outage = !present.scope.failing.empty();
  open_->incident.opened = is_outage ? present.scope.onset : now;
  open_->incident.is_integrity = present.is_changed && !present.is_failing;
  has_asked_ = false;
}

void Docket::review(const History& history,
                    const Board& board,
                    Time now,
                    std::uint64_t seq,
                    std::vector<Ruling>& rulings) {
  const auto present = look(history, board, now);
  const bool is_new = !open_;
  if (is_new) {
    if (!is_ripe(history, present, now, rulings)) return;
    begin(present, now);
  }
  auto& incident = open_->incident;
  if (present.is_bad()) open_->last_bad = now;
  if (!present.scope.failing.empty() || !present.scope.slow.empty()) {
    open_->scope = present.scope;
    blame(present, now);
  }
  // An outage on top of a change is one incident, weighed as an outage.
  if (present.is_failing) incident.is_integrity = false;
  note_functions(present);
  weigh(history, board, present, now, seq);
  set_level(present, now);
  set_culprit(history, present);
  set_outlook(history, board);
  if (!present.is_bad() && !incident.is_latched && now - open_->last_bad >= weights_->hold) {
    close(now, "everything works again", rulings);
    return;
  }
  tell(now, is_new, rulings);
}

void Docket::note_functions(const Now& present) {
  auto& incident = open_->incident;
  incident.failing = present.scope.functions;
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
    const History& history, const Board& board, const Now& present, Time now, std::uint64_t seq) {
  auto& incident = open_->incident;
  const Scene scene{.estate = *estate_,
                    .history = history,
                    .board = board,
                    .scope = present.scope,
                    .now = now,
                    .onset = incident.opened,
                    .is_integrity = incident.is_integrity,
                    .is_over = !present.is_bad(),
                    .told = present.told};
  open_->ledger.begin(now);
  for (const auto* rule : all_rules()) {
    Signs signs;
    rule->weigh(scene, signs);
    open_->ledger.post(rule->name, std::move(signs), now);
  }
  open_->ledger.finish(now, *weights_);
  incident.verdict.at = now;
  incident.verdict.seq = seq;
  open_->ledger.add_up(*weights_, incident.is_integrity, now, incident.verdict);
}

// What was announced for now, and looks like it, gets nobody out of bed; running over does.
bool Docket::is_expected() const {
  const auto& verdict = open_->incident.verdict;
  return verdict.is_decided && verdict.leading == Hypothesis::planned_maintenance &&
         open_->ledger.has_live("planned/maintenance");
}

Level Docket::base_level(const Now& present) const {
  if (present.is_blind) return Level::blind;
  if (present.is_failing) return is_expected() ? Level::degraded : Level::outage;
  if (present.is_changed) return Level::watch;
  if (!present.degraded.empty() || present.is_provider_failing) return Level::degraded;
  return Level::calm;
}

void Docket::set_level(const Now& present, Time now) {
  auto& one = *open_;
  auto& verdict = one.incident.verdict;
  bool is_hard = false;
  bool is_declared = one.is_declared;
  for (const auto& [signal, evidence] : one.ledger.all()) {
    const auto weight = weights_->signals.find(signal);
    if (weight == weights_->signals.end()) continue;
    // As long as it counts: what is seen in every other look must not come and go.
    const bool counts = evidence.is_live || now - evidence.last_live <= weight->second.half_life;
    is_hard = is_hard || (weight->second.is_hard && counts);
    is_declared = is_declared || weight->second.is_declaration;
  }
  if (is_hard) raise(verdict, kHardSuspicion);
  if (is_declared) raise(verdict, kDeclaredSuspicion);
  verdict.is_decided =
      verdict.posterior.at(static_cast<std::size_t>(verdict.leading)) >= weights_->decided;
  const double suspicion = verdict.suspicion;
  if (suspicion < weights_->suspected) {
    one.suspicious_since.reset();
  } else if (!one.suspicious_since) {
    one.suspicious_since = now;
  }
  const bool has_lasted =
      one.suspicious_since && (is_hard || now - *one.suspicious_since >= weights_->suspected_after);
  if (has_lasted || is_declared) one.incident.is_latched = true;

  // Overwhelming benign evidence, for long enough, releases what a person has not.
  const bool is_cleared = suspicion < weights_->watch && 1 - suspicion >= weights_->release_benign;
  if (!is_cleared) {
    one.cleared_since.reset();
  } else if (!one.cleared_since) {
    one.cleared_since = now;
  }
  if (one.incident.is_latched && one.cleared_since && !is_declared &&
      now - *one.cleared_since >= weights_->release_after) {
    one.incident.is_latched = false;
  }

  auto level = base_level(present);
  if (suspicion >= weights_->watch && level != Level::blind) level = Level::watch;
  if (one.incident.is_latched) {
    level =
        suspicion >= weights_->strongly_suspected ? Level::strongly_suspected : Level::suspected;
  }
  if (is_declared) level = Level::declared;
  verdict.level = level;
  if (level != Level::blind && (one.incident.peak == Level::blind || level > one.incident.peak)) {
    one.incident.peak = level;
  }
  if (level == Level::blind && one.incident.peak == Level::calm) one.incident.peak = level;
}

// One momentary explanation must not turn the finger: what has been blamed for longer counts for
// more, and a provider that fails at an endpoint of its own counts twice.
void Docket::blame(const Now& present, Time now) {
  constexpr double kHalfLifeMinutes = 30;
  constexpr double kStepMax = 10;
  auto& one = *open_;
  const double passed = static_cast<double>((now - one.blamed_at).count()) / 60'000;
  const double minutes = one.blamed.empty() ? 1 : std::clamp(passed, 0.0, kStepMax);
  one.blamed_at = now;
  for (auto& [provider, score] : one.blamed)
    score *= std::exp2(-minutes / kHalfLifeMinutes);
  for (const auto& provider : estate_->providers) {
    const double probability = present.scope.blame_of(provider.id);
    const auto is_theirs = [&](TargetIndex target) {
      return estate_->targets[target].owner == provider.id;
    };
    const bool fails_itself = std::ranges::any_of(present.scope.failing, is_theirs) ||
                              std::ranges::any_of(present.scope.slow, is_theirs);
    if (probability > 0.01)
      one.blamed[provider.id] += probability * minutes * (fails_itself ? 2 : 1);
  }
}

std::string Docket::blamed_provider() const {
  std::string most;
  double score = 0.2;  // less than a minute's suspicion names nobody
  for (const auto& [provider, minutes] : open_->blamed) {
    if (minutes <= score) continue;
    score = minutes;
    most = provider;
  }
  return most;
}

void Docket::set_culprit(const History& history, const Now& present) {
  auto& verdict = open_->incident.verdict;
  const auto& scope = open_->scope;
  verdict.culprit.clear();
  verdict.unexplained.clear();
  const auto leading = verdict.leading;
  if (leading == Hypothesis::monitor_local && verdict.is_decided) return;
  // Who says that it is under attack knows whose it is.
  if (is_cyber(leading) && !present.told.empty() && present.told.front()->item.provider != kOwn) {
    verdict.culprit = present.told.front()->item.provider;
    return;
  }
  const auto provider = blamed_provider();
  const auto keeper =
      leading == Hypothesis::dns_hijack ? keeper_of_changed_names(history) : std::string();
  const bool is_theirs =
      leading == Hypothesis::provider_outage || leading == Hypothesis::provider_compromised;
  if (is_theirs) {
    verdict.culprit = provider;
  } else if (!provider.empty() && scope.blame_of(provider) >= 0.8 && scope.blame_of(kOwn) < 0.5) {
    verdict.culprit = provider;
  } else if (!keeper.empty()) {
    verdict.culprit = keeper;
  } else if (open_->incident.is_integrity || scope.blame_of(kOwn) >= 0.5) {
    verdict.culprit = kOwn;
  }
  // Whoever serves the script that turned against visitors: a provider's other customers have it
  // too.
  constexpr Millis kLead{std::chrono::hours{1}};  // a change is seen before its incident opens
  const auto server = server_of_hostile_script(history, open_->incident.opened - kLead);
  const bool is_by_script = leading == Hypothesis::skimmer || leading == Hypothesis::defacement;
  const bool may_be = leading == Hypothesis::dns_hijack || is_theirs;
  if (!server.empty() && (is_by_script || (may_be && server != kOwn))) verdict.culprit = server;
  for (const auto target : scope.unexplained) {
    const auto& function = estate_->targets[target].function;
    if (!function.empty()) add_once(verdict.unexplained, function);
  }
}

// What would turn the verdict, and which sensor is missing.
void Docket::set_outlook(const History& history, const Board& board) {
  auto& verdict = open_->incident.verdict;
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
    if (turn > 0 && !weight.would.empty() && !open_->ledger.has_live(signal))
      turns.emplace_back(turn, &weight);
  }
  std::ranges::stable_sort(turns, std::greater{}, &std::pair<int, const SignalWeight*>::first);
  for (std::size_t i = 0; i < std::min<std::size_t>(turns.size(), 2); ++i) {
    verdict.would_change.push_back(turns[i].second->would);
  }
  if (!history.has_controls())
    verdict.missing.emplace_back("no control sites are configured, so our own view is unproven");
  if (!board.has_calendar()) verdict.missing.emplace_back("no change calendar is connected");
  const auto& provider = open_->scope.suspect;
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
bool Docket::is_worse_than_told() const {
  const auto level = open_->incident.verdict.level;
  if (level == Level::outage && !open_->has_told_outage) return true;
  return level != Level::blind && level > open_->told_level;
}

// What is worth a message beyond the last one, or nothing.
std::string Docket::news(Time now) {
  auto& one = *open_;
  const auto& incident = one.incident;
  const auto& verdict = incident.verdict;
  // About to be suspected, or not after all: one message, when it is settled.
  if (one.suspicious_since && !incident.is_latched) return {};
  if (is_worse_than_told() || (one.told_level == Level::blind && verdict.level != Level::blind &&
                               verdict.level != Level::calm)) {
    return strongest_reason(verdict);
  }
  std::string cause;
  if (verdict.is_decided) cause = std::string(print(verdict.leading)) + " " + verdict.culprit;
  if (cause.empty() || cause == one.told_cause) {
    one.cause_since.reset();
  } else if (!one.cause_since || one.new_cause != cause) {
    one.cause_since = now;
    one.new_cause = cause;
  }
  if (now - one.told_at < kTellApart) return {};
  if (one.cause_since && now - *one.cause_since >= kCauseSettles) {
    return "the likeliest cause is now " + std::string(in_words(verdict.leading)) +
           (verdict.culprit.empty() ? ""
                                    : " (" + std::string(estate_->name_of(verdict.culprit)) + ")");
  }
  if (incident.functions.size() > one.told_functions) {
    const std::vector<std::string> added(
        incident.functions.begin() + static_cast<std::ptrdiff_t>(one.told_functions),
        incident.functions.end());
    return "now also affected: " + titles(*estate_, added);
  }
  return {};
}

void Docket::tell(Time now, bool is_new, std::vector<Ruling>& rulings) {
  auto& one = *open_;
  const auto was = one.told_level;
  std::string what = is_new ? std::string() : news(now);
  if (!is_new && what.empty()) return;
  const auto& verdict = one.incident.verdict;
  const bool is_worse = is_worse_than_told();
  one.told_at = now;
  one.has_told_outage = one.has_told_outage || verdict.level == Level::outage;
  one.told_level =
      one.told_level == Level::blind ? verdict.level : std::max(one.told_level, verdict.level);
  one.told_functions = one.incident.functions.size();
  one.cause_since.reset();
  one.told_cause.clear();
  if (verdict.is_decided)
    one.told_cause = std::string(print(verdict.leading)) + " " + verdict.culprit;
  if (is_new) {
    rulings.emplace_back(Opened{one.incident});
  } else {
    rulings.emplace_back(Changed{
        .incident = one.incident, .was = was, .what = std::move(what), .is_worse = is_worse});
  }
}

void Docket::close(Time now, std::string why, std::vector<Ruling>& rulings) {
  open_->incident.closed = now;
  rulings.emplace_back(Closed{.incident = open_->incident, .why = std::move(why)});
  closed_.insert(closed_.begin(), open_->incident);
  if (closed_.size() > kClosedMax) closed_.pop_back();
  open_.reset();
  awaited_.clear();
}

void Docket::take(const OperatorNote& note, std::vector<Ruling>& rulings) {
  if (!open_ || open_->incident.id != note.incident) return;
  if (note.kind == NoteKind::acknowledge) open_->incident.is_acknowledged = true;
  if (note.kind == NoteKind::declare) open_->is_declared = true;
  if (note.kind == NoteKind::close) {
    close(note.at, note.who.empty() ? "closed by an operator" : "closed by " + note.who, rulings);
  }
}

}  // namespace bw
