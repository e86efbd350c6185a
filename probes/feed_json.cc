// SPDX-License-Identifier: Apache-2.0
#include "probes/feed_json.h"

#include "probes/date.h"
#include "probes/text.h"

#include <charconv>

namespace bw {
namespace {

using nlohmann::json;

constexpr int kDepthMax = 32;
constexpr int kValuesMax = 100'000;
constexpr std::int64_t kSecondsMax = 253'402'300'799;  // the end of the year 9999

// The position of the quote that ends the string which begins at `at`, or the end of the text.
std::size_t string_end(std::string_view text, std::size_t at) {
  for (++at; at < text.size() && text[at] != '"'; ++at) {
    if (text[at] == '\\') ++at;
  }
  return at;
}

// Counts brackets and separators outside strings, before anything is allocated.
bool is_modest(std::string_view text) {
  constexpr std::string_view kOpen = "{[";
  constexpr std::string_view kClose = "}]";
  int depth = 0;
  int values = 0;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] == '"') at = string_end(text, at);
    const char c = at < text.size() ? text[at] : ' ';
    if (kClose.contains(c)) --depth;
    if (kOpen.contains(c)) ++depth;
    if (kOpen.contains(c) || c == ',') ++values;
    if (depth > kDepthMax || values > kValuesMax) return false;
  }
  return true;
}

std::optional<Time> from_seconds(std::int64_t seconds) {
  if (seconds < 0 || seconds > kSecondsMax) return std::nullopt;
  return Time{Seconds{seconds}};
}

}  // namespace

std::optional<json> parse_json_feed(std::string_view text) {
  if (!is_modest(text)) return std::nullopt;
  json document = json::parse(text, nullptr, false);
  if (document.is_discarded()) return std::nullopt;
  return document;
}

const json& member_of(const json& value, std::string_view key) {
  static const json kNothing;
  if (!value.is_object()) return kNothing;
  const auto at = value.find(key);
  return at == value.end() ? kNothing : *at;
}

const json& list_of(const json& value, std::string_view key) {
  static const json kNothing = json::array();
  const json& list = member_of(value, key);
  return list.is_array() ? list : kNothing;
}

bool has_list(const json& value, std::string_view key) {
  return member_of(value, key).is_array();
}

std::string text_of(const json& value, std::string_view key) {
  const json& member = member_of(value, key);
  if (member.is_string()) return member.get<std::string>();
  if (member.is_number_integer()) return std::to_string(member.get<std::int64_t>());
  return {};
}

std::optional<Time> time_of(const json& value, std::string_view key) {
  const std::string text = text_of(value, key);
  std::int64_t seconds = 0;
  const char* const end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, seconds);
  if (error == std::errc{} && rest == end) return from_seconds(seconds);
  return parse_date(text);
}

std::optional<Time> time_of_any(const json& value, std::initializer_list<std::string_view> keys) {
  for (const auto key : keys) {
    if (const auto at = time_of(value, key)) return at;
  }
  return std::nullopt;
}

}  // namespace bw
