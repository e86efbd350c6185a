// SPDX-License-Identifier: Apache-2.0
#include "probes/feed_components.h"
#include "probes/feed_json.h"
#include "probes/text.h"

#include <algorithm>
#include <array>

// PayPal's /api/v1/components, which lists Braintree's and Venmo's as well: what each is in
// production. What the sandbox does is nobody's outage.
namespace bw {
namespace {

using nlohmann::json;

constexpr std::array kWords =
    std::to_array<FeedWord>({{"operational", FeedState::operational},
                             {"informational", FeedState::operational},
                             {"under maintenance", FeedState::maintenance},
                             {"service disruption", FeedState::partial},
                             {"service outage", FeedState::major}});

bool is_component(const json& one) {
  return member_of(one, "category").is_object() && member_of(one, "status").is_object();
}

FeedState state_of(const json& one) {
  // Both "Service Outage" and "service_outage" have been seen.
  std::string word = text_of(member_of(one, "status"), "production");
  std::ranges::replace(word, '_', ' ');
  return look_up(kWords, word);
}

bool recognises(const json& document) {
  const json& components = list_of(document, "result");
  return !components.empty() && is_component(components.front());
}

FeedResult read(const json& document, const FeedScope& scope) {
  if (!recognises(document)) return std::unexpected("a document without components in result");
  std::vector<FeedComponent> parts;
  for (const auto& one : list_of(document, "result")) {
    if (parts.size() == kFeedPartsMax) break;
    if (!is_component(one)) return std::unexpected("a list of something else than components");
    const std::string name = text_of(one, "name");
    parts.push_back({.names = {text_of(one, "id"),
                               name,
                               text_of(member_of(one, "category"), "name") + " / " + name},
                     .state = state_of(one)});
  }
  FeedReading reading;
  reading.state = state_of_parts(parts, scope, reading.lacking);
  return reading;
}

}  // namespace

const JsonFeed feeds::paypal{.name = "paypal", .recognises = recognises, .read = read};

}  // namespace bw
