// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "probes/feed_reading.h"

#include <string_view>

namespace bw {

// RSS 0.9x, 1.0 and 2.0, and Atom (RFC 4287), as UTF-8. Such feeds are logs of updates in prose:
// entries of one id are one item as last revised, entries older than kFeedAgeMax are left out, and
// one that nobody has touched for kProseFreshMax counts as over, because many never say so. A
// scope's components are looked for in the words. No entity is ever expanded but XML's own five.
[[nodiscard]] FeedResult read_xml_feed(std::string_view text, const FeedScope& scope);

// Azure's feed, recognised by the page that it names, is read as RSS, and then as what an entry of
// it means: an open one is at best a degradation, also where its words do not say how bad it is.
[[nodiscard]] bool is_azure_feed(const FeedReading& reading);
void read_as_azure(FeedReading& reading, const FeedScope& scope);

inline constexpr Millis kProseFreshMax = std::chrono::days{3};

}  // namespace bw
