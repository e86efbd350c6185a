// SPDX-License-Identifier: Apache-2.0
#include "probes/api_answer.h"
#include "probes/catalog.h"
#include "probes/text.h"

#include <array>

// Calls an API as the organisation's app does, and reads the JSON that comes back.
namespace bw {
namespace {

constexpr auto kSettings = std::to_array<Setting>({
    {.key = "url",
     .type = "url",
     .is_required = true,
     .about = "address of the call, http or https"},
    {.key = "method", .type = "text", .is_required = false, .about = "GET unless told otherwise"},
    {.key = "headers",
     .type = "table of text",
     .is_required = false,
     .about = "sent to the API's own site"},
    {.key = "body", .type = "text", .is_required = false, .about = "sent with the request"},
    {.key = "expect_status",
     .type = "list of integer",
     .is_required = false,
     .about = "healthy statuses; 200-299"},
    {.key = "expect_text",
     .type = "text",
     .is_required = false,
     .about = "a healthy answer holds this"},
    {.key = "reject_text",
     .type = "list of text",
     .is_required = false,
     .about = "a healthy answer holds none of these"},
    {.key = "expect_json",
     .type = "table of text",
     .is_required = false,
     .about = "dotted key = value of a healthy answer; \"*\" = there and not null"},
    {.key = "redirects_max",
     .type = "integer",
     .is_required = false,
     .about = "hops that are followed; 5"},
    {.key = "body_bytes_max",
     .type = "integer",
     .is_required = false,
     .about = "bytes that are read; 1048576"},
    {.key = "slow",
     .type = "duration",
     .is_required = false,
     .about = "slower than this is degraded"},
    {.key = "deadline",
     .type = "duration",
     .is_required = false,
     .about = "for each exchange; 10s"},
    {.key = "handshake_every",
     .type = "duration",
     .is_required = false,
     .about = "with looks at most 30s apart, a connection is kept for so long; 5m, 0s: never"},
    {.key = "ca_file",
     .type = "path",
     .is_required = false,
     .about = "roots to trust instead of the system's"},
    {.key = "verify",
     .type = "boolean",
     .is_required = false,
     .about = "false: report certificate trouble only"},
});

Ask begin(const Spec& spec, Look& look) {
  const bool is_json = trim(spec.body).starts_with('{') || trim(spec.body).starts_with('[');
  return ask_http(spec,
                  look,
                  {.method = spec.method,
                   .url = spec.url,
                   .body = spec.body,
                   .content_type = is_json ? "application/json" : ""});
}

Step read(const Spec& spec, Look& look, const Reply& reply, Time now) {
  if (auto step = follow(spec, look, reply, now)) return std::move(*step);
  const auto answer = read_answer(spec, look, reply, now);
  auto judgement = judge_call(spec, look, answer);
  return finish(spec, look, answer, judgement.outcome, std::move(judgement.why));
}

}  // namespace

const ProbeKind kinds::api{.name = "api",
                           .about = "an API call: status and the values of its JSON answer",
                           .settings = kSettings,
                           .begin = begin,
                           .read = read};

}  // namespace bw
