// SPDX-License-Identifier: Apache-2.0
#include "probes/catalog.h"
#include "probes/certificate.h"
#include "probes/ending.h"
#include "probes/resolution.h"
#include "probes/text.h"

#include <algorithm>
#include <array>

namespace bw {
namespace {

constexpr std::size_t kReadBytesMax = 4096;
constexpr std::size_t kBannerBytesMax = 120;
constexpr std::array kSettings = std::to_array<Setting>({
    {.key = "host", .type = "text", .is_required = true, .about = "name or address to connect to"},
    {.key = "port", .type = "integer", .is_required = true, .about = "port to connect to"},
    {.key = "send", .type = "text", .about = "bytes to send once connected"},
    {.key = "send_hex", .type = "text", .about = "the same in hexadecimal"},
    {.key = "expect", .type = "text", .about = "bytes that the answer must hold"},
    {.key = "expect_hex", .type = "text", .about = "the same in hexadecimal"},
    {.key = "dialogue",
     .type = "list of table",
     .about = "instead, in turns: { send, expect (what the answer's last line begins with), "
              "starttls (true: then TLS) }"},
    {.key = "server_name", .type = "text", .about = "name in the certificate; default host"},
    {.key = "ca_file", .type = "text", .about = "trust these roots (PEM) instead of the system's"},
    {.key = "verify", .type = "boolean", .about = "false: only report what is wrong; default true"},
    {.key = "slow", .type = "duration", .about = "degraded when it takes longer"},
});

Ask begin(const Spec& spec, Look& /*look*/) {
  if (!spec.dialogue.empty()) {
    return {.what = TalkAsk{.host = spec.host,
                            .port = spec.port,
                            .turns = spec.dialogue,
                            .server_name = spec.server_name,
                            .trust = spec.trust,
                            .pin = {}},
            .deadline = spec.deadline};
  }
  return {.what = TcpAsk{.host = spec.host,
                         .port = spec.port,
                         .send = spec.send,
                         .expect = spec.expect,
                         // Reading without an end to wait for would last until the deadline.
                         .read_bytes_max = spec.expect.empty() ? 0 : kReadBytesMax,
                         .pin = {}},
          .deadline = spec.deadline};
}

Finding unexpected(std::string_view expected, std::string_view received, Facts facts) {
  const std::string got =
      received.empty() ? "nothing" : "\"" + printable(received, kBannerBytesMax) + "\"";
  return {.outcome = Outcome::content_missing,
          .party = Party::unknown,
          .facts = std::move(facts),
          .note = "expected \"" + printable(expected, kBannerBytesMax) + "\", got " + got,
          .items = {}};
}

Step read_dialogue(const Spec& spec, Look& look, const Reply& reply, Time now) {
  if (reply.chain) add_certificate_facts(look, *reply.chain);
  Facts facts = std::move(look.facts);
  const auto& answers = reply.answers;
  const auto first = std::ranges::find_if_not(answers, &std::string::empty);
  if (first != answers.end()) facts.set(Fact::banner, banner_of(*first));
  if (reply.failure == Outcome::ok) {
    return finish_handshake(spec, reply, std::move(facts), now);
  }
  if (reply.failure != Outcome::reply_stalled || answers.empty()) {
    return failed(reply, std::move(facts));
  }
  const auto& turn = spec.dialogue.at(answers.size() - 1);
  auto finding = unexpected(turn.expect.front(), trim(answers.back()), std::move(facts));
  finding.note = "turn " + std::to_string(answers.size()) + ": " + finding.note;
  return finding;
}

Step read(const Spec& spec, Look& look, const Reply& reply, Time now) {
  add_resolution_facts(look, reply);
  if (!spec.dialogue.empty()) return read_dialogue(spec, look, reply, now);
  Facts facts = std::move(look.facts);
  facts.set(Fact::banner, banner_of(reply.received));
  const bool is_met = reply.received.find(spec.expect) != std::string::npos;
  // Somebody who says something else and then waits for us has answered, only wrongly.
  const bool is_answered = reply.failure == Outcome::ok ||
                           (reply.failure == Outcome::reply_stalled && !reply.received.empty());
  if (!is_answered) return failed(reply, std::move(facts));
  if (is_met) return healthy(spec, reply, std::move(facts));
  return unexpected(spec.expect, reply.received, std::move(facts));
}

}  // namespace

const ProbeKind kinds::tcp{.name = "tcp",
                           .about = "connects to a port, and may send and expect bytes, in turns",
                           .settings = kSettings,
                           .begin = begin,
                           .read = read};

}  // namespace bw
