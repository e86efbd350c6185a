// SPDX-License-Identifier: Apache-2.0
#include "daemon/rehearsal/chance.h"
#include "daemon/rehearsal/links.h"
#include "daemon/rehearsal/render_feed.h"

#include <algorithm>
#include <array>
#include <ranges>
#include <string_view>

// The feeds of cloud providers, each in a shape of its own.
namespace bw::rehearsal {
namespace {

using Json = nlohmann::json;

std::int64_t unix_seconds(Time at) {
  return std::chrono::floor<Seconds>(at).time_since_epoch().count();
}

bool is_recent(const FeedEntry& entry, Time now) {
  return entry.is_open || now < entry.latest().at + kClosedShown;
}

// Takes the first character off the text.
std::uint32_t next_point(std::string_view& text) {
  const auto lead = static_cast<unsigned char>(text.front());
  const std::size_t length = lead < 0x80 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
  std::uint32_t point = length == 1 ? lead : lead & (0xffU >> (length + 1));
  for (const char c : text.substr(1, length - 1)) {
    point = point << 6 | (static_cast<unsigned char>(c) & 0x3f);
  }
  text.remove_prefix(std::min(length, text.size()));
  return point;
}

// Big-endian UTF-16 with a byte order mark, as AWS serves its current events. The input is UTF-8
// that a TOML reader has checked.
std::string to_utf16(std::string_view text) {
  std::string out = "\xfe\xff";
  const auto put = [&](std::uint32_t unit) {
    out += static_cast<char>(unit >> 8 & 0xff);
    out += static_cast<char>(unit & 0xff);
  };
  while (!text.empty()) {
    const auto point = next_point(text);
    if (point < 0x10000) {
      put(point);
    } else {
      put(0xd800 + ((point - 0x10000) >> 10));
      put(0xdc00 + ((point - 0x10000) & 0x3ff));
    }
  }
  return out;
}

std::string aws_status(const FeedEntry& entry) {
  if (!entry.is_open) return "0";
  if (entry.status == "major_outage") return "3";
  return entry.status == "partial_outage" ? "2" : "1";
}

std::string google_impact(const FeedEntry& entry) {
  if (entry.status == "major_outage" || entry.indicator == "critical") return "SERVICE_OUTAGE";
  if (entry.indicator.empty() || entry.indicator == "none" || entry.is_maintenance) {
    return "SERVICE_INFORMATION";
  }
  return "SERVICE_DISRUPTION";
}

std::string google_status(const FeedEntry& entry) {
  return entry.is_open ? google_impact(entry) : "AVAILABLE";
}

Json google_update(const FeedEntry& entry, const FeedUpdate& update) {
  return {{"created", print_time(update.at)},
          {"modified", print_time(update.at)},
          {"when", print_time(update.at)},
          {"text", update.body},
          {"status", google_status(entry)}};
}

std::string trust_severity(const FeedEntry& entry) {
  if (entry.indicator == "critical" || entry.status == "major_outage") {
    return "MAJOR_INCIDENT_CORE";
  }
  return entry.indicator == "major" ? "MAJOR_INCIDENT_NONCORE" : "MINOR_INCIDENT_CORE";
}

std::string trust_status(const FeedView& view) {
  const auto worst = view.indicator();
  if (worst == "none") return "OK";
  if (worst == "maintenance") return "MAINTENANCE_CORE";
  std::string status = "MINOR_INCIDENT_CORE";
  for (const auto& entry : view.entries) {
    if (!entry.is_open || entry.is_maintenance || entry.indicator.empty()) continue;
    const auto severity = trust_severity(entry);
    if (severity < status) status = severity;  // MAJOR..CORE < MAJOR..NONCORE < MINOR..
  }
  return status;
}

Json trust_events(const FeedEntry& entry) {
  auto events = Json::array();
  for (const auto& update : entry.updates) {
    events.push_back({{"type", update.stage.empty() ? "investigating" : update.stage},
                      {"message", update.body},
                      {"createdAt", print_time(update.at)}});
  }
  return events;
}

Json trust_impact(const FeedEntry& entry) {
  Json impact = {{"startTime", print_time(entry.from)},
                 {"endTime", nullptr},
                 {"type", "serviceDisruption"},
                 {"severity", trust_severity(entry)}};
  if (!entry.is_open) impact["endTime"] = print_time(entry.latest().at);
  return impact;
}

Json trust_item(const FeedEntry& entry) {
  Json item = {{"id", (entry.id >> 16) % 100'000'000},
               {"message", {{"rootCause", entry.title}}},
               {"name", entry.title},
               {"serviceKeys", Json::array()}};
  if (!entry.component.empty()) item["serviceKeys"].push_back(entry.component);
  if (entry.is_maintenance) {
    item["plannedStartTime"] = print_time(entry.from);
    item["plannedEndTime"] = print_time(entry.to);
    item["MaintenanceEvents"] = trust_events(entry);
  } else {
    item["IncidentImpacts"] = Json::array({trust_impact(entry)});
    item["IncidentEvents"] = trust_events(entry);
  }
  return item;
}

// The instance, as the last folder of the feed's path names it.
std::string trust_key(const FeedView& view) {
  const auto path = view.link().path;
  const auto end = path.rfind('/');
  const auto begin = end == std::string::npos || end == 0 ? 0 : path.rfind('/', end - 1) + 1;
  return path.substr(begin, end - begin);
}

}  // namespace

FeedDocument render_google_cloud(const FeedView& view) {
  auto all = Json::array();
  for (const auto& entry : std::ranges::reverse_view(view.entries)) {
    auto updates = Json::array();
    for (const auto& update : std::ranges::reverse_view(entry.updates)) {
      updates.push_back(google_update(entry, update));
    }
    const auto id = feed_id(entry.id);
    Json item = {{"id", id},
                 {"number", std::to_string(entry.id >> 8)},
                 {"begin", print_time(entry.from)},
                 {"created", print_time(entry.updates.front().at)},
                 {"modified", print_time(entry.latest().at)},
                 {"external_desc", entry.title},
                 {"status_impact", google_impact(entry)},
                 {"severity", "medium"},
                 {"service_key", feed_id(hash_text(entry.component))},
                 {"service_name", entry.component.empty() ? "Multiple Products" : entry.component},
                 {"affected_products", Json::array()},
                 {"currently_affected_locations", Json::array()},
                 {"most_recent_update", google_update(entry, entry.latest())},
                 {"updates", std::move(updates)},
                 {"uri", "incidents/" + id}};
    if (!entry.component.empty()) {
      item["affected_products"].push_back(
          {{"title", entry.component}, {"id", feed_id(hash_text(entry.component))}});
    }
    // The file is an archive: what is over stays in it and has an end.
    if (!entry.is_open) item["end"] = print_time(entry.latest().at);
    all.push_back(std::move(item));
  }
  return {.content_type = "application/json", .body = all.dump()};
}

FeedDocument render_aws(const FeedView& view) {
  auto all = Json::array();
  for (const auto& entry : view.entries) {
    if (!is_recent(entry, view.now) || (entry.is_maintenance && entry.from > view.now)) continue;
    auto log = Json::array();
    for (const auto& update : entry.updates) {
      log.push_back({{"summary", entry.title},
                     {"message", update.body},
                     {"status", aws_status(entry)},
                     {"timestamp", unix_seconds(update.at)}});
    }
    all.push_back({{"date", std::to_string(unix_seconds(entry.updates.front().at))},
                   {"arn", "arn:aws:health:" + view.owner.id + "::event/" + feed_id(entry.id)},
                   {"region_name", view.owner.name},
                   {"service", lower_case(entry.component)},
                   {"service_name", entry.component},
                   {"status", aws_status(entry)},
                   {"summary", entry.title},
                   {"event_log", std::move(log)},
                   {"impacted_services", Json::object()}});
  }
  return {.content_type = "application/json;charset=utf-16", .body = to_utf16(all.dump())};
}

FeedDocument render_salesforce_trust(const FeedView& view) {
  auto incidents = Json::array();
  auto maintenances = Json::array();
  for (const auto& entry : view.entries) {
    if (!is_recent(entry, view.now)) continue;
    (entry.is_maintenance ? maintenances : incidents).push_back(trust_item(entry));
  }
  const Json json = {{"key", trust_key(view)},
                     {"location", view.owner.name},
                     {"environment", "production"},
                     {"releaseVersion", "Winter"},
                     {"status", trust_status(view)},
                     {"isActive", true},
                     {"Incidents", std::move(incidents)},
                     {"Maintenances", std::move(maintenances)}};
  return {.content_type = "application/json; charset=utf-8", .body = json.dump()};
}

}  // namespace bw::rehearsal
