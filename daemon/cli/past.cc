// SPDX-License-Identifier: Apache-2.0
#include "daemon/cli/past.h"

#include <filesystem>

namespace bw::cli {

std::expected<Past, std::vector<Error>> open_past(const std::string& journal,
                                                  const std::string& config) {
  Past past;
  if (!config.empty()) {
    auto loaded = load_config(config, ConfigSources::from_process());
    if (!loaded) return std::unexpected(loaded.error());
    past.config = *std::move(loaded);
  }
  std::string path = journal;
  if (path.empty() && past.config) {
    path = (std::filesystem::path(past.config->state_directory) / "journal.db").string();
  }
  if (path.empty()) {
    return std::unexpected(std::vector{Error{.what = "no journal is named",
                                             .where = {},
                                             .hint = "give --config FILE, or --journal FILE"}});
  }
  auto reader = JournalReader::open(path);
  if (!reader) return std::unexpected(std::vector{reader.error()});
  past.journal = *std::move(reader);
  return past;
}

}  // namespace bw::cli
