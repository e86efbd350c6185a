// SPDX-License-Identifier: Apache-2.0
#include "probes/catalog.h"
#include "probes/ending.h"
#include "probes/resolution.h"
#include "probes/text.h"

#include <array>

namespace bw {
namespace {

constexpr std::size_t kReadBytesMax = 4096;
constexpr std::size_t kBannerBytesMax = 120;
constexpr std::array kSettings = std::to_array<Setting>({
    {.key = "host", .type = "text", .is_required = true, .about = "name or address to connect to"},
    {.key = "port", .type = "integer", .is_required = true, .about = "port to connect to"},
    {.key = "send", .type = "text", .about = "bytes to send once connected"},
    {.key = "expect", .type = "text", .about = "bytes that the answer must hold"},
    {.key = "slow", .type = "duration", .about = "degraded when it takes longer"},
});

Ask begin(const Spec& spec, Look& /*look*/) {
  return {.what = TcpAsk{.host = spec.host,
                         .port = spec.port,
                         .send = spec.send,
                         .expect = spec.expect,
                         // Reading without an end to wait for would last until the deadline.
                         .read_bytes_max = spec.expect.empty() ? 0 : kReadBytesMax,
                         .pin = {}},
          .deadline = spec.deadline};
}

std::string first_line(std::string_view received) {
  return printable(received.substr(0, received.find_first_of("\r\n")), kBannerBytesMax);
}

Step read(const Spec& spec, Look& look, const Reply& reply, Time /*now*/) {
  add_resolution_facts(look, reply);
  Facts facts = std::move(look.facts);
  facts.set(Fact::banner, first_line(reply.received));
  const bool is_met = reply.received.find(spec.expect) != std::string::npos;
  // Somebody who says something else and then waits for us has answered, only wrongly.
  const bool is_answered = reply.failure == Outcome::ok ||
                           (reply.failure == Outcome::reply_stalled && !reply.received.empty());
  if (!is_answered) return failed(reply, std::move(facts));
  if (is_met) return healthy(spec, reply, std::move(facts));
  const std::string got =
      reply.received.empty() ? "nothing" : "\"" + printable(reply.received, kBannerBytesMax) + "\"";
  return Finding{.outcome = Outcome::content_missing,
                 .party = Party::unknown,
                 .facts = std::move(facts),
                 .note = "expected \"" + printable(spec.expect, kBannerBytesMax) + "\", got " + got,
                 .items = {}};
}

}  // namespace

const ProbeKind kinds::tcp{.name = "tcp",
                           .about = "connects to a port, and may send and expect bytes",
                           .settings = kSettings,
                           .begin = begin,
                           .read = read};

}  // namespace bw
