// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "probes/exchange.h"
#include "probes/probe.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

// Reading what name servers answered, one question at a time and all together.
namespace bw {

// How one question ended: its failure, else its rcode; extended errors (RFC 8914 section 4) that
// name a DNSSEC trouble turn a SERVFAIL into dns_bogus.
[[nodiscard]] Outcome outcome_of(const DnsReply& reply);

// Data of the answer's records of the asked type, white space folded, sorted, without repetitions.
[[nodiscard]] std::vector<std::string> data_of(const DnsReply& reply);

// The zone that holds the name, from the SOA record that came as an answer or beside an empty one.
[[nodiscard]] std::optional<std::string> zone_of(const std::vector<DnsReply>& replies);

// resolver, addresses, networks, cnames, name_servers, mail_servers, soa_serial, dnssec and
// dns_records. The last leaves out A and AAAA (they rotate, and `networks` says what they mean) and
// the serial and timers of SOA.
[[nodiscard]] FactChanges dns_facts(std::string_view name, const std::vector<DnsReply>& replies);
void add_dns_facts(std::string_view name, const std::vector<DnsReply>& replies, Facts& facts);

// What differs from `wanted` (type -> allowed data; addresses may be given as "198.51.100.0/24"),
// for people; empty when every record that was found is allowed and none is missing.
using WantedRecords = std::map<std::string, std::vector<std::string>>;
[[nodiscard]] std::string mismatch(const std::vector<DnsReply>& replies,
                                   const WantedRecords& wanted);

// How the questions ended together. A name is alive when it has an address (or, where no address
// was asked for, when any question was answered); what else failed then makes it degraded.
struct DnsEnding {
  Outcome outcome = Outcome::ok;
  std::string note;
};
[[nodiscard]] DnsEnding ending_of(const std::vector<DnsReply>& replies);

// All of that about one round of questions. Times to live play no part in it.
struct DnsReading {
  FactChanges facts;
  DnsEnding ending;
  std::string differs;              // `mismatch`, where the name did not fail
  std::optional<std::string> zone;  // `zone_of`
};
[[nodiscard]] DnsReading read_answers(const Spec& spec, const std::vector<DnsReply>& replies);

}  // namespace bw
