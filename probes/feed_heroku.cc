// SPDX-License-Identifier: Apache-2.0
#include "probes/feed_components.h"
#include "probes/feed_json.h"
#include "probes/text.h"

#include <algorithm>
#include <array>

// Heroku's status API v4, "current-status": a colour for each of its systems (Apps, Data, Tools).
// Blue is said to mean maintenance, which is not verified: it stays unknown.
namespace bw {
namespace {

using nlohmann::json;

constexpr std::array kColours = std::to_array<FeedWord>({{"green", FeedState::operational},
                                                         {"yellow", FeedState::degraded},
                                                         {"red", FeedState::major}});

bool is_system(const json& one) {
  return !text_of(one, "system").empty() && !text_of(one, "status").empty();
}

FeedItem read_incident(const json& one, FeedState page) {
  FeedItem item;
  item.item = text_of(one, "id");
  item.title = text_of(one, "title");
  item.is_open = lower(text_of(one, "state")) != "resolved";
  // An incident has no colour of its own: it is as grave as its page, and at least a degradation.
  item.state = worse(page, FeedState::degraded);
  item.started = time_of(one, "created_at");
  return item;
}

bool recognises(const json& document) {
  const json& systems = list_of(document, "status");
  return !systems.empty() && is_system(systems.front());
}

FeedResult read(const json& document, const FeedScope& scope) {
  if (!recognises(document)) return std::unexpected("a document without systems in status");
  std::vector<FeedComponent> parts;
  for (const auto& one : list_of(document, "status")) {
    if (parts.size() == kFeedPartsMax) break;
    if (!is_system(one)) return std::unexpected("a list of something else than systems");
    parts.push_back(
        {.names = {text_of(one, "system")}, .state = look_up(kColours, text_of(one, "status"))});
  }
  FeedReading reading;
  reading.state = state_of_parts(parts, scope, reading.lacking);
  std::vector<Time> revised;
  for (const auto& one : list_of(document, "incidents")) {
    const auto at = time_of_any(one, {"updated_at", "created_at"});
    revised.push_back(at ? *at : scope.now.now());
    reading.items.push_back(tidy(read_incident(one, reading.state)));
  }
  keep_newest(reading, std::move(revised), scope.now);
  return reading;
}

}  // namespace

const JsonFeed feeds::heroku{.name = "heroku", .recognises = recognises, .read = read};

}  // namespace bw
