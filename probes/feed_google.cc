// SPDX-License-Identifier: Apache-2.0
#include "probes/feed_json.h"
#include "probes/text.h"

#include <array>

// Google Cloud's incidents.json (also Workspace, Maps, Ads): a list that is an archive as well. The
// incidents without an end are open; `severity` is left alone, it does not say what it seems to.
namespace bw {
namespace {

using nlohmann::json;

constexpr std::array kImpacts =
    std::to_array<FeedWord>({{"service_outage", FeedState::major},
                             {"service_disruption", FeedState::partial},
                             {"service_information", FeedState::degraded}});

// Products by title, and by everything else that names them.
struct Products {
  std::vector<std::string> titles;
  std::vector<std::string> names;
};
Products products_of(const json& incident) {
  Products products;
  const auto add = [&products](const std::string& title, const std::string& id) {
    if (!title.empty()) products.titles.emplace_back(trim(title));
    products.names.emplace_back(trim(title));
    products.names.emplace_back(trim(id));
  };
  // Big outages are filed under "Multiple Products": what they touch is in the list.
  for (const auto& one : list_of(incident, "affected_products")) {
    add(text_of(one, "title"), text_of(one, "id"));
  }
  if (products.names.empty())
    add(text_of(incident, "service_name"), text_of(incident, "service_key"));
  return products;
}

bool is_incident(const json& one) {
  return !text_of(one, "id").empty() && !text_of(one, "begin").empty();
}

FeedItem read_incident(const json& incident) {
  FeedItem item;
  item.item = text_of(incident, "id");
  item.title = text_of(incident, "external_desc");
  const json& newest = member_of(incident, "most_recent_update");
  item.body = text_of(newest, "text");
  const std::string impact = text_of(incident, "status_impact");
  item.state = look_up(kImpacts, impact.empty() ? text_of(newest, "status") : impact);
  item.is_open = text_of(incident, "end").empty();
  item.started = time_of(incident, "begin");
  return item;
}

FeedResult read(const json& document, const FeedScope& scope) {
  if (!document.is_array()) return std::unexpected("no list of incidents");
  FeedReading reading{.page = {}, .state = FeedState::operational, .items = {}, .lacking = {}};
  std::vector<Time> revised;
  for (const auto& incident : document) {
    if (!is_incident(incident)) return std::unexpected("a list of something else than incidents");
    const Products products = products_of(incident);
    if (!concerns_us(scope, products.names)) continue;
    FeedItem item = read_incident(incident);
    item.components = products.titles;
    if (item.is_open) reading.state = worse(reading.state, item.state);
    const auto at = time_of_any(incident, {"modified", "end", "begin"});
    revised.push_back(at ? *at : scope.now.now());
    reading.items.push_back(tidy(std::move(item)));
  }
  keep_newest(reading, std::move(revised), scope.now);
  return reading;
}

bool recognises(const json& document) {
  return document.is_array() && !document.empty() && is_incident(document.front()) &&
         !member_of(document.front(), "external_desc").is_null();
}

}  // namespace

const JsonFeed feeds::google_cloud{.name = "google-cloud", .recognises = recognises, .read = read};

}  // namespace bw
