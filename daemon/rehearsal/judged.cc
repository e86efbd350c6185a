// SPDX-License-Identifier: Apache-2.0
#include "daemon/rehearsal/judged.h"

#include "daemon/rehearsal/log_pass.h"

#include <algorithm>
#include <deque>

namespace bw::rehearsal {
namespace {

// An outage, an attack or blindness, when it is first said: news of the same wakes nobody again,
// and a question about a change waits for the morning.
bool gets_somebody_up(const Ruling& ruling) {
  const auto* opened = std::get_if<Opened>(&ruling);
  const auto* changed = std::get_if<Changed>(&ruling);
  if (opened == nullptr && changed == nullptr) return false;
  const auto level =
      opened != nullptr ? opened->incident.verdict.level : changed->incident.verdict.level;
  if (changed != nullptr && !changed->is_worse) return false;
  return level == Level::outage || level > Level::watch;
}

// One judge and what is noted of it.
class Bench {
 public:
  Bench(const World& world, const Config& config, const EvidenceWeights& weights)
      : world_(world), judge_(config.estate, weights) {}

  PlayHooks::Looks take(const Input& input, const JudgeHooks& hooks) {
    const auto at = at_of(input);
    read_verdict(at);
    PlayHooks::Looks looks;
    for (auto& ruling : judge_.step(input)) {
      if (auto* look = std::get_if<SecondLook>(&ruling)) {
        looks.push_back(std::move(*look));
      } else {
        note(ruling, at, hooks);
      }
    }
    watch(at);
    return looks;
  }

  Judged finish() {
    read_verdict(Time::max());
    return std::move(judged_);
  }

 private:
  static Millis length(const Incident& incident) {
    return incident.closed ? *incident.closed - incident.opened : Millis::max();
  }

  // The verdict counts as it stood when it was due.
  void read_verdict(Time now) {
    if (is_read_ || now < world_.t0() + world_.truth().decide_by) return;
    is_read_ = true;
    for (const auto& incident : judge_.incidents()) {
      if (incident.closed && *incident.closed < world_.t0()) continue;
      if (!judged_.at_decide_by || length(incident) > length(*judged_.at_decide_by))
        judged_.at_decide_by = incident;
    }
  }

  void note(const Ruling& ruling, Time at, const JudgeHooks& hooks) {
    if (at < world_.t0() - std::chrono::hours{1}) return;  // warming up
    ++judged_.messages;
    if (gets_somebody_up(ruling)) ++judged_.pages;
    if (hooks.on_ruling) hooks.on_ruling(ruling);
  }

  void watch(Time at) {
    const auto& incidents = judge_.incidents();
    if (incidents.empty() || incidents.front().closed) return;
    const auto& verdict = incidents.front().verdict;
    judged_.suspicion_max = std::max(judged_.suspicion_max, verdict.suspicion);
    if (!judged_.suspected && is_suspicious(verdict.level)) judged_.suspected = at;
    if (!judged_.cause_named && verdict.is_decided && !is_cyber(verdict.leading) &&
        verdict.culprit == world_.truth().culprit) {
      judged_.cause_named = at;
    }
  }

  const World& world_;
  Judge judge_;
  Judged judged_;
  bool is_read_ = false;
};

class Court {
 public:
  Court(const World& world,
        const Config& config,
        const std::vector<EvidenceWeights>& weights,
        const JudgeHooks& hooks)
      : hooks_(hooks), log_(config.estate) {
    for (const auto& one : weights)
      benches_.emplace_back(world, config, one);
  }

  PlayHooks::Looks take(Input input) {
    input.seq = ++seq_;
    const auto logged = log_.pass(input);
    for (std::size_t i = 1; i < benches_.size(); ++i)
      benches_[i].take(logged, {});
    return benches_.front().take(logged, hooks_);
  }

  PlayHooks::Looks take(const Prober::Seen& seen) {
    auto looks = take({.seq = 0, .what = seen.observation});
    for (const auto& item : seen.items) {
      auto more = take({.seq = 0, .what = item});
      looks.insert(looks.end(), more.begin(), more.end());
    }
    return looks;
  }

  std::vector<Judged> finish(std::uint64_t looks) {
    std::vector<Judged> all;
    for (auto& bench : benches_) {
      all.push_back(bench.finish());
      all.back().looks = looks;
    }
    return all;
  }

 private:
  const JudgeHooks& hooks_;
  LogPass log_;
  std::deque<Bench> benches_;
  std::uint64_t seq_ = 0;
};

}  // namespace

std::vector<Judged> play_and_judge(const World& world,
                                   const Config& config,
                                   const std::vector<EvidenceWeights>& weights,
                                   const JudgeSettings& settings,
                                   const JudgeHooks& hooks) {
  Court court(world, config, weights, hooks);
  const auto count =
      play(world,
           config,
           {.from = world.t0() - settings.before,
            .to = world.end(),
            .vantages = settings.vantages,
            .warm_up = settings.warm_up,
            .warm_up_interval = settings.warm_up_interval,
            .quiet_interval = settings.quiet_interval},
           {.on_seen = [&](const Prober::Seen& seen, Time) { return court.take(seen); },
            .on_announcement =
                [&](Announcement announcement, Time) {
                  const bool is_heard = !hooks.rewords || hooks.rewords(announcement);
                  return is_heard ? court.take({.seq = 0, .what = std::move(announcement)})
                                  : PlayHooks::Looks{};
                },
            .on_tick = [&](Time now) { return court.take({.seq = 0, .what = Tick{.at = now}}); },
            .on_note =
                [&](const World::Note& note) {
                  if (hooks.on_note) hooks.on_note(note);
                }});
  return court.finish(count.looks);
}

Judged play_and_judge(const World& world,
                      const Config& config,
                      const EvidenceWeights& weights,
                      const JudgeSettings& settings,
                      const JudgeHooks& hooks) {
  return std::move(play_and_judge(world, config, std::vector{weights}, settings, hooks).front());
}

}  // namespace bw::rehearsal
