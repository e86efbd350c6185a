// SPDX-License-Identifier: Apache-2.0
#include "probes/ending.h"

#include "probes/text.h"

namespace bw {
namespace {

constexpr std::size_t kNoteBytesMax = 300;

}  // namespace

Finding failed(const Reply& reply, Facts facts) {
  Finding finding;
  finding.outcome = reply.failure;
  finding.party = reply.failure == Outcome::monitor_error ? Party::us : Party::unknown;
  finding.facts = std::move(facts);
  finding.note = fold(reply.detail, kNoteBytesMax);
  return finding;
}

Outcome outcome_of_status(int status) {
  constexpr int kForbidden = 403;
  constexpr int kTooMany = 429;
  if (status == kForbidden || status == kTooMany) return Outcome::blocked;
  if (status >= 500) return Outcome::status_server;
  return status >= 400 ? Outcome::status_client : Outcome::status_unexpected;
}

Finding healthy(const Spec& spec, const Reply& reply, Facts facts) {
  Finding finding;
  finding.facts = std::move(facts);
  const auto took = std::chrono::floor<Millis>(reply.phases.total());
  if (spec.slow > Millis{0} && took > spec.slow) {
    finding.outcome = Outcome::degraded;
    finding.note = "took " + print_duration(took) + ", more than " + print_duration(spec.slow);
  }
  return finding;
}

}  // namespace bw
