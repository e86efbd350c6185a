// SPDX-License-Identifier: Apache-2.0
#include "probes/catalog.h"
#include "probes/ending.h"
#include "probes/resolution.h"

#include <array>

namespace bw {
namespace {

constexpr std::array kSettings = std::to_array<Setting>({
    {.key = "host", .type = "text", .is_required = true, .about = "name or address to ask"},
    {.key = "echoes", .type = "integer", .about = "requests a look, 0.2 s apart; default 3"},
    {.key = "loss_max",
     .type = "integer",
     .about = "percent of them that may be lost, more is degraded; default 50"},
    {.key = "slow", .type = "duration", .about = "degraded when the median takes longer"},
});

Ask begin(const Spec& spec, Look& /*look*/) {
  EchoAsk ask;
  ask.host = spec.host;
  ask.count = spec.echoes;
  return {.what = std::move(ask), .deadline = spec.deadline};
}

Step read(const Spec& spec, Look& look, const Reply& reply, Time /*now*/) {
  add_resolution_facts(look, reply);
  Facts facts = std::move(look.facts);
  if (!reply.echoes || reply.echoes->sent == 0) return failed(reply, std::move(facts));
  const int sent = reply.echoes->sent;
  const int lost = sent - static_cast<int>(reply.echoes->round_trips.size());
  const int loss = lost * 100 / sent;
  facts.set(Fact::loss, std::to_string(loss));
  if (reply.failure != Outcome::ok) return failed(reply, std::move(facts));
  Finding finding = healthy(spec, reply, std::move(facts));
  if (loss > spec.loss_percent_max) {
    finding.outcome = Outcome::degraded;
    finding.note =
        std::to_string(lost) + " of " + std::to_string(sent) + " echo requests were not answered";
  }
  return finding;
}

}  // namespace

const ProbeKind kinds::icmp{.name = "icmp",
                            .about = "echo requests (ping): round trip and loss",
                            .settings = kSettings,
                            .begin = begin,
                            .read = read};

}  // namespace bw
