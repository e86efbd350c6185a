// SPDX-License-Identifier: Apache-2.0
#include "probes/url.h"

#include <cstddef>
#include <cstdint>
#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto base = bw::parse_url("https://shop.example/a/b?c").value();
  for (const auto& url : {bw::parse_url(text), bw::resolve_url(base, text)}) {
    // What was understood once is understood again, and as the same.
    if (url && bw::print(*url).size() <= bw::kUrlBytesMax && bw::parse_url(bw::print(*url)) != url)
      std::abort();
  }
  return 0;
}
