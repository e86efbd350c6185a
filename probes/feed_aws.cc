// SPDX-License-Identifier: Apache-2.0
#include "probes/feed_json.h"
#include "probes/text.h"

#include <array>

// AWS's public current events: a list in UTF-16, with states as digits, in text or as numbers.
namespace bw {
namespace {

using nlohmann::json;

constexpr std::array kStatuses = std::to_array<FeedWord>({{"0", FeedState::operational},
                                                          {"1", FeedState::degraded},
                                                          {"2", FeedState::partial},
                                                          {"3", FeedState::major}});

bool is_event(const json& one) {
  return !text_of(one, "arn").empty() && !text_of(one, "status").empty();
}

FeedResult read(const json& document, const FeedScope& scope) {
  if (!document.is_array()) return std::unexpected("no list of events");
  FeedReading reading{.page = {}, .state = FeedState::operational, .items = {}, .lacking = {}};
  std::vector<Time> revised;
  for (const auto& event : document) {
    if (!is_event(event)) return std::unexpected("a list of something else than events");
    const std::string name = text_of(event, "service_name");
    if (!concerns_us(scope, {name, text_of(event, "service")})) continue;
    FeedItem item;
    item.item = text_of(event, "arn");
    item.title = text_of(event, "summary");
    item.state = look_up(kStatuses, text_of(event, "status"));
    item.is_open = item.state != FeedState::operational;
    item.started = time_of(event, "date");
    if (!name.empty()) item.components.push_back(name);
    Time newest = item.started ? *item.started : scope.now.now();
    for (const auto& entry : list_of(event, "event_log")) {
      const Time at = time_of(entry, "timestamp").value_or(newest);
      if (at < newest) continue;
      newest = at;
      item.body = text_of(entry, "message");
    }
    if (item.is_open) reading.state = worse(reading.state, item.state);
    revised.push_back(newest);
    reading.items.push_back(tidy(std::move(item)));
  }
  keep_newest(reading, std::move(revised), scope.now);
  return reading;
}

bool recognises(const json& document) {
  return document.is_array() && !document.empty() && is_event(document.front());
}

}  // namespace

const JsonFeed feeds::aws{.name = "aws", .recognises = recognises, .read = read};

}  // namespace bw
