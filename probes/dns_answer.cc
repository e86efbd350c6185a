// SPDX-License-Identifier: Apache-2.0
#include "probes/dns_answer.h"

#include "probes/record_type.h"
#include "probes/resolution.h"
#include "probes/text.h"

#include <algorithm>
#include <array>
#include <charconv>

namespace bw {
namespace {

constexpr std::size_t kDataBytesMax = 300;
constexpr std::size_t kNameBytesMax = 255;  // RFC 1035 2.3.4
constexpr std::size_t kAliasesMax = 16;     // resolvers give up earlier
constexpr std::size_t kShownMax = 4;        // records in a note

bool is_address_type(std::uint16_t type) {
  return type == kTypeA || type == kTypeAaaa;
}

// RFC 8914: DNSSEC bogus, signature expired, not yet valid, DNSKEY missing, RRSIGs missing,
// no zone key bit, NSEC missing.
bool is_bogus(int extended_error) {
  return extended_error >= 6 && extended_error <= 12;
}

// The space-separated field of that number, or nothing.
std::string_view field(std::string_view data, std::size_t number) {
  const auto fields = members(data);
  return number < fields.size() ? fields[number] : std::string_view();
}

std::string join(const std::vector<std::string>& list, std::string_view with) {
  std::string out;
  for (std::size_t i = 0; i < list.size(); ++i) {
    if (i == kShownMax) {
      out += std::string(with) + std::to_string(list.size() - kShownMax) + " more";
      break;
    }
    if (i > 0) out += with;
    out += list[i];
  }
  return out;
}

// A record as a member of a set: "MX:10,mx1.shop.example".
std::string member_of(std::uint16_t type, std::string_view data) {
  std::string text = fold(data, kDataBytesMax);
  std::erase(text, '"');
  std::ranges::replace(text, ' ', ',');
  return print_record_type(type) + ":" + token(text);
}

// "MNAME RNAME SERIAL REFRESH RETRY EXPIRE MINIMUM" (RFC 1035 3.3.13).
std::optional<std::string> soa_of(const std::vector<DnsReply>& replies) {
  for (const auto& reply : replies) {
    for (const auto* section : {&reply.answer, &reply.authority}) {
      const auto at = std::ranges::find(*section, kTypeSoa, &DnsRecord::type);
      if (at != section->end()) return fold(at->data, kDataBytesMax);
    }
  }
  return std::nullopt;
}

// The alias chain from `name`, in order.
std::string aliases_of(std::string_view name, const DnsReply& reply) {
  std::string chain;
  std::string at = lower(name);
  for (std::size_t hop = 0; hop < kAliasesMax; ++hop) {
    const auto alias = std::ranges::find_if(reply.answer, [&at](const DnsRecord& record) {
      return record.type == kTypeCname && record.name == at;
    });
    if (alias == reply.answer.end()) break;
    at = lower(alias->data);
    if (!chain.empty()) chain += ' ';
    chain += token(at, kNameBytesMax);
  }
  return chain;
}

void add_dnssec(const std::vector<DnsReply>& replies, FactChanges& facts) {
  bool is_answered = false;
  bool is_secure = true;
  for (const auto& reply : replies) {
    const Outcome outcome = outcome_of(reply);
    if (outcome == Outcome::dns_bogus) return facts.set(Fact::dnssec, "bogus");
    // Whoever answers from the zone itself validates nothing.
    if (outcome != Outcome::ok || reply.is_authoritative) continue;
    is_answered = true;
    is_secure = is_secure && reply.is_authenticated;
  }
  if (is_answered) facts.set(Fact::dnssec, is_secure ? "secure" : "insecure");
}

struct Gathered {
  std::vector<IpAddress> addresses;
  std::vector<std::string> name_servers;
  std::vector<std::string> mail_servers;
  std::vector<std::string> records;
};

void gather(std::uint16_t type, const std::string& data, Gathered& out) {
  if (is_address_type(type)) {
    if (const auto address = parse_address(data)) out.addresses.push_back(*address);
    return;
  }
  if (type == kTypeNs) out.name_servers.push_back(token(lower(data), kNameBytesMax));
  if (type == kTypeMx) out.mail_servers.push_back(token(lower(field(data, 1))));
  const bool is_soa = type == kTypeSoa;
  const std::string names =
      is_soa ? std::string(field(data, 0)) + " " + std::string(field(data, 1)) : data;
  out.records.push_back(member_of(type, names));
}

// Whether `text` is the allowed record, or an address inside the allowed network.
bool is_allowed(std::string_view text, std::string_view allowed) {
  if (lower(fold(allowed, kDataBytesMax)) == lower(text)) return true;
  const auto slash = allowed.find('/');
  if (slash == std::string_view::npos) return false;
  const auto address = parse_address(text);
  const auto network = parse_address(allowed.substr(0, slash));
  std::size_t bits = 0;
  const auto digits = allowed.substr(slash + 1);
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), bits);
  if (!address || !network || error != std::errc{} || end != digits.data() + digits.size() ||
      address->is_v6 != network->is_v6 || bits > (network->is_v6 ? 128U : 32U)) {
    return false;
  }
  for (std::size_t bit = 0; bit < bits; ++bit) {
    const unsigned mask = 0x80U >> (bit % 8);
    if ((address->bytes.at(bit / 8) & mask) != (network->bytes.at(bit / 8) & mask)) return false;
  }
  return true;
}

