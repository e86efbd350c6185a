// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "daemon/clock.h"

#include <cstdint>
#include <functional>
#include <memory>

namespace bw {

// One thread, one loop, one place that sleeps: epoll with timers. Callbacks run on the thread in
// `run`; none may block. Only `wake` may be called from other threads and signal handlers.
//
// A turn that has worked for 10 ms ends: what is still due is done in the next turns, in order, so
// that a thousand ready sockets delay nobody's timer by more than that. Signals are the
// application's: it watches a signalfd.
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
  // Real time, for exchanges. A timer fires once, at the earliest in the next turn; timers of the
  // same instant fire in the order in which they were set.
  Timer after(Micros delay, std::function<void()> on_time);
  // Wall-clock time, for schedules: follows the clock's rate, and the machine's clock when
  // somebody sets it.
  Timer at(Time when, std::function<void()> on_time);
  // Does nothing for a timer that has fired or was never set.
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
  // The same since start in the thread's CPU time, which a busy machine does not stretch.
  [[nodiscard]] Micros longest_turn_cpu() const;
  [[nodiscard]] std::uint64_t turns() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace bw
