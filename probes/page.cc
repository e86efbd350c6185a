// SPDX-License-Identifier: Apache-2.0
#include "probes/catalog.h"
#include "probes/http_look.h"

#include <array>

// Looks at a page as a visitor's browser would fetch it: is it up, is it ours, what does it say,
// whose scripts and forms does it carry.
namespace bw {
namespace {

constexpr auto kSettings = std::to_array<Setting>({
    {.key = "url",
     .type = "url",
     .is_required = true,
     .about = "address of the page, http or https"},
    {.key = "method", .type = "text", .is_required = false, .about = "GET unless told otherwise"},
    {.key = "headers",
     .type = "table of text",
     .is_required = false,
     .about = "sent to the page's own site"},
    {.key = "body", .type = "text", .is_required = false, .about = "sent with the request"},
    {.key = "expect_status",
     .type = "list of integer",
     .is_required = false,
     .about = "healthy statuses; 200-299"},
    {.key = "expect_text",
     .type = "text",
     .is_required = false,
     .about = "a healthy page holds this"},
    {.key = "reject_text",
     .type = "list of text",
     .is_required = false,
     .about = "a healthy page holds none of these"},
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
  return ask_http(
      spec, look, {.method = spec.method, .url = spec.url, .body = spec.body, .content_type = {}});
}

Step read(const Spec& spec, Look& look, const Reply& reply, Time now) {
  if (auto step = follow(spec, look, reply, now)) return std::move(*step);
  const auto answer = read_answer(spec, look, reply, now);
  return finish(spec, look, answer, judge_answer(spec, answer));
}

}  // namespace

const ProbeKind kinds::page{.name = "page",
                            .about = "a web page: status, text, integrity of scripts and forms",
                            .settings = kSettings,
                            .begin = begin,
                            .read = read};

}  // namespace bw
