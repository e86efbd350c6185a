// SPDX-License-Identifier: Apache-2.0
#include "probes/api_answer.h"

#include "probes/json_expectation.h"
#include "probes/text.h"

#include <algorithm>

namespace bw {
namespace {

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

}  // namespace

CallJudgement judge_call(const Spec& spec, Look& look, const Answer& answer) {
  const auto compared = compare_json(spec, answer.body);
  look.facts.set_members(Fact::json_state, compared.differing);
  CallJudgement judgement{.outcome = judge_answer(spec, answer), .why = {}};
  if (is_for_json_to_judge(spec, answer, judgement.outcome)) {
    judgement.outcome = judge_json(spec, compared, answer.body);
    if (is_wrong(spec, compared)) judgement.why = print_mismatch(answer, compared);
    if (judgement.outcome == Outcome::ok) look.facts.set(Fact::withdrawn, "");
  }
  if (is_failure(judgement.outcome)) look.facts.set(Fact::response, fold(answer.http.body, 200));
  return judgement;
}

}  // namespace bw
