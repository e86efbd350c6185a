// SPDX-License-Identifier: Apache-2.0
#include "daemon/showcase.h"

#include <utility>

namespace bw {

bool Showcase::is_fresh() const {
  return newest_ != nullptr && std::chrono::steady_clock::now() - shown_at_ < kFreshFor;
}

SnapshotRef Showcase::look() {
  std::unique_lock lock(mutex_);
  if (is_fresh()) return newest_;
  is_wanted_ = true;
  lock.unlock();
  ask_();
  lock.lock();
  shown_.wait_for(lock, kWaitMax, [this] { return is_fresh(); });
  return newest_;
}

bool Showcase::is_wanted() const {
  const std::lock_guard lock(mutex_);
  return is_wanted_;
}

void Showcase::show(Snapshot snapshot) {
  auto next = std::make_shared<const Snapshot>(std::move(snapshot));
  {
    const std::lock_guard lock(mutex_);
    newest_.swap(next);  // the old one is freed after the lock
    shown_at_ = std::chrono::steady_clock::now();
    is_wanted_ = false;
  }
  shown_.notify_all();
}

}  // namespace bw
