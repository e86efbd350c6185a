// SPDX-License-Identifier: Apache-2.0
#include "daemon/rehearsal/render_dns.h"

#include "daemon/rehearsal/chance.h"
#include "daemon/rehearsal/links.h"
#include "daemon/rehearsal/normal_life.h"

#include <fmt/format.h>

#include <algorithm>

namespace bw::rehearsal {
namespace {

constexpr std::uint32_t kTtl = 300;
constexpr int kRefused = 5;
constexpr int kServfail = 2;
constexpr int kNxdomain = 3;
constexpr int kDnssecBogus = 6;  // RFC 8914 info-code

const HostEntry* host_of(const WorldFile& world, const Name& name) {
  return name.place.host < 0 ? nullptr : &world.hosts[static_cast<std::size_t>(name.place.host)];
}

std::vector<IpAddress> addresses_of(const DnsContext& context,
                                    const Name& name,
                                    const Troubles& troubles) {
  if (troubles.dns.a) return *troubles.dns.a;
  if (!name.is_rotating) return name.addresses;
  return rotate(name.addresses, context.now, mix(context.seed, hash_text(name.zone)));
}

const std::vector<std::string>& name_servers_of(const Name& name, const Troubles& troubles) {
  return troubles.dns.ns ? *troubles.dns.ns : name.name_servers;
}

// The serial is a date, as is the custom: the zone is edited every fifteen days, and when a record
// of it has been replaced.
std::string soa_data(const DnsContext& context, const Name& name, const Troubles& troubles) {
  const auto& servers = name_servers_of(name, troubles);
  constexpr int kEvery = 15;
  const auto phase = std::chrono::days{hash_text(name.zone) % kEvery};
  const auto today = std::chrono::floor<std::chrono::days>(context.now) + phase;
  const auto edited = std::chrono::sys_days{today.time_since_epoch() / kEvery * kEvery};
  const std::chrono::year_month_day date{edited - phase};
  const bool is_changed = troubles.dns.a || troubles.dns.ns || troubles.dns.mx ||
                          troubles.dns.caa || !troubles.dns.cname.empty();
  return fmt::format("{} hostmaster.{} {:04}{:02}{:02}{:02} 7200 3600 1209600 300",
                     servers.empty() ? "ns1." + name.zone : servers.front(),
                     name.zone,
                     static_cast<int>(date.year()),
                     static_cast<unsigned>(date.month()),
                     static_cast<unsigned>(date.day()),
                     is_changed ? 2 : 1);
}

class Answer {
 public:
  Answer(DnsReply& reply, std::string name, std::uint32_t ttl)
      : reply_(reply), name_(std::move(name)), ttl_(ttl) {}
  void add(std::uint16_t type, std::string data) {
    reply_.answer.push_back({.name = name_, .type = type, .ttl = ttl_, .data = std::move(data)});
  }
  void follow(const std::string& alias) {
    add(kTypeCname, alias);
    name_ = alias;
  }

