// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "daemon/notify/notice.h"

#include <string>
#include <string_view>

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
    folded,    // a newer parcel of the same incident says it too, or its incident was never told
    standing,  // delivered, and told again until the incident is over (Alertmanager)
  } state = State::pending;
  int attempts = 0;
  Time created{};  // its place in the lane; a parcel that folds another takes that one's place
  Time next_at{};
  std::string last_error;
};
[[nodiscard]] std::string_view print(Parcel::State state);

// What "inc-7/1234/opened@slack" tells where only the key of a settled parcel was kept; zeros where
// it is of no incident.
struct NoticeKey {
  std::uint64_t incident = 0;
  std::uint64_t seq = 0;
  bool is_end = false;
};
[[nodiscard]] NoticeKey parse_notice_key(std::string_view key);

template <class Archive>
void describe(Archive& archive, Parcel& parcel) {
  archive(parcel.key, parcel.destination, parcel.notice, parcel.state, parcel.attempts);
  archive(parcel.created, parcel.next_at, parcel.last_error);
}

}  // namespace bw
