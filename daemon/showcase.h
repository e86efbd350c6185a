// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "daemon/web/snapshot.h"

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>

namespace bw {

// The newest snapshot, made when somebody looks: copying what is known of 20,000 targets takes the
// loop 30 ms, which a daemon that nobody asks must not spend. Readers are other threads.
class Showcase {
 public:
  static constexpr std::chrono::milliseconds kFreshFor{250};
  // Of a loop that hangs the last snapshot is shown, whose age says so.
  static constexpr std::chrono::milliseconds kWaitMax{1'000};

  // `ask` is called from a reader's thread where it wants a newer one; it should only wake the
  // loop.
  explicit Showcase(std::function<void()> ask) : ask_(std::move(ask)) {}

  // One that was shown no longer than kFreshFor ago; an older one, or null where there is none,
  // after kWaitMax.
  [[nodiscard]] SnapshotRef look();

  // For the loop: whether somebody waits, and what they get.
  [[nodiscard]] bool is_wanted() const;
  void show(Snapshot snapshot);

 private:
  [[nodiscard]] bool is_fresh() const;

  std::function<void()> ask_;
  mutable std::mutex mutex_;
  std::condition_variable shown_;
  SnapshotRef newest_;
  std::chrono::steady_clock::time_point shown_at_{};
  bool is_wanted_ = false;
};

}  // namespace bw
