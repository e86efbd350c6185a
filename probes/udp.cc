// SPDX-License-Identifier: Apache-2.0
#include "probes/catalog.h"
#include "probes/ending.h"
#include "probes/resolution.h"
#include "probes/text.h"

#include <array>

namespace bw {
namespace {

constexpr std::size_t kNoteBytesMax = 120;
constexpr std::array kSettings = std::to_array<Setting>({
    {.key = "host", .type = "text", .is_required = true, .about = "name or address to send to"},
    {.key = "port", .type = "integer", .is_required = true, .about = "port to send to"},
    {.key = "send", .type = "text", .about = "the datagram; up to three are sent"},
    {.key = "send_hex", .type = "text", .about = "the same in hexadecimal"},
    {.key = "expect", .type = "text", .about = "bytes that the answer must hold; default any"},
    {.key = "expect_hex", .type = "text", .about = "the same in hexadecimal"},
    {.key = "slow", .type = "duration", .about = "degraded when it takes longer"},
});

Ask begin(const Spec& spec, Look& /*look*/) {
  UdpAsk ask;
  ask.host = spec.host;
  ask.port = spec.port;
  ask.send = spec.send;
  ask.expect = spec.expect;
  return {.what = std::move(ask), .deadline = spec.deadline};
}

Step read(const Spec& spec, Look& look, const Reply& reply, Time /*now*/) {
  add_resolution_facts(look, reply);
  Facts facts = std::move(look.facts);
  facts.set(Fact::banner, banner_of(reply.received));
  // Somebody who says something else has answered, only wrongly.
  const bool is_answered = reply.failure == Outcome::ok || reply.failure == Outcome::reply_stalled;
  if (!is_answered) return failed(reply, std::move(facts));
  const bool is_met = reply.received.find(spec.expect) != std::string::npos;
  if (is_met) return healthy(spec, reply, std::move(facts));
  return Finding{.outcome = Outcome::content_missing,
                 .party = Party::unknown,
                 .facts = std::move(facts),
                 .note = "expected \"" + printable(spec.expect, kNoteBytesMax) + "\", got \"" +
                         printable(reply.received, kNoteBytesMax) + "\"",
                 .items = {}};
}

}  // namespace

const ProbeKind kinds::udp{.name = "udp",
                           .about = "sends a datagram and expects an answer",
                           .settings = kSettings,
                           .begin = begin,
                           .read = read};

}  // namespace bw
