// SPDX-License-Identifier: Apache-2.0
#include "daemon/config/reader.h"
#include "daemon/config/values.h"

#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <filesystem>
#include <fstream>
#include <system_error>

namespace bw::config {
namespace {

// Longer than any URL, password or signing key; short enough for a mistaken path to do no harm.
constexpr std::size_t kSecretBytesMax = 8192;

struct Place {
  std::string path;
  bool must_be_private = false;
};

std::string why(int error) {
  return std::generic_category().message(error);
}

// The file's content without its final newline.
std::string secret_from(Section& section, Position at, std::string_view key, const Place& place) {
  struct stat status{};
  if (stat(place.path.c_str(), &status) != 0) {
    section.problem(at, in_quotes(key) + ": cannot read " + place.path + ": " + why(errno));
    return {};
  }
  if (place.must_be_private && (status.st_mode & S_IROTH) != 0) {
    section.problem(at,
                    in_quotes(key) + ": everybody on this machine can read " + place.path,
                    "chmod o-r it, and consider the secret known");
    return {};
  }
  std::ifstream file(place.path, std::ios::binary);
  std::string text(kSecretBytesMax + 1, '\0');
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(std::max<std::streamsize>(0, file.gcount())));
  if (!S_ISREG(status.st_mode) || file.bad() || (text.empty() && !file.eof())) {
    section.problem(at, in_quotes(key) + ": cannot read " + place.path);
    return {};
  }
  if (text.ends_with('\n')) text.pop_back();
  if (text.ends_with('\r')) text.pop_back();
  if (text.empty()) {
    section.problem(at, in_quotes(key) + ": " + place.path + " is empty");
    return {};
  }
  if (text.size() >= kSecretBytesMax || has_control(text)) {
    section.problem(at,
                    in_quotes(key) + ": " + place.path + " does not hold one line of text",
                    "the file must hold the secret and nothing else");
    return {};
  }
  return text;
}

std::string absolute(const Reading& reading, const std::string& path) {
  return (std::filesystem::path(reading.directory) / path).lexically_normal().string();
}

std::string from_credential(Reading& reading, Section& section, const std::string& key) {
  const std::string name = section.text(key);
  if (name.empty()) return {};
  const Position at = section.at(key);
  if (!is_id(name)) {
    section.problem(at,
                    in_quotes(key) + ": " + in_quotes(name) + " is not a credential's name",
                    "it is the name in LoadCredential=NAME:PATH, not a path");
    return {};
  }
  if (reading.sources.credentials_directory.empty()) {
    section.problem(
        at,
        in_quotes(key) + ": there are no credentials: $CREDENTIALS_DIRECTORY is not set",
        "systemd sets it for a service with LoadCredential=" + name + ":PATH");
    return {};
  }
  const std::string path = reading.sources.credentials_directory + "/" + name;
  return secret_from(section, at, key, {.path = path});
}

std::string literal(Reading& reading, Section& section, const std::string& key, bool is_allowed) {
  const std::string text = section.text(key);
  if (text.empty()) return {};
  const Position at = section.at(key);
  const bool is_reference = text.find("${") != std::string::npos;
  if (!is_reference && !is_allowed) {
    section.problem(at,
                    in_quotes(key) + " is a secret and must not stand in this file",
                    "write " + key + "_file = \"/path\", " + key + "_credential = \"name\" or " +
                        key + " = \"${NAME}\"");
    return {};
  }
  return expand(reading, section, at, key, text).value_or(std::string{});
}

}  // namespace

std::string_view variable_of(std::string_view text) {
  if (!text.starts_with("${") || !text.ends_with('}')) return {};
  const auto name = text.substr(2, text.size() - 3);
  const bool is_name = !name.empty() && (name.front() < '0' || name.front() > '9') &&
                       std::ranges::all_of(name, [](char c) {
                         return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                                (c >= '0' && c <= '9') || c == '_';
                       });
  return is_name ? name : std::string_view{};
}

std::optional<std::string> expand(Reading& reading,
                                  Section& section,
                                  Position at,
                                  std::string_view key,
                                  const std::string& text) {
  if (text.find("${") == std::string::npos) return text;
  const auto name = variable_of(text);
  if (!name.empty() && !reading.sources.secrets_stand_in.empty())
    return reading.sources.secrets_stand_in;
  if (name.empty()) {
    section.problem(at,
                    in_quotes(key) + ": \"${NAME}\" stands for a whole value only",
                    "put the whole value into the variable");
    return std::nullopt;
  }
  const auto found = reading.sources.environment.find(std::string(name));
  if (found == reading.sources.environment.end() || found->second.empty()) {
    section.problem(
        at, in_quotes(key) + ": the environment variable " + std::string(name) + " is not set");
    return std::nullopt;
  }
  if (has_control(found->second)) {
    section.problem(at,
                    in_quotes(key) + ": the environment variable " + std::string(name) +
                        " does not hold one line of text");
    return std::nullopt;
  }
  return found->second;
}

std::string read_secret(Reading& reading,
                        Section& section,
                        std::string_view key,
                        bool allows_literal) {
  const std::string plain(key);
  const std::string file = plain + "_file";
  const std::string credential = plain + "_credential";
  for (const auto& name : {plain, file, credential})
    section.find(name);
  std::vector<std::string_view> given;
  for (const std::string_view name :
       {std::string_view(plain), std::string_view(file), std::string_view(credential)}) {
    if (section.has(name)) given.push_back(name);
  }
  if (given.size() > 1) {
    section.problem(
        section.at(given[1]), enumerated(given) + " exclude each other", "keep one of them");
    return {};
  }
  if (given.empty()) return {};
  if (given.front() == plain) return literal(reading, section, plain, allows_literal);
  if (!reading.sources.secrets_stand_in.empty()) return reading.sources.secrets_stand_in;
  if (given.front() == credential) return from_credential(reading, section, credential);
  const std::string path = section.text(file);
  if (path.empty()) return {};
  return secret_from(
      section, section.at(file), file, {.path = absolute(reading, path), .must_be_private = true});
}

std::string read_path(Reading& reading, Section& section, std::string_view key) {
  const std::string given = section.text(key);
  if (given.empty()) return {};
  std::string path = absolute(reading, given);
  errno = 0;
  const std::ifstream file(path);
  std::error_code ignored;
  if (file && !std::filesystem::is_directory(path, ignored)) return path;
  const std::string reason = file ? why(EISDIR) : why(errno);
  section.problem(section.at(key), in_quotes(key) + ": cannot read " + path + ": " + reason);
  return {};
}

bool is_secret_header(std::string_view name) {
  constexpr auto kNames = std::to_array<std::string_view>(
      {"authorization", "proxy-authorization", "cookie", "x-api-key", "x-auth-token", "api-key"});
  return std::ranges::any_of(kNames, [name](std::string_view secret) {
    return std::ranges::equal(secret, name, [](char a, char b) {
      return a == (b >= 'A' && b <= 'Z' ? static_cast<char>(b - 'A' + 'a') : b);
    });
  });
}

}  // namespace bw::config
