// SPDX-License-Identifier: Apache-2.0
#include "daemon/net/echo_message.h"

#include <cstddef>
#include <cstdint>
#include <cstdlib>

// What may arrive at a socket for echo replies.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view packet(reinterpret_cast<const char*>(data), size);
  for (const bool is_v6 : {false, true}) {
    const auto reply = bw::net::parse_echo_reply(packet, is_v6, false);
    if (reply && reply->payload.size() + 8 != size) std::abort();
    static_cast<void>(bw::net::parse_echo_reply(packet, is_v6, true));
  }
  return 0;
}
