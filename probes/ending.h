// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "probes/probe.h"

// How looks of every kind end alike.
namespace bw {

// An exchange that did not get its answer: the transport's outcome and words.
[[nodiscard]] Finding failed(const Reply& reply, Facts facts);

// What a document's status means that is not among 200 to 299: `blocked` for 403 and 429.
[[nodiscard]] Outcome outcome_of_status(int status);

// A handshake was made and the exchange went well: what its chain means. The trouble that was found
// where the target insists; degraded where the certificate ends sooner than `spec.warn_before`.
[[nodiscard]] Finding finish_handshake(const Spec& spec, const Reply& reply, Facts facts, Time now);

// Healthy, or degraded where the exchange took longer than `spec.slow` allows.
[[nodiscard]] Finding healthy(const Spec& spec, const Reply& reply, Facts facts);

}  // namespace bw
