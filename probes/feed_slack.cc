// SPDX-License-Identifier: Apache-2.0
#include "probes/feed_json.h"
#include "probes/text.h"

#include <array>

// Slack's status API v2.0.0, "current": what is going on, by type.
namespace bw {
namespace {

using nlohmann::json;

constexpr std::array kTypes = std::to_array<FeedWord>({{"notice", FeedState::operational},
                                                       {"incident", FeedState::degraded},
                                                       {"outage", FeedState::major},
                                                       {"maintenance", FeedState::maintenance}});

FeedItem read_incident(const json& incident) {
  FeedItem item;
  item.item = text_of(incident, "id");
  item.title = text_of(incident, "title");
  item.state = look_up(kTypes, text_of(incident, "type"));
  const std::string status = lower(text_of(incident, "status"));
  item.is_open = status != "resolved" && status != "completed" && status != "cancelled";
  for (const auto& service : list_of(incident, "services")) {
    if (service.is_string()) item.components.push_back(service.get<std::string>());
  }
  item.started = time_of(incident, "date_created");
  const json& notes = list_of(incident, "notes");
  if (!notes.empty()) item.body = text_of(notes.front(), "body");
  return item;
}

FeedResult read(const json& document, const FeedScope& scope) {
  const std::string status = lower(text_of(document, "status"));
  if (!has_list(document, "active_incidents") || status.empty()) {
    return std::unexpected("a document without active_incidents");
  }
  const bool is_known = status == "ok" || status == "active";
  FeedReading reading;
  reading.state = is_known ? FeedState::operational : FeedState::unknown;
  std::vector<Time> revised;
  for (const auto& incident : list_of(document, "active_incidents")) {
    FeedItem item = read_incident(incident);
    if (!concerns_us(scope, item.components)) continue;
    if (item.is_open) reading.state = worse(reading.state, item.state);
    const auto at = time_of_any(incident, {"date_updated", "date_created"});
    revised.push_back(at ? *at : scope.now.now());
    reading.items.push_back(tidy(std::move(item)));
  }
  keep_newest(reading, std::move(revised), scope.now);
  return reading;
}

bool recognises(const json& document) {
  return has_list(document, "active_incidents") && !text_of(document, "status").empty();
}

}  // namespace

const JsonFeed feeds::slack{.name = "slack", .recognises = recognises, .read = read};

}  // namespace bw
