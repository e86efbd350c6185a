// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "probes/exchange.h"

#include <openssl/types.h>

namespace bw::net {

// Foreign bytes: names are printed as UTF-8 with control characters escaped, cut at 200 bytes; at
// most 1,000 subject alternative names are kept.
[[nodiscard]] Certificate read_certificate(X509& certificate);

}  // namespace bw::net
