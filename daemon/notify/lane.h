// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "daemon/notify/notifier.h"
#include "daemon/notify/parcel.h"

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace bw {

// Of one destination.
inline constexpr std::size_t kPendingMax = 1'000;
inline constexpr std::size_t kIncidentsMax = 1'000;  // whose being told is remembered
inline constexpr std::size_t kStandingMax = 100;
inline constexpr Millis kBetweenSends{1'000};
// An update waits so long after the last message on its incident, and takes in what comes
// meanwhile.
inline constexpr Millis kFoldWindow{60'000};
// 5 s, 10 s, 20 s, ... 10 min, each off by up to a fifth, so that many daemons do not knock at
// once.
inline constexpr Millis kBackoffMin{5'000};
inline constexpr Millis kBackoffMax{600'000};
// A receiver may be down for two days and a morning.
inline constexpr Millis kGiveUpAfter{std::chrono::hours{72}};
inline constexpr int kUnreachableAfter = 3;  // failures in a row
// After so many failures others are tried too: one message that the service chokes on must not
// silence the rest.
inline constexpr int kDoubtAfter = 6;

// What to send now: all asks, then one `settle` with the combined result.
struct OutboxSend {
  std::string key;  // of the parcel, or of a telling again
  const Destination* destination = nullptr;
  const Notifier* notifier = nullptr;
  std::vector<HttpAsk> asks;
};
struct OutboxHealth {
  std::size_t pending = 0;
  std::uint64_t delivered = 0;
  std::uint64_t failed_attempts = 0;
  std::uint64_t refused = 0;
  std::uint64_t given_up = 0;
  bool is_reachable = true;  // false once kUnreachableAfter attempts in a row have failed
  std::string last_error;    // of the newest failure; stays after a success
};

// One destination's queue. Keeps order, folds, waits and gives up; pure. See Outbox.
class Lane {
 public:
  Lane(const Destination& destination, const Notifier& notifier);

  // Oldest first. Keeps what is pending or standing, and learns from the others what was told.
  void restore(Parcel parcel);
  // Something on this incident was delivered or is on its way, and its end was not.
  [[nodiscard]] bool is_telling(std::uint64_t incident) const;
  // Takes a pending parcel in, or gives it up when the lane is full. Returns it as it is now, then
  // those that it folded: to be stored in this order.
  [[nodiscard]] std::vector<Parcel> add(Parcel parcel, Time now);
  // Its end is not wanted here: ends the telling again. Changed parcels.
  [[nodiscard]] std::vector<Parcel> forget(std::uint64_t incident);
  [[nodiscard]] bool is_of(const Notifier& notifier) const { return notifier_ == &notifier; }
  // The same destination under a new configuration. What is under way is due again.
  void borrow(const Destination& destination, const Notifier& notifier);

  [[nodiscard]] std::optional<OutboxSend> due(Time now);
  // Changed parcels, the one that was sent first. None for a telling again and unknown keys.
  [[nodiscard]] std::vector<Parcel> settle(const std::string& key,
                                           const Delivery& result,
                                           Time now);
  // When `due` has something; Time::max() for never. Never while a send is under way.
  [[nodiscard]] Time wake() const;
  [[nodiscard]] OutboxHealth health() const;

 private:
  struct Told {
    int sent = 0;     // delivered
    int waiting = 0;  // pending
    bool is_over = false;
    Time last{};  // when the last message was taken in
  };
  struct Standing {
    Parcel parcel;
    Time until = Time::max();  // of an end that is told for a while
  };
  [[nodiscard]] std::vector<Parcel> fold_into(Parcel& parcel, std::size_t& place);
  [[nodiscard]] std::vector<Parcel> make_room();
  [[nodiscard]] std::optional<std::size_t> next(Time now) const;
  [[nodiscard]] Time parcels_wake() const;
  [[nodiscard]] OutboxSend send(const Parcel& parcel, Time now) const;
  [[nodiscard]] OutboxSend tell_again(Time now);
  void note(const Delivery& result, Time now);
  void finish(std::size_t place, const Delivery& result, Time now, std::vector<Parcel>& changed);
  void finish_delivered(Parcel& parcel, Time now, std::vector<Parcel>& changed);
  void stand(Parcel& parcel, Time now, std::vector<Parcel>& changed);
  void mend(std::uint64_t incident, std::vector<Parcel>& changed);
  Told& told(std::uint64_t incident);

  const Destination* destination_;
  const Notifier* notifier_;
  std::deque<Parcel> parcels_;  // pending, oldest first
  std::map<std::uint64_t, Told> told_;
  std::map<std::uint64_t, Standing> standing_;
  std::set<std::string> doubtful_;  // failed often, while another was delivered since
  std::string sending_;             // key, while a send is under way
  int failures_ = 0;                // in a row
  Time not_before_{};               // throttle
  Time retry_at_{};                 // backoff, of the whole lane
  Time resend_at_{};
  OutboxHealth health_;
};

}  // namespace bw