// How a question can fail, the gravest (what hides the name from most people) first.
constexpr std::array kFailures = std::to_array<std::pair<Outcome, std::string_view>>(
    {{Outcome::dns_bogus, "DNSSEC validation failed"},
     {Outcome::dns_nxdomain, "the name does not exist"},
     {Outcome::dns_servfail, "the server failed"},
     {Outcome::dns_refused, "the server refused"},
     {Outcome::dns_timeout, "no answer in time"}});

const auto* find_failure(Outcome outcome) {
  return std::ranges::find(kFailures, outcome, &decltype(kFailures)::value_type::first);
}
auto gravity(Outcome outcome) {
  return find_failure(outcome) - kFailures.begin();
}

// The reply that failed most gravely of those that `counts` holds for; null where none failed.
template <class Counts>
const DnsReply* gravest(const std::vector<DnsReply>& replies, Counts counts) {
  const DnsReply* worst = nullptr;
  for (const auto& reply : replies) {
    const Outcome outcome = outcome_of(reply);
    if (outcome == Outcome::ok || !counts(reply)) continue;
    if (worst == nullptr || gravity(outcome) < gravity(outcome_of(*worst))) worst = &reply;
  }
  return worst;
}

std::string describe_failure(const DnsReply& reply, Outcome outcome) {
  const auto* const failure = find_failure(outcome);
  const bool is_known = failure != kFailures.end();  // else it is a failure of the transport
  std::string text = print_record_type(reply.type) + ": ";
  text += is_known ? failure->second : print(outcome);
  if (reply.extended_error)
    text += " (extended error " + std::to_string(*reply.extended_error) + ")";
  if (!reply.server.empty()) text += ", said " + token(reply.server);
  return text;
}

}  // namespace

Outcome outcome_of(const DnsReply& reply) {
  const bool is_servfail = reply.failure == Outcome::dns_servfail || reply.rcode == 2;
  if (is_servfail && reply.extended_error && is_bogus(*reply.extended_error)) {
    return Outcome::dns_bogus;
  }
  if (reply.failure != Outcome::ok) return reply.failure;
  switch (reply.rcode) {
    case 0:
      return Outcome::ok;
    case 3:
      return Outcome::dns_nxdomain;
    case 5:
      return Outcome::dns_refused;
    default:
      return Outcome::dns_servfail;  // an answer that no resolver can use
  }
}

std::vector<std::string> data_of(const DnsReply& reply) {
  std::vector<std::string> list;
  for (const auto& record : reply.answer) {
    if (record.type == reply.type) list.push_back(fold(record.data, kDataBytesMax));
  }
  std::ranges::sort(list);
  const auto repeated = std::ranges::unique(list);
  list.erase(repeated.begin(), repeated.end());
  return list;
}

