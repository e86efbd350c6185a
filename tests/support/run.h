// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace bw::testing {

struct Ran {
  int status = -1;     // exit status; -1 where it did not end by itself
  std::string output;  // standard output and error
};
// Runs a shell command to its end, for the tools that judge our files (promtool, systemd-analyze).
[[nodiscard]] Ran run(const std::string& command);

[[nodiscard]] std::string read_file(const std::string& path);
void write_file(const std::string& path, const std::string& text);

}  // namespace bw::testing
