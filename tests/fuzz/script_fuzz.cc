// SPDX-License-Identifier: Apache-2.0
#include "probes/script.h"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto page = bw::parse_url("https://shop.example/pay");
  const auto reading = bw::read_script(text, {.page = page, .script = page});
  if (reading.takes_to.size() > reading.sends_to.size()) std::abort();
  for (const auto& mark : bw::script_marks(reading, "https://shop.example")) {
    if (mark.find_first_of(" \n\t") != std::string::npos) std::abort();
  }
  (void)bw::script_hash(text);
  return 0;
}
