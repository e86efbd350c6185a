// SPDX-License-Identifier: Apache-2.0
#include "daemon/clock.h"

#include <algorithm>

namespace bw {

using std::chrono::duration_cast;

Clock::Clock(Time origin, double rate)
    : origin_(origin), start_(std::chrono::steady_clock::now()), rate_(rate) {}

Time Clock::at(Steady steady) const {
  if (rate_ == 0) {
    // The wall clock now, less what has passed since `steady`.
    const auto wall = std::chrono::system_clock::now();
    return std::chrono::time_point_cast<Millis>(wall - (std::chrono::steady_clock::now() - steady));
  }
  const auto passed = duration_cast<Micros>(steady - start_);
  return origin_ + duration_cast<Millis>(Micros{
                       static_cast<std::int64_t>(static_cast<double>(passed.count()) * rate_)});
}

Micros Clock::until(Time at) const {
  const auto left = duration_cast<Micros>(at - now());
  if (left <= Micros{0}) return Micros{0};
  if (rate_ == 0) return left;
  return Micros{static_cast<std::int64_t>(static_cast<double>(left.count()) / rate_)};
}

}  // namespace bw
