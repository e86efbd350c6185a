// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "probes/http_look.h"

#include <string>

namespace bw {

// What an API's answer means: its status and its body as `judge_answer` has it, and its JSON as
// Spec::expect_json wants it. Adds the facts of a call (json_state, response) to the look's.
struct CallJudgement {
  Outcome outcome = Outcome::ok;
  std::string why;  // for people; empty where the answer's description says it
};
[[nodiscard]] CallJudgement judge_call(const Spec& spec, Look& look, const Answer& answer);

}  // namespace bw
