// SPDX-License-Identifier: Apache-2.0
#include "probes/feed_components.h"
#include "probes/feed_json.h"
#include "probes/text.h"

#include <algorithm>
#include <array>
#include <map>

// Zendesk's /api/ssp/incidents.json, in JSON:API: a history. An incident is over once `resolvedAt`
// is set, whatever its `status` says, which has been seen to stay behind for months. Services go by
// number only; their names are in another document.
namespace bw {
namespace {

using nlohmann::json;

constexpr std::array kImpacts = std::to_array<FeedWord>({{"critical", FeedState::major},
                                                         {"major", FeedState::partial},
                                                         {"minor", FeedState::degraded}});

const json& attributes_of(const json& one) {
  return member_of(one, "attributes");
}

bool is_incident(const json& one) {
  return !text_of(one, "id").empty() && attributes_of(one).contains("resolvedAt");
}

// What `included` says of one incident.
struct Touched {
  std::vector<std::string> services;
  bool is_outage = false;
};
std::map<std::string, Touched> touched_by_incident(const json& document) {
  std::map<std::string, Touched> touched;
  for (const auto& one : list_of(document, "included")) {
    const json& said = attributes_of(one);
    const std::string incident = text_of(said, "incidentId");
    if (text_of(one, "type") != "incidentService" || incident.empty()) continue;
    auto& known = touched[incident];
    known.services.push_back(text_of(said, "serviceId"));
    known.is_outage |= member_of(said, "outage") == true;
  }
  return touched;
}

FeedState state_of(const json& said, bool is_outage) {
  if (is_outage || member_of(said, "outage") == true) return FeedState::major;
  const std::string impact = text_of(said, "impact");
  return impact.empty() ? FeedState::degraded : look_up(kImpacts, impact);
}

bool is_number(std::string_view name) {
  return name.find_first_not_of("0123456789") == std::string_view::npos;
}

bool recognises(const json& document) {
  const json& incidents = list_of(document, "data");
  return incidents.empty() ? has_list(document, "data") && has_list(document, "included")
                           : is_incident(incidents.front());
}

FeedResult read(const json& document, const FeedScope& scope) {
  if (!has_list(document, "data")) return std::unexpected("a document without incidents in data");
  const auto touched = touched_by_incident(document);
  FeedReading reading{.page = {}, .state = FeedState::operational, .items = {}, .lacking = {}};
  std::vector<Time> revised;
  for (const auto& one : list_of(document, "data")) {
    if (!is_incident(one)) return std::unexpected("a list of something else than incidents");
    const json& said = attributes_of(one);
    FeedItem item;
    item.item = text_of(one, "id");
    const auto known = touched.find(item.item);
    if (known != touched.end()) item.components = known->second.services;
    if (!concerns_us(scope, item.components)) continue;
    item.title = text_of(said, "name");
    item.state = state_of(said, known != touched.end() && known->second.is_outage);
    item.is_open = !time_of(said, "resolvedAt");
    item.started = time_of(said, "startedAt");
    if (item.is_open) reading.state = worse(reading.state, item.state);
    const auto at = time_of_any(said, {"resolvedAt", "startedAt"});
    revised.push_back(at ? *at : scope.now.now());
    reading.items.push_back(tidy(std::move(item)));
  }
  // Of a service by name the document can say nothing.
  for (const auto& wanted : scope.components) {
    if (is_number(wanted)) continue;
    reading.lacking.push_back(wanted);
    reading.state = worse(reading.state, FeedState::unknown);
  }
  keep_newest(reading, std::move(revised), scope.now);
  return reading;
}

}  // namespace

const JsonFeed feeds::zendesk{.name = "zendesk", .recognises = recognises, .read = read};

}  // namespace bw
