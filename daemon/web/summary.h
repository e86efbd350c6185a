// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "daemon/web/snapshot.h"

#include <cstddef>
#include <string_view>

// The few conclusions that the page, the API and /metrics draw from a snapshot, drawn once.
namespace bw {

// How much a level matters when only one can be shown: calm, blind, degraded, outage, watch,
// suspected, strongly_suspected, declared.
[[nodiscard]] int rank_of(Level level);

struct Summary {
  const Incident* leading = nullptr;  // the open incident that matters most; borrowed
  Level level = Level::calm;          // of the leading incident or the worst function
  double suspicion = 0;               // of any attack, 0-1: the highest of all open incidents
  std::size_t open = 0;
  std::size_t unacknowledged = 0;  // of the open ones
};
[[nodiscard]] Summary summarize(const Snapshot& snapshot);

// P(attack) of the open incidents that the function is or was affected by; 0 where there is none.
[[nodiscard]] double suspicion_of(const Snapshot& snapshot, std::string_view function);

}  // namespace bw
