// SPDX-License-Identifier: Apache-2.0
#include "daemon/rehearsal/rehearse.h"

#include <algorithm>
#include <map>
#include <memory>
#include <utility>

namespace bw::rehearsal {
namespace {

// Somebody of the configuration's estate who stands somewhere in the world.
struct Stand {
  VantageIndex vantage = 0;
  std::string place;  // the world's id
  std::unique_ptr<Prober> prober;
};

std::vector<Stand> stands(const World& world,
                          const Config& config,
                          const std::vector<std::string>& wanted) {
  std::vector<Stand> found;
  const auto places = world.vantages();
  for (const auto& place : places) {
    const bool is_wanted = wanted.empty() || std::ranges::find(wanted, place) != wanted.end();
    const auto vantage = config.estate.vantage(place);
    if (is_wanted && vantage) {
      found.push_back({.vantage = *vantage, .place = place, .prober = nullptr});
    }
  }
  if (found.empty()) {
    found.push_back({.vantage = 0, .place = places.front(), .prober = nullptr});
  }
  return found;
}

class Player {
 public:
  Player(const World& world,
         const Config& config,
         const PlaySettings& settings,
         const PlayHooks& hooks)
      : world_(world),
        config_(config),
        hooks_(hooks),
        stands_(stands(world, config, settings.vantages)),
        quiet_interval_(settings.quiet_interval),
        quiet_after_(settings.quiet_after),
        turns_(world.turning_points()),
        announcements_(world.announcements(Time::min(), settings.to)),
        notes_(world.notes(settings.from - settings.warm_up, settings.to)) {}

  // The same probers all the way: what they have seen of a feed is no news in the next stretch.
  void run(Time from, Time to, Millis interval_min, Millis tick) {
    for (auto& stand : stands_) {
      if (stand.prober) {
        stand.prober->set_interval_min(interval_min, from);
      } else {
        stand.prober =
            std::make_unique<Prober>(config_.estate, config_.watched, stand.vantage, interval_min);
      }
    }
    next_tick_ = from;
    tick_ = tick;
    next_pace_ = quiet_interval_ > interval_min ? from : Time::max();
    for (Time now = from; now <= to; now = next(now)) {
      if (now >= next_pace_) set_pace(now, interval_min, tick);
      turn(now);
    }
  }
  [[nodiscard]] PlayCount count() const { return count_; }

 private:
  struct Arrival {
    std::size_t stand = 0;
    std::uint64_t id = 0;
    Reply reply;
  };

  // Slow where nothing begins or ends in the world around `now`, and as configured elsewhere.
  void set_pace(Time now, Millis interval_min, Millis tick) {
    constexpr Millis kLead{120'000};  // at full pace again before the next thing happens
    const auto next = std::ranges::upper_bound(turns_, now);
    const Time settled = next == turns_.begin() ? Time::min() : *std::prev(next) + quiet_after_;
    const Time wake = next == turns_.end() ? Time::max() : *next - kLead;
    const bool is_quiet = settled <= now && now < wake;
    if (is_quiet) {
      next_pace_ = wake;
    } else {
      next_pace_ = now < wake ? std::min(settled, wake) : *next + quiet_after_;
    }
    tick_ = is_quiet ? std::max(tick, quiet_interval_) : tick;
    for (auto& stand : stands_)
      stand.prober->set_interval_min(is_quiet ? quiet_interval_ : interval_min, now);
  }

  [[nodiscard]] Time next(Time now) const {
    Time at = std::min(next_tick_, next_pace_);
    if (!under_way_.empty()) at = std::min(at, under_way_.begin()->first.first);
    for (const auto& stand : stands_)
      at = std::min(at, stand.prober->wake());
    if (next_announcement_ < announcements_.size()) {
      at = std::min(at, announcements_[next_announcement_].at);
    }
    if (next_note_ < notes_.size()) at = std::min(at, notes_[next_note_].at);
    return std::max(at, now + Millis{1});
  }

  void turn(Time now) {
    while (next_note_ < notes_.size() && notes_[next_note_].at <= now) {
      const auto& note = notes_[next_note_++];
      if (hooks_.on_note) hooks_.on_note(note);
    }
    while (next_announcement_ < announcements_.size() &&
           announcements_[next_announcement_].at <= now) {
      const auto& announcement = announcements_[next_announcement_++];
      if (hooks_.on_announcement) look(hooks_.on_announcement(announcement, now), now);
    }
    while (!under_way_.empty() && under_way_.begin()->first.first <= now)
      arrive(now);
    for (std::size_t i = 0; i < stands_.size(); ++i) {
      for (auto& ready : stands_[i].prober->due(now))
        start(i, ready, now);
    }
    if (now < next_tick_) return;
    next_tick_ = now + tick_;
    if (hooks_.on_tick) look(hooks_.on_tick(now), now);
  }

  void arrive(Time now) {
    const auto node = under_way_.extract(under_way_.begin());
    const auto& arrival = node.mapped();
    auto progress = stands_[arrival.stand].prober->read(arrival.id, arrival.reply, now);
    if (progress.next) start(arrival.stand, *progress.next, now);
    if (!progress.seen) return;
    ++count_.looks;
    if (hooks_.on_seen) look(hooks_.on_seen(*progress.seen, now), now);
  }

  void start(std::size_t stand, const Prober::Ready& ready, Time now) {
    ++count_.exchanges;
    auto reply = world_.answer(ready.ask, stands_[stand].place, now);
    const auto took = std::chrono::ceil<Millis>(reply.phases.total());
    under_way_.emplace(std::pair{now + std::max(took, Millis{1}), count_.exchanges},
                       Arrival{.stand = stand, .id = ready.id, .reply = std::move(reply)});
  }

  void look(const PlayHooks::Looks& looks, Time now) {
    for (const auto& wanted : looks) {
      const auto stand = std::ranges::find(stands_, wanted.vantage, &Stand::vantage);
      if (stand == stands_.end()) continue;
      const auto ready = stand->prober->look_now(wanted.target, now);
      if (ready) start(static_cast<std::size_t>(stand - stands_.begin()), *ready, now);
    }
  }

  const World& world_;
  const Config& config_;
  const PlayHooks& hooks_;
  std::vector<Stand> stands_;
  Millis quiet_interval_;
  Millis quiet_after_;
  std::vector<Time> turns_;  // sorted
  Time next_pace_ = Time::max();
  Millis tick_{};
  std::vector<Announcement> announcements_;
  std::vector<World::Note> notes_;
  std::size_t next_announcement_ = 0;
  std::size_t next_note_ = 0;
  std::map<std::pair<Time, std::uint64_t>, Arrival> under_way_;  // by arrival, then by start
  Time next_tick_{};
  PlayCount count_;
};

}  // namespace

PlayCount play(const World& world,
               const Config& config,
               const PlaySettings& settings,
               const PlayHooks& hooks) {
  Player player(world, config, settings, hooks);
  if (settings.warm_up > Millis{0}) {
    player.run(settings.from - settings.warm_up,
               settings.from - Millis{1},
               settings.warm_up_interval,
               std::max(settings.tick, settings.warm_up_interval));
  }
  player.run(settings.from, settings.to, Millis{0}, settings.tick);
  return player.count();
}

}  // namespace bw::rehearsal
