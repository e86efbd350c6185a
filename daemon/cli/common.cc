// SPDX-License-Identifier: Apache-2.0
#include "daemon/cli/commands.h"

#include <cstdio>

namespace bw::cli {

void print_errors(const std::vector<Error>& errors) {
  for (const auto& error : errors)
    std::fprintf(stderr, "%s\n", print(error).c_str());
}

std::string paint(const Common& common, int color, const std::string& text) {
  return common.has_color ? "\033[" + std::to_string(color) + "m" + text + "\033[0m" : text;
}

}  // namespace bw::cli
