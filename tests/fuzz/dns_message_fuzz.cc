// SPDX-License-Identifier: Apache-2.0
#include "daemon/net/dns_message.h"
#include "daemon/net/endpoint.h"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

// What a name server may send, and what a configuration may call a name or a server.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace bw;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  if (const auto message = net::parse_message(bytes)) {
    if (message->answer.size() > net::kDnsRecordsMax) std::abort();
    for (const DnsRecord& record : message->authority) {
      static_cast<void>(net::is_within("www.shop.example", record.name));
    }
  }
  const auto query = net::print_query({.name = std::string(bytes), .type = 1}, 7, true);
  if (query && query->size() > 12 + 255 + 4 + 11) std::abort();
  const auto endpoint = net::parse_endpoint(bytes, 53);
  if (endpoint && net::parse_endpoint(net::print(*endpoint), 53) != endpoint) std::abort();
  return 0;
}
