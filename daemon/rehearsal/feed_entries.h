// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "daemon/rehearsal/events.h"

#include <string>
#include <vector>

namespace bw::rehearsal {

// One incident, maintenance or statement in a feed at some moment, before it takes a format's
// shape.
struct FeedUpdate {
  Time at{};
  std::string stage;  // investigating identified monitoring resolved, or empty
  std::string body;
};
struct FeedEntry {
  std::uint64_t id = 0;
  std::string title;
  std::string component;
  std::string status;     // of the component, in Statuspage's words; may be empty
  std::string indicator;  // none minor major critical maintenance; may be empty
  bool is_maintenance = false;
  bool is_open = true;
  Time from{};  // maintenance: of its window; else of the first update
  Time to{};    // maintenance: of its window; else of the last update where it is closed
  std::vector<FeedUpdate> updates;  // oldest first, at least one

  [[nodiscard]] const FeedUpdate& latest() const { return updates.back(); }
};

// What the owner's feed says to this request: incidents of the file by title, one revision an
// event, also those that are over; and a notice of normal life. A newsroom takes down what it no
// longer says.
[[nodiscard]] std::vector<FeedEntry> feed_entries(const WorldFile& world,
                                                  const Timeline& timeline,
                                                  int owner,
                                                  const Request& request,
                                                  std::uint64_t seed);

}  // namespace bw::rehearsal
