// SPDX-License-Identifier: Apache-2.0
#include "daemon/verdict/judge.h"

#include "daemon/verdict/announced.h"
#include "daemon/verdict/archive_judge.h"
#include "daemon/verdict/docket.h"

#include <algorithm>
#include <functional>
#include <map>

namespace bw {
namespace {

constexpr std::uint32_t kCheckpointFormat = 4;
// While an incident is open and nothing else happens; sooner where the weights decide sooner.
constexpr Millis kReviewEveryMin{1'000};
constexpr Millis kReviewEveryMax{60'000};
constexpr Millis kAgeEvery{3'600'000};
constexpr Millis kSensorRests{5 * 60'000};  // registries and logs ask for patience
// A review looks at every target, in about 0.2 us each. In an estate of more than so many it does
// not follow each of a thousand failures, but at the pace of one millisecond for each 200 targets,
// which is a twentieth of a core; what is smaller is reviewed at once.
constexpr std::size_t kReviewedAtOnce = 1000;
constexpr std::size_t kTargetsPerMilli = 200;
// Of the looks of a failure; or so many in a row, which one look in two would hardly give.
constexpr double kAlmostAlways = 0.85;
constexpr std::uint32_t kLongRun = 8;

template <class List>
std::vector<std::string> ids_of(const List& list) {
  std::vector<std::string> ids;
  ids.reserve(list.size());
  for (const auto& item : list)
    ids.push_back(item.id);
  return ids;
}

bool fails_always(const Series& series) {
  return series.health == Health::failing &&
         (series.failing_share > kAlmostAlways || series.failed_run >= kLongRun);
}

}  // namespace

struct Judge::State {
  const Estate* estate;
  const EvidenceWeights* weights;
  History history;
  Board board;
  Docket docket;
  std::uint64_t last_seq = 0;
  Time now{};
  Time reviewed_at{};
  Time aged_at{};
  bool is_stale = false;  // something is new since the last review
  std::vector<Incident> incidents;
  std::map<std::string, std::vector<TargetIndex>, std::less<>> services;  // by function
  std::vector<TargetIndex> controls;
  std::vector<TargetIndex> sensors;  // with a host

  State(const Estate& e, const EvidenceWeights& w)
      : estate(&e), weights(&w), history(e), board(e), docket(e, w) {
    for (TargetIndex target = 0; target < e.targets.size(); ++target) {
      const auto& one = e.targets[target];
      if (one.role == Role::service) services[one.function].push_back(target);
      if (one.role == Role::control) controls.push_back(target);
      if (one.role == Role::sensor && !one.host.empty()) sensors.push_back(target);
    }
  }

  [[nodiscard]] Millis pace() const {
    const auto targets = estate->targets.size();
    return Millis{targets < kReviewedAtOnce ? 0 : targets / kTargetsPerMilli};
  }

  [[nodiscard]] Millis review_every() const {
    return std::clamp(
        std::min(weights->hold, weights->suspected_after), kReviewEveryMin, kReviewEveryMax);
  }

  // Whether anything is new for the rules.
  bool take(const Observation& observation, std::uint64_t seq, std::vector<Ruling>& rulings) {
    const auto absorbed = history.absorb(observation, seq);
    if (absorbed.look) {
      rulings.emplace_back(*absorbed.look);
      if (is_failure(observation.outcome)) look_at_controls(observation.vantage, rulings);
      look_at_sensors(observation, rulings);
    }
    if (absorbed.is_news) approve_announced();
    const bool was_waiting = docket.is_waiting();
    // A first failure is confirmed before it has had its say: who opens an incident between the two
    // names too little, and the wrong one.
    const bool is_asked_again = absorbed.look && is_failure(observation.outcome);
    if (!is_asked_again) docket.seen(observation.target, observation.vantage);
    return absorbed.is_news || was_waiting;
  }
  bool take(const FeedItem& item, std::uint64_t seq, std::vector<Ruling>&) {
    return board.absorb(item, seq);
  }
  bool take(const Announcement& announcement, std::uint64_t seq, std::vector<Ruling>&) {
    const bool is_news = board.absorb(announcement, seq);
    approve_announced();
    return is_news;
  }
  bool take(const OperatorNote& note, std::uint64_t, std::vector<Ruling>& rulings) {
    if (note.kind == NoteKind::approve_change) history.approve(note.target);
    docket.take(note, rulings);
    return true;
  }
  bool take(const Tick&, std::uint64_t, std::vector<Ruling>&) { return docket.is_waiting(); }

  // What was announced is right before it weighs. Only a new change or a new announcement makes a
  // difference.
  void approve_announced() {
    history.approve_if(
        [this](const Change& change) { return is_announced(board, *estate, change); });
  }

  // Who tells about a name is asked at once when something is odd with it, not at the next
  // interval.
  void look_at_sensors(const Observation& observation, std::vector<Ruling>& rulings) {
    const auto& host = estate->targets[observation.target].host;
    for (const auto target : sensors) {
      const auto& one = estate->targets[target];
      if (target == observation.target) continue;
      const auto& seen = history.series(target, observation.vantage);
      const bool is_fresh = seen.looks == 0 || observation.at - seen.latest.at < kSensorRests;
      if (is_fresh || (host != one.host && !host.ends_with("." + one.host))) continue;
      rulings.emplace_back(SecondLook{
          .target = target, .vantage = observation.vantage, .why = "tells about " + one.host});
    }
  }
  // How a function's targets stand.
  struct Count {
    std::size_t known = 0;
    std::size_t failing = 0;
    bool is_degraded = false;  // one of them, or it fails from some places
    Time since{};              // the first failure, or the last recovery
  };
  [[nodiscard]] Count count(std::string_view function) const {
    Count count;
    const auto served = services.find(function);
    if (served == services.end()) return count;
    for (const auto target : served->second) {
      const auto view = history.view(target);
      if (!view.is_known) continue;
      ++count.known;
      count.is_degraded = count.is_degraded || view.is_degraded || view.is_partial;
      if (view.is_failing) {
        if (count.failing == 0 || view.since < count.since) count.since = view.since;
        ++count.failing;
      } else if (count.failing == 0) {
        count.since = std::max(count.since, view.since);
      }
    }
    return count;
  }
  // Of a function that fails now, while not everything is blind.
  [[nodiscard]] Level level_of_failing() const {
    const auto* incident = docket.open();
    if (incident == nullptr || incident->verdict.level == Level::blind) return Level::outage;
    return std::max(Level::outage, incident->verdict.level);
  }
  void look_at_controls(VantageIndex vantage, std::vector<Ruling>& rulings) {
    for (const auto target : controls)
      rulings.emplace_back(SecondLook{.target = target, .vantage = vantage, .why = "control site"});
  }
};

Judge::Judge(const Estate& estate, const EvidenceWeights& weights)
    : state_(std::make_unique<State>(estate, weights)) {}
Judge::~Judge() = default;
Judge::Judge(Judge&&) noexcept = default;
Judge& Judge::operator=(Judge&&) noexcept = default;

std::vector<Ruling> Judge::step(const Input& input) {
  auto& state = *state_;
  std::vector<Ruling> rulings;
  state.last_seq = input.seq;
  state.now = std::max(state.now, at_of(input));
  const bool is_news = std::visit(
      [&](const auto& what) { return state.take(what, input.seq, rulings); }, input.what);
  state.is_stale = state.is_stale || is_news;
  const auto rested = state.now - state.reviewed_at;
  const bool is_due = state.docket.is_open() && rested >= state.review_every();
  if ((state.is_stale && rested >= state.pace()) || is_due) {
    state.is_stale = false;
    state.reviewed_at = state.now;
    state.docket.review(state.history, state.board, state.now, input.seq, rulings);
    state.history.freeze(state.docket.is_suspicious());
    state.incidents = state.docket.incidents();
  }
  if (state.now - state.aged_at >= kAgeEvery) {
    state.aged_at = state.now;
    state.history.age(state.now);
    state.board.age(state.now);
  }
  return rulings;
}

Millis Judge::tick_every() const {
  if (state_->is_stale) return state_->pace();
  if (state_->docket.is_waiting()) return Millis{1'000};
  return state_->docket.is_open() ? state_->review_every() : Millis{60'000};
}

std::string Judge::checkpoint() const {
  ArchiveWriter writer;
  writer(kCheckpointFormat, ids_of(state_->estate->targets), ids_of(state_->estate->vantages));
  writer(state_->last_seq, state_->now, state_->reviewed_at, state_->aged_at, state_->is_stale);
  writer(state_->history, state_->board, state_->docket);
  return writer.take();
}

std::expected<void, Error> Judge::restore(std::string_view bytes) {
  auto fresh = std::make_unique<State>(*state_->estate, *state_->weights);
  ArchiveReader reader(bytes);
  std::uint32_t format = 0;
  reader(format);
  if (!reader.ok() || format != kCheckpointFormat) {
    return std::unexpected(Error{.what = "the checkpoint is of format " + std::to_string(format) +
                                         ", this version reads " +
                                         std::to_string(kCheckpointFormat),
                                 .where = {},
                                 .hint = "the judge starts from the journal instead"});
  }
  std::vector<std::string> targets;
  std::vector<std::string> vantages;
  reader(targets, vantages);
  reader(fresh->last_seq, fresh->now, fresh->reviewed_at, fresh->aged_at, fresh->is_stale);
  reader(fresh->history, fresh->board, fresh->docket);
  Translation moved;
  for (const auto& id : targets)
    moved.targets.push_back(fresh->estate->target(id));
  for (const auto& id : vantages)
    moved.vantages.push_back(fresh->estate->vantage(id));
  const bool is_whole = reader.done() && fresh->history.fits(moved) && fresh->docket.fits(moved);
  if (!is_whole) {
    return std::unexpected(Error{.what = "the checkpoint is damaged", .where = {}, .hint = {}});
  }
  fresh->history.translate(moved);
  fresh->docket.translate(moved);
  fresh->incidents = fresh->docket.incidents();
  state_ = std::move(fresh);
  return {};
}

const std::vector<Incident>& Judge::incidents() const {
  return state_->incidents;
}
const Ledger* Judge::evidence() const {
  return state_->docket.evidence();
}
std::uint64_t Judge::last_seq() const {
  return state_->last_seq;
}
bool Judge::is_blind(VantageIndex vantage) const {
  return state_->history.is_blind(vantage);
}

TargetState Judge::target_state(TargetIndex target, VantageIndex vantage) const {
  const auto& series = state_->history.series(target, vantage);
  return {.is_known = series.looks > 0,
          .is_failing = series.health == Health::failing,
          .is_degraded = series.health == Health::degraded,
          .latest = series.latest,
          .since = series.since,
          .fails_always = fails_always(series)};
}

FunctionState Judge::function_state(std::string_view function) const {
  const auto count = state_->count(function);
  FunctionState result;
  result.since = count.since;
  if (count.known > 0) {
    result.failing_share = static_cast<double>(count.failing) / static_cast<double>(count.known);
  }
  if (state_->history.is_blind()) {
    result.level = Level::blind;
  } else if (count.failing > 0) {
    result.level = state_->level_of_failing();
  } else if (count.is_degraded) {
    result.level = Level::degraded;
  }
  return result;
}

ProviderState Judge::provider_state(std::string_view provider) const {
  ProviderState result{.feed = state_->board.state(provider), .is_failing = false, .statement = {}};
  const auto& estate = *state_->estate;
  for (TargetIndex target = 0; target < estate.targets.size(); ++target) {
    const auto& one = estate.targets[target];
    if (one.owner == provider && one.role == Role::provider &&
        state_->history.view(target).is_failing) {
      result.is_failing = true;
    }
  }
  const auto open = state_->board.open(provider);
  if (!open.empty()) result.statement = open.front()->item.title;
  return result;
}

}  // namespace bw
