// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace bw {

// What Prometheus' client libraries call process_*: CPU, memory, descriptors, start, of this
// process, now. In the text format 0.0.4; what the system does not tell is left out.
[[nodiscard]] std::string render_process_metrics();

}  // namespace bw
