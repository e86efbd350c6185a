// SPDX-License-Identifier: Apache-2.0
#include "daemon/desk.h"

#include "daemon/notify/words.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <chrono>
#include <ctime>

namespace bw {
namespace {

constexpr int kSecondLooksPerMinute = 600;  // second looks must not become a flood of their own
constexpr Millis kCheckpointEvery{300'000};
constexpr Millis kKeepAround{std::chrono::minutes{30}};

double cpu_seconds() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

// What changed, or in what it opened.
std::string_view words_of(const RecordedVerdict& verdict, const std::optional<Notice>& notice) {
  if (verdict.what.empty() && notice) return notice->headline;
  return verdict.what;
}

}  // namespace

Desk::Desk(Config config, EvidenceWeights weights, Edges edges, Hooks hooks, Millis interval_min)
    : config_(std::move(config)),
      weights_(std::move(weights)),
      edges_(edges),
      hooks_(std::move(hooks)),
      vantage_(config_.estate.vantage(config_.vantage).value_or(0)),
      judge_(config_.estate, weights_),
      prober_(config_.estate, config_.watched, vantage_, interval_min),
      outbox_(config_.destinations, config_.routes) {
  counts_.looks.resize(config_.estate.targets.size());
  counts_.failures.resize(config_.estate.targets.size());
  steps_.resize(config_.estate.targets.size());
}

Desk::~Desk() {
  *alive_ = false;
  for (const auto timer : {probe_timer_, tick_timer_, deliver_timer_})
    edges_.loop.cancel(timer);
}

std::expected<void, Error> Desk::restore(JournalReader& reader) {
  auto parcels = reader.parcels();
  if (!parcels) return std::unexpected(parcels.error());
  outbox_.restore(*std::move(parcels));
  auto checkpoint = reader.checkpoint(UINT64_MAX);
  if (!checkpoint) return std::unexpected(checkpoint.error());
  std::uint64_t from = 0;
  if (const auto& latest = *checkpoint) {
    if (auto restored = judge_.restore(latest->bytes); restored) {
      from = latest->seq;
    } else {
      spdlog::warn("event=checkpoint_unusable why=\"{}\"", print(restored.error()));
    }
  }
  std::uint64_t inputs = 0;
  const auto skipped = reader.read(config_.estate, from, [&](Input&& input) {
    rule(judge_.step(input), true);
    ++inputs;
    return true;
  });
  if (!skipped) return std::unexpected(skipped.error());
  spdlog::info("event=restored checkpoint={} inputs={} skipped={} open_incidents={}",
               from,
               inputs,
               *skipped,
               std::ranges::count_if(judge_.incidents(),
                                     [](const Incident& incident) { return !incident.closed; }));
  return {};
}

void Desk::take_over(const Desk& before) {
  if (auto restored = judge_.restore(before.judge_.checkpoint()); !restored) std::abort();
  waiting_ = before.waiting_;
  outbox_ = before.outbox_;
  outbox_.reconfigure(config_.destinations, config_.routes);
}

void Desk::start() {
  checkpoint_at_ = edges_.loop.turn().now;
  probe_due();
  tick();
  deliver();
}

bool Desk::has_seen_all() const {
  return std::ranges::find(counts_.looks, 0U) == counts_.looks.end();
}

void Desk::plan(Loop::Timer& timer, Time at, void (Desk::*what)()) {
  edges_.loop.cancel(timer);
  timer = 0;
  if (at == Time::max()) return;
  timer = edges_.loop.at(at, [this, what] { (this->*what)(); });
}

void Desk::probe_due() {
  for (auto& ready : prober_.due(edges_.loop.turn().now))
    ask(std::move(ready));
  plan(probe_timer_, prober_.wake(), &Desk::probe_due);
}

void Desk::ask(Prober::Ready ready) {
  edges_.transport.start(std::move(ready.ask),
                         [this, id = ready.id, alive = alive_](const Reply& reply) {
                           if (*alive) on_reply(id, reply);
                         });
}

void Desk::on_reply(std::uint64_t id, const Reply& reply) {
  auto progress = prober_.read(id, reply, edges_.loop.turn().now);
  if (progress.next) return ask(*std::move(progress.next));
  if (!progress.seen) return;
  auto& observation = progress.seen->observation;
  ++counts_.observations;
  ++counts_.looks[observation.target];
  if (is_failure(observation.outcome)) ++counts_.failures[observation.target];
  steps_[observation.target] = std::move(progress.seen->steps);
  record({.seq = 0, .what = std::move(observation)});
  for (auto& item : progress.seen->items)
    record({.seq = 0, .what = std::move(item)});
}

// What was not recorded was not considered: judged once it is committed.
void Desk::record(Input input) {
  input.seq = edges_.journal.append(input);
  waiting_.push_back(std::move(input));
  if (!edges_.journal.is_healthy()) judge();
}

void Desk::take(OperatorNote note) {
  note.at = edges_.loop.turn().now;
  record({.seq = 0, .what = std::move(note)});
}

void Desk::take(Announcement announcement) {
  announcement.at = edges_.loop.turn().now;
  record({.seq = 0, .what = std::move(announcement)});
}

void Desk::judge() {
  const auto wanted_every = judge_.tick_every();
  const double before = cpu_seconds();
  while (!waiting_.empty() &&
         (waiting_.front().seq <= edges_.journal.committed() || !edges_.journal.is_healthy())) {
    const Input input = std::move(waiting_.front());
    waiting_.pop_front();
    rule(judge_.step(input), false);
  }
  counts_.judge_seconds += cpu_seconds() - before;
  if (judge_.tick_every() < wanted_every) tick();
  if (edges_.loop.turn().now - checkpoint_at_ >= kCheckpointEvery) put_checkpoint();
}

void Desk::put_checkpoint() {
  checkpoint_at_ = edges_.loop.turn().now;
  if (judge_.last_seq() > 0) edges_.journal.put_checkpoint(judge_.last_seq(), judge_.checkpoint());
}

void Desk::rule(const std::vector<Ruling>& rulings, bool is_replay) {
  for (const auto& ruling : rulings) {
    if (const auto* look = std::get_if<SecondLook>(&ruling); look != nullptr) {
      if (!is_replay) look_again(*look);
    } else {
      tell(ruling, is_replay);
    }
  }
  if (!rulings.empty() && !is_replay) tick();
}

void Desk::look_again(const SecondLook& look) {
  if (look.vantage != vantage_) return;
  const auto now = edges_.loop.turn().now;
  if (now - look_budget_since_ >= std::chrono::minutes{1}) {
    look_budget_since_ = now;
    looks_left_ = kSecondLooksPerMinute;
  }
  if (looks_left_ == 0) return;
  --looks_left_;
  if (auto ready = prober_.look_now(look.target, now)) {
    ++counts_.second_looks;
    ask(*std::move(ready));
  }
}

void Desk::tell(const Ruling& ruling, bool is_replay) {
  RecordedVerdict verdict;
  if (const auto* opened = std::get_if<Opened>(&ruling))
    verdict = {.event = "opened", .incident = opened->incident, .what = {}};
  if (const auto* changed = std::get_if<Changed>(&ruling))
    verdict = {.event = "changed", .incident = changed->incident, .what = changed->what};
  if (const auto* closed = std::get_if<Closed>(&ruling))
    verdict = {.event = "closed", .incident = closed->incident, .what = closed->why};
  const auto& incident = verdict.incident;
  edges_.journal.keep(incident.opened - kKeepAround, incident.verdict.at + kKeepAround);
  const auto notice = compose_notice(config_.estate, ruling, config_.web.external_url);
  if (!is_replay) {
    spdlog::info(
        "event=incident_{} incident={} level={} cause={} culprit={} suspicion={:.2f} what=\"{}\"",
        verdict.event,
        incident.id,
        print(incident.verdict.level),
        incident.verdict.is_decided ? print(incident.verdict.leading) : "undecided",
        incident.verdict.culprit,
        incident.verdict.suspicion,
        words_of(verdict, notice));
    if (hooks_.on_ruling) hooks_.on_ruling(ruling);
  }
  edges_.journal.put_verdict(std::move(verdict));
  if (!notice) return;
  if (!is_replay && hooks_.on_notice) hooks_.on_notice(*notice);
  for (auto& parcel : outbox_.add(*notice, edges_.loop.turn().now))
    edges_.journal.put_parcel(std::move(parcel));
  if (!is_replay) deliver();
}

void Desk::deliver() {
  const auto now = edges_.loop.turn().now;
  for (auto& due : outbox_.due(now)) {
    if (due.asks.empty()) {  // nothing to ask: a refusal, and the lane goes on
      settle(due.key, combine(*due.notifier, {}), now);
    } else {
      send(std::move(due));
    }
  }
  plan(deliver_timer_, outbox_.wake(), &Desk::deliver);
}

void Desk::send(OutboxSend send) {
  const auto sending = std::make_shared<Sending>();
  sending->key = std::move(send.key);
  sending->notifier = send.notifier;
  sending->asks = send.asks.size();
  for (auto& http : send.asks) {
    edges_.transport.start(Ask{.what = std::move(http), .deadline = Millis{15'000}},
                           [this, alive = alive_, sending](const Reply& reply) {
                             if (*alive) on_delivery(*sending, reply);
                           });
  }
}

// The notice is settled with the last of its replies.
void Desk::on_delivery(Sending& sending, const Reply& reply) {
  const auto now = edges_.loop.turn().now;
  sending.results.push_back(sending.notifier->read(reply, now));
  if (sending.results.size() < sending.asks) return;
  settle(sending.key, combine(*sending.notifier, sending.results), now);
  deliver();
}

void Desk::settle(const std::string& key, const Delivery& result, Time now) {
  for (auto& parcel : outbox_.settle(key, result, now))
    edges_.journal.put_parcel(std::move(parcel));
}

void Desk::tick() {
  const auto now = edges_.loop.turn().now;
  // Only the timer's own call comes late enough to be one.
  if (tick_timer_ == 0) record({.seq = 0, .what = Tick{.at = now}});
  edges_.loop.cancel(tick_timer_);
  tick_timer_ = edges_.loop.at(now + judge_.tick_every(), [this] {
    tick_timer_ = 0;
    tick();
  });
}

}  // namespace bw
