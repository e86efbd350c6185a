// SPDX-License-Identifier: Apache-2.0
#include "probes/ending.h"

#include "probes/text.h"

namespace bw {
namespace {

constexpr std::size_t kNoteBytesMax = 300;

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

Finding finish_handshake(const Spec& spec, const Reply& reply, Facts facts, Time now) {
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
