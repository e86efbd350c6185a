// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "daemon/web/snapshot.h"

#include <string>

namespace bw {

// The families that have a series per target, in the Prometheus text format 0.0.4. Written straight
// into the text, label prefixes escaped once per target: a hundred thousand series cost about a
// tenth of what they cost as prometheus-cpp objects. Labels are ids from the configuration, or
// words of our own vocabularies (outcome, phase).
void append_target_metrics(std::string& text, const Snapshot& snapshot);

}  // namespace bw
