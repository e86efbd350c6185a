// SPDX-License-Identifier: Apache-2.0
#include "daemon/web/statuspage.h"

#include "daemon/web/customers.h"
#include "probes/text.h"

#include <algorithm>
#include <cctype>
#include <nlohmann/json.hpp>
#include <set>
#include <string_view>
#include <utility>
#include <vector>

namespace bw {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t kNameBytesMax = 200;

// Statuspage's own words, which other tools show as they are.
struct Impact {
  std::string_view word = "none";
  std::string_view description = "All Systems Operational";
};
constexpr Impact kNotAllSeen{.word = "none", .description = "No Known Problems"};
constexpr Impact kMinor{.word = "minor", .description = "Partially Degraded Service"};
constexpr Impact kMajor{.word = "major", .description = "Partial System Outage"};
constexpr Impact kCritical{.word = "critical", .description = "Major System Outage"};
constexpr Impact kMaintenance{.word = "maintenance", .description = "Service Under Maintenance"};

bool is_in_trouble(const ServedFunction& function) {
  return function.is_told && function.service != Service::working &&
         function.service != Service::unknown;
}

std::string_view status_of(const ServedFunction& function) {
  if (!is_in_trouble(function)) return "operational";
  if (function.cause == CustomerCause::planned) return "under_maintenance";
  switch (function.service) {
    case Service::unknown:
    case Service::working:
      return "operational";
    case Service::slow:
      return "degraded_performance";
    case Service::partly:
      return "partial_outage";
    case Service::failing:
      return "major_outage";
  }
  return "operational";
}

Impact impact_of(const CustomerView& view) {
  std::vector<const ServedFunction*> troubled;
  for (const auto& function : view.functions)
    if (is_in_trouble(function)) troubled.push_back(&function);
  if (troubled.empty()) {
    const bool is_all_seen = std::ranges::all_of(
        view.functions, [](const ServedFunction& one) { return one.service == Service::working; });
    return is_all_seen ? Impact{} : kNotAllSeen;
  }
  const auto any = [&troubled](auto test) { return std::ranges::any_of(troubled, test); };
  const auto is_failing = [](const auto* one) { return one->service == Service::failing; };
  const auto is_planned = [](const auto* one) { return one->cause == CustomerCause::planned; };
  if (std::ranges::all_of(troubled, is_planned)) return kMaintenance;
  const bool is_everything =
      troubled.size() == view.functions.size() && std::ranges::all_of(troubled, is_failing);
  if (is_everything || any([&](const auto* one) { return one->is_critical && is_failing(one); })) {
    return kCritical;
  }
  return any([](const auto* one) { return one->service >= Service::partly; }) ? kMajor : kMinor;
}

// Stays as long as the organisation's name does.
std::string page_id(const Snapshot& snapshot) {
  std::string id;
  for (const char c : lower(snapshot.organisation))
    if (std::isalnum(static_cast<unsigned char>(c)) != 0) id += c;
  return id.empty() ? "bellwether" : id;
}

Json page_of(const Snapshot& snapshot, const CustomerView& view) {
  Time changed = snapshot.health.started;
  for (const auto& function : view.functions)
    changed = std::max(changed, function.since);
  return {{"id", page_id(snapshot)},
          {"name", fold(snapshot.organisation, kNameBytesMax)},
          {"url", view.link},
          {"time_zone", "Etc/UTC"},
          {"updated_at", print_time(changed)}};
}

Json overall_of(const CustomerView& view) {
  const auto impact = impact_of(view);
  return {{"indicator", impact.word}, {"description", impact.description}};
}

Json component_of(const Snapshot& snapshot, const ServedFunction& function, std::size_t position) {
  return {{"id", function.id},
          {"name", fold(function.title, kNameBytesMax)},
          {"status", status_of(function)},
          {"created_at", print_time(function.since)},
          {"updated_at", print_time(function.since)},
          {"position", position},
          {"description", nullptr},
          {"showcase", false},
          {"start_date", nullptr},
          {"group_id", nullptr},
          {"page_id", page_id(snapshot)},
          {"group", false},
          {"only_show_if_degraded", false}};
}

Json components_of(const Snapshot& snapshot, const CustomerView& view) {
  Json components = Json::array();
  for (const auto& function : view.functions) {
    if (function.service == Service::unknown) continue;
    components.push_back(component_of(snapshot, function, components.size() + 1));
  }
  return components;
}

// The same view, as if only this incident were told.
CustomerView view_of(const CustomerView& view, std::uint64_t incident) {
  CustomerView one = view;
  one.link.clear();
  one.is_declared = false;
  for (auto& function : one.functions) {
    if (function.incident == incident || !function.is_told) continue;
    if (is_in_trouble(function)) function.service = Service::unknown;
    function.is_told = false;
  }
  return one;
}

std::string_view progress_of(const CustomerNotice& notice,
                             const CustomerView& view,
                             const Incident& incident) {
  if (incident.closed) return "resolved";
  if (notice.service == Service::working) return "monitoring";
  const bool is_known = std::ranges::all_of(view.functions, [](const ServedFunction& function) {
    return !is_in_trouble(function) || function.cause != CustomerCause::none;
  });
  return is_known ? "identified" : "investigating";
}

// Of what is over, by what it came to.
std::string_view impact_of(const CustomerNotice& notice,
                           const CustomerView& view,
                           const Incident& incident) {
  if (notice.service != Service::working) return impact_of(view).word;
  return incident.peak == Level::degraded ? kMinor.word : kMajor.word;
}

// When customers began to notice. An incident that was more than an outage may have begun with
// something that nobody outside knows of.
Time started(const CustomerNotice& notice, const Incident& incident) {
  const bool is_plain = incident.peak == Level::degraded || incident.peak == Level::outage;
  return is_plain ? incident.opened : notice.since;
}

Json update_of(const CustomerNotice& notice,
               const CustomerView& view,
               const Incident& incident,
               std::string_view progress) {
  const std::string id = "inc-" + std::to_string(incident.id);
  Json affected = Json::array();
  Time changed = notice.since;
  for (const auto& function : view.functions) {
    if (!function.is_told) continue;
    changed = std::max(changed, function.since);
    affected.push_back({{"code", function.id},
                        {"name", fold(function.title, kNameBytesMax)},
                        {"old_status", "operational"},
                        {"new_status", status_of(function)}});
  }
  if (incident.closed) changed = *incident.closed;
  return {{"id", id + "-" + std::string(progress)},
          {"incident_id", id},
          {"status", progress},
          {"body", notice.drafts.social},
          {"created_at", print_time(changed)},
          {"updated_at", print_time(changed)},
          {"display_at", print_time(changed)},
          {"affected_components", std::move(affected)}};
}

Json incident_of(const Snapshot& snapshot,
                 const CustomerView& view,
                 const CustomerNotice& notice,
                 const Incident& incident) {
  const auto progress = progress_of(notice, view, incident);
  auto update = update_of(notice, view, incident, progress);
  Json components = Json::array();
  for (const auto& function : view.functions) {
    if (!function.is_told) continue;
    components.push_back(component_of(snapshot, function, components.size() + 1));
  }
  const auto began = print_time(started(notice, incident));
  const auto changed = update.at("updated_at");
  return {{"id", "inc-" + std::to_string(incident.id)},
          {"name", notice.drafts.push_title},
          {"status", progress},
          {"created_at", began},
          {"updated_at", changed},
          {"monitoring_at", progress == "monitoring" ? changed : Json()},
          {"resolved_at", incident.closed ? Json(print_time(*incident.closed)) : Json()},
          {"impact", impact_of(notice, view, incident)},
          {"shortlink", snapshot.notices.link},
          {"started_at", began},
          {"page_id", page_id(snapshot)},
          {"incident_updates", Json::array({std::move(update)})},
          {"components", std::move(components)}};
}

Json incidents_of(const Snapshot& snapshot, const CustomerView& view, bool with_closed) {
  std::set<std::uint64_t> told;
  for (const auto& function : view.functions)
    if (function.is_told) told.insert(function.incident);
  Json incidents = Json::array();
  for (const auto& incident : snapshot.incidents) {  // open ones first, then newest first
    if (!told.contains(incident.id) || (incident.closed && !with_closed)) continue;
    const auto one = view_of(view, incident.id);
    const auto notice = compose_customer_notices(one).all;
    if (notice) incidents.push_back(incident_of(snapshot, one, *notice, incident));
  }
  return incidents;
}

std::string dumped(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
}

std::string render(const Snapshot& snapshot,
                   std::initializer_list<std::string_view> parts,
                   bool with_closed = false) {
  const auto view = customer_view(snapshot);
  Json document{{"page", page_of(snapshot, view)}};
  for (const auto part : parts) {
    auto& value = document[std::string(part)];
    if (part == "status") value = overall_of(view);
    if (part == "components") value = components_of(snapshot, view);
    if (part == "incidents") value = incidents_of(snapshot, view, with_closed);
    if (part == "scheduled_maintenances") value = Json::array();
  }
  return dumped(document);
}

}  // namespace

bool can_tell_customers(const Snapshot& snapshot) {
  return !snapshot.is_blind && snapshot.health.is_ready;
}

std::string render_statuspage_summary(const Snapshot& snapshot) {
  return render(snapshot, {"components", "incidents", "scheduled_maintenances", "status"});
}
std::string render_statuspage_status(const Snapshot& snapshot) {
  return render(snapshot, {"status"});
}
std::string render_statuspage_components(const Snapshot& snapshot) {
  return render(snapshot, {"components"});
}
std::string render_statuspage_incidents(const Snapshot& snapshot) {
  return render(snapshot, {"incidents"}, true);
}
std::string render_statuspage_unresolved(const Snapshot& snapshot) {
  return render(snapshot, {"incidents"});
}

}  // namespace bw
