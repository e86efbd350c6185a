// SPDX-License-Identifier: Apache-2.0
#include "daemon/rehearsal/normal_life.h"

#include "daemon/rehearsal/chance.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>
#include <string_view>

namespace bw::rehearsal {
namespace {

constexpr Millis kDay{std::chrono::hours{24}};
constexpr Millis kRotation{std::chrono::hours{6}};
constexpr Millis kNoticeEvery{std::chrono::hours{24 * 10}};
constexpr std::uint64_t kMishapOneIn = 5000;
constexpr double kSigma = 0.35;

std::uint64_t count_of(Time at) {
  return static_cast<std::uint64_t>(at.time_since_epoch().count());
}
std::uint64_t slot_of(Time at, Millis every) {
  return count_of(at) / static_cast<std::uint64_t>(every.count());
}

// Summer time changes on the nth Sunday of a month (5: the last), at this time UTC.
struct Change {
  std::chrono::month month;
  unsigned sunday;
  std::chrono::hours at;
};
struct Zone {
  std::string_view name;
  std::chrono::hours offset;
  Change begin;
  Change end;
};
using std::chrono::hours;
constexpr Change kEuBegin{.month = std::chrono::March, .sunday = 5, .at = hours{1}};
constexpr Change kEuEnd{.month = std::chrono::October, .sunday = 5, .at = hours{1}};
constexpr auto kZones = std::to_array<Zone>({
    {.name = "Europe/London", .offset = hours{0}, .begin = kEuBegin, .end = kEuEnd},
    {.name = "Europe/Dublin", .offset = hours{0}, .begin = kEuBegin, .end = kEuEnd},
    {.name = "Europe/Lisbon", .offset = hours{0}, .begin = kEuBegin, .end = kEuEnd},
    {.name = "Europe/", .offset = hours{1}, .begin = kEuBegin, .end = kEuEnd},
    {.name = "America/New_York",
     .offset = hours{-5},
     .begin = {.month = std::chrono::March, .sunday = 2, .at = hours{7}},
     .end = {.month = std::chrono::November, .sunday = 1, .at = hours{6}}},
});

Time when(std::chrono::year year, const Change& change) {
  using std::chrono::sys_days, std::chrono::Sunday;
  const auto day = change.sunday == 5 ? sys_days{year / change.month / Sunday[std::chrono::last]}
                                      : sys_days{year / change.month / Sunday[change.sunday]};
  return Time{day} + change.at;
}

Millis utc_offset(std::string_view timezone, Time now) {
  const auto* const zone = std::ranges::find_if(
      kZones, [&](const Zone& candidate) { return timezone.starts_with(candidate.name); });
  if (zone == kZones.end()) return Millis{0};
  const std::chrono::year_month_day date{std::chrono::floor<std::chrono::days>(now)};
  const bool is_summer =
      when(date.year(), zone->begin) <= now && now < when(date.year(), zone->end);
  return zone->offset + hours{is_summer ? 1 : 0};
}

}  // namespace

Mishap mishap(const Request& request, std::uint64_t seed) {
  const auto draw =
      mix(mix(seed, 0x6d6973686170), mix(request.key, count_of(request.now)) + request.vantage);
  if (draw % kMishapOneIn != 0) return Mishap::none;
  return (mix(draw) & 1) == 0 ? Mishap::timeout : Mishap::reset;
}

Millis local_time_of_day(const WorldFile& world, Time now) {
  const auto local = now + utc_offset(world.timezone, now);
  return local - std::chrono::floor<std::chrono::days>(local);
}

double time_of_day(const WorldFile& world, Time now) {
  Millis open_for = world.closes - world.opens;
  if (open_for <= Millis{0}) open_for += kDay;  // trades past midnight
  Millis since = local_time_of_day(world, now) - world.opens;
  if (since < Millis{0}) since += kDay;
  if (since >= open_for) return 1;
  const double part = static_cast<double>(since.count()) / static_cast<double>(open_for.count());
  return 1 + 0.4 * std::sin(std::numbers::pi * part);
}

Micros spread(Micros median, std::uint64_t draw) {
  const double factor = std::exp(kSigma * normal(draw));
  return Micros{static_cast<std::int64_t>(static_cast<double>(median.count()) * factor)};
}

std::vector<IpAddress> rotate(const std::vector<IpAddress>& addresses,
                              Time now,
                              std::uint64_t seed) {
  auto moved = addresses;
  const auto turn = mix(seed, slot_of(now, kRotation));
  for (auto& address : moved) {
    auto& last = address.bytes[address.is_v6 ? 15 : 3];
    // One in two turns keeps the addresses; else they move together, so that they stay distinct.
    if ((turn & 1) != 0) last = static_cast<std::uint8_t>(1 + (last - 1U + turn % 250) % 254);
  }
  return moved;
}

std::optional<Notice> notice_at(const WorldFile& world, Time now, std::uint64_t seed) {
  const auto slot = slot_of(now, kNoticeEvery);
  const auto draw = mix(mix(seed, 0x6e6f74696365), slot);
  std::vector<int> speakers;
  for (std::size_t i = 0; i < world.owners.size(); ++i) {
    if (world.owners[i].feed && world.owners[i].id != "own")
      speakers.push_back(static_cast<int>(i));
  }
  if (speakers.empty()) return std::nullopt;
  Notice notice;
  notice.owner = speakers[draw % speakers.size()];
  notice.is_maintenance = (mix(draw, 1) & 1) == 0;
  const auto start = mix(draw, 2) % static_cast<std::uint64_t>((kNoticeEvery - 2 * kDay).count());
  notice.from = Time{Millis{static_cast<std::int64_t>(slot) * kNoticeEvery.count() +
                            static_cast<std::int64_t>(start)}};
  notice.to = notice.from + std::chrono::minutes{60 + mix(draw, 3) % 180};
  notice.id = draw;
  if (now < notice.from || now >= notice.to + kDay) return std::nullopt;
  return notice;
}

}  // namespace bw::rehearsal
