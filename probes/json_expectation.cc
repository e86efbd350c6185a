// SPDX-License-Identifier: Apache-2.0
#include "probes/json_expectation.h"

#include "probes/text.h"

#include <algorithm>

namespace bw {

JsonComparison compare_json(const Spec& spec, const Body& body) {
  JsonComparison result;
  result.is_json = body.json.has_value();
  if (!result.is_json) {
    result.why = "not JSON";
    return result;
  }
  bool is_milder = true;
  for (const auto& [path, wanted] : spec.expect_json) {
    const auto* leaf = body.json->find(path);
    const bool is_null = leaf != nullptr && leaf->kind == JsonLeaf::Kind::null;
    const bool is_there = leaf != nullptr ? !is_null : body.json->has(path);
    const bool is_right = wanted == "*" ? is_there : leaf != nullptr && leaf->value == wanted;
    if (is_right) continue;
    const auto found = leaf != nullptr ? leaf->value : std::string("missing");
    result.differing.push_back(token(path + "=" + found, 120));
    is_milder = is_milder && leaf != nullptr && read_state(leaf->value) == WordClass::degraded;
    if (!result.why.empty()) continue;
    result.why = path + " is " + (leaf != nullptr ? "\"" + fold(found, 60) + "\"" : "missing");
    if (wanted != "*") result.why += ", expected \"" + fold(wanted, 60) + "\"";
  }
  result.is_only_degraded = !result.differing.empty() && is_milder;
  return result;
}

}  // namespace bw
