// SPDX-License-Identifier: Apache-2.0
#include "probes/date.h"

#include <cstddef>
#include <cstdint>
#include <string_view>

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static_cast<void>(bw::parse_date({reinterpret_cast<const char*>(data), size}));
  return 0;
}
