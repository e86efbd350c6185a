// SPDX-License-Identifier: Apache-2.0
#include "probes/feed_json.h"
#include "probes/text.h"

#include <algorithm>
#include <array>

// Statuspage's public API v2, all of whose documents (summary, status, components, incidents,
// scheduled-maintenances) share their parts, and the same shape as incident.io serves it: there
// `incidents` is absent when nothing is open, and "full_outage" is the gravest word.
namespace bw {
namespace {

using nlohmann::json;

constexpr std::array kIndicators =
    std::to_array<FeedWord>({{"none", FeedState::operational},
                             {"minor", FeedState::degraded},
                             {"major", FeedState::partial},
                             {"critical", FeedState::major},
                             {"maintenance", FeedState::maintenance}});
constexpr std::array kStatuses =
    std::to_array<FeedWord>({{"operational", FeedState::operational},
                             {"degraded_performance", FeedState::degraded},
                             {"partial_outage", FeedState::partial},
                             {"major_outage", FeedState::major},
                             {"full_outage", FeedState::major},
                             {"under_maintenance", FeedState::maintenance}});
constexpr std::array kOverWords = std::to_array<std::string_view>(
    {"resolved", "postmortem", "completed", "maintenance_complete", "cancelled", "canceled"});
constexpr std::array kUnderWayWords =
    std::to_array<std::string_view>({"in_progress", "verifying", "maintenance_in_progress"});

constexpr std::size_t kComponentsMax = 1000;  // the largest pages seen have some 300

bool is_any(std::span<const std::string_view> words, std::string_view word) {
  return std::ranges::find(words, lower(word)) != words.end();
}

struct Component {
  std::string id;
  std::string name;
  std::string full;  // "Group / Name": names alone need not be unique
  FeedState state = FeedState::unknown;
};

std::vector<Component> components_of(const json& document) {
  const json& list = list_of(document, "components");
  std::vector<Component> components;
  for (const auto& one : list) {
    if (components.size() == kComponentsMax) break;
    Component component{.id = text_of(one, "id"),
                        .name = text_of(one, "name"),
                        .full = {},
                        .state = look_up(kStatuses, text_of(one, "status"))};
    const std::string group = text_of(one, "group_id");
    const auto parent = std::ranges::find_if(list, [&group](const json& other) {
      return !group.empty() && text_of(other, "id") == group;
    });
    if (parent != list.end()) component.full = text_of(*parent, "name") + " / " + component.name;
    components.push_back(std::move(component));
  }
  return components;
}

bool is_named(const FeedScope& scope, const Component& component) {
  return is_ours(scope, component.id) || is_ours(scope, component.name) ||
         (!component.full.empty() && is_ours(scope, component.full));
}

// The state of the components in scope; what the document does not list is unknown, and lacking.
FeedState state_of_ours(const std::vector<Component>& components,
                        const FeedScope& scope,
                        std::vector<std::string>& lacking) {
  FeedState state = FeedState::operational;
  for (const auto& wanted : scope.components) {
    const FeedScope single{.now = {}, .components = {wanted}, .is_own = scope.is_own};
    bool is_listed = false;
    for (const auto& component : components) {
      if (!is_named(single, component)) continue;
      is_listed = true;
      state = worse(state, component.state);
    }
    if (is_listed) continue;
    lacking.push_back(wanted);
    state = worse(state, FeedState::unknown);
  }
  return state;
}

// What an incident touches: its own list, else what its newest update says was affected.
std::vector<Component> touched_by(const json& incident) {
  std::vector<Component> touched = components_of(incident);
  const json& updates = list_of(incident, "incident_updates");
  if (!touched.empty() || updates.empty()) return touched;
  for (const auto& one : list_of(updates.front(), "affected_components")) {
    touched.push_back({.id = text_of(one, "code"),
                       .name = text_of(one, "name"),
                       .full = {},
                       .state = look_up(kStatuses, text_of(one, "new_status"))});
  }
  return touched;
}

// How bad it is for us: by the components of ours that it names, else by its impact. Pages often
// open an incident before they set its components, so that one which names a component that is
// still operational counts as degraded.
FeedState state_of(const json& incident, const std::vector<Component>& ours) {
  const FeedState impact = look_up(kIndicators, text_of(incident, "impact"));
  if (ours.empty()) return impact;
  FeedState state = FeedState::operational;
  for (const auto& component : ours)
    state = worse(state, component.state);
  const bool is_lagging = state == FeedState::operational || state == FeedState::unknown;
  if (!is_lagging || impact == FeedState::operational) return state;
  return impact == FeedState::unknown ? FeedState::unknown : FeedState::degraded;
}

struct Gathered {
  FeedReading reading;
  std::vector<Time> revised;
  FeedState worst_open = FeedState::operational;
};

void add(const json& incident, bool is_maintenance, const FeedScope& scope, Gathered& out) {
  const std::vector<Component> touched = touched_by(incident);
  std::vector<Component> ours;
  std::ranges::copy_if(touched, std::back_inserter(ours), [&scope](const Component& component) {
    return scope.components.empty() || is_named(scope, component);
  });
  if (ours.empty() && !touched.empty()) return;
  FeedItem item;
  item.item = text_of(incident, "id");
  item.title = text_of(incident, "name");
  item.state = is_maintenance ? FeedState::maintenance : state_of(incident, ours);
  const std::string status = text_of(incident, "status");
  item.is_open = !is_any(kOverWords, status);
  for (const auto& component : ours)
    item.components.push_back(component.name);
  item.started = is_maintenance ? time_of_any(incident, {"scheduled_for", "started_at"})
                                : time_of_any(incident, {"started_at", "created_at"});
  if (is_maintenance) item.ends = time_of(incident, "scheduled_until");
  const json& updates = list_of(incident, "incident_updates");
  if (!updates.empty()) item.body = text_of(updates.front(), "body");
  // A maintenance that is only scheduled is an announcement and no state.
  const bool is_under_way = !is_maintenance || is_any(kUnderWayWords, status);
  if (item.is_open && is_under_way) out.worst_open = worse(out.worst_open, item.state);
  const auto revised =
      time_of_any(incident, {"updated_at", "resolved_at", "started_at", "created_at"});
  out.revised.push_back(revised ? *revised : scope.now.now());
  out.reading.items.push_back(tidy(std::move(item)));
}

FeedResult read(const json& document, const FeedScope& scope) {
  const json& page = member_of(document, "page");
  Gathered out;
  out.reading.page = fold(text_of(page, "id"), kFeedNameBytesMax);
  if (out.reading.page.empty()) return std::unexpected("a document without page.id");
  for (const auto& incident : list_of(document, "incidents"))
    add(incident, false, scope, out);
  for (const auto& one : list_of(document, "scheduled_maintenances"))
    add(one, true, scope, out);
  const json& status = member_of(document, "status");
  if (!scope.components.empty() && has_list(document, "components")) {
    out.reading.state = state_of_ours(components_of(document), scope, out.reading.lacking);
  } else if (status.is_object()) {
    out.reading.state = look_up(kIndicators, text_of(status, "indicator"));
  } else if (has_list(document, "components")) {
    out.reading.state = FeedState::operational;
    for (const auto& component : components_of(document)) {
      out.reading.state = worse(out.reading.state, component.state);
    }
  } else {
    out.reading.state = out.worst_open;  // a list of incidents
  }
  keep_newest(out.reading, std::move(out.revised), scope.now);
  return std::move(out.reading);
}

bool recognises(const json& document) {
  const bool has_parts = member_of(document, "status").is_object() ||
                         has_list(document, "components") || has_list(document, "incidents") ||
                         has_list(document, "scheduled_maintenances");
  return has_parts && member_of(member_of(document, "page"), "id").is_string();
}

}  // namespace

const JsonFeed feeds::statuspage{.name = "statuspage", .recognises = recognises, .read = read};

}  // namespace bw
