// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "daemon/rehearsal/atlas.h"
#include "daemon/rehearsal/events.h"

namespace bw::rehearsal {

// RR types (IANA "Resource Record (RR) TYPEs").
inline constexpr std::uint16_t kTypeA = 1;
inline constexpr std::uint16_t kTypeNs = 2;
inline constexpr std::uint16_t kTypeCname = 5;
inline constexpr std::uint16_t kTypeSoa = 6;
inline constexpr std::uint16_t kTypeMx = 15;
inline constexpr std::uint16_t kTypeTxt = 16;
inline constexpr std::uint16_t kTypeAaaa = 28;
inline constexpr std::uint16_t kTypeDs = 43;
inline constexpr std::uint16_t kTypeCaa = 257;

struct DnsContext {
  const WorldFile& world;
  Time now{};
  std::uint64_t seed = 0;
  bool is_recursive = true;  // else from a server of the zone: authoritative, validates nothing
};
// The addresses, alias and name servers as a resolver sees them.
[[nodiscard]] Resolution render_resolution(const DnsContext& context,
                                           const Name& name,
                                           const Troubles& troubles);
// The answer to one question about a name that exists.
[[nodiscard]] DnsReply render_answer(const DnsContext& context,
                                     const Name& name,
                                     std::uint16_t type,
                                     const Troubles& troubles);
// NXDOMAIN, and the SOA record of the zone that says so.
// How a question for any record of a name that exists ends.
[[nodiscard]] Outcome failure_of(const DnsContext& context, const Troubles& troubles);
[[nodiscard]] DnsReply render_nxdomain(const DnsContext& context,
                                       const std::string& name,
                                       std::uint16_t type);

}  // namespace bw::rehearsal
