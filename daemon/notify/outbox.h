// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "daemon/notify/lane.h"

#include <deque>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace bw {

inline constexpr std::size_t kKnownKeysMax = 50'000;

// At least once, in order per destination, bounded. Pure: says what to send and when to wake; the
// caller stores every parcel it returns as changed, in the order given, before it acts on it.
//
// What is told where:
// - A notice goes to the destinations of every route that matches it; a destination that was told
//   of an incident hears of it until its end, also when it falls below the route's level. The first
//   message on an incident to a destination is always an `opened`.
// - An end goes only where something was told.
// - One message per incident and change of level: an update waits kFoldWindow after the last
// message
//   on its incident, and what has not been tried yet is folded into newer news of the same
//   incident. A folded message is complete: it has the newest state, the strongest kind and all
//   changes.
// - A destination that fails is asked again with backoff, its parcels wait in order. After
//   kGiveUpAfter a parcel is given up and counted; so is one that keeps failing while others pass.
// - Where kPendingMax parcels wait, incidents that have ended meanwhile become one message each; if
//   that does not make room, the new parcel is given up and counted.
// Borrows destinations and routes, which must outlive it.
class Outbox {
 public:
  using Send = OutboxSend;
  using Health = OutboxHealth;

  Outbox(const std::vector<Destination>& destinations, const std::vector<Route>& routes);

  // From the journal, at start: pending and standing parcels whole; of the others at least key,
  // destination and state. Those of destinations that are no more stay as they are. In any order.
  void restore(std::vector<Parcel> parcels);
  // The parcels that a notice becomes, and those that they folded; known ones are left out.
  [[nodiscard]] std::vector<Parcel> add(const Notice& notice, Time now);
  // What is due. At most one parcel per destination is under way at a time: its asks may be sent
  // together, and their results go through `combine` (notifier.h) into one `settle`.
  [[nodiscard]] std::vector<Send> due(Time now);
  // Parcels changed by a result: the one that was sent, and others that it decided. None where a
  // standing alert was told again.
  [[nodiscard]] std::vector<Parcel> settle(const std::string& key,
                                           const Delivery& result,
                                           Time now);
  [[nodiscard]] Time wake() const;  // Time::max() for never

  [[nodiscard]] std::map<std::string, Health> health() const;  // by destination id
  // A reload: goes on with the destinations that stay (by id and kind). What is under way is due
  // again; a copy may be reconfigured while the original still sends. What waits for others stays
  // pending in the journal, should they come back.
  void reconfigure(const std::vector<Destination>& destinations, const std::vector<Route>& routes);

 private:
  [[nodiscard]] bool is_wanted(const Destination& destination, const Notice& notice) const;
  void remember(const std::string& key);

  const std::vector<Destination>* destinations_;
  const std::vector<Route>* routes_;
  std::map<std::string, Lane> lanes_;
  std::set<std::string> known_;
  std::deque<std::string> known_order_;
};

}  // namespace bw
