// SPDX-License-Identifier: Apache-2.0
#include "daemon/rehearsal/chance.h"
#include "daemon/rehearsal/links.h"
#include "daemon/rehearsal/render_feed.h"

#include <algorithm>
#include <array>
#include <ranges>
#include <string_view>
#include <utility>

// The JSON feeds that status platforms and clouds publish, with the fields that their readers use.
namespace bw::rehearsal {
namespace {

using Json = nlohmann::json;
using Words = std::span<const std::pair<std::string_view, std::string_view>>;

// Statuspage's word in another platform's vocabulary; `otherwise` where it has none.
std::string translate(Words words, std::string_view word, std::string_view otherwise) {
  const auto at =
      std::ranges::find(words, word, &std::pair<std::string_view, std::string_view>::first);
  return std::string(at == words.end() ? otherwise : at->second);
}

std::string component_id(const Owner& owner, const std::string& component) {
  return feed_id(mix(hash_text(owner.id), hash_text(component)));
}

std::string page_url(const FeedView& view) {
  return "https://" + view.link().host;
}

std::string stage_or(const FeedUpdate& update, std::string_view otherwise) {
  return update.stage.empty() ? std::string(otherwise) : update.stage;
}

FeedDocument json_document(const Json& json) {
  return {.content_type = "application/json; charset=utf-8", .body = json.dump()};
}

Json statuspage_component(const FeedView& view, const std::string& name) {
  return {{"id", component_id(view.owner, name)},
          {"name", name},
          {"status", view.component_status(name)},
          {"group", false},
          {"group_id", nullptr},
          {"updated_at", print_time(view.updated())},
          {"page_id", feed_id(hash_text(view.owner.id))}};
}

Json statuspage_updates(const FeedEntry& entry) {
  auto updates = Json::array();
  for (const auto& update : std::ranges::reverse_view(entry.updates)) {
    updates.push_back({{"id", feed_id(mix(entry.id, hash_text(update.body)))},
                       {"status", stage_or(update, "investigating")},
                       {"body", update.body},
                       {"display_at", print_time(update.at)},
                       {"created_at", print_time(update.at)}});
  }
  return updates;
}

Json statuspage_incident(const FeedView& view, const FeedEntry& entry) {
  Json incident = {{"id", feed_id(entry.id)},
                   {"name", entry.title},
                   {"status", stage_or(entry.latest(), "investigating")},
                   {"impact", entry.indicator.empty() ? "none" : entry.indicator},
                   {"created_at", print_time(entry.updates.front().at)},
                   {"started_at", print_time(entry.updates.front().at)},
                   {"updated_at", print_time(entry.latest().at)},
                   {"resolved_at", nullptr},
                   {"shortlink", page_url(view) + "/incidents/" + feed_id(entry.id)},
                   {"incident_updates", statuspage_updates(entry)},
                   {"components", Json::array()}};
  if (!entry.is_open) incident["resolved_at"] = print_time(entry.latest().at);
  if (!entry.component.empty()) {
    incident["components"].push_back(statuspage_component(view, entry.component));
  }
  if (entry.is_maintenance) {
    incident["scheduled_for"] = print_time(entry.from);
    incident["scheduled_until"] = print_time(entry.to);
  }
  return incident;
}

std::string describe(std::string_view indicator) {
  constexpr auto kWords = std::to_array<std::pair<std::string_view, std::string_view>>(
      {{"minor", "Minor Service Outage"},
       {"major", "Partial System Outage"},
       {"critical", "Major Service Outage"},
       {"maintenance", "Service Under Maintenance"}});
  return translate(kWords, indicator, "All Systems Operational");
}

// What a summary lists: open entries, and those whose own last word was that they are over.
bool is_listed(const FeedEntry& entry, Time now) {
  return entry.is_open || (!entry.indicator.empty() && now < entry.latest().at + kClosedShown);
}

// incident.io's word for a component's status.
std::string incident_io_status(const std::string& status) {
  return status == "major_outage" ? "full_outage" : status;
}

// What incident.io serves at the addresses that it has in common with Statuspage.
FeedDocument as_statuspage(const FeedView& view) {
  auto json = Json::parse(render_statuspage(view).body);
  for (auto& component : json["components"]) {
    component["status"] = incident_io_status(component["status"].get<std::string>());
  }
  // The key is absent while nothing is open.
  if (json["incidents"].empty()) json.erase("incidents");
  return json_document(json);
}

Json incident_io_incident(const FeedView& view, const FeedEntry& entry) {
  Json incident = {{"id", feed_id(entry.id)},
                   {"name", entry.title},
                   {"status", stage_or(entry.latest(), "investigating")},
                   {"updates", Json::array()},
                   {"component_impacts", Json::array()}};
  for (const auto& update : std::ranges::reverse_view(entry.updates)) {
    incident["updates"].push_back({{"message_string", update.body},
                                   {"to_status", stage_or(update, "investigating")},
                                   {"published_at", print_time(update.at)}});
  }
  if (!entry.component.empty() && !entry.status.empty()) {
    incident["component_impacts"].push_back(
        {{"component_id", component_id(view.owner, entry.component)},
         {"status", incident_io_status(entry.status)}});
  }
  if (entry.is_maintenance) {
    incident["starts_at"] = print_time(entry.from);
    incident["ends_at"] = print_time(entry.to);
  }
  return incident;
}

// Which of the summary's lists an entry is in.
std::string incident_io_list(const FeedEntry& entry, Time now) {
  if (!entry.is_maintenance) return "ongoing_incidents";
  return entry.from <= now ? "in_progress_maintenances" : "scheduled_maintenances";
}

std::string instatus_impact(std::string_view status) {
  constexpr auto kWords = std::to_array<std::pair<std::string_view, std::string_view>>(
      {{"operational", "OPERATIONAL"},
       {"degraded_performance", "DEGRADEDPERFORMANCE"},
       {"partial_outage", "PARTIALOUTAGE"},
       {"major_outage", "MAJOROUTAGE"},
       {"under_maintenance", "UNDERMAINTENANCE"}});
  return translate(kWords, status, "OPERATIONAL");
}

std::string instatus_stage(std::string_view stage) {
  constexpr auto kWords =
      std::to_array<std::pair<std::string_view, std::string_view>>({{"identified", "IDENTIFIED"},
                                                                    {"monitoring", "MONITORING"},
                                                                    {"resolved", "RESOLVED"},
                                                                    {"postmortem", "RESOLVED"},
                                                                    {"scheduled", "NOTSTARTEDYET"},
                                                                    {"in_progress", "INPROGRESS"},
                                                                    {"completed", "COMPLETED"}});
  return translate(kWords, stage, "INVESTIGATING");
}

std::string instatus_page_status(std::string_view indicator) {
  if (indicator == "none") return "UP";
  return indicator == "maintenance" ? "UNDERMAINTENANCE" : "HASISSUES";
}

Json instatus_item(const FeedView& view, const FeedEntry& entry) {
  Json item = {{"id", feed_id(entry.id)},
               {"name", entry.title},
               {"status", instatus_stage(entry.latest().stage)},
               {"impact", instatus_impact(entry.status)},
               {"url", page_url(view) + "/" + feed_id(entry.id)},
               {entry.is_maintenance ? "start" : "started", print_time(entry.from)},
               {"updates", Json::array()}};
  if (entry.is_maintenance) {
    item["duration"] = std::to_string((entry.to - entry.from).count() / 60'000);
  }
  for (const auto& update : std::ranges::reverse_view(entry.updates)) {
    item["updates"].push_back({{"message", update.body},
                               {"status", instatus_stage(update.stage)},
                               {"started", print_time(update.at)}});
  }
  return item;
}

std::string slack_type(const FeedEntry& entry) {
  if (entry.status == "operational" || entry.indicator == "none") return "notice";
  if (entry.is_maintenance) return "maintenance";
  if (entry.status == "major_outage" || entry.indicator == "critical") return "outage";
  return "incident";
}

Json slack_incident(const FeedView& view, const FeedEntry& entry) {
  Json incident = {{"id", (entry.id >> 16) % 1'000'000},
                   {"title", entry.title},
                   {"type", slack_type(entry)},
                   {"status", entry.is_open ? "active" : "resolved"},
                   {"url", page_url(view) + "/" + feed_id(entry.id)},
                   {"date_created", print_time(entry.updates.front().at)},
                   {"date_updated", print_time(entry.latest().at)},
                   {"services", Json::array()},
                   {"notes", Json::array()}};
  if (!entry.component.empty()) incident["services"].push_back(entry.component);
  for (const auto& update : std::ranges::reverse_view(entry.updates)) {
    incident["notes"].push_back({{"date_created", print_time(update.at)}, {"body", update.body}});
  }
  return incident;
}

}  // namespace

FeedDocument render_statuspage(const FeedView& view) {
  Json page = {{"id", feed_id(hash_text(view.owner.id))},
               {"name", view.owner.name},
               {"url", page_url(view)},
               {"time_zone", "Etc/UTC"},
               {"updated_at", print_time(view.updated())}};
  auto components = Json::array();
  for (const auto& name : view.feed.components) {
    components.push_back(statuspage_component(view, name));
  }
  auto incidents = Json::array();
  auto maintenances = Json::array();
  for (const auto& entry : view.entries) {
    if (!is_listed(entry, view.now)) continue;
    (entry.is_maintenance ? maintenances : incidents).push_back(statuspage_incident(view, entry));
  }
  const auto indicator = view.indicator();
  return json_document(
      {{"page", std::move(page)},
       {"components", std::move(components)},
       {"incidents", std::move(incidents)},
       {"scheduled_maintenances", std::move(maintenances)},
       {"status", {{"indicator", indicator}, {"description", describe(indicator)}}}});
}

FeedDocument render_incident_io(const FeedView& view) {
  if (view.link().path.starts_with("/api/v2/")) return as_statuspage(view);
  auto components = Json::array();
  auto affected = Json::array();
  for (const auto& name : view.feed.components) {
    const auto id = component_id(view.owner, name);
    components.push_back({{"id", id}, {"name", name}});
    const auto status = view.component_status(name);
    if (status == "operational") continue;
    affected.push_back({{"component_id", id}, {"status", incident_io_status(status)}});
  }
  Json summary = {{"id", feed_id(hash_text(view.owner.id))},
                  {"name", view.owner.name},
                  {"components", std::move(components)},
                  {"affected_components", std::move(affected)},
                  {"ongoing_incidents", Json::array()},
                  {"in_progress_maintenances", Json::array()},
                  {"scheduled_maintenances", Json::array()}};
  for (const auto& entry : view.entries) {
    if (!is_listed(entry, view.now)) continue;
    summary[incident_io_list(entry, view.now)].push_back(incident_io_incident(view, entry));
  }
  return json_document({{"summary", std::move(summary)}});
}

FeedDocument render_instatus(const FeedView& view) {
  auto incidents = Json::array();
  auto maintenances = Json::array();
  for (const auto& entry : view.entries) {
    if (!is_listed(entry, view.now)) continue;
    (entry.is_maintenance ? maintenances : incidents).push_back(instatus_item(view, entry));
  }
  auto components = Json::array();
  for (const auto& name : view.feed.components) {
    components.push_back({{"id", component_id(view.owner, name)},
                          {"name", name},
                          {"status", instatus_impact(view.component_status(name))}});
  }
  Json json = {{"page",
                {{"name", view.owner.name},
                 {"url", page_url(view)},
                 {"status", instatus_page_status(view.indicator())}}},
               {"components", std::move(components)}};
  // Instatus leaves the lists out while they are empty.
  if (!incidents.empty()) json["activeIncidents"] = std::move(incidents);
  if (!maintenances.empty()) json["activeMaintenances"] = std::move(maintenances);
  return json_document(json);
}

FeedDocument render_slack(const FeedView& view) {
  auto incidents = Json::array();
  for (const auto& entry : view.entries) {
    if (!is_listed(entry, view.now) || (entry.is_maintenance && entry.from > view.now)) continue;
    incidents.push_back(slack_incident(view, entry));
  }
  const bool is_active = std::ranges::any_of(
      incidents, [](const Json& incident) { return incident["status"] == "active"; });
  return json_document({{"status", is_active ? "active" : "ok"},
                        {"date_created", print_time(view.updated())},
                        {"date_updated", print_time(view.updated())},
                        {"active_incidents", std::move(incidents)}});
}

}  // namespace bw::rehearsal
