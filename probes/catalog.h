// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "probes/probe.h"

// One line a kind. A line without a file is a link error; a file without a line does not compile,
// because only this list declares `kinds::x`.
#define BW_PROBE_KINDS(X) \
  X(page)                 \
  X(api)                  \
  X(login)                \
  X(journey)              \
  X(scripts)              \
  X(tcp)                  \
  X(tls)                  \
  X(smtp)                 \
  X(udp)                  \
  X(icmp)                 \
  X(websocket)            \
  X(grpc)                 \
  X(dns)                  \
  X(feed)                 \
  X(rdap)                 \
  X(route)                \
  X(ct)                   \
  X(prometheus)

namespace bw::kinds {
#define X(name) extern const ProbeKind name;
BW_PROBE_KINDS(X)
#undef X
}  // namespace bw::kinds
