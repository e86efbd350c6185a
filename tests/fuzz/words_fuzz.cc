// SPDX-License-Identifier: Apache-2.0
#include "probes/words.h"

#include <cstddef>
#include <cstdint>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  (void)bw::read_words(text);
  (void)bw::read_state(text);
  return 0;
}
