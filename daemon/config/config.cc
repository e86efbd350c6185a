// SPDX-License-Identifier: Apache-2.0
#include "daemon/config/config.h"

#include "daemon/config/files.h"
#include "daemon/config/reader.h"

#include <unistd.h>

#include <filesystem>

namespace bw {
namespace {

// Twenty thousand targets, generously written, are under this; more belong in a [[target_set]].
constexpr std::size_t kFileBytesMax = 8 << 20;

std::string value_of(const std::map<std::string, std::string>& environment, const char* name) {
  const auto at = environment.find(name);
  return at == environment.end() ? std::string{} : at->second;
}

// Providers before what needs them, functions before what serves them; the report is sorted anyway.
void read_all(config::Reading& reading) {
  config::read_organisation(reading);
  config::read_vantages(reading);
  config::read_functions(reading);
  config::read_providers(reading);
  config::read_windows(reading);
  config::read_daemon(reading);
  config::read_defaults(reading);
  config::read_targets(reading);
  config::read_target_sets(reading);
  config::read_feeds(reading);
  config::read_controls(reading);
  config::read_alerts(reading);
  config::read_notices(reading);
  reading.root.finish();
}

}  // namespace

ConfigSources ConfigSources::from_process() {
  ConfigSources sources;
  for (char** entry = environ; entry != nullptr && *entry != nullptr; ++entry) {
    const std::string_view text = *entry;
    const auto equals = text.find('=');
    if (equals == std::string_view::npos) continue;
    sources.environment.emplace(text.substr(0, equals), text.substr(equals + 1));
  }
  sources.credentials_directory = value_of(sources.environment, "CREDENTIALS_DIRECTORY");
  sources.state_directory = value_of(sources.environment, "STATE_DIRECTORY");
  return sources;
}

ConfigSources ConfigSources::standing_in(std::string_view secret) {
  ConfigSources sources;
  sources.secrets_stand_in = secret;
  return sources;
}

std::expected<Config, std::vector<Error>> parse_config(std::string_view text,
                                                       const std::string& path,
                                                       const ConfigSources& sources) {
  config::Problems problems(path);
  auto document = config::parse_document(text);
  if (const auto* error = std::get_if<config::SyntaxError>(&document)) {
    // What the library takes for a broken number is most often a duration without its quotes.
    const bool is_number = error->what.find("integer") != std::string::npos;
    problems.add(error->at,
                 "this is not TOML: " + error->what,
                 is_number ? "durations and sizes stand in quotes, such as \"30s\"" : "");
    return std::unexpected(problems.take());
  }
  const auto& root = std::get<config::Node>(document);
  config::Reading reading{.sources = sources,
                          .directory = std::filesystem::path(path).parent_path().string(),
                          .problems = problems,
                          .root = config::Section(root, {}, problems),
                          .config = {},
                          .defaults = {},
                          .ids = {}};
  reading.config.digest = config::sha256_hex(text);
  read_all(reading);
  if (auto errors = problems.take(); !errors.empty()) return std::unexpected(std::move(errors));
  return std::move(reading.config);
}

std::expected<Config, std::vector<Error>> load_config(const std::string& path,
                                                      const ConfigSources& sources) {
  const auto text = config::read_whole(path, kFileBytesMax);
  if (!text) {
    return std::unexpected(std::vector<Error>{
        {.what = "cannot read the configuration: " + text.error(), .where = path, .hint = {}}});
  }
  return parse_config(*text, path, sources);
}

}  // namespace bw
