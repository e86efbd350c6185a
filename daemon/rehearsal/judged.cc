// SPDX-License-Identifier: Apache-2.0
#include "daemon/rehearsal/judged.h"

#include <algorithm>

namespace bw::rehearsal {
namespace {

class Bench {
 public:
  Bench(const World& world,
        const Config& config,
        const EvidenceWeights& weights,
        const JudgeHooks& hooks)
      : world_(world), hooks_(hooks), judge_(config.estate, weights) {}

  PlayHooks::Looks take(Input input) {
    input.seq = ++seq_;
    const auto at = at_of(input);
    read_verdict(at);
    PlayHooks::Looks looks;
    for (auto& ruling : judge_.step(input)) {
      if (auto* look = std::get_if<SecondLook>(&ruling)) {
        looks.push_back(std::move(*look));
      } else {
        note(ruling, at);
      }
    }
    watch(at);
    return looks;
  }

  PlayHooks::Looks take(const Prober::Seen& seen) {
    auto looks = take({.seq = 0, .what = seen.observation});
    for (const auto& item : seen.items) {
      auto more = take({.seq = 0, .what = item});
      looks.insert(looks.end(), more.begin(), more.end());
    }
    return looks;
  }

  Judged finish() {
    read_verdict(Time::max());
    return std::move(judged_);
  }

 private:
  // The verdict counts as it stood when it was due.
  void read_verdict(Time now) {
    if (is_read_ || now < world_.t0() + world_.truth().decide_by) return;
    is_read_ = true;
    const auto& incidents = judge_.incidents();
    if (!incidents.empty() && !incidents.front().closed)
      judged_.at_decide_by = incidents.front().verdict;
  }

  void note(const Ruling& ruling, Time at) {
    if (at < world_.t0() - std::chrono::hours{1}) return;  // warming up
    ++judged_.messages;
    if (hooks_.on_ruling) hooks_.on_ruling(ruling);
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
  const JudgeHooks& hooks_;
  Judge judge_;
  Judged judged_;
  std::uint64_t seq_ = 0;
  bool is_read_ = false;
};

}  // namespace

Judged play_and_judge(const World& world,
                      const Config& config,
                      const EvidenceWeights& weights,
                      const JudgeSettings& settings,
                      const JudgeHooks& hooks) {
  Bench bench(world, config, weights, hooks);
  const auto count =
      play(world,
           config,
           {.from = world.t0() - settings.before,
            .to = world.end(),
            .vantages = settings.vantages,
            .warm_up = settings.warm_up},
           {.on_seen = [&](const Prober::Seen& seen, Time) { return bench.take(seen); },
            .on_announcement = [&](const Announcement& announcement,
                                   Time) { return bench.take({.seq = 0, .what = announcement}); },
            .on_tick = [&](Time now) { return bench.take({.seq = 0, .what = Tick{.at = now}}); },
            .on_note =
                [&](const World::Note& note) {
                  if (hooks.on_note) hooks.on_note(note);
                }});
  auto judged = bench.finish();
  judged.looks = count.looks;
  return judged;
}

}  // namespace bw::rehearsal
