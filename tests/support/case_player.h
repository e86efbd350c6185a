// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tests/support/case_file.h"

#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace bw::test {

struct Played {
  std::set<std::string, std::less<>> heard;  // signals that were live at any time
  std::vector<std::string> problems;         // lines that are not understood, claims that fail
};

// Plays one case of `file` on the shop of tests/support/theatre.h, and checks what it claims.
[[nodiscard]] Played play(std::string_view file, const Case& one);

}  // namespace bw::test
