// SPDX-License-Identifier: Apache-2.0
#include "probes/catalog.h"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

// One document for every exchange of a look: it ends within the asks that the prober allows, and
// says no more than facts may.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  constexpr int kAsksMax = 32;
  bw::Spec spec;
  spec.kind = "ct";
  spec.host = "192.0.2.10";
  if (spec.kind != "route") spec.host = "shop.example";
  spec.url = "https://told.example";
  spec.query = "up";
  spec.warn_before = std::chrono::days{30};
  bw::Reply reply;
  reply.http = bw::HttpReply{};
  reply.http->status = 200;
  reply.http->body.assign(reinterpret_cast<const char*>(data), size);
  bw::Look look;
  (void)bw::kinds::ct.begin(spec, look);
  const auto now = bw::parse_time("2025-04-21T12:00:00Z").value_or(bw::Time{});
  for (int i = 0; i < kAsksMax; ++i) {
    auto step = bw::kinds::ct.read(spec, look, reply, now);
    const auto* finding = std::get_if<bw::Finding>(&step);
    if (finding == nullptr) continue;
    for (const auto& [fact, value] : finding->facts.all()) {
      if (value.size() > bw::kFactBytesMax) std::abort();
    }
    return 0;
  }
  std::abort();
}
