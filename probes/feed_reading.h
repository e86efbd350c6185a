// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "probes/observation.h"

#include <algorithm>
#include <expected>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

// What every reader of status feeds shares.
namespace bw {

// The moment at which a document is read. A reader asks it only what lies before and what after,
// and it notes for which moments the answers would be the same.
class Moment {
 public:
  Moment() = default;
  Moment(Time now) : now_(now) {}
  Moment(const Moment&) = delete;  // a copy would keep its notes to itself
  Moment& operator=(const Moment&) = delete;
  ~Moment() = default;

  [[nodiscard]] bool is_after(Time at) const {
    const bool is_so = now_ > at;
    narrow(at, is_so);
    return is_so;
  }
  [[nodiscard]] bool is_before(Time at) const {
    const bool is_so = now_ < at;
    narrow(at - Millis{1}, !is_so);
    return is_so;
  }
  // The moment itself stands in for what a document does not say: for no other moment the same.
  [[nodiscard]] Time now() const {
    since_ = now_;
    until_ = now_ + Millis{1};
    return now_;
  }
  [[nodiscard]] Time since() const { return since_; }  // the same from here
  [[nodiscard]] Time until() const { return until_; }  // to just before here

 private:
  // Up to and including `last` the answer is another than after it.
  void narrow(Time last, bool is_past) const {
    if (is_past) {
      since_ = std::max(since_, last + Millis{1});
    } else {
      until_ = std::min(until_, last + Millis{1});
    }
  }

  Time now_{};
  mutable Time since_ = Time::min();
  mutable Time until_ = Time::max();
};

struct FeedScope {
  Moment now;
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
void keep_newest(FeedReading& reading, std::vector<Time> revised, const Moment& now);

// Plain text of a fragment of markup: tags gone, entities decoded, folded, at most `bytes_max`.
[[nodiscard]] std::string plain_text(std::string_view markup, std::size_t bytes_max);

}  // namespace bw
