// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "daemon/desk.h"
#include "daemon/web/snapshot.h"

namespace bw {

// What the outside may see of a desk now. `health` brings what the desk does not know.
[[nodiscard]] Snapshot snapshot_of(const Desk& desk, Snapshot::Health health, Time now);

}  // namespace bw
