// SPDX-License-Identifier: Apache-2.0
#include "daemon/net/endpoint.h"

#include <netinet/in.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <system_error>

namespace bw::net {
namespace {

std::optional<std::uint16_t> parse_port(std::string_view text) {
  std::uint16_t port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  if (error != std::errc{} || end != text.data() + text.size() || port == 0) return std::nullopt;
  return port;
}

}  // namespace

std::optional<Endpoint> parse_endpoint(std::string_view text, std::uint16_t default_port) {
  std::string_view host = text;
  std::optional<std::uint16_t> port = default_port;
  if (text.starts_with('[')) {
    const auto end = text.find(']');
    if (end == std::string_view::npos) return std::nullopt;
    host = text.substr(1, end - 1);
    const auto rest = text.substr(end + 1);
    if (!rest.empty() && !rest.starts_with(':')) return std::nullopt;
    if (!rest.empty()) port = parse_port(rest.substr(1));
  } else if (std::ranges::count(text, ':') == 1) {
    const auto colon = text.find(':');
    host = text.substr(0, colon);
    port = parse_port(text.substr(colon + 1));
  }
  const auto address = parse_address(host);
  if (!address || !port) return std::nullopt;
  return Endpoint{.address = *address, .port = *port};
}

std::string print(const Endpoint& endpoint) {
  const std::string address = print(endpoint.address);
  const std::string port = ":" + std::to_string(endpoint.port);
  return endpoint.address.is_v6 ? "[" + address + "]" + port : address + port;
}

const sockaddr* SocketAddress::get() const {
  return reinterpret_cast<const sockaddr*>(&storage);
}

SocketAddress socket_address(const Endpoint& endpoint) {
  SocketAddress result;
  if (endpoint.address.is_v6) {
    sockaddr_in6 v6{};
    v6.sin6_family = AF_INET6;
    v6.sin6_port = htons(endpoint.port);
    std::memcpy(&v6.sin6_addr, endpoint.address.bytes.data(), sizeof v6.sin6_addr);
    std::memcpy(&result.storage, &v6, sizeof v6);
    result.size = sizeof v6;
  } else {
    sockaddr_in v4{};
    v4.sin_family = AF_INET;
    v4.sin_port = htons(endpoint.port);
    std::memcpy(&v4.sin_addr, endpoint.address.bytes.data(), sizeof v4.sin_addr);
    std::memcpy(&result.storage, &v4, sizeof v4);
    result.size = sizeof v4;
  }
  return result;
}

std::string print_errno(int error) {
  return std::generic_category().message(error);
}

Failure connect_failure(int error, const Endpoint& endpoint) {
  const std::string peer = print(endpoint);
  switch (error) {
    case ECONNREFUSED:
      return {.outcome = Outcome::connect_refused, .detail = peer + " refused the connection"};
    case ETIMEDOUT:
      return {.outcome = Outcome::connect_timeout, .detail = peer + " did not answer"};
    case ECONNRESET:
    case EPIPE:
      return {.outcome = Outcome::connect_reset, .detail = peer + " reset the connection"};
    case ENETUNREACH:
    case EHOSTUNREACH:
    case ENETDOWN:
    case EHOSTDOWN:
    case EACCES:  // a firewall's prohibition arrives as EACCES or EPERM
    case EPERM:
    case ENONET:
      return {.outcome = Outcome::connect_unreachable,
              .detail = peer + " cannot be reached: " + print_errno(error)};
    default:
      return {.outcome = Outcome::monitor_error,
              .detail = "cannot connect to " + peer + ": " + print_errno(error)};
  }
}

}  // namespace bw::net
