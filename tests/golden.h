// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <sstream>
#include <string>

namespace bw {

// Compares with a file in tests/golden. With BW_UPDATE_GOLDEN=1 in the environment it writes the
// file instead: read the difference before you commit it.
inline void expect_golden(const std::string& name, const std::string& text) {
  const std::string path = std::string(BW_SOURCE_DIR) + "/tests/golden/" + name;
  if (std::getenv("BW_UPDATE_GOLDEN") != nullptr) {  // NOLINT(concurrency-mt-unsafe)
    std::ofstream(path) << text << '\n';
    return;
  }
  std::ostringstream golden;
  golden << std::ifstream(path).rdbuf();
  EXPECT_EQ(golden.str(), text + '\n') << path;
}

}  // namespace bw
