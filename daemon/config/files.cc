// SPDX-License-Identifier: Apache-2.0
#include "daemon/config/files.h"

#include <glob.h>
#include <openssl/evp.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <system_error>

namespace bw::config {

std::expected<std::string, std::string> read_whole(const std::string& path, std::size_t bytes_max) {
  errno = 0;
  std::ifstream file(path, std::ios::binary);
  std::error_code ignored;
  if (!file || std::filesystem::is_directory(path, ignored)) {
    return std::unexpected(std::generic_category().message(file ? EISDIR : errno));
  }
  std::string text(bytes_max + 1, '\0');
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(file.gcount()));
  if (text.size() > bytes_max) {
    return std::unexpected("it is larger than " + std::to_string(bytes_max >> 20U) + " MiB");
  }
  return text;
}

std::vector<std::string> matching_files(const std::string& directory, const std::string& pattern) {
  const auto whole = (std::filesystem::path(directory) / pattern).string();
  glob_t found{};
  std::vector<std::string> files;
  // Unsafe only beside changes of the environment, which nobody here makes.
  if (glob(whole.c_str(), 0, nullptr, &found) == 0) {  // NOLINT(concurrency-mt-unsafe)
    for (std::size_t i = 0; i < found.gl_pathc && files.size() <= kMatchesMax; ++i)
      files.emplace_back(found.gl_pathv[i]);
  }
  globfree(&found);
  return files;
}

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

}  // namespace bw::config
