// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "probes/error.h"
#include "probes/exchange.h"

#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace bw::net {

// RR types and rcodes that we act upon (IANA DNS parameters).
inline constexpr std::uint16_t kTypeA = 1;
inline constexpr std::uint16_t kTypeNs = 2;
inline constexpr std::uint16_t kTypeCname = 5;
inline constexpr std::uint16_t kTypeSoa = 6;
inline constexpr std::uint16_t kTypeAaaa = 28;
inline constexpr int kRcodeFormErr = 1;
inline constexpr int kRcodeServFail = 2;
inline constexpr int kRcodeNxDomain = 3;
inline constexpr int kRcodeNotImp = 4;
inline constexpr int kRcodeRefused = 5;

struct DnsQuestion {
  std::string name;  // presentation form, with or without the final dot; "" and "." are the root
  std::uint16_t type = 0;
  bool is_recursive = true;
  bool is_unchecked = false;  // CD: hand over what validation would reject (RFC 4035, 3.2.2)
};

// The query on the wire, with AD set (RFC 6840, 5.7: tell us whether it validated) and, where
// `has_edns`, an OPT record of exactly 11 bytes at its end. An error where the name is none.
[[nodiscard]] std::expected<std::string, Error> print_query(const DnsQuestion& question,
                                                            std::uint16_t id,
                                                            bool has_edns);

struct DnsMessage {
  int rcode = 0;
  bool is_authoritative = false;
  bool is_authenticated = false;
  bool is_recursion_available = false;
  std::optional<int> extended_error;  // RFC 8914; the first where there are several
  std::vector<DnsRecord> answer;
  std::vector<DnsRecord> authority;
};
// Foreign bytes; nothing where they are no DNS message. At most kDnsRecordsMax records a section
// are kept.
inline constexpr std::size_t kDnsRecordsMax = 512;
[[nodiscard]] std::optional<DnsMessage> parse_message(std::string_view wire);

// Lower case, without the final dot: the form of every name that leaves this folder.
[[nodiscard]] std::string fold_name(std::string_view name);
// `name` is `zone` or below it; both folded. Everything is below the root, "".
[[nodiscard]] bool is_within(std::string_view name, std::string_view zone);

}  // namespace bw::net
