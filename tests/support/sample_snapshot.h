// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "daemon/web/snapshot.h"

// Snapshots for the tests of everything that shows one: the page, the API, /metrics, dashboards.
namespace bw::testing {

inline constexpr Time kSampleNow{std::chrono::seconds{1'716'034'320}};  // 2024-05-18T12:12:00Z

// A shop on a calm day: 4 functions, 5 providers, 9 targets, one closed incident, two destinations.
[[nodiscard]] Snapshot calm_snapshot();
// The same with an open outage at the commerce platform, decided and explained, an open suspicion
// about sign-in, a dead destination: every field, and so every metric family, has a value.
[[nodiscard]] Snapshot busy_snapshot();
// busy_snapshot with markup, quotes, control bytes and broken UTF-8 in every text that comes from
// outside (feeds, pages, notes, claims) or from the configuration.
[[nodiscard]] Snapshot hostile_snapshot();
// Not ready: nothing has been looked at, the journal is in trouble.
[[nodiscard]] Snapshot starting_snapshot();

}  // namespace bw::testing
