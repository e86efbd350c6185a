// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "probes/exchange.h"
#include "probes/probe.h"

namespace bw {

// What resolving and connecting showed: addresses, networks, cnames, name_servers, resolver, and
// `address` where a connection was made. A part that was not seen leaves its fact out.
void add_resolution_facts(const Reply& reply, Facts& facts);
// The same for the look's facts, with the help of its memory.
void add_resolution_facts(Look& look, const Reply& reply);

// `addresses` and `networks` of these: the first rotates with load balancing, the second says whose
// they are and is what rules compare.
void add_address_facts(const std::vector<IpAddress>& addresses, FactChanges& facts);

}  // namespace bw
