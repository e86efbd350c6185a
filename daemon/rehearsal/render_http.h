// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "daemon/rehearsal/atlas.h"
#include "daemon/rehearsal/events.h"
#include "daemon/rehearsal/render_feed.h"

#include <map>
#include <mutex>
#include <string>
#include <utility>

namespace bw::rehearsal {

// Renders what stands behind an URL: pages, JSON, logins, scripts, feeds, with whatever is wrong.
class HttpRenderer {
 public:
  HttpRenderer(const WorldFile& world,
               const Atlas& atlas,
               const Timeline& timeline,
               std::uint64_t seed)
      : world_(world), atlas_(atlas), timeline_(timeline), seed_(seed) {}

  [[nodiscard]] HttpReply render(const HttpAsk& ask,
                                 const Place& place,
                                 const Troubles& troubles,
                                 const Request& request) const;

 private:
  struct Draft;
  [[nodiscard]] Draft healthy(const HttpAsk& ask,
                              const Place& place,
                              const Troubles& troubles,
                              const Request& request) const;
  [[nodiscard]] std::string html(const Endpoint& endpoint,
                                 const Troubles& troubles,
                                 Time now) const;
  [[nodiscard]] Draft page(const Endpoint& endpoint, const Troubles& troubles, Time now) const;
  [[nodiscard]] Draft login(const HttpAsk& ask,
                            const Endpoint& endpoint,
                            const Troubles& troubles,
                            Time now) const;
  [[nodiscard]] Draft script(const std::string& url, const Request& request) const;
  [[nodiscard]] std::string healthy_body(const Endpoint& endpoint, std::uint64_t edition) const;
  [[nodiscard]] FeedDocument feed(int owner, const Request& request) const;

  const WorldFile& world_;
  const Atlas& atlas_;
  const Timeline& timeline_;
  std::uint64_t seed_;
  // The latest healthy body of each page: it changes once per edition and is asked for all day.
  mutable std::mutex mutex_;
  mutable std::map<const Endpoint*, std::pair<std::uint64_t, std::string>> bodies_;
  // By owner: a feed that lists nothing is the same at all times.
  mutable std::map<int, FeedDocument> quiet_feeds_;
};

}  // namespace bw::rehearsal
