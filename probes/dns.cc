// SPDX-License-Identifier: Apache-2.0
#include "probes/catalog.h"
#include "probes/dns_answer.h"
#include "probes/ending.h"
#include "probes/memory.h"
#include "probes/record_type.h"
#include "probes/text.h"

#include <algorithm>
#include <array>

namespace bw {
namespace {

constexpr std::size_t kNoteBytesMax = 300;
constexpr std::array kDefaultTypes =
    std::to_array<std::uint16_t>({kTypeA, kTypeAaaa, kTypeNs, kTypeMx, kTypeSoa, kTypeCaa});
constexpr std::array kSettings = std::to_array<Setting>({
    {.key = "host", .type = "text", .is_required = true, .about = "name to ask about"},
    {.key = "record_types",
     .type = "list of text",
     .about = "default A, AAAA, NS, MX, SOA and CAA"},
    {.key = "expect_records",
     .type = "table of lists of text",
     .about = "type -> allowed data; addresses also as networks"},
    {.key = "server", .type = "text", .about = "\"address[:port]\" instead of our resolvers"},
    {.key = "slow", .type = "duration", .about = "degraded when the answers take longer"},
});

Ask begin(const Spec& spec, Look& /*look*/) {
  std::vector<std::uint16_t> types;
  const auto add = [&types](std::uint16_t type) {
    if (std::ranges::find(types, type) == types.end()) types.push_back(type);
  };
  for (const auto& name : spec.record_types) {
    if (const auto type = parse_record_type(name)) add(*type);
  }
  if (types.empty()) types.assign(kDefaultTypes.begin(), kDefaultTypes.end());
  for (const auto& [name, allowed] : spec.expect_records) {
    if (const auto type = parse_record_type(name)) add(*type);
  }
  return {.what = DnsAsk{.name = spec.host, .types = std::move(types), .server = spec.server},
          .deadline = spec.deadline};
}

Finding judge_answers(const Spec& spec,
                      const DnsReading& reading,
                      const Reply& reply,
                      Facts facts) {
  if (reply.dns.empty()) {
    if (reply.failure != Outcome::ok) return failed(reply, std::move(facts));
    return {.outcome = Outcome::monitor_error,
            .party = Party::us,
            .facts = std::move(facts),
            .note = "no answer was handed over",
            .items = {}};
  }
  Finding finding = healthy(spec, reply, std::move(facts));
  if (!reading.differs.empty()) {
    finding.outcome = Outcome::dns_mismatch;
    finding.note = fold(reading.differs, kNoteBytesMax);
  } else if (reading.ending.outcome != Outcome::ok) {
    finding.outcome = reading.ending.outcome;
    finding.note = fold(reading.ending.note, kNoteBytesMax);
  }
  return finding;
}

// A name inside a zone has no NS records of its own, and those of its zone are what a hijack
// changes: the SOA record beside the empty answer tells which zone to ask about.
std::optional<Ask> ask_zone(const Spec& spec, const DnsReading& reading, const Reply& reply) {
  const auto ns = std::ranges::find(reply.dns, kTypeNs, &DnsReply::type);
  if (ns == reply.dns.end() || outcome_of(*ns) != Outcome::ok || !data_of(*ns).empty()) return {};
  const auto& zone = reading.zone;
  const std::string name = lower(spec.host);
  if (!zone || zone->empty() || !name.ends_with("." + *zone)) return {};
  return Ask{.what = DnsAsk{.name = *zone, .types = {kTypeNs}, .server = spec.server},
             .deadline = spec.deadline};
}

bool is_same(const DnsRecord& a, const DnsRecord& b) {
  return a.type == b.type && a.data == b.data && a.name == b.name;
}

// Apart from times to live, which run down in a resolver's cache.
bool is_same(const DnsReply& a, const DnsReply& b) {
  const auto same_record = [](const DnsRecord& x, const DnsRecord& y) { return is_same(x, y); };
  return a.type == b.type && a.failure == b.failure && a.rcode == b.rcode && a.server == b.server &&
         a.is_authoritative == b.is_authoritative && a.is_authenticated == b.is_authenticated &&
         a.extended_error == b.extended_error &&
         std::ranges::equal(a.answer, b.answer, same_record) &&
         std::ranges::equal(a.authority, b.authority, same_record);
}

std::size_t bytes_of(const std::vector<DnsReply>& replies) {
  std::size_t sum = 0;
  for (const auto& reply : replies) {
    sum += sizeof(reply) + reply.server.size();
    for (const auto* section : {&reply.answer, &reply.authority}) {
      for (const auto& record : *section)
        sum += sizeof(record) + record.name.size() + record.data.size();
    }
  }
  return sum;
}

std::shared_ptr<const DnsReading> read_round(const Spec& spec,
                                             const Look& look,
                                             const Reply& reply) {
  if (look.memory != nullptr) {
    const auto* known = look.memory->answers.find([&](const std::vector<DnsReply>& key) {
      return std::ranges::equal(
          key, reply.dns, [](const DnsReply& a, const DnsReply& b) { return is_same(a, b); });
    });
    if (known != nullptr) return *known;
  }
  auto reading = std::make_shared<const DnsReading>(read_answers(spec, reply.dns));
  if (look.memory != nullptr) {
    const auto bytes = bytes_of(reply.dns) + sizeof(*reading) + reading->facts.bytes() +
                       reading->ending.note.size() + reading->differs.size();
    look.memory->answers.keep(reply.dns, reading, bytes);
  }
  return reading;
}

Step read(const Spec& spec, Look& look, const Reply& reply, Time /*now*/) {
  if (look.step == 1) {
    Facts of_zone;
    of_zone.apply(read_round(spec, look, reply)->facts);
    look.facts.set(Fact::name_servers, std::string(of_zone.get(Fact::name_servers)));
    const auto end = std::min(look.kept.find(' '), look.kept.size());
    return Finding{.outcome = parse_outcome(look.kept.substr(0, end)).value_or(Outcome::ok),
                   .party = Party::unknown,
                   .facts = std::move(look.facts),
                   .note = end < look.kept.size() ? look.kept.substr(end + 1) : std::string(),
                   .items = {}};
  }
  const auto reading = read_round(spec, look, reply);
  look.facts.apply(reading->facts);
  Finding finding = judge_answers(spec, *reading, reply, look.facts);
  const bool is_answered = !is_failure(finding.outcome) ||
                           finding.outcome == Outcome::dns_mismatch ||
                           finding.outcome == Outcome::dns_no_address;
  if (const auto ask = is_answered ? ask_zone(spec, *reading, reply) : std::nullopt) {
    look.step = 1;
    look.kept = std::string(print(finding.outcome)) + " " + finding.note;
    return *ask;
  }
  return finding;
}

}  // namespace

const ProbeKind kinds::dns{.name = "dns",
                           .about = "asks name servers for a name's records",
                           .settings = kSettings,
                           .begin = begin,
                           .read = read};

}  // namespace bw
