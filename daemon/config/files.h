// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <expected>
#include <string>
#include <string_view>
#include <vector>

// The files that configuration is read from.
namespace bw::config {

// The whole of a regular file of at most `bytes_max`. What is wrong fits behind "cannot read X: ".
[[nodiscard]] std::expected<std::string, std::string> read_whole(const std::string& path,
                                                                 std::size_t bytes_max);

// Files that match a shell pattern (glob(7)), sorted; a path without wildcards is itself. Relative
// to `directory`. At most kMatchesMax, and one more to tell that there are more.
inline constexpr std::size_t kMatchesMax = 1000;
[[nodiscard]] std::vector<std::string> matching_files(const std::string& directory,
                                                      const std::string& pattern);

[[nodiscard]] std::string sha256_hex(std::string_view text);

}  // namespace bw::config
