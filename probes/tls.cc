// SPDX-License-Identifier: Apache-2.0
#include "probes/catalog.h"
#include "probes/certificate.h"
#include "probes/dialogue.h"
#include "probes/ending.h"
#include "probes/resolution.h"
#include "probes/text.h"

#include <array>

namespace bw {
namespace {

constexpr std::uint16_t kDefaultPort = 443;
constexpr std::size_t kNoteBytesMax = 300;
constexpr std::array kSettings = std::to_array<Setting>({
    {.key = "host", .type = "text", .is_required = true, .about = "name or address to connect to"},
    {.key = "port", .type = "integer", .about = "default 443, or starttls's own"},
    {.key = "starttls",
     .type = "text",
     .about = "first ask for TLS in the clear, as in smtp, imap, pop3 or postgres"},
    {.key = "server_name", .type = "text", .about = "name to ask for and to verify; default host"},
    {.key = "ca_file", .type = "text", .about = "trust these roots (PEM) instead of the system's"},
    {.key = "verify", .type = "boolean", .about = "false: only report what is wrong; default true"},
    {.key = "warn_before",
     .type = "duration",
     .about = "degraded when the certificate ends sooner"},
    {.key = "slow", .type = "duration", .about = "degraded when the handshake takes longer"},
});

Ask begin(const Spec& spec, Look& /*look*/) {
  if (!spec.starttls.empty()) {
    return {.what = TalkAsk{.host = spec.host,
                            .port = spec.port == 0 ? starttls_port(spec.starttls) : spec.port,
                            .turns = starttls_turns(spec.starttls),
                            .server_name = spec.server_name,
                            .trust = spec.trust,
                            .pin = {}},
            .deadline = spec.deadline};
  }
  return {.what = TlsAsk{.host = spec.host,
                         .port = spec.port == 0 ? kDefaultPort : spec.port,
                         .server_name = spec.server_name,
                         .trust = spec.trust,
                         .pin = {}},
          .deadline = spec.deadline};
}

Step read(const Spec& spec, Look& look, const Reply& reply, Time now) {
  add_resolution_facts(look, reply);
  if (reply.chain) add_certificate_facts(look, *reply.chain);
  Facts facts = std::move(look.facts);
  if (reply.failure != Outcome::ok) {
    Finding finding = failed(reply, std::move(facts));
    if (finding.note.empty() && reply.chain) finding.note = fold(reply.chain->why, kNoteBytesMax);
    return finding;
  }
  return finish_handshake(spec, reply, std::move(facts), now);
}

}  // namespace

const ProbeKind kinds::tls{.name = "tls",
                           .about = "makes a TLS handshake and reads the certificate",
                           .settings = kSettings,
                           .begin = begin,
                           .read = read};

}  // namespace bw
