// SPDX-License-Identifier: Apache-2.0
#include "probes/realm.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <span>
#include <string_view>

namespace bw {
namespace {

struct Network {
  std::string_view address;
  unsigned bits = 0;
  Realm realm = Realm::internet;
};

// The first that holds an address says where it lies.
constexpr auto kV4 = std::to_array<Network>({
    {"127.0.0.0", 8, Realm::machine},
    {"0.0.0.0", 8, Realm::special},  // Linux takes 0.0.0.0 for itself
    {"169.254.0.0", 16, Realm::special},
    {"100.100.100.200", 32, Realm::special},  // Alibaba's metadata
    {"168.63.129.16", 32, Realm::special},    // Azure's
    {"192.0.0.0", 24, Realm::special},        // RFC 6890; Oracle's metadata
    {"224.0.0.0", 3, Realm::special},         // multicast, reserved, broadcast
    {"10.0.0.0", 8, Realm::site},
    {"172.16.0.0", 12, Realm::site},
    {"192.168.0.0", 16, Realm::site},
    {"100.64.0.0", 10, Realm::site},
    {"198.18.0.0", 15, Realm::site},
});
constexpr auto kV6 = std::to_array<Network>({
    {"::1", 128, Realm::machine},
    {"::", 128, Realm::special},
    {"fe80::", 10, Realm::special},
    {"ff00::", 8, Realm::special},
    {"fd00:ec2::254", 128, Realm::special},  // Amazon's metadata
    {"fd20:ce::254", 128, Realm::special},   // Google's
    {"fc00::", 7, Realm::site},
    {"fec0::", 10, Realm::site},       // RFC 3879
    {"64:ff9b:1::", 48, Realm::site},  // RFC 8215: whose IPv4 address it holds, only the site knows
    {"100::", 64, Realm::special},     // RFC 6666: discarded
});

struct Prefix {
  IpAddress address;
  unsigned bits = 0;
  Realm realm = Realm::internet;
};

template <std::size_t N>
std::array<Prefix, N> parsed(const std::array<Network, N>& networks) {
  std::array<Prefix, N> prefixes;
  std::ranges::transform(networks, prefixes.begin(), [](const Network& network) {
    return Prefix{.address = parse_address(network.address).value(),
                  .bits = network.bits,
                  .realm = network.realm};
  });
  return prefixes;
}

bool holds(const IpAddress& network, unsigned bits, const IpAddress& address) {
  const std::size_t whole = bits / 8;
  const auto* const begin = network.bytes.begin();
  if (!std::equal(begin, begin + whole, address.bytes.begin())) return false;
  if (bits % 8 == 0) return true;
  const auto mask = static_cast<std::uint8_t>(0xff << (8 - bits % 8));
  return (network.bytes.at(whole) & mask) == (address.bytes.at(whole) & mask);
}

Realm look_up(std::span<const Prefix> prefixes, const IpAddress& address) {
  const auto at = std::ranges::find_if(
      prefixes, [&](const Prefix& prefix) { return holds(prefix.address, prefix.bits, address); });
  return at == prefixes.end() ? Realm::internet : at->realm;
}

// Where the four bytes of an IPv4 address lie in IPv6 addresses that stand for one.
struct Embedding {
  std::string_view network;
  unsigned bits = 0;
  std::size_t at = 0;
  std::uint8_t flip = 0;  // Teredo writes the client's address inverted (RFC 4380, 4)
};
constexpr auto kEmbeddings = std::to_array<Embedding>({
    {"::ffff:0:0", 96, 12, 0},
    {"::ffff:0:0:0", 96, 12, 0},  // RFC 2765
    {"64:ff9b::", 96, 12, 0},
    {"2002::", 16, 2, 0},
    {"2001::", 32, 12, 0xff},
    {"::", 96, 12, 0},  // IPv4-compatible, RFC 4291; after "::" and "::1"
});

std::optional<IpAddress> embedded(const IpAddress& address) {
  for (const auto& embedding : kEmbeddings) {
    if (!holds(parse_address(embedding.network).value(), embedding.bits, address)) continue;
    IpAddress inner;
    for (std::size_t i = 0; i < 4; ++i) {
      inner.bytes.at(i) =
          static_cast<std::uint8_t>(address.bytes.at(embedding.at + i) ^ embedding.flip);
    }
    return inner;
  }
  return std::nullopt;
}

}  // namespace

Realm realm_of(const IpAddress& address) {
  static const auto kPrefixes4 = parsed(kV4);
  static const auto kPrefixes6 = parsed(kV6);
  if (!address.is_v6) return look_up(kPrefixes4, address);
  const Realm own = look_up(kPrefixes6, address);
  if (own != Realm::internet) return own;
  const auto inner = embedded(address);
  return inner ? look_up(kPrefixes4, *inner) : own;
}

bool may_reach(const IpAddress& address, const Lead& lead, bool is_inside_allowed) {
  if (!lead.is_foreign || lead.from == address) return true;
  const Realm realm = realm_of(address);
  if (realm == Realm::special) return false;
  if (realm == Realm::internet || is_inside_allowed) return true;
  const Realm from = lead.from ? realm_of(*lead.from) : Realm::internet;
  // A named device on the link stands no nearer than the site.
  return realm <= (from == Realm::special ? Realm::site : from);
}

}  // namespace bw
