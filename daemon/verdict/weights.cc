// SPDX-License-Identifier: Apache-2.0
#include "daemon/verdict/weights.h"

#include <algorithm>

namespace bw {
namespace {

constexpr std::array kNames = std::to_array<std::string_view>({
#define X(name) #name,
    BW_GROUPS(X)
#undef X
});
static_assert(kNames.size() == kGroups);

}  // namespace

std::string_view print(Group group) {
  return kNames.at(static_cast<std::size_t>(group));
}
std::optional<Group> parse_group(std::string_view name) {
  const auto* const at = std::ranges::find(kNames, name);
  if (at == kNames.end()) return std::nullopt;
  return static_cast<Group>(at - kNames.begin());
}

bool EvidenceWeights::decides(Hypothesis cause, double probability) const {
  return probability >= (cause == Hypothesis::own_change ? decided_own_change : decided);
}

}  // namespace bw
