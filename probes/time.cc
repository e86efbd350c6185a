// SPDX-License-Identifier: Apache-2.0
#include "probes/time.h"

#include <algorithm>
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
          .hint = R"(write a number and a unit, such as "30s", "5m", "1h30m" or "250ms")"};
}

// The unit at the front, or null.
const Unit* find_unit(std::string_view text) {
  const auto* const at = std::ranges::find_if(
      kUnits, [text](const Unit& unit) { return text.starts_with(unit.name); });
  return at == kUnits.end() ? nullptr : at;
}

// A number of a date and time, and what stands after it.
struct Part {
  std::size_t digits;
  std::string_view end;  // one of these; empty: whatever comes
};
constexpr std::array<Part, 6> kParts{{{.digits = 4, .end = "-"},
                                      {.digits = 2, .end = "-"},
                                      {.digits = 2, .end = "Tt "},
                                      {.digits = 2, .end = ":"},
                                      {.digits = 2, .end = ":"},
                                      {.digits = 2, .end = ""}}};

// Year, month, day, hour, minute and second.
std::optional<std::array<int, 6>> take_parts(std::string_view& text) {
  std::array<int, 6> values{};
  auto* next = values.begin();
  for (const auto& part : kParts) {
    const auto value = take_number(text, part.digits);
    if (!value) return std::nullopt;
    if (!part.end.empty() && !take(text, part.end)) return std::nullopt;
    *next++ = *value;
  }
  return values;
}

// The part of a second, which may be absent; what is less than a millisecond is dropped.
std::optional<Millis> take_fraction(std::string_view& text) {
  Millis fraction{0};
  if (!take(text, ".")) return fraction;
  int scale = 100;
  std::size_t digits = 0;
  while (!text.empty() && text.front() >= '0' && text.front() <= '9') {
    fraction += Millis{(text.front() - '0') * scale};
    scale /= 10;
    text.remove_prefix(1);
    ++digits;
  }
  if (digits == 0) return std::nullopt;
  return fraction;
}

// How far the clock is ahead of UTC.
std::optional<std::chrono::minutes> take_zone(std::string_view& text) {
  if (take(text, "Zz")) return std::chrono::minutes{0};
  const bool is_west = text.starts_with('-');
  if (!take(text, "+-")) return std::nullopt;
  const auto hours = take_number(text, 2);
  take(text, ":");
  const auto minutes = take_number(text, 2);
  if (!hours || !minutes || *hours > 23 || *minutes > 59) return std::nullopt;
  const auto zone = std::chrono::hours{*hours} + std::chrono::minutes{*minutes};
  return is_west ? -zone : zone;
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
  const auto parts = take_parts(text);
  if (!parts) return std::nullopt;
  const auto fraction = take_fraction(text);
  if (!fraction) return std::nullopt;
  const auto zone = take_zone(text);
  if (!zone) return std::nullopt;
  const auto [y, mo, d, h, mi, s] = *parts;
  const year_month_day date{
      year{y}, month{static_cast<unsigned>(mo)}, day{static_cast<unsigned>(d)}};
  if (!text.empty() || !date.ok() || h > 23 || mi > 59 || s > 60) return std::nullopt;
  return Time{sys_days{date}} + hours{h} + minutes{mi} + seconds{s} + *fraction - *zone;
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
    const Unit* const unit = find_unit(rest);
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
