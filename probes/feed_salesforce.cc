// SPDX-License-Identifier: Apache-2.0
#include "probes/feed_json.h"
#include "probes/text.h"

#include <algorithm>
#include <array>

// Salesforce Trust API v1, the status of one instance.
namespace bw {
namespace {

using nlohmann::json;

constexpr std::array kStatuses =
    std::to_array<FeedWord>({{"ok", FeedState::operational},
                             {"informational", FeedState::operational},
                             {"informational_core", FeedState::operational},
                             {"informational_noncore", FeedState::operational},
                             {"minor_incident_core", FeedState::degraded},
                             {"minor_incident_noncore", FeedState::degraded},
                             {"major_incident_noncore", FeedState::partial},
                             {"major_incident_core", FeedState::major},
                             {"maintenance_core", FeedState::maintenance},
                             {"maintenance_noncore", FeedState::maintenance},
                             {"unplanned_maintenance_core", FeedState::major}});

struct Read {
  FeedItem item;
  Time revised{};
};

void add_services(const json& one, FeedItem& item) {
  for (const auto& service : list_of(one, "serviceKeys")) {
    if (service.is_string()) item.components.push_back(service.get<std::string>());
  }
}

// The gravest of them is the item's state, and the first one's start the item's, where it has none.
void add_impacts(const json& impacts, FeedItem& item) {
  for (const auto& impact : impacts) {
    const FeedState state = look_up(kStatuses, text_of(impact, "severity"));
    item.state = item.state == FeedState::unknown ? state : worse(item.state, state);
    if (!item.started) item.started = time_of(impact, "startTime");
  }
}

bool is_open(const json& impacts) {
  return impacts.empty() || std::ranges::any_of(impacts, [](const json& impact) {
           return text_of(impact, "endTime").empty();
         });
}

// The newest event's message; of several at one time the last one's.
void add_events(const json& events, Read& read) {
  for (const auto& event : events) {
    const Time at = time_of(event, "createdAt").value_or(read.revised);
    if (at < read.revised) continue;
    read.revised = at;
    read.item.body = text_of(event, "message");
  }
}

Read read_item(const json& one, bool is_maintenance, const Moment& now) {
  Read read;
  FeedItem& item = read.item;
  item.item = text_of(one, "id");
  item.title = text_of(one, "name");
  if (item.title.empty()) item.title = text_of(member_of(one, "message"), "rootCause");
  add_services(one, item);
  item.state = is_maintenance ? FeedState::maintenance : FeedState::unknown;
  item.started = time_of(one, "plannedStartTime");
  item.ends = time_of(one, "plannedEndTime");
  const json& impacts = list_of(one, "IncidentImpacts");
  add_impacts(impacts, item);
  item.is_open = is_maintenance ? !item.ends || now.is_before(*item.ends) : is_open(impacts);
  read.revised = item.started ? *item.started : now.now();
  add_events(list_of(one, is_maintenance ? "MaintenanceEvents" : "IncidentEvents"), read);
  return read;
}

FeedResult read(const json& document, const FeedScope& scope) {
  FeedReading reading;
  reading.page = fold(text_of(document, "key"), kFeedNameBytesMax);
  if (reading.page.empty()) return std::unexpected("a document without an instance's key");
  std::vector<Time> revised;
  FeedState worst_open = FeedState::operational;
  const auto add = [&](std::string_view key, bool is_maintenance) {
    for (const auto& one : list_of(document, key)) {
      auto [item, at] = read_item(one, is_maintenance, scope.now);
      if (!concerns_us(scope, item.components)) continue;
      const bool is_ahead = is_maintenance && item.started && scope.now.is_before(*item.started);
      if (item.is_open && !is_ahead) worst_open = worse(worst_open, item.state);
      revised.push_back(at);
      reading.items.push_back(tidy(std::move(item)));
    }
  };
  add("Incidents", false);
  add("Maintenances", true);
  reading.state =
      scope.components.empty() ? look_up(kStatuses, text_of(document, "status")) : worst_open;
  keep_newest(reading, std::move(revised), scope.now);
  return reading;
}

bool recognises(const json& document) {
  return has_list(document, "Incidents") && !text_of(document, "key").empty();
}

}  // namespace

const JsonFeed feeds::salesforce_trust{
    .name = "salesforce-trust", .recognises = recognises, .read = read};

}  // namespace bw
