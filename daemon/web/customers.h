// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "daemon/notify/customer_notice.h"
#include "daemon/web/snapshot.h"

namespace bw {

// For how long a recovery is told once its incident is over.
inline constexpr Millis kRecoveryToldFor{std::chrono::hours{24}};
// A door counts as open if the newest look says so and is no older than this.
inline constexpr Millis kSeenLately{std::chrono::minutes{15}};
// While an incident is open, a door that works again is believed after this.
inline constexpr Millis kRecoverySettles{std::chrono::minutes{10}};

// What customers notice of all this, and nothing else: how each function serves them, by the
// targets that stand for its doors (pages, APIs, sign-in; names, certificates and scripts only
// where it has no others). A provider's own endpoint can show that a function fails, and never that
// it works. Functions that only staff use are left out unless the configuration shows them.
[[nodiscard]] CustomerView customer_view(const Snapshot& snapshot);

}  // namespace bw
