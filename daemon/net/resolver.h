// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "daemon/loop.h"
#include "daemon/net/dns_client.h"
#include "daemon/net/zones.h"

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace bw::net {

// What a name resolved to, or how that failed; the CNAMEs that were followed either way.
struct Resolved {
  Outcome failure = Outcome::ok;
  std::string detail;
  Resolution resolution;
};

// Names to addresses over DNS alone: what customers get, so neither /etc/hosts nor search domains.
// "localhost" and what is below it are the loopback addresses (RFC 6761, 6.3). A and AAAA are asked
// together; when one has answered, the other gets half a second more. Answers are kept for their
// TTL, at most 30 s; failures are not kept.
class Resolver {
 public:
  using Done = std::function<void(Resolved)>;

  Resolver(Loop& loop, DnsClient& client);
  ~Resolver();
  Resolver(const Resolver&) = delete;
  Resolver& operator=(const Resolver&) = delete;

  // `done` is called once, perhaps before this returns, at the latest when `limit` has passed.
  // Name servers of the zone are looked up beside: see `zones`.
  void resolve(const std::string& name, Micros limit, Done done);
  // Drops what is kept for a name: its addresses did not serve.
  void forget(const std::string& name);
  [[nodiscard]] Zones& zones() { return zones_; }

 private:
  struct Lookup;
  struct Kept {
    Resolution resolution;
    Steady until{};
  };
  void ask(const std::shared_ptr<Lookup>& lookup);
  void read(const std::shared_ptr<Lookup>& lookup, std::size_t family, DnsAnswer answer);
  void conclude(const std::shared_ptr<Lookup>& lookup);
  void finish(const std::shared_ptr<Lookup>& lookup, const Resolved& resolved);
  void keep(const std::string& name, const Resolution& resolution, std::uint32_t ttl);

  Loop& loop_;
  DnsClient& client_;
  Zones zones_;
  std::map<std::string, Kept> kept_;
  std::map<std::string, std::shared_ptr<Lookup>> lookups_;  // under way
};

}  // namespace bw::net
