// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "probes/exchange.h"

namespace bw {

// What resolving and connecting showed: addresses, networks, cnames, name_servers, resolver, and
// `address` where a connection was made. A part that was not seen leaves its fact out.
void add_resolution_facts(const Reply& reply, Facts& facts);

// `addresses` and `networks` of these: the first rotates with load balancing, the second says whose
// they are and is what rules compare.
void add_address_facts(const std::vector<IpAddress>& addresses, Facts& facts);

}  // namespace bw
