// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "probes/observation.h"

#include <optional>
#include <string>
#include <string_view>

namespace bw {

// What the words of a feed's entry claim about a service.
struct Prose {
  FeedState state = FeedState::unknown;  // unknown where the words do not say
  bool is_open = true;                   // false where they say that it is over
  std::string title;                     // without "Resolved:" and its kind
  std::string body;                      // plain text of the newest update only
  std::optional<Time> from;              // of a maintenance that says so in RFC 3339
  std::optional<Time> to;
};

// `body` may be HTML and, as Statuspage writes it, hold all updates with the newest first.
[[nodiscard]] Prose read_prose(std::string_view title, std::string_view body);

}  // namespace bw
