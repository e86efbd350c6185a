// SPDX-License-Identifier: Apache-2.0
#include "probes/encoding.h"
#include "probes/text.h"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

// Whatever the bytes are, what comes out is valid UTF-8 within its bound, and folding is stable.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  constexpr std::size_t kMax = 100;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const std::string folded = bw::fold(bytes, kMax);
  if (folded.size() > kMax || bw::fold(folded, kMax) != folded) std::abort();
  const std::string text = bw::to_utf8(bytes, "");
  for (std::string_view rest = text; !rest.empty();) {
    const auto next = bw::first_char(rest);
    if (next.code == bw::kBadChar) std::abort();
    rest.remove_prefix(next.bytes);
  }
  return 0;
}
