// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "probes/feed_reading.h"

#include <span>
#include <string>
#include <vector>

// What the readers of pages that list their parts share.
namespace bw {

// One part of a page, under every name that it may be asked for by: its id, its name, and
// "Group / Name" where names alone need not be unique.
struct FeedComponent {
  std::vector<std::string> names;
  FeedState state = FeedState::unknown;
};

// The largest pages seen list some 300; what stands behind this many is not read.
inline constexpr std::size_t kFeedPartsMax = 1000;

// The gravest state of the parts in scope: of all, where no component is named. A component that
// no part goes by is unknown, and is added to `lacking`.
[[nodiscard]] FeedState state_of_parts(std::span<const FeedComponent> parts,
                                       const FeedScope& scope,
                                       std::vector<std::string>& lacking);

// Whether the part is in scope.
[[nodiscard]] bool is_part_of_ours(const FeedComponent& part, const FeedScope& scope);

}  // namespace bw
