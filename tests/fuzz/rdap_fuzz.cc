// SPDX-License-Identifier: Apache-2.0
#include "tests/fuzz/told.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  return bw::read_as_told(bw::kinds::rdap, "shop.example", data, size);
}
