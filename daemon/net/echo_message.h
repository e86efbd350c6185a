// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

// Echo requests and replies of ICMP (RFC 792) and ICMPv6 (RFC 4443). Pure; any bytes may be read.
namespace bw::net {

struct EchoMessage {
  std::uint16_t id = 0;  // a datagram socket replaces it
  std::uint16_t sequence = 0;
  std::string payload;
  bool operator==(const EchoMessage&) const = default;
};

// A request; with its checksum for IPv4, which for IPv6 only the kernel can know.
[[nodiscard]] std::string print_echo_request(const EchoMessage& message, bool is_v6);
// A reply, and nothing else that arrives there. A raw IPv4 socket yields the packet `with_header`.
[[nodiscard]] std::optional<EchoMessage> parse_echo_reply(std::string_view packet,
                                                          bool is_v6,
                                                          bool with_header);

}  // namespace bw::net
