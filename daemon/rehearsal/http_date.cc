// SPDX-License-Identifier: Apache-2.0
#include "daemon/rehearsal/http_date.h"

#include <array>
#include <string>
#include <string_view>

namespace bw::rehearsal {

std::string print_http_date(Time at) {
  constexpr std::array<std::string_view, 7> kDays{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  constexpr std::array<std::string_view, 12> kMonths{
      "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const auto day = std::chrono::floor<std::chrono::days>(at);
  const std::chrono::year_month_day date{day};
  const std::chrono::hh_mm_ss clock{std::chrono::floor<Seconds>(at - day)};
  const auto two = [](auto number) {
    const auto value = static_cast<unsigned>(number) % 100;
    return std::array{static_cast<char>('0' + value / 10), static_cast<char>('0' + value % 10)};
  };
  std::string text;
  const auto add = [&text](const auto& part) { text.append(part.data(), part.size()); };
  add(kDays.at(std::chrono::weekday{day}.c_encoding()));
  text += ", ";
  add(two(static_cast<unsigned>(date.day())));
  text += ' ';
  add(kMonths.at(static_cast<unsigned>(date.month()) - 1));
  text += ' ';
  add(two(static_cast<int>(date.year()) / 100));
  add(two(static_cast<int>(date.year())));
  text += ' ';
  add(two(clock.hours().count()));
  text += ':';
  add(two(clock.minutes().count()));
  text += ':';
  add(two(clock.seconds().count()));
  return text + " GMT";
}

}  // namespace bw::rehearsal