std::optional<std::string> zone_of(const std::vector<DnsReply>& replies) {
  for (const auto& reply : replies) {
    for (const auto* section : {&reply.answer, &reply.authority}) {
      const auto at = std::ranges::find(*section, kTypeSoa, &DnsRecord::type);
      if (at != section->end()) return lower(at->name);
    }
  }
  return std::nullopt;
}

void add_dns_facts(std::string_view name, const std::vector<DnsReply>& replies, Facts& facts) {
  facts.apply(dns_facts(name, replies));
}

FactChanges dns_facts(std::string_view name, const std::vector<DnsReply>& replies) {
  FactChanges facts;
  Gathered found;
  std::string aliases;
  for (const auto& reply : replies) {
    if (outcome_of(reply) != Outcome::ok) continue;
    for (const auto& data : data_of(reply))
      gather(reply.type, data, found);
    if (aliases.empty()) aliases = aliases_of(name, reply);
  }
  add_address_facts(found.addresses, facts);
  facts.set(Fact::cnames, std::move(aliases));
  facts.set_members(Fact::name_servers, std::move(found.name_servers));
  facts.set_members(Fact::mail_servers, std::move(found.mail_servers));
  facts.set_members(Fact::dns_records, std::move(found.records));
  if (const auto soa = soa_of(replies)) facts.set(Fact::soa_serial, token(field(*soa, 2)));
  add_dnssec(replies, facts);
  if (!replies.empty()) facts.set(Fact::resolver, token(replies.front().server));
  return facts;
}

std::string mismatch(const std::vector<DnsReply>& replies, const WantedRecords& wanted) {
  for (const auto& [name, allowed] : wanted) {
    // Type 0 is reserved: what is no type is nobody's reply.
    const auto type = parse_record_type(name).value_or(0);
    const auto reply = std::ranges::find(replies, type, &DnsReply::type);
    if (reply == replies.end()) continue;
    const auto found = data_of(*reply);
    const bool is_right =
        !found.empty() && std::ranges::all_of(found, [&allowed](const std::string& data) {
          return std::ranges::any_of(
              allowed, [&data](const std::string& one) { return is_allowed(data, one); });
        });
    if (is_right) continue;
    return print_record_type(type) + ": expected " + join(allowed, " or ") + ", found " +
           (found.empty() ? "none" : join(found, ", "));
  }
  return {};
}

DnsEnding ending_of(const std::vector<DnsReply>& replies) {
  if (replies.empty()) {
    return {.outcome = Outcome::monitor_error, .note = "no question was answered"};
  }
  const bool has_addresses = std::ranges::any_of(replies, is_address_type, &DnsReply::type);
  const auto is_vital = [has_addresses](const DnsReply& reply) {
    return !has_addresses || is_address_type(reply.type);
  };
  const auto is_alive = [&](const DnsReply& reply) {
    return is_vital(reply) && outcome_of(reply) == Outcome::ok &&
           (!has_addresses || !data_of(reply).empty());
  };
  if (std::ranges::any_of(replies, is_alive)) {
    const DnsReply* const worst = gravest(replies, [](const DnsReply&) { return true; });
    if (worst == nullptr) return {};
    return {.outcome = Outcome::degraded, .note = describe_failure(*worst, outcome_of(*worst))};
  }
  if (const DnsReply* const worst = gravest(replies, is_vital); worst != nullptr) {
    const Outcome outcome = outcome_of(*worst);
    return {.outcome = outcome, .note = describe_failure(*worst, outcome)};
  }
  return {.outcome = Outcome::dns_no_address, .note = "the name has no address"};
}

DnsReading read_answers(const Spec& spec, const std::vector<DnsReply>& replies) {
  DnsReading reading{.facts = dns_facts(spec.host, replies),
                     .ending = ending_of(replies),
                     .differs = {},
                     .zone = zone_of(replies)};
  const auto outcome = reading.ending.outcome;
  const bool is_failed = is_failure(outcome) && outcome != Outcome::dns_no_address;
  if (!is_failed) reading.differs = mismatch(replies, spec.expect_records);
  return reading;
}

}  // namespace bw
