// SPDX-License-Identifier: Apache-2.0
#include "daemon/config/config.h"

#include "daemon/config/reader.h"

#include <openssl/evp.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <system_error>

namespace bw {
namespace {

// Twenty thousand targets, generously written, are under this.
constexpr std::size_t kFileBytesMax = 8 << 20;

std::string sha256_hex(std::string_view text) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned int size = 0;
  if (EVP_Digest(text.data(), text.size(), digest.data(), &size, EVP_sha256(), nullptr) != 1) {
    std::abort();  // the library is built without SHA-256
  }
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string hex;
  for (std::size_t i = 0; i < size; ++i) {
    hex += kDigits[digest.at(i) >> 4U];
    hex += kDigits[digest.at(i) & 0xfU];
  }
  return hex;
}

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
  config::read_feeds(reading);
  config::read_controls(reading);
  config::read_alerts(reading);
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
                          .root = config::Section(root, {}, problems),
                          .config = {},
                          .defaults = {},
                          .ids = {}};
  reading.config.digest = sha256_hex(text);
  read_all(reading);
  if (auto errors = problems.take(); !errors.empty()) return std::unexpected(std::move(errors));
  return std::move(reading.config);
}

std::expected<Config, std::vector<Error>> load_config(const std::string& path,
                                                      const ConfigSources& sources) {
  errno = 0;
  std::ifstream file(path, std::ios::binary);
  std::error_code ignored;
  if (!file || std::filesystem::is_directory(path, ignored)) {
    const int error = file ? EISDIR : errno;
    return std::unexpected(std::vector<Error>{
        {.what = "cannot read the configuration: " + std::generic_category().message(error),
         .where = path,
         .hint = {}}});
  }
  std::string text(kFileBytesMax + 1, '\0');
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(file.gcount()));
  if (text.size() > kFileBytesMax) {
    return std::unexpected(std::vector<Error>{
        {.what = "the configuration is larger than 8 MiB", .where = path, .hint = {}}});
  }
  return parse_config(text, path, sources);
}

}  // namespace bw
