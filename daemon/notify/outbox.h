// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "daemon/notify/notifier.h"

#include <cstdint>
#include <deque>
#include <map>
#include <string>
#include <vector>

namespace bw {

// One notice on its way to one destination: a row of the journal's outbox table.
struct Parcel {
  std::string key;  // notice key + "@" + destination: unique, so that a replay adds nothing
  std::string destination;
  Notice notice;
  enum class State : std::uint8_t {
    pending,
    delivered,
    refused,   // the service will never take it
    given_up,  // not delivered within kGiveUpAfter, or the lane was full
    folded,    // a newer parcel of the same incident says it too
    standing,  // delivered, and told again until the incident is over (Alertmanager)
  } state = State::pending;
  int attempts = 0;
  Time created{};  // its place in the lane; a parcel that folds another takes that one's place
  Time next_at{};
  std::string last_error;
};
[[nodiscard]] std::string_view print(Parcel::State state);

template <class Archive>
void describe(Archive& archive, Parcel& parcel) {
  archive(parcel.key, parcel.destination, parcel.notice, parcel.state, parcel.attempts);
  archive(parcel.created, parcel.next_at, parcel.last_error);
}

// At least once, in order per destination, bounded. Pure: says what to send and when to wake; the
// caller stores every parcel it returns as changed before it acts on it.
class Outbox {
 public:
  Outbox(const std::vector<Destination>& destinations, const std::vector<Route>& routes);

  // From the journal, at start: pending and standing parcels whole; of the others at least key,
  // destination and state.
  void restore(std::vector<Parcel> parcels);
  // The parcels that a notice becomes; those whose key is known are left out.
  [[nodiscard]] std::vector<Parcel> add(const Notice& notice, Time now);
  struct Send {
    std::string key;  // of the parcel
    const Destination* destination = nullptr;
    const Notifier* notifier = nullptr;
    std::vector<HttpAsk> asks;
  };
  // What is due. At most one parcel per destination is under way at a time.
  [[nodiscard]] std::vector<Send> due(Time now);
  // The parcel as changed by its result (all asks of a Send succeeded, or the worst of them).
  [[nodiscard]] Parcel settle(const std::string& key, const Delivery& result, Time now);
  [[nodiscard]] Time wake() const;

  struct Health {
    std::size_t pending = 0;
    std::uint64_t delivered = 0;
    std::uint64_t failed_attempts = 0;
    bool is_reachable = true;  // false once attempts keep failing
    std::string last_error;
  };
  [[nodiscard]] std::map<std::string, Health> health() const;  // by destination id

 private:
  struct Lane {
    std::deque<Parcel> parcels;  // oldest first
    bool is_sending = false;
    Health health;
    std::map<std::uint64_t, Notice> standing;  // open incidents that must be told again
    Time resend_at{};
  };
  const std::vector<Destination>* destinations_;
  const std::vector<Route>* routes_;
  std::map<std::string, Lane> lanes_;
  std::map<std::string, bool> known_keys_;
};

}  // namespace bw
