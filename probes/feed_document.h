// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "probes/feed_reading.h"

#include <string_view>

namespace bw {

// Reads a status feed of any format that we know: "statuspage", "incident-io", "google-cloud", ...
// as in feed_json.h, "rss", "atom" or "azure-rss"; an empty `format` recognises it by its content.
// The bytes may be in any encoding of encoding.h. The error says what came instead: a feed's
// address often answers 200 with a web page.
[[nodiscard]] FeedResult read_feed(std::string_view bytes,
                                   std::string_view content_type,
                                   std::string_view format,
                                   const FeedScope& scope);

// Whether `format` is one of those.
[[nodiscard]] bool is_feed_format(std::string_view format);

}  // namespace bw
