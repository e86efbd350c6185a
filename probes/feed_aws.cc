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

struct Event {
  FeedItem item;
  Time revised{};
};

Event read_event(const json& one, std::string service, const Moment& now) {
  Event event;
  FeedItem& item = event.item;
  item.item = text_of(one, "arn");
  item.title = text_of(one, "summary");
  item.state = look_up(kStatuses, text_of(one, "status"));
  item.is_open = item.state != FeedState::operational;
  item.started = time_of(one, "date");
  if (!service.empty()) item.components.push_back(std::move(service));
  event.revised = item.started ? *item.started : now.now();
  for (const auto& entry : list_of(one, "event_log")) {
    const Time at = time_of(entry, "timestamp").value_or(event.revised);
    if (at < event.revised) continue;
    event.revised = at;
    item.body = text_of(entry, "message");
  }
  return event;
}

FeedResult read(const json& document, const FeedScope& scope) {
  if (!document.is_array()) return std::unexpected("no list of events");
  FeedReading reading{.page = {}, .state = FeedState::operational, .items = {}, .lacking = {}};
  std::vector<Time> revised;
  for (const auto& one : document) {
    if (!is_event(one)) return std::unexpected("a list of something else than events");
    std::string name = text_of(one, "service_name");
    if (!concerns_us(scope, {name, text_of(one, "service")})) continue;
    auto [item, at] = read_event(one, std::move(name), scope.now);
    if (item.is_open) reading.state = worse(reading.state, item.state);
    revised.push_back(at);
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
