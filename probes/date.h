// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "probes/time.h"

#include <optional>
#include <string_view>

namespace bw {

// "Sat, 19 Apr 2025 10:00:00 +0100" as in mail, RSS and HTTP (RFC 2822 section 3.3 with its
// obsolete forms: no weekday, no seconds, two-digit years, zones by name). Zones that nobody can
// know count as UTC, as section 4.3 says.
[[nodiscard]] std::optional<Time> parse_mail_date(std::string_view text);
// That, or RFC 3339: feeds mix them up.
[[nodiscard]] std::optional<Time> parse_date(std::string_view text);

}  // namespace bw
