// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <memory>

#include "daemon/clock.h"

namespace bw {

// One thread, one loop, one place that sleeps: epoll with timers. Callbacks run on the thread in
// `run`; none may block. Only `wake` may be called from other threads and signal handlers.
class Loop {
 public:
  struct Turn {
    Time now;       // wall clock, sampled once per turn
    Steady steady;  // the same instant
  };
  enum Events : std::uint32_t { readable = 1, writable = 2 };
  using Timer = std::uint64_t;  // 0 is none

  explicit Loop(Clock clock);
  ~Loop();
  Loop(const Loop&) = delete;
  Loop& operator=(const Loop&) = delete;

  [[nodiscard]] const Clock& clock() const;
  [[nodiscard]] const Turn& turn() const;

  // Level-triggered; watching a descriptor again replaces its events and callback.
  void watch(int fd, std::uint32_t events, std::function<void(std::uint32_t)> on_event);
  void unwatch(int fd);
  // Real time, for exchanges. A timer fires once.
  Timer after(Micros delay, std::function<void()> on_time);
  // Wall-clock time, for schedules: follows the clock's rate.
  Timer at(Time when, std::function<void()> on_time);
  void cancel(Timer timer);
  // Runs `on_wake` once per wake-up, in the loop's thread.
  void on_wake(std::function<void()> on_wake);
  void wake();

  // Until `stop`. Measures its turns: the longest since start and since `take_longest_turn`.
  void run();
  // One turn, sleeping at most `limit`: for tests.
  void run_once(Micros limit);
  void stop();
  [[nodiscard]] Micros longest_turn() const;
  [[nodiscard]] Micros take_longest_turn();
  [[nodiscard]] std::uint64_t turns() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace bw
