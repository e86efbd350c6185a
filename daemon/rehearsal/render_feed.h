// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "daemon/rehearsal/feed_entries.h"
#include "daemon/rehearsal/links.h"

#include <string>

namespace bw::rehearsal {

struct FeedDocument {
  std::string content_type;
  std::string body;
};
// The owner's feed in its own format, as the format's real publishers write it.
[[nodiscard]] FeedDocument render_feed(const Owner& owner,
                                       const std::vector<FeedEntry>& entries,
                                       Time now);

// One a format; see render_feed_*.cc.
struct FeedView {
  const Owner& owner;
  const FeedPlace& feed;  // the owner's
  const std::vector<FeedEntry>& entries;
  Time now{};

  [[nodiscard]] Link link() const;  // where the feed is
  // When the document last changed.
  [[nodiscard]] Time updated() const;
  // Severest of what is open: none minor major critical, or maintenance where nothing else is.
  [[nodiscard]] std::string indicator() const;
  // Of this component, in Statuspage's words.
  [[nodiscard]] std::string component_status(const std::string& component) const;
};
// How long a closed entry is still shown where a format shows closed ones.
inline constexpr Millis kClosedShown{std::chrono::hours{24 * 3}};

[[nodiscard]] FeedDocument render_statuspage(const FeedView& view);
[[nodiscard]] FeedDocument render_incident_io(const FeedView& view);
[[nodiscard]] FeedDocument render_instatus(const FeedView& view);
[[nodiscard]] FeedDocument render_google_cloud(const FeedView& view);
[[nodiscard]] FeedDocument render_aws(const FeedView& view);
[[nodiscard]] FeedDocument render_salesforce_trust(const FeedView& view);
[[nodiscard]] FeedDocument render_slack(const FeedView& view);
[[nodiscard]] FeedDocument render_rss(const FeedView& view);
[[nodiscard]] FeedDocument render_atom(const FeedView& view);
[[nodiscard]] std::string feed_id(std::uint64_t identity);

}  // namespace bw::rehearsal
