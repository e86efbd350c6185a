// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "probes/exchange.h"

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

// Ready-made dialogues.
namespace bw {

// What leads to TLS on a port that begins in the clear: smtp (RFC 3207), imap and pop3 (RFC 2595,
// RFC 8314), postgres (its protocol 3.0's SSLRequest). Then takes leave. A server that does not
// offer or refuses TLS is `tls_handshake`.
inline constexpr auto kStartTlsProtocols =
    std::to_array<std::string_view>({"smtp", "imap", "pop3", "postgres"});
[[nodiscard]] std::vector<Turn> starttls_turns(std::string_view protocol);
// The protocol's usual port: 25, 143, 110, 5432.
[[nodiscard]] std::uint16_t starttls_port(std::string_view protocol);

struct MailTalk {
  std::string client_name;  // in EHLO
  bool has_tls = false;
  std::string sender;     // empty: neither MAIL nor RCPT is sent
  std::string recipient;  // empty: no RCPT
};
// A delivery (RFC 5321) that stops before DATA, so that no mail is sent.
[[nodiscard]] std::vector<Turn> smtp_turns(const MailTalk& talk);

}  // namespace bw
