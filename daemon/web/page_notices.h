// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "daemon/web/snapshot.h"

#include <string>

namespace bw {

// The customer notices as a section of the status page: a click on a draft selects all of it, so
// that it can be copied without a script. Empty where there is nothing to tell.
[[nodiscard]] std::string notices_html(const Snapshot& snapshot);

}  // namespace bw
