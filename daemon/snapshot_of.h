// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "daemon/desk.h"
#include "daemon/web/snapshot.h"

#include <cstddef>

namespace bw {

// What the outside may see of a desk, put together over several turns where there are thousands of
// targets: each shows a target as it was when its turn came, and all else as at the end. The desk
// outlives it.
class SnapshotDraft {
 public:
  explicit SnapshotDraft(const Desk& desk) : desk_(&desk) {}
  // Adds the next `limit` targets; whether those were the last.
  bool add_targets(std::size_t limit);
  // `health` brings what the desk does not know.
  [[nodiscard]] Snapshot finish(Snapshot::Health health, Time now) &&;

 private:
  void add_target(TargetIndex target);

  const Desk* desk_;
  Snapshot snapshot_;
};

}  // namespace bw
