// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "probes/probe.h"

// How looks of every kind end alike.
namespace bw {

// An exchange that did not get its answer: the transport's outcome and words.
[[nodiscard]] Finding failed(const Reply& reply, Facts facts);

// Healthy, or degraded where the exchange took longer than `spec.slow` allows.
[[nodiscard]] Finding healthy(const Spec& spec, const Reply& reply, Facts facts);

}  // namespace bw
