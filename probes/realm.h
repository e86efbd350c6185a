// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "probes/exchange.h"

#include <cstdint>

namespace bw {

// How near to this machine an address lies, the nearest last.
enum class Realm : std::uint8_t {
  internet,
  site,     // private and shared: RFC 1918, RFC 6598, RFC 4193, RFC 8215, benchmarks (RFC 2544)
  machine,  // loopback
  special,  // nobody's service is reached there by name: link-local, unspecified, multicast,
            // reserved, and where clouds keep the machine's own credentials
};
// An IPv6 address that stands for an IPv4 one (mapped, compatible, NAT64 of RFC 6052, 6to4,
// Teredo) lies where that one does.
[[nodiscard]] Realm realm_of(const IpAddress& address);

// Whether an exchange may connect there. What the configuration names may lie anywhere. What others
// wrote may lead to the internet; inside only where the target itself lies no farther out, or where
// `is_inside_allowed`; to a special address only when it is the target's own.
[[nodiscard]] bool may_reach(const IpAddress& address, const Lead& lead, bool is_inside_allowed);

}  // namespace bw
