// SPDX-License-Identifier: Apache-2.0
#include "probes/feed_components.h"
#include "probes/feed_json.h"
#include "probes/text.h"

#include <algorithm>
#include <array>

// Status.io's public status API 1.0. Of all platforms it alone has a state that says "security
// event" (600): that is a claim of its own, and not only a grave state.
namespace bw {
namespace {

using nlohmann::json;

constexpr std::string_view kSecurityCode = "600";
constexpr std::array kCodes = std::to_array<FeedWord>({{"100", FeedState::operational},
                                                       {"200", FeedState::maintenance},
                                                       {"300", FeedState::degraded},
                                                       {"400", FeedState::partial},
                                                       {"500", FeedState::major},
                                                       {kSecurityCode, FeedState::major}});

struct Part {
  FeedComponent component;
  bool is_security = false;
};

Part part_of(const json& one, std::vector<std::string> names) {
  const std::string code = text_of(one, "status_code");
  return {.component = {.names = std::move(names), .state = look_up(kCodes, code)},
          .is_security = code == kSecurityCode};
}

// Components, and the containers (places, as a rule) that each of them runs in.
std::vector<Part> parts_of(const json& result) {
  std::vector<Part> parts;
  for (const auto& one : list_of(result, "status")) {
    const std::string name = text_of(one, "name");
    if (parts.size() >= kFeedPartsMax) break;
    parts.push_back(part_of(one, {text_of(one, "id"), name}));
    for (const auto& place : list_of(one, "containers")) {
      if (parts.size() >= kFeedPartsMax) break;
      const std::string inner = text_of(place, "name");
      parts.push_back(part_of(place, {text_of(place, "id"), inner, name + " / " + inner}));
    }
  }
  return parts;
}

std::string id_of(const json& one) {
  const std::string id = text_of(one, "_id");
  return id.empty() ? text_of(one, "id") : id;
}

struct Gathered {
  FeedReading reading;
  std::vector<Time> revised;
};

// Names for people go into the item; ids too decide whether it concerns us.
bool read_touched(const json& one, const FeedScope& scope, FeedItem& item) {
  std::vector<std::string> known;
  for (const auto* list : {"components_affected", "containers_affected"}) {
    for (const auto& touched : list_of(one, list)) {
      item.components.push_back(text_of(touched, "name"));
      known.push_back(item.components.back());
      known.push_back(id_of(touched));
    }
  }
  return concerns_us(scope, known);
}

void add(const json& one, bool is_maintenance, const FeedScope& scope, Gathered& out) {
  FeedItem item;
  if (!read_touched(one, scope, item)) return;
  item.item = id_of(one);
  item.title = text_of(one, "name");
  item.started = time_of_any(one, {"datetime_planned_start", "datetime_open"});
  item.ends = is_maintenance ? time_of(one, "datetime_planned_end") : std::nullopt;
  const json& active = member_of(one, "current_active");
  item.is_open = text_of(one, "datetime_resolved").empty() && active != false;
  Time revised = item.started ? *item.started : scope.now.now();
  std::string code = text_of(one, "status_code");
  for (const auto& message : list_of(one, "messages")) {
    const Time at = time_of(message, "datetime").value_or(revised);
    if (at < revised) continue;
    revised = at;
    item.body = text_of(message, "details");
    if (auto said = text_of(message, "status"); !said.empty()) code = std::move(said);
  }
  item.state = is_maintenance ? FeedState::maintenance : look_up(kCodes, code);
  item.is_security = !is_maintenance && code == kSecurityCode;
  out.revised.push_back(revised);
  out.reading.items.push_back(tidy(std::move(item)));
}

// A page may show the security state and list no incident that explains it: the claim is made by
// the state, so that it becomes an item of its own.
void claim_security(const json& overall, const FeedScope& scope, Gathered& out) {
  const bool is_told = std::ranges::any_of(
      out.reading.items, [](const FeedItem& item) { return item.is_open && item.is_security; });
  if (is_told) return;
  FeedItem item;
  item.item = "security-event";
  item.title = "Security Event";
  item.state = FeedState::major;
  item.is_security = true;
  item.started = time_of(overall, "updated");
  out.revised.push_back(item.started ? *item.started : scope.now.now());
  out.reading.items.push_back(tidy(std::move(item)));
}

bool recognises(const json& document) {
  return member_of(member_of(document, "result"), "status_overall").is_object();
}

FeedResult read(const json& document, const FeedScope& scope) {
  if (!recognises(document)) return std::unexpected("a document without result.status_overall");
  const json& result = member_of(document, "result");
  const json& overall = member_of(result, "status_overall");
  Gathered out;
  for (const auto& one : list_of(result, "incidents"))
    add(one, false, scope, out);
  for (const auto* list : {"active", "upcoming"}) {
    for (const auto& one : list_of(member_of(result, "maintenance"), list))
      add(one, true, scope, out);
  }
  std::vector<FeedComponent> components;
  const std::string code = text_of(overall, "status_code");
  bool is_security = scope.components.empty() && code == kSecurityCode;
  for (auto& part : parts_of(result)) {
    is_security |= part.is_security && is_part_of_ours(part.component, scope);
    components.push_back(std::move(part.component));
  }
  out.reading.state = scope.components.empty()
                          ? look_up(kCodes, code)
                          : state_of_parts(components, scope, out.reading.lacking);
  if (is_security) claim_security(overall, scope, out);
  keep_newest(out.reading, std::move(out.revised), scope.now);
  return std::move(out.reading);
}

}  // namespace

const JsonFeed feeds::status_io{.name = "status-io", .recognises = recognises, .read = read};

}  // namespace bw
