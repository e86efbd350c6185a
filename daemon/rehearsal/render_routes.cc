// SPDX-License-Identifier: Apache-2.0
#include "daemon/rehearsal/chance.h"
#include "daemon/rehearsal/normal_life.h"
#include "daemon/rehearsal/render_sensors.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <iterator>

// Who announces an address, as RIPEstat's data calls tell it.
namespace bw::rehearsal {
namespace {

using nlohmann::json;

constexpr std::uint32_t kNobodysNetwork = 4'200'000'000;  // private use (RFC 6996)

IpAddress masked(IpAddress address, int bits) {
  const std::size_t width = address.is_v6 ? 16 : 4;
  const auto whole = static_cast<std::size_t>(bits / 8);
  if (whole < width) {
    auto& cut = address.bytes[whole];
    cut = static_cast<std::uint8_t>(cut & (0xFF00U >> static_cast<unsigned>(bits % 8)));
  }
  for (auto i = whole + 1; i < width; ++i)
    address.bytes[i] = 0;
  return address;
}

struct Prefix {
  IpAddress network;
  int bits = 0;
  bool operator==(const Prefix&) const = default;
};

std::string print(const Prefix& prefix) {
  return print(prefix.network) + "/" + std::to_string(prefix.bits);
}

Prefix prefix_of(const IpAddress& address, int bits) {
  return {.network = masked(address, bits), .bits = bits};
}

// /24, or the /48 of IPv6; part of one where the book had to squeeze two networks into it.
Prefix whole(const IpAddress& address) {
  return prefix_of(address, address.is_v6 ? 48 : 24);
}
Prefix part(const IpAddress& address) {
  return prefix_of(address, address.is_v6 ? 56 : 28);
}

struct Announced {
  Prefix prefix;
  std::uint32_t origin = 0;
  bool is_withdrawn = false;
  std::string rpki;  // as RIPEstat says it
};

// Addresses that stand for the host now: those of a host behind a CDN move inside their network.
bool stands_at(const SensorScene& scene, const HostEntry& host, const IpAddress& address) {
  const auto has = [&](const std::vector<IpAddress>& list) {
    return std::ranges::find(list, address) != list.end();
  };
  if (has(host.addresses)) return true;
  const auto* name = scene.atlas.name(host.name);
  return name != nullptr && name->is_rotating &&
         has(rotate(host.addresses, scene.request.now, mix(scene.seed, hash_text(name->zone))));
}

const DnsFault* moved_to(const SensorScene& scene, const IpAddress& address, bool only_now) {
  for (const auto& live : scene.timeline.events()) {
    const auto* fault = std::get_if<DnsFault>(&live.event->fault);
    if (fault == nullptr || !fault->a || (only_now && !live.is_on(scene.request))) continue;
    if (std::ranges::find(*fault->a, address) != fault->a->end()) return fault;
  }
  return nullptr;
}

// The network that a name was moved to: given, or one that nobody has seen before.
Announced of_moved(const SensorScene& scene, const DnsFault& fault, const IpAddress& address) {
  Announced route;
  route.origin = fault.asn.value_or(
      kNobodysNetwork + static_cast<std::uint32_t>(hash_text(print(whole(address))) % 90'000'000));
  const bool is_shared = std::ranges::any_of(scene.world.hosts, [&](const HostEntry& host) {
    return host.asn != route.origin && std::ranges::any_of(host.addresses, [&](const auto& other) {
             return whole(other) == whole(address);
           });
  });
  route.prefix = is_shared ? part(address) : whole(address);
  route.rpki = "valid";
  return route;
}

Announced of_host(const SensorScene& scene, std::size_t host, const IpAddress& address) {
  Announced route;
  route.prefix = whole(address);
  route.origin = scene.world.hosts[host].asn;
  route.rpki = "valid";
  for (const auto& live : scene.timeline.events()) {
    const auto* fault = std::get_if<BgpFault>(&live.event->fault);
    if (fault == nullptr || !live.reach.hosts[host] || !live.is_on(scene.request)) continue;
    // Whoever announces it without being entitled to does so for a part.
    route.prefix = part(address);
    route.is_withdrawn |= fault->is_withdrawn;
    if (fault->origin && *fault->origin != route.origin) {
      route.origin = *fault->origin;
      route.rpki = "invalid_asn";
    }
    if (!fault->rpki.empty()) {
      route.rpki = fault->rpki == "invalid" ? "invalid_asn" : fault->rpki;
    }
  }
  return route;
}

std::optional<Announced> announced(const SensorScene& scene, const IpAddress& address) {
  if (const auto* fault = moved_to(scene, address, true)) return of_moved(scene, *fault, address);
  const auto& hosts = scene.world.hosts;
  for (std::size_t i = 0; i < hosts.size(); ++i) {
    if (stands_at(scene, hosts[i], address)) return of_host(scene, i, address);
  }
  if (const auto* fault = moved_to(scene, address, false)) return of_moved(scene, *fault, address);
  for (const auto& host : hosts) {
    const bool is_there = std::ranges::any_of(
        host.addresses, [&](const auto& other) { return whole(other) == whole(address); });
    if (is_there) {
      return Announced{
          .prefix = whole(address), .origin = host.asn, .is_withdrawn = false, .rpki = "valid"};
    }
  }
  return std::nullopt;
}

// Owners' own networks are known by name.
std::string holder_of(const WorldFile& world, std::uint32_t asn) {
  for (const auto& host : world.hosts) {
    if (host.asn != asn) continue;
    const auto& id = host.behind.empty() ? host.owner : host.behind.front();
    const auto owner = std::ranges::find(world.owners, id, &Owner::id);
    if (owner == world.owners.end()) return id;
    auto handle = id == "own" ? registered_domain(world.domain) : id;
    std::ranges::transform(handle, handle.begin(), [](char c) {
      return c == '.' ? '-' : static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
    });
    return handle + " - " + owner->name;
  }
  return {};
}

// `data` is JSON. These documents are asked for all day long: a tree for each would cost more than
// all else here.
SensorDocument wrap(std::string_view call, std::string_view data) {
  constexpr std::string_view kEnvelope =
      R"({{"data":{},"data_call_name":"{}","data_call_status":"supported","messages":[],)"
      R"("status":"ok","status_code":200,"version":"1.3"}})";
  return {.status = 200,
          .content_type = "application/json",
          .body = fmt::format(kEnvelope, data, call)};
}

std::string quoted(const std::string& text) {
  return json(text).dump();
}

SensorDocument bad_request() {
  const json document{{"status", "error"}, {"status_code", 400}, {"data", json::object()}};
  return {.status = 400, .content_type = "application/json", .body = document.dump()};
}

SensorDocument render_overview(const SensorScene& scene, std::string_view path) {
  const auto address = parse_address(parameter(path, "resource"));
  if (!address) return bad_request();
  const auto route = announced(scene, *address);
  const bool is_announced = route && !route->is_withdrawn;
  const auto origins = is_announced ? fmt::format(R"({{"asn":{},"holder":{}}})",
                                                  route->origin,
                                                  quoted(holder_of(scene.world, route->origin)))
                                    : std::string();
  constexpr std::string_view kData =
      R"({{"announced":{0},"asns":[{1}],"is_less_specific":{0},"query_time":"{2}",)"
      R"("related_prefixes":[],"resource":"{3}","type":"prefix"}})";
  return wrap("prefix-overview",
              fmt::format(kData,
                          is_announced,
                          origins,
                          print_time(scene.request.now),
                          is_announced ? print(route->prefix) : print(*address)));
}

// "AS64500" or "64500".
std::optional<std::uint32_t> parse_origin(std::string_view text) {
  if (text.starts_with("AS")) text.remove_prefix(2);
  std::uint32_t origin = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), origin);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return origin;
}

