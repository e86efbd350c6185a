// SPDX-License-Identifier: Apache-2.0
#include "daemon/net/lanes.h"

#include <utility>

namespace bw::net {
namespace {

// No server keeps an idle connection for so long: the lane is not in use any more.
constexpr std::chrono::hours kOld{1};

}  // namespace

const Lanes::Lane* Lanes::find(const Key& key,
                               const Trust& trust,
                               Millis handshake_every,
                               Steady now) const {
  const auto at = lanes_.find(key);
  if (at == lanes_.end() || at->second.trust != trust) return nullptr;
  return now - at->second.made < handshake_every ? &at->second : nullptr;
}

bool Lanes::has_room_for(const Key& key, const Trust& trust, Steady now) {
  const auto at = lanes_.find(key);
  if (at != lanes_.end()) {
    return at->second.trust == trust || now - at->second.made > kOld;
  }
  if (lanes_.size() >= kLanesMax) {
    std::erase_if(lanes_, [&](const auto& each) { return now - each.second.made > kOld; });
  }
  return lanes_.size() < kLanesMax;
}

void Lanes::keep(const Key& key, Lane lane) {
  lanes_.insert_or_assign(key, std::move(lane));
}

}  // namespace bw::net
