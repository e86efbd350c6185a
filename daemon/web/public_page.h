// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "daemon/web/snapshot.h"

#include <string>

namespace bw {

// The status page for customers: a whole document, style inside, no script, nothing fetched from
// elsewhere, so that it can be hosted anywhere. Says what the customer notices and the Statuspage
// documents say (statuspage.h), and no more.
[[nodiscard]] std::string render_public_page(const Snapshot& snapshot);

}  // namespace bw
