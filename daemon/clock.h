// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "probes/time.h"

#include <chrono>

namespace bw {

using Steady = std::chrono::steady_clock::time_point;

// The one place that knows what time it is. `rate` > 1 makes a rehearsal's day pass in minutes:
// the wall clock that schedules and judges runs fast, while deadlines and phases of exchanges stay
// in real time (they use the steady clock).
class Clock {
 public:
  // The machine's clock.
  Clock() = default;
  // Starts at `origin` now and runs `rate` times as fast.
  Clock(Time origin, double rate);

  [[nodiscard]] Time now() const { return at(std::chrono::steady_clock::now()); }
  [[nodiscard]] Time at(Steady steady) const;
  // How long to sleep, in real time, until the clock shows `at`; zero when it is past.
  [[nodiscard]] Micros until(Time at) const;
  [[nodiscard]] double rate() const { return rate_; }

 private:
  Time origin_{};
  Steady start_{};
  double rate_ = 0;  // 0: the machine's clock
};

}  // namespace bw
