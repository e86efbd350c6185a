// SPDX-License-Identifier: Apache-2.0
#include "probes/dns_answer.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

// Answers as a hostile server could word them: a line is one record, its first two bytes the type.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  std::string_view text(reinterpret_cast<const char*>(data), size);
  bw::DnsReply reply;
  while (text.size() > 2) {
    const auto end = std::min(text.find('\n', 2), text.size());
    const auto type = static_cast<std::uint16_t>(static_cast<std::uint8_t>(text[0]) << 8 |
                                                 static_cast<std::uint8_t>(text[1]));
    reply.type = type;
    reply.answer.push_back(
        {.name = "a", .type = type, .ttl = 1, .data = std::string(text.substr(2, end - 2))});
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  bw::Facts facts;
  bw::add_dns_facts("a", {reply}, facts);
  static_cast<void>(bw::mismatch({reply}, {{"A", {"192.0.2.0/24"}}, {"MX", {"10 a"}}}));
  static_cast<void>(bw::ending_of({reply}));
  return 0;
}
