// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "probes/observation.h"

#include <expected>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

// What every reader of status feeds shares.
namespace bw {

struct FeedScope {
  Time now{};
  std::vector<std::string> components;  // those that we depend on, by id or name; empty: all
  bool is_own = false;                  // the organisation's own statements
};
struct FeedReading {
  std::string page;                      // the page's own id; may be empty
  FeedState state = FeedState::unknown;  // of the components in scope
  std::vector<FeedItem> items;           // without the page's; at most kFeedItemsMax
  std::vector<std::string> lacking;      // components in scope that the document does not list
};
// The error says what the document is not, for people.
using FeedResult = std::expected<FeedReading, std::string>;

inline constexpr std::size_t kFeedItemsMax = 50;
inline constexpr std::size_t kFeedTitleBytesMax = 200;
inline constexpr std::size_t kFeedBodyBytesMax = 2000;
inline constexpr std::size_t kFeedComponentsMax = 32;
inline constexpr std::size_t kFeedNameBytesMax = 120;
inline constexpr Millis kFeedAgeMax = std::chrono::days{14};

// The graver of two states. Unknown is graver than operational: it is no all-clear.
[[nodiscard]] FeedState worse(FeedState a, FeedState b);

// A format's words and what they mean here; a word that is not listed means unknown.
using FeedWord = std::pair<std::string_view, FeedState>;
[[nodiscard]] FeedState look_up(std::span<const FeedWord> words, std::string_view word);

// One of the components in scope goes by this id or name (case and white space aside).
[[nodiscard]] bool is_ours(const FeedScope& scope, std::string_view name);
// Something that touches these components concerns us: all of it where the scope is open or no
// component is named.
[[nodiscard]] bool concerns_us(const FeedScope& scope, const std::vector<std::string>& names);

// Cleans and bounds all texts of an item.
[[nodiscard]] FeedItem tidy(FeedItem item);
// Drops closed items that nobody revised since kFeedAgeMax (`revised` runs parallel to
// `reading.items`), puts open items first and newer before older, and keeps kFeedItemsMax.
void keep_newest(FeedReading& reading, std::vector<Time> revised, Time now);

// Plain text of a fragment of markup: tags gone, entities decoded, folded, at most `bytes_max`.
[[nodiscard]] std::string plain_text(std::string_view markup, std::size_t bytes_max);

}  // namespace bw
