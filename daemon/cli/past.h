// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "daemon/config/config.h"
#include "daemon/journal/journal.h"

#include <expected>
#include <memory>
#include <optional>
#include <string>

namespace bw::cli {

// A journal to look into, and the configuration that gives its ids names, where one is at hand.
struct Past {
  std::optional<Config> config;
  std::unique_ptr<JournalReader> journal;
};
// `journal` is a file; where it is empty, the configuration says where it is.
[[nodiscard]] std::expected<Past, std::vector<Error>> open_past(const std::string& journal,
                                                                const std::string& config);

}  // namespace bw::cli
