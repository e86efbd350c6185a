// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "daemon/notify/notice.h"

#include <cstddef>
#include <string>
#include <string_view>

namespace bw {

// How a chat service reads Markdown; all that differs between them.
struct MarkdownStyle {
  std::string (*escape)(std::string_view text) = nullptr;  // words of others, harmless
  std::string_view strong = "**";                          // on both sides of a label
  std::string_view bullet = "- ";
};

// The whole notice as valid UTF-8, at most `bytes_max` bytes, which are at least 2,500: headline,
// parts under their labels, and last the incident's name with the link, which stays whole. What has
// no room is cut at a word.
[[nodiscard]] std::string print_markdown(const Notice& notice,
                                         const MarkdownStyle& style,
                                         std::size_t bytes_max);

// For services that know no escapes: what would make bold, code, a link with a hidden address or a
// mention is replaced by a sign that looks like it.
[[nodiscard]] std::string disarm_marks(std::string_view text);

}  // namespace bw
