// SPDX-License-Identifier: Apache-2.0
#include "probes/feed_components.h"
#include "probes/feed_json.h"
#include "probes/text.h"

#include <array>
#include <map>

// Better Stack's /index.json, in JSON:API: the page in `data`, and its sections, resources, reports
// and updates side by side in `included`. Every path that it does not know answers 200 and a page.
namespace bw {
namespace {

using nlohmann::json;

constexpr std::array kWords = std::to_array<FeedWord>({{"operational", FeedState::operational},
                                                       {"degraded", FeedState::degraded},
                                                       {"downtime", FeedState::major},
                                                       {"maintenance", FeedState::maintenance}});

const json& attributes_of(const json& one) {
  return member_of(one, "attributes");
}

bool is_of_type(const json& one, std::string_view type) {
  return text_of(one, "type") == type;
}

struct Update {
  std::string text;
  std::optional<Time> at;
};

// `included` sorted by what its members are, in one pass: it may hold many thousands.
struct Parts {
  std::vector<FeedComponent> resources;
  std::map<std::string, std::size_t> numbers;  // of resources, by id
  std::map<std::string, Update> updates;       // the newest of each report, by the report's id
  std::vector<const json*> reports;
};

FeedComponent resource_of(const json& one, const std::map<std::string, std::string>& sections) {
  const json& said = attributes_of(one);
  const std::string name = text_of(said, "public_name");
  FeedComponent resource{.names = {text_of(one, "id"), name},
                         .state = look_up(kWords, text_of(said, "status"))};
  // What people set by hand stands beside what the monitor measured: the graver counts.
  if (const auto by_hand = text_of(said, "explicit_status"); !by_hand.empty())
    resource.state = worse(resource.state, look_up(kWords, by_hand));
  const auto section = sections.find(text_of(said, "status_page_section_id"));
  if (section != sections.end()) resource.names.push_back(section->second + " / " + name);
  return resource;
}

void keep_update(const json& said, std::map<std::string, Update>& updates) {
  Update next{.text = text_of(said, "message"), .at = time_of(said, "published_at")};
  auto& kept = updates[text_of(said, "status_report_id")];
  if (!kept.at || (next.at && *next.at >= *kept.at)) kept = std::move(next);
}

Parts parts_of(const json& included) {
  Parts parts;
  std::map<std::string, std::string> sections;
  for (const auto& one : included) {
    if (is_of_type(one, "status_page_section"))
      sections[text_of(one, "id")] = text_of(attributes_of(one), "name");
  }
  for (const auto& one : included) {
    if (is_of_type(one, "status_page_resource") && parts.resources.size() < kFeedPartsMax) {
      parts.numbers.emplace(text_of(one, "id"), parts.resources.size());
      parts.resources.push_back(resource_of(one, sections));
    } else if (is_of_type(one, "status_report")) {
      parts.reports.push_back(&one);
    } else if (is_of_type(one, "status_update")) {
      keep_update(attributes_of(one), parts.updates);
    }
  }
  return parts;
}

// Whether the report touches what is in scope; the names of what it touches go into the item.
bool read_touched(const json& report, const Parts& parts, const FeedScope& scope, FeedItem& item) {
  std::vector<std::string> known;
  for (const auto& one : list_of(report, "affected_resources")) {
    const std::string id = text_of(one, "status_page_resource_id");
    const auto at = parts.numbers.find(id);
    if (at == parts.numbers.end()) {
      known.push_back(id);
      continue;
    }
    const auto& names = parts.resources[at->second].names;
    item.components.push_back(names[1]);
    known.insert(known.end(), names.begin(), names.end());
  }
  return concerns_us(scope, known);
}

// When it was revised.
Time read_report(const json& one, const Parts& parts, const Moment& now, FeedItem& item) {
  const json& said = attributes_of(one);
  item.item = text_of(one, "id");
  item.title = text_of(said, "title");
  item.started = time_of(said, "starts_at");
  const bool is_maintenance = text_of(said, "report_type") == "maintenance";
  const auto ends = time_of(said, "ends_at");
  if (is_maintenance) item.ends = ends;
  const std::string word = text_of(said, "aggregate_state");
  item.state = is_maintenance ? FeedState::maintenance : look_up(kWords, word);
  item.is_open = word != "resolved" && (!ends || now.is_before(*ends));
  const Time started = item.started ? *item.started : now.now();
  const auto update = parts.updates.find(item.item);
  if (update == parts.updates.end()) return started;
  item.body = update->second.text;
  return update->second.at.value_or(started);
}

bool recognises(const json& document) {
  const json& data = member_of(document, "data");
  return data.is_object() && !text_of(attributes_of(data), "aggregate_state").empty();
}

FeedResult read(const json& document, const FeedScope& scope) {
  if (!recognises(document)) return std::unexpected("a document without aggregate_state");
  const json& data = member_of(document, "data");
  FeedReading reading;
  reading.page = fold(text_of(data, "id"), kFeedNameBytesMax);
  const auto parts = parts_of(list_of(document, "included"));
  reading.state = scope.components.empty()
                      ? look_up(kWords, text_of(attributes_of(data), "aggregate_state"))
                      : state_of_parts(parts.resources, scope, reading.lacking);
  std::vector<Time> revised;
  for (const json* one : parts.reports) {
    FeedItem item;
    if (!read_touched(attributes_of(*one), parts, scope, item)) continue;
    revised.push_back(read_report(*one, parts, scope.now, item));
    reading.items.push_back(tidy(std::move(item)));
  }
  keep_newest(reading, std::move(revised), scope.now);
  return reading;
}

}  // namespace

const JsonFeed feeds::better_stack{.name = "better-stack", .recognises = recognises, .read = read};

}  // namespace bw
