// SPDX-License-Identifier: Apache-2.0
#include "probes/feed_json.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

// incident.io: under /api/v2/ the shape of Statuspage, and under /proxy/HOST a shape of its own,
// with all that matters in `summary`. The second is put into the first's words and read as it is.
namespace bw {
namespace {

using nlohmann::json;

// The one with this id; a null where there is none.
const json& find_by(const json& list, std::string_view key, const std::string& id) {
  static const json kNone;
  const auto at =
      std::ranges::find_if(list, [&](const json& one) { return text_of(one, key) == id; });
  return at == list.end() ? kNone : *at;
}

json components_in_words(const json& summary) {
  auto components = json::array();
  const json& affected = list_of(summary, "affected_components");
  for (const auto& one : list_of(summary, "components")) {
    const auto id = text_of(one, "id");
    const json& trouble = find_by(affected, "component_id", id);
    components.push_back(
        {{"id", id},
         {"name", text_of(one, "name")},
         {"status", trouble.is_null() ? "operational" : text_of(trouble, "status")}});
  }
  return components;
}

// An incident's impact is not served: one that names no component counts as minor.
json incident_in_words(const json& incident, const json& components) {
  std::vector<json> updates;
  std::string revised;
  for (const auto& update : list_of(incident, "updates")) {
    const auto at = text_of(update, "published_at");
    revised = std::max(revised, at);
    updates.push_back(json{{"body", text_of(update, "message_string")}, {"display_at", at}});
  }
  // Newest first, as Statuspage lists them.
  std::ranges::stable_sort(updates, std::ranges::greater{}, [](const json& update) {
    return text_of(update, "display_at");
  });
  json words = {{"id", text_of(incident, "id")},
                {"name", text_of(incident, "name")},
                {"status", text_of(incident, "status")},
                {"impact", "minor"},
                {"incident_updates", std::move(updates)},
                {"components", json::array()}};
  if (!revised.empty()) words["updated_at"] = revised;
  for (const auto& [theirs, ours] :
       {std::pair{"starts_at", "scheduled_for"}, std::pair{"ends_at", "scheduled_until"}}) {
    if (const auto at = text_of(incident, theirs); !at.empty()) words[ours] = at;
  }
  for (const auto& impact : list_of(incident, "component_impacts")) {
    const auto id = text_of(impact, "component_id");
    const json& component = find_by(components, "id", id);
    words["components"].push_back(
        {{"id", id}, {"name", text_of(component, "name")}, {"status", text_of(impact, "status")}});
  }
  return words;
}

json in_statuspage_words(const json& summary) {
  auto components = components_in_words(summary);
  auto incidents = json::array();
  for (const auto& one : list_of(summary, "ongoing_incidents")) {
    incidents.push_back(incident_in_words(one, components));
  }
  auto maintenances = json::array();
  for (const auto* list : {"in_progress_maintenances", "scheduled_maintenances"}) {
    for (const auto& one : list_of(summary, list)) {
      maintenances.push_back(incident_in_words(one, components));
    }
  }
  return {{"page", {{"id", text_of(summary, "id")}, {"name", text_of(summary, "name")}}},
          {"components", std::move(components)},
          {"incidents", std::move(incidents)},
          {"scheduled_maintenances", std::move(maintenances)}};
}

bool recognises(const json& document) {
  return has_list(member_of(document, "summary"), "components");
}

FeedResult read(const json& document, const FeedScope& scope) {
  if (!recognises(document)) return feeds::statuspage.read(document, scope);
  return feeds::statuspage.read(in_statuspage_words(member_of(document, "summary")), scope);
}

}  // namespace

const JsonFeed feeds::incident_io{.name = "incident-io", .recognises = recognises, .read = read};

}  // namespace bw
