// SPDX-License-Identifier: Apache-2.0
#include "daemon/cli/commands.h"

#include <cstdio>

namespace bw::cli {

std::string daemon_url(const std::string& at) {
  auto url = at.find("://") == std::string::npos ? "http://" + at : at;
  while (url.ends_with('/'))
    url.pop_back();
  return url;
}

void print_errors(const std::vector<Error>& errors) {
  for (const auto& error : errors)
    std::fprintf(stderr, "%s\n", print(error).c_str());
}

std::string paint(const Common& common, int color, const std::string& text) {
  return common.has_color ? "\033[" + std::to_string(color) + "m" + text + "\033[0m" : text;
}

}  // namespace bw::cli
