// SPDX-License-Identifier: Apache-2.0
#include "probes/date.h"

#include "probes/text.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>
#include <vector>

namespace bw {
namespace {

constexpr std::size_t kDateBytesMax = 64;
constexpr std::array kMonths = std::to_array<std::string_view>(
    {"jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"});
constexpr std::array kZones = std::to_array<std::pair<std::string_view, int>>({{"edt", -4},
                                                                               {"est", -5},
                                                                               {"cdt", -5},
                                                                               {"cst", -6},
                                                                               {"mdt", -6},
                                                                               {"mst", -7},
                                                                               {"pdt", -7},
                                                                               {"pst", -8}});

std::optional<int> number(std::string_view text) {
  int value = 0;
  const auto [rest, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  const bool is_whole = rest == text.data() + text.size();
  if (error != std::errc{} || !is_whole || value < 0) return std::nullopt;
  return value;
}

std::vector<std::string> split(std::string_view text, std::string_view at) {
  std::vector<std::string> parts;
  while (!text.empty()) {
    const auto end = std::min(text.find_first_of(at), text.size());
    if (end > 0) parts.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return parts;
}

std::optional<std::chrono::year_month_day> date_of(std::string_view day,
                                                   std::string_view month,
                                                   std::string_view year) {
  const auto d = number(day);
  auto y = number(year);
  const auto* const m = std::ranges::find(kMonths, month.substr(0, 3));
  if (!d || !y || m == kMonths.end()) return std::nullopt;
  // RFC 2822 4.3: two digits below 50 are of this century, all else counts from 1900.
  if (year.size() == 2) *y += *y < 50 ? 2000 : 1900;
  if (year.size() == 3) *y += 1900;
  const std::chrono::year_month_day date{
      std::chrono::year{*y},
      std::chrono::month{static_cast<unsigned>(m - kMonths.begin()) + 1},
      std::chrono::day{static_cast<unsigned>(*d)}};
  if (!date.ok() || *y > 9999) return std::nullopt;
  return date;
}

std::optional<Seconds> clock_of(std::string_view text) {
  const auto parts = split(text, ":");
  if (parts.size() != 2 && parts.size() != 3) return std::nullopt;
  const auto h = number(parts[0]);
  const auto m = number(parts[1]);
  const auto s = parts.size() == 3 ? number(parts[2]) : 0;
  if (!h || !m || !s || *h > 23 || *m > 59 || *s > 60) return std::nullopt;
  return std::chrono::hours{*h} + std::chrono::minutes{*m} + Seconds{*s};
}

std::optional<std::chrono::minutes> zone_of(std::string_view text) {
  const bool is_numeric = text.starts_with('+') || text.starts_with('-');
  if (!is_numeric) {
    const auto* const at = std::ranges::find(kZones, text, &decltype(kZones)::value_type::first);
    return std::chrono::hours{at == kZones.end() ? 0 : at->second};
  }
  const auto digits = number(text.substr(1));
  if (!digits || text.size() != 5 || *digits % 100 > 59 || *digits > 2359) return std::nullopt;
  const auto offset = std::chrono::hours{*digits / 100} + std::chrono::minutes{*digits % 100};
  return text.front() == '-' ? -offset : offset;
}

}  // namespace

std::optional<Time> parse_mail_date(std::string_view text) {
  if (text.size() > kDateBytesMax) return std::nullopt;
  auto words = split(lower(text), " \t\r\n,");
  if (!words.empty() && !number(words.front())) words.erase(words.begin());  // the weekday
  if (words.size() < 4) return std::nullopt;
  const auto date = date_of(words[0], words[1], words[2]);
  const auto clock = clock_of(words[3]);
  const auto zone = zone_of(words.size() > 4 ? words[4] : std::string());
  if (!date || !clock || !zone) return std::nullopt;
  return Time{std::chrono::sys_days{*date}} + *clock - *zone;
}

std::optional<Time> parse_date(std::string_view text) {
  text = trim(text);
  if (const auto at = parse_time(text)) return at;
  return parse_mail_date(text);
}

}  // namespace bw
