// SPDX-License-Identifier: Apache-2.0
#include "probes/feed_components.h"
#include "probes/feed_json.h"
#include "probes/text.h"

#include <algorithm>
#include <array>

// Algolia's /1/status, one word for each of some 300 clusters, and the page's one word at
// /2/status/service/all/period/current. One cluster in trouble is nothing to the other customers:
// name your own as a component.
namespace bw {
namespace {

using nlohmann::json;

constexpr std::array kWords =
    std::to_array<FeedWord>({{"operational", FeedState::operational},
                             {"degraded_performance", FeedState::degraded},
                             {"partial_outage", FeedState::partial},
                             {"major_outage", FeedState::major}});

const json& clusters_of(const json& document) {
  return member_of(document, "status");
}

std::string page_word(const json& document) {
  return text_of(member_of(document, "global"), "status");
}

// A map of words and nothing else, of which at least one is known.
bool is_map(const json& clusters) {
  if (!clusters.is_object()) return false;
  const auto is_known = [](const json& word) {
    return look_up(kWords, word.get<std::string>()) != FeedState::unknown;
  };
  return std::ranges::all_of(clusters, [](const json& word) { return word.is_string(); }) &&
         std::ranges::any_of(clusters, is_known);
}

bool recognises(const json& document) {
  return is_map(clusters_of(document)) ||
         look_up(kWords, page_word(document)) != FeedState::unknown;
}

FeedResult read(const json& document, const FeedScope& scope) {
  const json& clusters = clusters_of(document);
  const std::string word = page_word(document);
  if (word.empty() && (!clusters.is_object() || clusters.empty()))
    return std::unexpected("a document without clusters");
  std::vector<FeedComponent> parts;
  if (clusters.is_object()) {
    for (const auto& [name, said] : clusters.items()) {
      if (parts.size() == kFeedPartsMax) break;
      parts.push_back({.names = {name}, .state = look_up(kWords, text_of(clusters, name))});
    }
  }
  FeedReading reading;
  reading.state = state_of_parts(parts, scope, reading.lacking);
  if (scope.components.empty() && !word.empty()) reading.state = look_up(kWords, word);
  return reading;
}

}  // namespace

const JsonFeed feeds::algolia{.name = "algolia", .recognises = recognises, .read = read};

}  // namespace bw
