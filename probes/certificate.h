// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "probes/exchange.h"
#include "probes/probe.h"

namespace bw {

// What a handshake showed: tls_version, and of the leaf cert_issuer, cert_key, cert_names,
// cert_not_before, cert_not_after, cert_fingerprint. Also for a chain that failed verification: a
// wrong certificate is the more worth describing. A chain without certificates leaves them out.
void add_certificate_facts(const Chain& chain, Facts& facts);
// The same for the look's facts, with the help of its memory.
void add_certificate_facts(Look& look, const Chain& chain);

}  // namespace bw
