// SPDX-License-Identifier: Apache-2.0
#include "daemon/net/zones.h"

#include <algorithm>
#include <utility>

namespace bw::net {
namespace {

constexpr std::chrono::minutes kFresh{5};
constexpr std::chrono::minutes kKept{60};
constexpr std::size_t kNamesMax = 20'000;
constexpr std::size_t kServersPerZoneMax = 32;
constexpr int kStepsMax = 6;
constexpr Micros kLimit{5'000'000};

std::vector<std::string> servers_in(const std::vector<DnsRecord>& records, std::string_view zone) {
  std::vector<std::string> servers;
  for (const DnsRecord& record : records) {
    if (record.type == kTypeNs && record.name == zone) servers.push_back(record.data);
  }
  std::ranges::sort(servers);
  const auto repeated = std::ranges::unique(servers);
  servers.erase(repeated.begin(), repeated.end());
  if (servers.size() > kServersPerZoneMax) servers.resize(kServersPerZoneMax);
  return servers;
}

// The owner of the SOA that a negative answer carries is the zone (RFC 2308, 2.1 and 2.2).
const std::string* zone_in(const std::vector<DnsRecord>& authority, std::string_view name) {
  for (const DnsRecord& record : authority) {
    if (record.type == kTypeSoa && is_within(name, record.name)) return &record.name;
  }
  return nullptr;
}

}  // namespace

void Zones::refresh(const std::string& name) {
  make_room();
  Place& place = places_[name];
  if (place.is_pending) return;
  if (is_fresh(place.looked_up)) return;
  place.is_pending = true;
  place.looked_up = loop_.turn().steady;
  ask(name, name, kStepsMax);
}

std::vector<std::string> Zones::servers_of(const std::string& name) const {
  const auto place = places_.find(name);
  if (place == places_.end() || !place->second.is_known) return {};
  const auto zone = zones_.find(place->second.zone);
  if (zone == zones_.end() || loop_.turn().steady - zone->second.looked_up > kKept) return {};
  return zone->second.servers;
}

bool Zones::is_first_pending(const std::string& name) const {
  const auto place = places_.find(name);
  return place != places_.end() && place->second.is_pending && !place->second.is_known;
}

void Zones::when_known(const std::string& name, std::function<void()> then) {
  places_[name].waiting.push_back(std::move(then));
}

void Zones::ask(const std::string& name, const std::string& candidate, int steps_left) {
  const auto zone = zones_.find(candidate);
  if (zone != zones_.end() && is_fresh(zone->second.looked_up)) {
    settle(name, &candidate);
    return;
  }
  client_.ask({.name = candidate, .type = kTypeNs},
              kLimit,
              [this, name, candidate, steps_left](const DnsAnswer& answer) {
                read(name, candidate, steps_left - 1, answer);
              });
}

void Zones::read(const std::string& name,
                 const std::string& candidate,
                 int steps_left,
                 const DnsAnswer& answer) {
  const bool is_useful = answer.failure == Outcome::ok || answer.failure == Outcome::dns_nxdomain;
  if (!is_useful) {
    settle(name, nullptr);
    return;
  }
  auto servers = servers_in(answer.message.answer, candidate);
  if (!servers.empty()) {
    zones_[candidate] = {.servers = std::move(servers), .looked_up = loop_.turn().steady};
    settle(name, &candidate);
    return;
  }
  const std::string* zone = zone_in(answer.message.authority, name);
  const auto dot = candidate.find('.');
  if (zone != nullptr && *zone != candidate && steps_left > 0) {
    ask(name, *zone, steps_left);
  } else if (dot != std::string::npos && steps_left > 0) {
    ask(name, candidate.substr(dot + 1), steps_left);
  } else {
    settle(name, nullptr);
  }
}

void Zones::settle(const std::string& name, const std::string* zone) {
  Place& place = places_[name];
  place.is_pending = false;
  if (zone != nullptr) {
    place.is_known = true;
    place.zone = *zone;
  }
  for (const auto& then : std::exchange(place.waiting, {}))
    then();
}

bool Zones::is_fresh(Steady looked_up) const {
  return looked_up != Steady{} && loop_.turn().steady - looked_up < kFresh;
}

void Zones::make_room() {
  if (places_.size() < kNamesMax) return;
  std::erase_if(places_, [this](const auto& entry) {
    return !entry.second.is_pending && !is_fresh(entry.second.looked_up);
  });
  std::erase_if(zones_, [this](const auto& entry) {
    return loop_.turn().steady - entry.second.looked_up > kKept;
  });
  if (places_.size() < kNamesMax) return;
  std::erase_if(places_, [](const auto& entry) { return !entry.second.is_pending; });
}

}  // namespace bw::net