 private:
  DnsReply& reply_;
  std::string name_;
  std::uint32_t ttl_;
};

void add_mail(const Name& name, const Troubles& troubles, Answer& answer) {
  if (troubles.dns.mx) {
    int preference = 0;
    for (const auto& server : *troubles.dns.mx) {
      answer.add(kTypeMx, fmt::format("{} {}", preference += 10, server));
    }
  } else if (name.is_apex) {
    answer.add(kTypeMx, "10 mx1.mail-relay.example");
    answer.add(kTypeMx, "20 mx2.mail-relay.example");
  }
}

void add_caa(const DnsContext& context,
             const Name& name,
             const Troubles& troubles,
             Answer& answer) {
  const auto* host = host_of(context.world, name);
  static const std::vector<std::string> kNone;
  const auto& issuers = troubles.dns.caa ? *troubles.dns.caa : host != nullptr ? host->caa : kNone;
  for (const auto& issuer : issuers)
    answer.add(kTypeCaa, "0 issue \"" + issuer + "\"");
}

void add_ds(const DnsContext& context, const Name& name, Answer& answer) {
  const auto* host = host_of(context.world, name);
  if (!name.is_apex || host == nullptr || !host->has_dnssec) return;
  const auto identity = hash_text(name.zone);
  answer.add(kTypeDs,
             fmt::format("{} 13 2 {:016x}{:016x}{:016x}{:016x}",
                         identity % 65536,
                         mix(identity, 1),
                         mix(identity, 2),
                         mix(identity, 3),
                         mix(identity, 4)));
}

void add_addresses(const DnsContext& context,
                   const Name& name,
                   std::uint16_t type,
                   const Troubles& troubles,
                   Answer& answer) {
  for (const auto& address : addresses_of(context, name, troubles)) {
    if (address.is_v6 == (type == kTypeAaaa)) answer.add(type, print(address));
  }
}

void add_records(const DnsContext& context,
                 const Name& name,
                 std::uint16_t type,
                 const Troubles& troubles,
                 Answer& answer) {
  switch (type) {
    case kTypeA:
    case kTypeAaaa:
      return add_addresses(context, name, type, troubles, answer);
    case kTypeNs:
      // A name inside a zone has none, unless somebody delegated it.
      if (!name.is_apex && !troubles.dns.ns) return;
      for (const auto& server : name_servers_of(name, troubles))
        answer.add(type, server);
      return;
    case kTypeSoa:
      if (name.is_apex) answer.add(type, soa_data(context, name, troubles));
      return;
    case kTypeMx:
      return add_mail(name, troubles, answer);
    case kTypeTxt:
      if (name.is_apex) answer.add(type, "\"v=spf1 include:mail-relay.example -all\"");
      return;
    case kTypeCaa:
      return add_caa(context, name, troubles, answer);
    case kTypeDs:
      return add_ds(context, name, answer);
    default:
      return;
  }
}

Outcome outcome_of(int rcode) {
  if (rcode == kNxdomain) return Outcome::dns_nxdomain;
  return rcode == kRefused ? Outcome::dns_refused : Outcome::dns_servfail;
}

}  // namespace

Resolution render_resolution(const DnsContext& context,
                             const Name& name,
                             const Troubles& troubles) {
  Resolution resolution;
  resolution.addresses = addresses_of(context, name, troubles);
  if (!troubles.dns.cname.empty()) resolution.cnames.push_back(lower_case(troubles.dns.cname));
  resolution.name_servers = name_servers_of(name, troubles);
  resolution.server = "simulated";
  return resolution;
}

Outcome failure_of(const DnsContext& context, const Troubles& troubles) {
  if (troubles.dns.is_bogus && context.is_recursive) return Outcome::dns_bogus;
  return troubles.dns.rcode ? outcome_of(*troubles.dns.rcode) : Outcome::ok;
}

DnsReply render_answer(const DnsContext& context,
                       const Name& name,
                       std::uint16_t type,
                       const Troubles& troubles) {
  DnsReply reply;
  reply.type = type;
  reply.is_authoritative = !context.is_recursive;
  reply.failure = failure_of(context, troubles);
  if (reply.failure == Outcome::dns_bogus) {
    reply.rcode = kServfail;
    reply.extended_error = kDnssecBogus;
    return reply;
  }
  if (troubles.dns.rcode) {
    reply.rcode = *troubles.dns.rcode;
    return reply;
  }
  const auto* host = host_of(context.world, name);
  reply.is_authenticated = context.is_recursive && host != nullptr && host->has_dnssec;
  const auto ttl = troubles.dns.ttl.value_or(kTtl);
  Answer answer(reply, name.name, ttl);
  if (!troubles.dns.cname.empty()) answer.follow(lower_case(troubles.dns.cname));
  if (type != kTypeCname) add_records(context, name, type, troubles, answer);
  if (reply.answer.empty()) {
    reply.authority.push_back({.name = name.zone,
                               .type = kTypeSoa,
                               .ttl = kTtl,
                               .data = soa_data(context, name, troubles)});
  }
  return reply;
}

DnsReply render_nxdomain(const DnsContext& context, const std::string& name, std::uint16_t type) {
  Name nobody;
  nobody.name = name;
  nobody.zone = registered_domain(name);
  DnsReply reply;
  reply.type = type;
  reply.rcode = kNxdomain;
  reply.failure = Outcome::dns_nxdomain;
  reply.is_authoritative = !context.is_recursive;
  reply.authority.push_back(
      {.name = nobody.zone, .type = kTypeSoa, .ttl = kTtl, .data = soa_data(context, nobody, {})});
  return reply;
}

}  // namespace bw::rehearsal
