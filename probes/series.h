// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <string_view>

namespace bw {

// What an internal series may count, as `means` of kind prometheus says. What it means is what it
// weighs; the series' own name means nothing.
inline constexpr std::array kSeriesMeanings = std::to_array<std::string_view>({
    "login_failures",    // share or rate of sign-ins that fail
    "blocked_requests",  // refused by a firewall or bot defence
    "requests",          // all that come in
    "egress",            // bytes that leave
    "errors",            // share or rate of answers that are errors
});

}  // namespace bw
