// SPDX-License-Identifier: Apache-2.0
#include "probes/json_expectation.h"

#include "probes/text.h"

#include <algorithm>

namespace bw {
namespace {

// `leaf` is what stands at the path, or null.
bool is_as_wanted(const JsonLeaves& json,
                  const JsonLeaf* leaf,
                  const std::string& path,
                  const std::string& wanted) {
  if (wanted != "*") return leaf != nullptr && leaf->value == wanted;
  return leaf != nullptr ? leaf->kind != JsonLeaf::Kind::null : json.has(path);
}

std::string print_difference(const std::string& path,
                             const JsonLeaf* leaf,
                             const std::string& wanted) {
  auto text = path + " is " + (leaf != nullptr ? "\"" + fold(leaf->value, 60) + "\"" : "missing");
  if (wanted != "*") text += ", expected \"" + fold(wanted, 60) + "\"";
  return text;
}

std::string print_state(const std::string& path, const JsonLeaf* leaf) {
  return token(path + "=" + (leaf != nullptr ? leaf->value : "missing"), 120);
}

bool is_degraded(const JsonLeaf* leaf) {
  return leaf != nullptr && read_state(leaf->value) == WordClass::degraded;
}

}  // namespace

JsonComparison compare_json(const Spec& spec, const Body& body) {
  JsonComparison result;
  result.is_json = body.json.has_value();
  if (!body.json) {
    result.why = "not JSON";
    return result;
  }
  bool is_milder = true;
  for (const auto& [path, wanted] : spec.expect_json) {
    const auto* leaf = body.json->find(path);
    if (is_as_wanted(*body.json, leaf, path, wanted)) continue;
    result.differing.push_back(print_state(path, leaf));
    is_milder = is_milder && is_degraded(leaf);
    if (result.why.empty()) result.why = print_difference(path, leaf, wanted);
  }
  result.is_only_degraded = !result.differing.empty() && is_milder;
  return result;
}

}  // namespace bw
