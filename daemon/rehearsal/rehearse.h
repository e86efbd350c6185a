// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "daemon/config/config.h"
#include "daemon/prober.h"
#include "daemon/rehearsal/world.h"
#include "daemon/verdict/verdict.h"

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace bw::rehearsal {

struct PlaySettings {
  Time from{};
  Time to{};
  std::vector<std::string> vantages;  // ids that world and configuration share; empty: all of them
  // Normal life before `from`, with every interval at least this long, so that weeks of it are
  // played in seconds. Run-up events of the incident are met in it.
  Millis warm_up{0};
  Millis warm_up_interval{std::chrono::minutes{30}};
  Millis tick{60'000};
  // Where nothing begins or ends in the world for `quiet_after`, intervals and ticks are at least
  // `quiet_interval`. Zero: never; every interval is played as it is configured.
  Millis quiet_interval{0};
  Millis quiet_after{std::chrono::minutes{12}};
};

// Called in the order of virtual time. What they return is looked at at once.
struct PlayHooks {
  using Looks = std::vector<SecondLook>;
  std::function<Looks(const Prober::Seen& seen, Time now)> on_seen;
  std::function<Looks(const Announcement& announcement, Time now)> on_announcement;
  std::function<Looks(Time now)> on_tick;
  std::function<void(const World::Note& note)> on_note;
};

struct PlayCount {
  std::uint64_t looks = 0;
  std::uint64_t exchanges = 0;
};

// Plays the world before the configuration's probers on a virtual clock: one thread, no sleeping,
// the same calls in the same order for the same arguments. A vantage that either side does not know
// is left out; where none is shared, the configuration's first stands at the world's first.
PlayCount play(const World& world,
               const Config& config,
               const PlaySettings& settings,
               const PlayHooks& hooks);

}  // namespace bw::rehearsal
