// SPDX-License-Identifier: Apache-2.0
#include "daemon/rehearsal/loopback.h"

namespace bw::rehearsal {
namespace {

using Network = std::array<std::uint8_t, 3>;

Network network_of(const IpAddress& address) {
  return {address.bytes[0], address.bytes[1], address.bytes[2]};
}

IpAddress with_network(const Network& network, std::uint8_t last) {
  IpAddress address;
  address.bytes = {network[0], network[1], network[2], last};
  return address;
}

// No world has IPv6 addresses; folded, one would still be told from others.
IpAddress fold(const IpAddress& address) {
  if (!address.is_v6) return address;
  IpAddress folded;
  for (std::size_t i = 0; i < address.bytes.size(); ++i) {
    auto& byte = folded.bytes.at(i % 4);
    byte = static_cast<std::uint8_t>(byte * 31 + address.bytes.at(i));
  }
  return folded;
}

}  // namespace

IpAddress Loopback::map(const IpAddress& address) {
  const auto there = fold(address);
  const auto network = network_of(there);
  const auto found = here_.find(network);
  if (found != here_.end()) return with_network(found->second, there.bytes[3]);
  Network here{127, static_cast<std::uint8_t>(network[0] * 31 + network[1]), network[2]};
  while (here[1] == 0 || there_.contains(here))
    ++here[1];
  here_[network] = here;
  there_[here] = network;
  return with_network(here, there.bytes[3]);
}

std::optional<IpAddress> Loopback::unmap(const IpAddress& address) const {
  const auto found = there_.find(network_of(address));
  if (found == there_.end()) return std::nullopt;
  return with_network(found->second, address.bytes[3]);
}

}  // namespace bw::rehearsal
