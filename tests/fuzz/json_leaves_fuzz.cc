// SPDX-License-Identifier: Apache-2.0
#include "probes/json_leaves.h"

#include <cstddef>
#include <cstdint>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  (void)bw::read_json_leaves({reinterpret_cast<const char*>(data), size});
  return 0;
}
