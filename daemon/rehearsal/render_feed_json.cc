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

std::string page_url(const Owner& owner) {
  const auto link = parse_link(owner.feed->url);
  return "https://" + link->host;
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
  for (auto update = entry.updates.rbegin(); update != entry.updates.rend(); ++update) {
    updates.push_back({{"id", feed_id(mix(entry.id, hash_text(update->body)))},
                       {"status", stage_or(*update, "investigating")},
                       {"body", update->body},
                       {"display_at", print_time(update->at)},
                       {"created_at", print_time(update->at)}});
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
                   {"shortlink", page_url(view.owner) + "/incidents/" + feed_id(entry.id)},
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

}  // namespace

FeedDocument render_statuspage(const FeedView& view) {
  Json page = {{"id", feed_id(hash_text(view.owner.id))},
               {"name", view.owner.name},
               {"url", page_url(view.owner)},
               {"time_zone", "Etc/UTC"},
               {"updated_at", print_time(view.updated())}};
  auto components = Json::array();
  for (const auto& name : view.owner.feed->components) {
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
  constexpr auto kWords = std::to_array<std::pair<std::string_view, std::string_view>>(
      {{"major_outage", "full_outage"}});
  if (parse_link(view.owner.feed->url)->path.starts_with("/api/v2/")) {
    auto document = render_statuspage(view);
    auto json = Json::parse(document.body);
    for (auto& component : json["components"]) {
      const auto status = component["status"].get<std::string>();
      component["status"] = translate(kWords, status, status);
    }
    // The key is absent while nothing is open.
    if (json["incidents"].empty()) json.erase("incidents");
    return json_document(json);
  }
  auto components = Json::array();
  auto affected = Json::array();
  for (const auto& name : view.owner.feed->components) {
    const auto id = component_id(view.owner, name);
    components.push_back({{"id", id}, {"name", name}});
    const auto status = view.component_status(name);
    if (status == "operational") continue;
    affected.push_back({{"component_id", id}, {"status", translate(kWords, status, status)}});
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
           {"status", translate(kWords, entry.status, entry.status)}});
    }
    std::string_view list = "ongoing_incidents";
    if (entry.is_maintenance) {
      incident["starts_at"] = print_time(entry.from);
      incident["ends_at"] = print_time(entry.to);
      list = entry.from <= view.now ? "in_progress_maintenances" : "scheduled_maintenances";
    }
    summary[std::string(list)].push_back(std::move(incident));
  }
  return json_document({{"summary", std::move(summary)}});
}

FeedDocument render_instatus(const FeedView& view) {
  constexpr auto kImpacts = std::to_array<std::pair<std::string_view, std::string_view>>(
      {{"operational", "OPERATIONAL"},
       {"degraded_performance", "DEGRADEDPERFORMANCE"},
       {"partial_outage", "PARTIALOUTAGE"},
       {"major_outage", "MAJOROUTAGE"},
       {"under_maintenance", "UNDERMAINTENANCE"}});
  constexpr auto kStages =
      std::to_array<std::pair<std::string_view, std::string_view>>({{"identified", "IDENTIFIED"},
                                                                    {"monitoring", "MONITORING"},
                                                                    {"resolved", "RESOLVED"},
                                                                    {"postmortem", "RESOLVED"},
                                                                    {"scheduled", "NOTSTARTEDYET"},
                                                                    {"in_progress", "INPROGRESS"},
                                                                    {"completed", "COMPLETED"}});
  const auto indicator = view.indicator();
  std::string status = "HASISSUES";
  if (indicator == "none") status = "UP";
  if (indicator == "maintenance") status = "UNDERMAINTENANCE";
  auto incidents = Json::array();
  auto maintenances = Json::array();
  for (const auto& entry : view.entries) {
    if (!is_listed(entry, view.now)) continue;
    Json item = {{"id", feed_id(entry.id)},
                 {"name", entry.title},
                 {"status", translate(kStages, entry.latest().stage, "INVESTIGATING")},
                 {"impact", translate(kImpacts, entry.status, "OPERATIONAL")},
                 {"url", page_url(view.owner) + "/" + feed_id(entry.id)},
                 {entry.is_maintenance ? "start" : "started", print_time(entry.from)},
                 {"updates", Json::array()}};
    if (entry.is_maintenance) {
      item["duration"] = std::to_string((entry.to - entry.from).count() / 60'000);
    }
    for (const auto& update : std::ranges::reverse_view(entry.updates)) {
      item["updates"].push_back({{"message", update.body},
                                 {"status", translate(kStages, update.stage, "INVESTIGATING")},
                                 {"started", print_time(update.at)}});
    }
    (entry.is_maintenance ? maintenances : incidents).push_back(std::move(item));
  }
  auto components = Json::array();
  for (const auto& name : view.owner.feed->components) {
    components.push_back(
        {{"id", component_id(view.owner, name)},
         {"name", name},
         {"status", translate(kImpacts, view.component_status(name), "OPERATIONAL")}});
  }
  Json json = {
      {"page", {{"name", view.owner.name}, {"url", page_url(view.owner)}, {"status", status}}},
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
    std::string type = "incident";
    if (entry.status == "major_outage" || entry.indicator == "critical") type = "outage";
    if (entry.is_maintenance) type = "maintenance";
    if (entry.status == "operational" || entry.indicator == "none") type = "notice";
    Json incident = {{"id", (entry.id >> 16) % 1'000'000},
                     {"title", entry.title},
                     {"type", type},
                     {"status", entry.is_open ? "active" : "resolved"},
                     {"url", page_url(view.owner) + "/" + feed_id(entry.id)},
                     {"date_created", print_time(entry.updates.front().at)},
                     {"date_updated", print_time(entry.latest().at)},
                     {"services", Json::array()},
                     {"notes", Json::array()}};
    if (!entry.component.empty()) incident["services"].push_back(entry.component);
    for (const auto& update : std::ranges::reverse_view(entry.updates)) {
      incident["notes"].push_back({{"date_created", print_time(update.at)}, {"body", update.body}});
    }
    incidents.push_back(std::move(incident));
  }
  const bool is_active = std::ranges::any_of(
      incidents, [](const Json& incident) { return incident["status"] == "active"; });
  return json_document({{"status", is_active ? "active" : "ok"},
                        {"date_created", print_time(view.updated())},
                        {"date_updated", print_time(view.updated())},
                        {"active_incidents", std::move(incidents)}});
}

}  // namespace bw::rehearsal
