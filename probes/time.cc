// SPDX-License-Identifier: Apache-2.0
#include "probes/time.h"

#include <array>
#include <charconv>
#include <cstdio>

namespace bw {
namespace {

// Reads exactly `digits` decimal digits off the front.
std::optional<int> take_number(std::string_view& text, std::size_t digits) {
  if (text.size() < digits) return std::nullopt;
  int value = 0;
  for (const char c : text.substr(0, digits)) {
    if (c < '0' || c > '9') return std::nullopt;
    value = value * 10 + (c - '0');
  }
  text.remove_prefix(digits);
  return value;
}

bool take(std::string_view& text, std::string_view any_of) {
  if (text.empty() || any_of.find(text.front()) == std::string_view::npos) return false;
  text.remove_prefix(1);
  return true;
}

struct Unit {
  std::string_view name;
  std::int64_t millis;
};
constexpr std::array<Unit, 5> kUnits{{{.name = "d", .millis = 86'400'000},
                                      {.name = "h", .millis = 3'600'000},
                                      {.name = "ms", .millis = 1},
                                      {.name = "m", .millis = 60'000},
                                      {.name = "s", .millis = 1'000}}};

Error bad_duration(std::string_view text) {
  return {.what = "\"" + std::string(text.substr(0, 40)) + "\" is not a duration",
          .where = {},
          .hint = "write a number and a unit, such as \"30s\", \"5m\", \"1h30m\" or \"250ms\""};
}

}  // namespace

std::string print(const Error& error) {
  std::string text;
  if (!error.where.empty()) text = error.where + ": ";
  text += error.what;
  if (!error.hint.empty()) text += "; " + error.hint;
  return text;
}

std::string print_time(Time at) {
  const auto day = std::chrono::floor<std::chrono::days>(at);
  const std::chrono::year_month_day date{day};
  const std::chrono::hh_mm_ss clock{at - day};
  std::array<char, 40> out{};
  const int length = std::snprintf(out.data(),
                                   out.size(),
                                   "%04d-%02u-%02uT%02d:%02d:%02d",
                                   static_cast<int>(date.year()),
                                   static_cast<unsigned>(date.month()),
                                   static_cast<unsigned>(date.day()),
                                   static_cast<int>(clock.hours().count()),
                                   static_cast<int>(clock.minutes().count()),
                                   static_cast<int>(clock.seconds().count()));
  std::string text(out.data(), static_cast<std::size_t>(length));
  if (const auto millis = clock.subseconds().count(); millis != 0) {
    std::snprintf(out.data(), out.size(), ".%03d", static_cast<int>(millis));
    text += out.data();
  }
  return text + "Z";
}

std::optional<Time> parse_time(std::string_view text) {
  using namespace std::chrono;
  const auto y = take_number(text, 4);
  if (!y || !take(text, "-")) return std::nullopt;
  const auto mo = take_number(text, 2);
  if (!mo || !take(text, "-")) return std::nullopt;
  const auto d = take_number(text, 2);
  if (!d || !take(text, "Tt ")) return std::nullopt;
  const auto h = take_number(text, 2);
  if (!h || !take(text, ":")) return std::nullopt;
  const auto mi = take_number(text, 2);
  if (!mi || !take(text, ":")) return std::nullopt;
  const auto s = take_number(text, 2);
  if (!s) return std::nullopt;
  Millis fraction{0};
  if (take(text, ".")) {
    int scale = 100;
    std::size_t digits = 0;
    while (!text.empty() && text.front() >= '0' && text.front() <= '9') {
      fraction += Millis{(text.front() - '0') * scale};
      scale /= 10;
      text.remove_prefix(1);
      ++digits;
    }
    if (digits == 0) return std::nullopt;
  }
  minutes zone{0};
  if (!take(text, "Zz")) {
    const bool is_west = text.starts_with('-');
    if (!take(text, "+-")) return std::nullopt;
    const auto zh = take_number(text, 2);
    take(text, ":");
    const auto zm = take_number(text, 2);
    if (!zh || !zm || *zh > 23 || *zm > 59) return std::nullopt;
    zone = hours{*zh} + minutes{*zm};
    if (is_west) zone = -zone;
  }
  const year_month_day date{
      year{*y}, month{static_cast<unsigned>(*mo)}, day{static_cast<unsigned>(*d)}};
  if (!text.empty() || !date.ok() || *h > 23 || *mi > 59 || *s > 60) return std::nullopt;
  return Time{sys_days{date}} + hours{*h} + minutes{*mi} + seconds{*s} + fraction - zone;
}

std::string print_duration(Millis duration) {
  if (duration < Millis{0}) return "-" + print_duration(-duration);
  if (duration < Seconds{1}) return std::to_string(duration.count()) + " ms";
  auto seconds = std::chrono::floor<Seconds>(duration).count();
  const auto two = [](std::int64_t big, const char* unit, std::int64_t small, const char* sub) {
    std::string text = std::to_string(big) + unit;
    if (small != 0) text += " " + std::to_string(small) + sub;
    return text;
  };
  if (seconds < 60) return std::to_string(seconds) + " s";
  if (seconds < 600) return two(seconds / 60, " min", seconds % 60, " s");
  if (seconds < 3600) return std::to_string(seconds / 60) + " min";
  if (seconds < 86400) return two(seconds / 3600, " h", seconds % 3600 / 60, " min");
  return two(seconds / 86400, " d", seconds % 86400 / 3600, " h");
}

std::expected<Millis, Error> parse_duration(std::string_view text) {
  std::string_view rest = text;
  const bool is_negative = take(rest, "-");
  if (rest.empty()) return std::unexpected(bad_duration(text));
  std::int64_t total = 0;
  while (!rest.empty()) {
    std::int64_t number = 0;
    const auto [end, error] = std::from_chars(rest.data(), rest.data() + rest.size(), number);
    if (error != std::errc{} || number < 0) return std::unexpected(bad_duration(text));
    rest.remove_prefix(static_cast<std::size_t>(end - rest.data()));
    const Unit* unit = nullptr;
    for (const auto& candidate : kUnits) {
      if (rest.starts_with(candidate.name)) {
        unit = &candidate;
        break;
      }
    }
    // A century is more than any setting means, and keeps the arithmetic far from overflow.
    constexpr std::int64_t kMax = 36'525LL * 86'400'000;
    if (unit == nullptr || number > kMax / unit->millis) return std::unexpected(bad_duration(text));
    rest.remove_prefix(unit->name.size());
    total += number * unit->millis;
    if (total > kMax) return std::unexpected(bad_duration(text));
  }
  return Millis{is_negative ? -total : total};
}

}  // namespace bw
