// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "probes/error.h"

#include <expected>
#include <string>
#include <string_view>
#include <vector>

namespace bw {

// A provider's status feed as the directory knows it: `feed = "stripe"` in a [[provider]].
struct KnownFeed {
  std::string name;                     // an id, at most 64 bytes
  std::string title;                    // the provider's name, for people
  std::string role;                     // as in [[provider]]
  std::string url;                      // https
  std::string format;                   // never empty
  std::vector<std::string> components;  // that matter; empty: the page as a whole
  std::string source;                   // where the fact is from
  std::string checked;                  // "2026-08-24": when that source looked; empty: unknown
  bool is_verified = true;              // false: the source only names the address
};

inline constexpr std::size_t kKnownFeedsMax = 2000;

// The entries of a file like config/feeds.toml, in the order of their names, or every problem at
// once: a missing or unknown key, a name twice or out of order, an address that is not https, a
// format or role that does not exist, a date that is none.
[[nodiscard]] std::expected<std::vector<KnownFeed>, std::vector<Error>> parse_feeds(
    std::string_view text, const std::string& path);
// config/feeds.toml as it was when this was built, and as a value.
[[nodiscard]] std::string_view builtin_feeds_text();
[[nodiscard]] const std::vector<KnownFeed>& builtin_feeds();

// The built-in entry of that name, or null.
[[nodiscard]] const KnownFeed* find_known_feed(std::string_view name);
[[nodiscard]] std::vector<std::string_view> known_feed_names();

}  // namespace bw
