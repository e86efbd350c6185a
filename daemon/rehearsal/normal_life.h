// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "daemon/rehearsal/book.h"
#include "daemon/rehearsal/events.h"

#include <cstdint>
#include <optional>
#include <vector>

// What happens without an incident: times of day, spread of latencies, failures without a reason,
// addresses that move, providers that post notices.
namespace bw::rehearsal {

// How a request fails by itself, one in 5,000.
enum class Mishap : std::uint8_t { none, timeout, reset };
[[nodiscard]] Mishap mishap(const Request& request, std::uint64_t seed);

// 1.0 at night to 1.4 at the middle of the trading hours, by the world's clock.
[[nodiscard]] double time_of_day(const WorldFile& world, Time now);
// The world's local time of day. Zones of the European Union, the United Kingdom and the eastern
// United States keep summer time; any other is read as UTC.
[[nodiscard]] Millis local_time_of_day(const WorldFile& world, Time now);
// Log-normal around the median, sigma 0.35.
[[nodiscard]] Micros spread(Micros median, std::uint64_t draw);

// The addresses as they stand at `now`: moved inside their own /24 every few hours.
[[nodiscard]] std::vector<IpAddress> rotate(const std::vector<IpAddress>& addresses,
                                            Time now,
                                            std::uint64_t seed);

// A notice that a provider posts without anything being wrong, about once in ten days.
struct Notice {
  int owner = -1;
  bool is_maintenance = false;
  Time from{};
  Time to{};
  std::uint64_t id = 0;
};
// The one under way or within a day of its end at `now`, if there is one.
[[nodiscard]] std::optional<Notice> notice_at(const WorldFile& world, Time now, std::uint64_t seed);

}  // namespace bw::rehearsal
