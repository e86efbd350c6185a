// SPDX-License-Identifier: Apache-2.0
#include "probes/grpc_message.h"

#include <cstddef>
#include <cstdint>
#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  // What was read does not depend on what stands behind it.
  if (bw::parse_health_response(bytes) && bw::parse_health_response(std::string(bytes) + "x"))
    std::abort();
  return 0;
}
