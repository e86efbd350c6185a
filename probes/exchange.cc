// SPDX-License-Identifier: Apache-2.0
#include "probes/exchange.h"

#include <arpa/inet.h>

#include <algorithm>

namespace bw {

std::optional<IpAddress> parse_address(std::string_view text) {
  const std::string terminated(text);
  IpAddress address;
  if (inet_pton(AF_INET, terminated.c_str(), address.bytes.data()) == 1) return address;
  address.is_v6 = true;
  if (inet_pton(AF_INET6, terminated.c_str(), address.bytes.data()) == 1) return address;
  return std::nullopt;
}

std::string print(const IpAddress& address) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  inet_ntop(address.is_v6 ? AF_INET6 : AF_INET, address.bytes.data(), text.data(), text.size());
  return text.data();
}

std::string print_network(const IpAddress& address) {
  IpAddress network = address;
  const std::size_t kept = address.is_v6 ? 6 : 3;
  std::fill(network.bytes.begin() + static_cast<std::ptrdiff_t>(kept), network.bytes.end(), 0);
  return print(network) + (address.is_v6 ? "/48" : "/24");
}

bool is_same_name(std::string_view a, std::string_view b) {
  const auto fold = [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  };
  return a.size() == b.size() && std::ranges::equal(a, b, {}, fold, fold);
}

std::string_view find_header(const std::vector<Header>& headers, std::string_view name) {
  for (const auto& header : headers) {
    if (is_same_name(header.name, name)) return header.value;
  }
  return {};
}

}  // namespace bw
