// SPDX-License-Identifier: Apache-2.0
#include "probes/feed_components.h"

#include <algorithm>

namespace bw {

bool is_part_of_ours(const FeedComponent& part, const FeedScope& scope) {
  return scope.components.empty() ||
         std::ranges::any_of(part.names,
                             [&scope](const std::string& name) { return is_ours(scope, name); });
}

FeedState state_of_parts(std::span<const FeedComponent> parts,
                         const FeedScope& scope,
                         std::vector<std::string>& lacking) {
  FeedState state = FeedState::operational;
  if (scope.components.empty()) {
    for (const auto& part : parts)
      state = worse(state, part.state);
    return state;
  }
  for (const auto& wanted : scope.components) {
    const FeedScope single{.now = {}, .components = {wanted}, .is_own = scope.is_own};
    bool is_listed = false;
    for (const auto& part : parts) {
      if (!is_part_of_ours(part, single)) continue;
      is_listed = true;
      state = worse(state, part.state);
    }
    if (is_listed) continue;
    lacking.push_back(wanted);
    state = worse(state, FeedState::unknown);
  }
  return state;
}

}  // namespace bw
