// SPDX-License-Identifier: Apache-2.0
#include "probes/resolution.h"

#include "probes/text.h"

namespace bw {
namespace {

constexpr std::size_t kNameBytesMax = 255;  // RFC 1035 2.3.4

}  // namespace

void add_address_facts(const std::vector<IpAddress>& addresses, Facts& facts) {
  std::vector<std::string> all;
  std::vector<std::string> networks;
  all.reserve(addresses.size());
  networks.reserve(addresses.size());
  for (const auto& address : addresses) {
    all.push_back(print(address));
    networks.push_back(print_network(address));
  }
  facts.set_members(Fact::addresses, std::move(all));
  facts.set_members(Fact::networks, std::move(networks));
}

void add_resolution_facts(const Reply& reply, Facts& facts) {
  const Resolution& resolution = reply.resolution;
  add_address_facts(resolution.addresses, facts);
  std::string chain;
  for (const auto& name : resolution.cnames) {
    if (!chain.empty()) chain += ' ';
    chain += token(lower(name), kNameBytesMax);
  }
  facts.set(Fact::cnames, std::move(chain));
  std::vector<std::string> servers;
  servers.reserve(resolution.name_servers.size());
  for (const auto& name : resolution.name_servers) {
    servers.push_back(token(lower(name), kNameBytesMax));
  }
  facts.set_members(Fact::name_servers, std::move(servers));
  facts.set(Fact::resolver, token(resolution.server));
  if (reply.address) facts.set(Fact::address, print(*reply.address));
}

}  // namespace bw
