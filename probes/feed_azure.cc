// SPDX-License-Identifier: Apache-2.0
#include "probes/feed_xml.h"
#include "probes/text.h"

#include <algorithm>

// Azure's public status feed: RSS that is empty unless something is wrong widely. Its prose seldom
// says how wrong, so that an entry means a degradation at the very least.
namespace bw {

bool is_azure_feed(const FeedReading& reading) {
  const std::string page = lower(reading.page);
  return page.contains("//azure.status.microsoft/") || page.contains("//status.azure.com/");
}

void read_as_azure(FeedReading& reading, const FeedScope& scope) {
  if (scope.is_own) return;
  for (auto& item : reading.items) {
    const bool is_ahead = item.ends && item.started && scope.now.is_before(*item.started);
    const bool is_plan = item.state == FeedState::maintenance;
    if (!item.is_open || is_ahead || is_plan) continue;
    item.state = worse(item.state, FeedState::degraded);
    reading.state = worse(reading.state, item.state);
  }
}

}  // namespace bw
