// SPDX-License-Identifier: Apache-2.0
#include "probes/catalog.h"
#include "probes/certificate.h"
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
    {.key = "port", .type = "integer", .about = "default 443"},
    {.key = "server_name", .type = "text", .about = "name to ask for and to verify; default host"},
    {.key = "ca_file", .type = "text", .about = "trust these roots (PEM) instead of the system's"},
    {.key = "verify", .type = "boolean", .about = "false: only report what is wrong; default true"},
    {.key = "warn_before",
     .type = "duration",
     .about = "degraded when the certificate ends sooner"},
    {.key = "slow", .type = "duration", .about = "degraded when the handshake takes longer"},
});

Ask begin(const Spec& spec, Look& /*look*/) {
  return {.what = TlsAsk{.host = spec.host,
                         .port = spec.port == 0 ? kDefaultPort : spec.port,
                         .server_name = spec.server_name,
                         .trust = spec.trust,
                         .pin = {}},
          .deadline = spec.deadline};
}

// "6 d" while there is time, "5 h 25 min" when there is hardly any.
std::string print_rest(Millis rest) {
  using std::chrono::days;
  return print_duration(rest < days{2} ? rest : Millis{std::chrono::floor<days>(rest)});
}

// What is to be said about the end of the leaf's validity. Only the leaf's: servers go on sending
// superfluous roots and cross-signed certificates that ended long ago, and no client minds.
std::string warn(const Certificate& leaf, Millis warn_before, Time now) {
  const Millis rest = leaf.not_after - now;
  if (rest >= warn_before) return {};
  const std::string day = print_time(leaf.not_after).substr(0, 10);
  if (rest < Millis{0}) return "certificate ended " + print_rest(-rest) + " ago (" + day + ")";
  return "certificate ends in " + print_rest(rest) + " (" + day + ")";
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
  const bool is_troubled = reply.chain && reply.chain->trouble != Outcome::ok;
  if (is_troubled && spec.trust.is_verified) {
    return Finding{.outcome = reply.chain->trouble,
                   .party = Party::unknown,
                   .facts = std::move(facts),
                   .note = fold(reply.chain->why, kNoteBytesMax),
                   .items = {}};
  }
  Finding finding = healthy(spec, reply, std::move(facts));
  if (reply.chain && !reply.chain->presented.empty()) {
    auto warning = warn(reply.chain->presented.front(), spec.warn_before, now);
    if (!warning.empty() && spec.warn_before > Millis{0}) {
      finding.outcome = Outcome::degraded;
      finding.note = std::move(warning);
    }
  }
  return finding;
}

}  // namespace

const ProbeKind kinds::tls{.name = "tls",
                           .about = "makes a TLS handshake and reads the certificate",
                           .settings = kSettings,
                           .begin = begin,
                           .read = read};

}  // namespace bw
