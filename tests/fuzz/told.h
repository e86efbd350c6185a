// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "probes/catalog.h"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

namespace bw {

// One document for every exchange of a look at a kind that is told about us: it ends within the
// asks that the prober allows, and says no more than facts may.
inline int read_as_told(const ProbeKind& kind,
                        const std::string& host,
                        const std::uint8_t* data,
                        std::size_t size) {
  constexpr int kAsksMax = 32;
  Spec spec;
  spec.kind = kind.name;
  spec.host = host;
  spec.url = "https://told.example";
  spec.query = "up";
  spec.warn_before = std::chrono::days{30};
  Reply reply;
  reply.http = HttpReply{};
  reply.http->status = 200;
  reply.http->body.assign(reinterpret_cast<const char*>(data), size);
  Look look;
  (void)kind.begin(spec, look);
  const auto now = parse_time("2025-04-21T12:00:00Z").value_or(Time{});
  for (int i = 0; i < kAsksMax; ++i) {
    auto step = kind.read(spec, look, reply, now);
    const auto* finding = std::get_if<Finding>(&step);
    if (finding == nullptr) continue;
    for (const auto& [fact, value] : finding->facts.all()) {
      if (value.size() > kFactBytesMax) std::abort();
    }
    return 0;
  }
  std::abort();
}

}  // namespace bw
