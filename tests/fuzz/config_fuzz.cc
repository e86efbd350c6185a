// SPDX-License-Identifier: Apache-2.0
// Any bytes are either a configuration or a list of problems, each with its place.
#include "daemon/config/config.h"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  bw::ConfigSources sources;
  sources.environment = {{"SECRET", "value"}};
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto config = bw::parse_config(text, "fuzz.toml", sources);
  if (config) {
    if (config->watched.size() != config->estate.targets.size()) std::abort();
    if (bw::print_config(*config).empty()) std::abort();
    return 0;
  }
  if (config.error().empty()) std::abort();
  for (const auto& error : config.error()) {
    if (error.what.empty() || !error.where.starts_with("fuzz.toml")) std::abort();
  }
  return 0;
}
