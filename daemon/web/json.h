// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "daemon/web/snapshot.h"

#include <string>
#include <string_view>

// The API's bodies, version 1. Keys are only ever added. Times are RFC 3339 in UTC, durations are
// in seconds, probabilities 0 to 1; what is not known is null. Texts from outside (claims, notes,
// statements) are plain text: whoever shows them as markup must escape them. Bytes that are not
// UTF-8 come out as U+FFFD.
//
// status      {at, organisation, vantage, headline, level, suspicion, blind, ready,
//              functions: [function], providers: [provider], targets: [target],
//              incidents: [incident], health: {...}}
// function    {id, title, critical, level, failing_share, suspicion, since, incidents: [number]}
// provider    {id, name, role, feed_state, statement, failing, culprit}
// target      {id, kind, function, url, owner, known, failing, degraded, since, looks, failures,
//              certificate_not_after, latest: null | {at, outcome, phase, party, second_look,
//              status, duration, phases: {resolve, connect, tls, wait, transfer}, note}}
// incident    {id, name: "INC-7", opened, closed, open, functions, failing, targets, level, peak,
//              latched, acknowledged, integrity, headline, customers, first_steps, verdict}
// verdict     {at, seq, level, suspicion, suspicion_in_words, decided, cause: hypothesis or
//              "undecided", likely, culprit: provider id, "own" or "", culprit_name,
//              posterior: {hypothesis: probability}, unexplained, because: [reason],
//              against: [reason], would_change, missing}
// reason      {rule, claim, decibans, attack_decibans, cites: [seq], since}
// notices     {at, blind, all: null | notice, notices: [notice], to_approve: null | drafts with
//              approver: whoever must approve them first}
// notice      {functions: [id], state: failing, partly, slow or resolved, incident, since, and
//              drafts: banner, social, push: {title, body}, colleagues}
// lists       {at, functions: [...]} and so on; error {error, hint}
namespace bw {

[[nodiscard]] std::string render_functions_json(const Snapshot& snapshot);
[[nodiscard]] std::string render_providers_json(const Snapshot& snapshot);
[[nodiscard]] std::string render_targets_json(const Snapshot& snapshot);
[[nodiscard]] std::string render_incidents_json(const Snapshot& snapshot);
[[nodiscard]] std::string render_incident_json(const Snapshot& snapshot, const Incident& incident);
// What customers may be told; see customer_notice.h.
[[nodiscard]] std::string render_notices_json(const Snapshot& snapshot);
[[nodiscard]] std::string render_error_json(std::string_view what, std::string_view hint);

}  // namespace bw
