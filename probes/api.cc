// SPDX-License-Identifier: Apache-2.0
#include "probes/catalog.h"
#include "probes/http_look.h"
#include "probes/json_expectation.h"
#include "probes/text.h"

#include <algorithm>
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

// A healthy status that says "paused" withdraws something where "ok" was expected, or where nothing
// was and the key is one that speaks for the whole service.
bool withdraws(const Spec& spec, const JsonComparison& compared, const Body& body) {
  if (body.withdrawn.empty()) return false;
  if (!spec.expect_json.empty()) {
    return !body.json || std::ranges::any_of(compared.differing, [](const std::string& pair) {
      return read_state(pair.substr(pair.find('=') + 1)) == WordClass::withdrawn;
    });
  }
  return !body.json || body.withdrawn.starts_with("status=") ||
         body.withdrawn.starts_with("state=") || body.withdrawn.starts_with("mode=");
}

bool is_wrong(const Spec& spec, const JsonComparison& compared) {
  return !spec.expect_json.empty() && (!compared.is_json || !compared.differing.empty());
}

// A page in the place of JSON is a mismatch whatever it says, unless it withdraws the function.
bool is_for_json_to_judge(const Spec& spec, const Answer& answer, Outcome outcome) {
  if (!answer.status_is_expected) return false;
  if (outcome == Outcome::ok || outcome == Outcome::function_withdrawn) return true;
  return outcome == Outcome::content_missing && spec.expect_text.empty() &&
         answer.body.rejected.empty();
}

Outcome judge_json(const Spec& spec, const JsonComparison& compared, const Body& body) {
  if (withdraws(spec, compared, body)) return Outcome::function_withdrawn;
  if (compared.is_only_degraded) return Outcome::degraded;
  return is_wrong(spec, compared) ? Outcome::json_mismatch : Outcome::ok;
}

std::string print_mismatch(const Answer& answer, const JsonComparison& compared) {
  auto why = print_status(answer.http.status) + "; " + compared.why;
  if (compared.is_json) return why;
  const auto said = say_of(answer.body);
  if (!said.empty()) why += "; says \"" + said + "\"";
  return why;
}

Step read(const Spec& spec, Look& look, const Reply& reply, Time now) {
  if (auto step = follow(spec, look, reply, now)) return std::move(*step);
  const auto answer = read_answer(spec, look, reply, now);
  const auto compared = compare_json(spec, answer.body);
  look.facts.set_members(Fact::json_state, compared.differing);
  auto outcome = judge_answer(spec, answer);
  std::string why;
  if (is_for_json_to_judge(spec, answer, outcome)) {
    outcome = judge_json(spec, compared, answer.body);
    if (is_wrong(spec, compared)) why = print_mismatch(answer, compared);
    if (outcome == Outcome::ok) look.facts.set(Fact::withdrawn, "");
  }
  if (is_failure(outcome)) look.facts.set(Fact::response, fold(answer.http.body, 200));
  return finish(spec, look, answer, outcome, std::move(why));
}

}  // namespace

const ProbeKind kinds::api{.name = "api",
                           .about = "an API call: status and the values of its JSON answer",
                           .settings = kSettings,
                           .begin = begin,
                           .read = read};

}  // namespace bw
