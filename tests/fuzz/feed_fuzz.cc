// SPDX-License-Identifier: Apache-2.0
#include "probes/feed_document.h"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

// All readers of feeds: the first byte chooses whether a scope is given, the rest is the document.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) return 0;
  bw::FeedScope scope{.now = bw::parse_time("2025-04-21T12:00:00Z").value_or(bw::Time{}),
                      .components = {},
                      .is_own = false};
  if ((data[0] & 1) != 0) scope.components = {"API", "Dashboard"};
  scope.is_own = (data[0] & 2) != 0;
  const std::string_view document(reinterpret_cast<const char*>(data) + 1, size - 1);
  const auto reading = bw::read_feed(document, "", "", scope);
  if (!reading) return 0;
  if (reading->items.size() > bw::kFeedItemsMax) std::abort();
  for (const auto& item : reading->items) {
    const bool is_bounded = !item.item.empty() && item.title.size() <= bw::kFeedTitleBytesMax &&
                            item.body.size() <= bw::kFeedBodyBytesMax &&
                            item.components.size() <= bw::kFeedComponentsMax;
    if (!is_bounded) std::abort();
  }
  return 0;
}
