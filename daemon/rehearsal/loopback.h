// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "probes/exchange.h"

#include <array>
#include <cstdint>
#include <map>
#include <optional>

namespace bw::rehearsal {

// Moves the world's addresses into 127.0.0.0/8, keeping the last two octets and keeping networks
// apart: what is one /24 in the world is one /24 here, and two stay two. 127.0.0.0/16 is left to
// the machine itself.
class Loopback {
 public:
  [[nodiscard]] IpAddress map(const IpAddress& address);
  // The world's address that was moved here, or nothing.
  [[nodiscard]] std::optional<IpAddress> unmap(const IpAddress& address) const;

 private:
  using Network = std::array<std::uint8_t, 3>;
  std::map<Network, Network> here_;
  std::map<Network, Network> there_;
};

}  // namespace bw::rehearsal
