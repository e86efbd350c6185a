// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "daemon/web/snapshot.h"
#include "daemon/web/wording.h"

#include <string>

// Parts of the status page, as escaped HTML.
namespace bw {

// Each with its verdict in full: what customers notice, what it likely is, why, what speaks against
// it, what would change our mind, what to do first.
[[nodiscard]] std::string open_incidents_html(const Snapshot& snapshot, const Teller& teller);
// A line each.
[[nodiscard]] std::string closed_incidents_html(const Snapshot& snapshot, const Teller& teller);

}  // namespace bw
