// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "probes/time.h"

#include <string>

namespace bw::rehearsal {

// "Sat, 19 Apr 2025 10:00:00 GMT" (RFC 9110 5.6.7; also what RSS wants).
[[nodiscard]] std::string print_http_date(Time at);

}  // namespace bw::rehearsal