std::optional<Prefix> parse_prefix(std::string_view text) {
  const auto slash = std::min(text.find('/'), text.size());
  const auto network = parse_address(text.substr(0, slash));
  const auto length = text.substr(std::min(slash + 1, text.size()));
  int bits = 0;
  const auto [end, error] = std::from_chars(length.data(), length.data() + length.size(), bits);
  if (!network || error != std::errc{} || end != length.data() + length.size()) return std::nullopt;
  if (bits < 0 || bits > (network->is_v6 ? 128 : 32)) return std::nullopt;
  return Prefix{.network = *network, .bits = bits};
}

// Addresses in it that may have a say of their own: of hosts, then those that events are about.
std::vector<IpAddress> addresses_in(const Prefix& prefix, const SensorScene& scene) {
  std::vector<IpAddress> addresses;
  const auto keep = [&](const std::vector<IpAddress>& list) {
    std::ranges::copy_if(list, std::back_inserter(addresses), [&](const IpAddress& address) {
      return address.is_v6 == prefix.network.is_v6 &&
             masked(address, prefix.bits) == prefix.network;
    });
  };
  for (const auto& host : scene.world.hosts)
    keep(host.addresses);
  for (const auto& live : scene.timeline.events()) {
    const auto* fault = std::get_if<DnsFault>(&live.event->fault);
    if (fault == nullptr || !fault->a) continue;
    keep(*fault->a);
  }
  return addresses;
}

// The word of any address inside the prefix.
SensorDocument render_validation(const SensorScene& scene, std::string_view path) {
  const auto network = parameter(path, "resource");
  const auto prefix = parameter(path, "prefix");
  const auto origin = parse_origin(network);
  const auto wanted = parse_prefix(prefix);
  if (!origin || !wanted) return bad_request();
  std::string status = "unknown";
  for (const auto& address : addresses_in(*wanted, scene)) {
    const auto route = announced(scene, address);
    if (!route || route->prefix != *wanted) continue;
    if (route->origin == *origin) {
      status = route->rpki;
    } else if (status == "unknown") {
      status = "invalid_asn";
    }
  }
  constexpr std::string_view kData =
      R"({{"prefix":{},"resource":"{}","status":"{}","validating_roas":[],"validator":"simulated"}})";
  return wrap("rpki-validation", fmt::format(kData, quoted(prefix), *origin, status));
}

}  // namespace

SensorDocument render_routes(const SensorScene& scene, std::string_view path) {
  if (path.starts_with("/data/prefix-overview/data.json?")) return render_overview(scene, path);
  if (path.starts_with("/data/rpki-validation/data.json?")) return render_validation(scene, path);
  return {
      .status = 404, .content_type = "text/plain; charset=utf-8", .body = "no such data call\n"};
}

}  // namespace bw::rehearsal
