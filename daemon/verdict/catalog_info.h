// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>
#include <vector>

namespace bw {

// What `bellwether list rules` prints.
struct RuleInfo {
  std::string_view name;
  std::string_view question;   // what it asks
  std::string_view teacher;    // the real incident that taught it
  std::string_view fooled_by;  // what would fool it
};
[[nodiscard]] std::vector<RuleInfo> rule_infos();

}  // namespace bw
