// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "probes/body.h"

#include <string>
#include <vector>

namespace bw {

// How a JSON body compares with Spec::expect_json ("*" wants anything but null).
struct JsonComparison {
  bool is_json = false;
  std::vector<std::string> differing;  // "key=value", or "key=missing", for Fact::json_state
  bool is_only_degraded = false;       // it differs, and only by values such as "degraded"
  std::string why;                     // "status is \"paused\", expected \"ok\"" of the first
};
[[nodiscard]] JsonComparison compare_json(const Spec& spec, const Body& body);

}  // namespace bw
