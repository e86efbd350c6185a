// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "daemon/config/config.h"
#include "daemon/prober.h"

#include <functional>
#include <vector>

namespace bw::cli {

// Looks at each of the targets once, over the real network, and calls `each` as they end.
void look_once(const Config& config,
               const std::vector<TargetIndex>& targets,
               const std::function<void(const Prober::Seen&)>& each);

}  // namespace bw::cli
