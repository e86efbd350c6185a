// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "daemon/web/snapshot.h"

#include <string>

// What customers may know, in the shape of Atlassian Statuspage's public API v2, so that whatever
// reads status pages can read ours. Components are the functions that customers may hear of, in
// their words; incidents are what they notice, worded as in the customer notices. Verdicts, causes
// that are not established, providers, targets and suspicion are not in it: these documents, unlike
// the rest of the API, may be shown to everybody.
//
// component status   operational degraded_performance partial_outage major_outage under_maintenance
// incident status    investigating; identified (its cause is established); monitoring (all works
//                    again, and it is not over); resolved
// impact, indicator  none minor major critical maintenance; critical is an outage of everything, or
//                    of a function that the configuration calls critical
//
// A function that is not known to work or to fail is left out: a status page has no word for
// "unknown". While the monitor is blind or starting there is no document at all.
namespace bw {

// False while nothing true can be said of anything: answer with 503.
[[nodiscard]] bool can_tell_customers(const Snapshot& snapshot);

[[nodiscard]] std::string render_statuspage_summary(const Snapshot& snapshot);
[[nodiscard]] std::string render_statuspage_status(const Snapshot& snapshot);
[[nodiscard]] std::string render_statuspage_components(const Snapshot& snapshot);
// Also those that were over in the last 24 h; summary and `unresolved` have open ones only.
[[nodiscard]] std::string render_statuspage_incidents(const Snapshot& snapshot);
[[nodiscard]] std::string render_statuspage_unresolved(const Snapshot& snapshot);

}  // namespace bw
