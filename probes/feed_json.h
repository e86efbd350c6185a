// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "probes/feed_reading.h"

#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// Status feeds in JSON: one reader a format, and safe ways into documents of any shape.
namespace bw {

struct JsonFeed {
  std::string_view name;  // as in `format = "..."`
  bool (*recognises)(const nlohmann::json& document);
  FeedResult (*read)(const nlohmann::json& document, const FeedScope& scope);
};

// One line a format, as in probes/catalog.h; the first one that recognises a document reads it.
#define BW_JSON_FEEDS(X) \
  X(statuspage)          \
  X(incident_io)         \
  X(google_cloud)        \
  X(instatus)            \
  X(aws)                 \
  X(slack)               \
  X(salesforce_trust)    \
  X(status_io)           \
  X(better_stack)        \
  X(stripe)              \
  X(paypal)              \
  X(heroku)              \
  X(zendesk)             \
  X(algolia)
namespace feeds {
#define X(name) extern const JsonFeed name;
BW_JSON_FEEDS(X)
#undef X
}  // namespace feeds

// Nothing for what is no JSON (RFC 8259), nests deeper than 32 or has more than 100,000 values:
// no status feed does, and both cost memory far beyond the document's size.
[[nodiscard]] std::optional<nlohmann::json> parse_json_feed(std::string_view text);

// The member of that name; a null where `value` is no object or has none.
[[nodiscard]] const nlohmann::json& member_of(const nlohmann::json& value, std::string_view key);
// The elements of the list of that name; none where it is no list.
[[nodiscard]] const nlohmann::json& list_of(const nlohmann::json& value, std::string_view key);
[[nodiscard]] bool has_list(const nlohmann::json& value, std::string_view key);
// A string or a number as text; empty for all else.
[[nodiscard]] std::string text_of(const nlohmann::json& value, std::string_view key);
// RFC 3339, RFC 2822 or seconds since 1970, as text or number.
[[nodiscard]] std::optional<Time> time_of(const nlohmann::json& value, std::string_view key);
// The first of the keys that holds a time.
[[nodiscard]] std::optional<Time> time_of_any(const nlohmann::json& value,
                                              std::initializer_list<std::string_view> keys);

}  // namespace bw
