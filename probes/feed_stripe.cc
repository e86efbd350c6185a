// SPDX-License-Identifier: Apache-2.0
#include "probes/date.h"
#include "probes/feed_components.h"
#include "probes/feed_json.h"
#include "probes/text.h"

#include <algorithm>
#include <array>

// Stripe's own documents, /current/full and /current at status.stripe.com. The second has been seen
// frozen for years, with "up" in it: an all-clear that says of itself that it is old is none.
namespace bw {
namespace {

using nlohmann::json;

constexpr std::array kWords = std::to_array<FeedWord>({{"up", FeedState::operational},
                                                       {"degraded", FeedState::degraded},
                                                       {"down", FeedState::major},
                                                       {"pending", FeedState::maintenance},
                                                       {"paused", FeedState::maintenance}});

bool is_full(const json& document) {
  return !text_of(document, "UptimeStatus").empty();
}

std::string word_of(const json& document) {
  return text_of(document, is_full(document) ? "UptimeStatus" : "largestatus");
}

// "February 09, 2024 @ 06:08PM +00:00", to the day.
std::optional<Time> day_of(const std::string& text) {
  std::string_view rest = text;
  const auto take = [&rest] {
    const auto end = std::min(rest.find(' '), rest.size());
    const auto word = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    return word;
  };
  const std::string month(take().substr(0, 3));
  std::string_view day = take();
  if (day.ends_with(',')) day.remove_suffix(1);
  return parse_date(std::string(day) + " " + month + " " + std::string(take()) + " 00:00:00 +0000");
}

// A warning of whatever type: none is null, false, or an empty text.
bool is_warning(const json& warning) {
  if (warning.is_null()) return false;
  if (warning.is_boolean()) return warning.get<bool>();
  return !warning.empty() && warning != "";
}

std::vector<FeedComponent> parts_of_full(const json& document, FeedState page) {
  std::vector<FeedComponent> parts;
  bool has_warning = false;
  for (const auto& one : list_of(document, "uptimeData")) {
    if (parts.size() == kFeedPartsMax) break;
    const bool is_warned = is_warning(member_of(one, "warning"));
    has_warning |= is_warned;
    parts.push_back({.names = {text_of(one, "key"), text_of(one, "title")},
                     .state = is_warned ? FeedState::degraded : FeedState::operational});
  }
  // Trouble that is laid at no part's door may be at any.
  for (auto& part : parts)
    part.state = has_warning ? part.state : page;
  return parts;
}

std::vector<FeedComponent> parts_of_short(const json& document) {
  std::vector<FeedComponent> parts;
  for (const auto& [name, word] : member_of(document, "statuses").items()) {
    if (parts.size() == kFeedPartsMax) break;
    const bool is_text = word.is_string();
    parts.push_back(
        {.names = {name},
         .state = is_text ? look_up(kWords, word.get<std::string>()) : FeedState::unknown});
  }
  return parts;
}

bool recognises(const json& document) {
  const bool is_short =
      !text_of(document, "largestatus").empty() && member_of(document, "statuses").is_object();
  return is_short || (is_full(document) && has_list(document, "uptimeData"));
}

FeedResult read(const json& document, const FeedScope& scope) {
  const std::string word = word_of(document);
  if (word.empty()) return std::unexpected("a document without UptimeStatus or largestatus");
  const FeedState page = look_up(kWords, word);
  const auto parts = is_full(document) ? parts_of_full(document, page) : parts_of_short(document);
  FeedReading reading;
  reading.state = scope.components.empty() ? page : state_of_parts(parts, scope, reading.lacking);
  const auto written = day_of(text_of(document, "time"));
  if (written && scope.now.is_after(*written + kFeedAgeMax))
    reading.state = worse(reading.state, FeedState::unknown);
  const std::string message = text_of(document, "message");
  if (page == FeedState::operational || message.empty()) return reading;
  FeedItem item;
  item.item = "current";
  item.title = message;
  item.body = message;
  item.state = page;
  reading.items.push_back(tidy(std::move(item)));
  return reading;
}

}  // namespace

const JsonFeed feeds::stripe{.name = "stripe", .recognises = recognises, .read = read};

}  // namespace bw
