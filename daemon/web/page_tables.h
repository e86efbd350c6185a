// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "daemon/web/snapshot.h"

#include <string>

// Parts of the status page, as escaped HTML.
namespace bw {

[[nodiscard]] std::string time_html(Time at);
[[nodiscard]] std::string functions_html(const Snapshot& snapshot);
// What each says of itself beside what we see of it.
[[nodiscard]] std::string providers_html(const Snapshot& snapshot);
[[nodiscard]] std::string targets_html(const Snapshot& snapshot);
// The monitor's own: journal, outbox, loop, configuration.
[[nodiscard]] std::string health_html(const Snapshot& snapshot);

}  // namespace bw
