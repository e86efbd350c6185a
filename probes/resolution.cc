// SPDX-License-Identifier: Apache-2.0
#include "probes/resolution.h"

#include "probes/memory.h"
#include "probes/text.h"

namespace bw {
namespace {

constexpr std::size_t kNameBytesMax = 255;  // RFC 1035 2.3.4

FactChanges resolution_facts(const Reply& reply) {
  FactChanges facts;
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
  return facts;
}

std::size_t bytes_of(const Resolution& resolution) {
  return resolution.addresses.size() * sizeof(IpAddress) + resolution.server.size() +
         bytes_of_texts(resolution.cnames) + bytes_of_texts(resolution.name_servers);
}

}  // namespace

void add_address_facts(const std::vector<IpAddress>& addresses, FactChanges& facts) {
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
  facts.apply(resolution_facts(reply));
}

void add_resolution_facts(Look& look, const Reply& reply) {
  if (look.memory == nullptr) return add_resolution_facts(reply, look.facts);
  auto& known = look.memory->resolutions;
  const auto* found = known.find([&](const Memory::Resolved& key) {
    return key.address == reply.address && key.resolution == reply.resolution;
  });
  if (found != nullptr) return look.facts.apply(**found);
  auto added = std::make_shared<const FactChanges>(resolution_facts(reply));
  look.facts.apply(*added);
  const auto bytes = sizeof(Memory::Resolved) + bytes_of(reply.resolution) + added->bytes();
  known.keep({.resolution = reply.resolution, .address = reply.address}, std::move(added), bytes);
}

}  // namespace bw
