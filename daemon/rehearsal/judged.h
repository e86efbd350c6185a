// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "daemon/rehearsal/rehearse.h"
#include "daemon/rehearsal/world.h"
#include "daemon/verdict/judge.h"
#include "daemon/verdict/weights.h"

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace bw::rehearsal {

// What the judge made of a world, for people and for scoring against World::truth().
struct Judged {
  // As it stood at decide_by: the open incident, or else the one since t0 that had lasted longest.
  std::optional<Incident> at_decide_by;
  double suspicion_max = 0;
  std::optional<Time> suspected;    // level suspected or above for the first time
  std::optional<Time> cause_named;  // the true culprit, with a decided benign cause
  std::size_t messages = 0;         // that the judge would have sent
  std::size_t pages = 0;            // of them those that get somebody up: an outage or worse
  std::uint64_t looks = 0;
};

struct JudgeSettings {
  std::vector<std::string> vantages;  // empty: all that the world and the configuration share
  Millis warm_up{std::chrono::hours{24 * 14}};
  Millis warm_up_interval{std::chrono::minutes{30}};
  Millis before{std::chrono::hours{1}};  // of t0, at the configuration's own intervals
  Millis quiet_interval{0};              // PlaySettings'
};
struct JudgeHooks {
  std::function<void(const Ruling& ruling)> on_ruling;  // Opened, Changed, Closed
  std::function<void(const World::Note& note)> on_note;
  // May put an entry of the change calendar into the configuration's words; false: it is unheard.
  std::function<bool(Announcement& announcement)> rewords;
};

// Plays the world on a virtual clock and judges it as the daemon would.
[[nodiscard]] Judged play_and_judge(const World& world,
                                    const Config& config,
                                    const EvidenceWeights& weights,
                                    const JudgeSettings& settings,
                                    const JudgeHooks& hooks);
// One play before several judges: the first decides on second looks, and the hooks hear of it.
[[nodiscard]] std::vector<Judged> play_and_judge(const World& world,
                                                 const Config& config,
                                                 const std::vector<EvidenceWeights>& weights,
                                                 const JudgeSettings& settings,
                                                 const JudgeHooks& hooks);

}  // namespace bw::rehearsal
