// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "probes/exchange.h"

#include <sys/socket.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace bw::net {

struct Endpoint {
  IpAddress address;
  std::uint16_t port = 0;
  auto operator<=>(const Endpoint&) const = default;
};

// "192.0.2.1", "192.0.2.1:53", "2001:db8::1", "[2001:db8::1]" or "[2001:db8::1]:53".
[[nodiscard]] std::optional<Endpoint> parse_endpoint(std::string_view text,
                                                     std::uint16_t default_port);
// "192.0.2.1:53" or "[2001:db8::1]:53".
[[nodiscard]] std::string print(const Endpoint& endpoint);

// For bind and connect.
struct SocketAddress {
  sockaddr_storage storage{};
  socklen_t size = 0;
  [[nodiscard]] const sockaddr* get() const;
};
[[nodiscard]] SocketAddress socket_address(const Endpoint& endpoint);

// What an error of connect(2) or socket(2) means for the look, and its words: "198.51.100.10:443
// refused the connection". Errors of our own machine are `monitor_error`.
struct Failure {
  Outcome outcome = Outcome::ok;
  std::string detail;
};
[[nodiscard]] Failure connect_failure(int error, const Endpoint& endpoint);

// What was wrong with errno on our side, thread-safe: "Too many open files".
[[nodiscard]] std::string print_errno(int error);

}  // namespace bw::net
