// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace bw {

// Any bytes as HTML text or the inside of a quoted attribute: valid UTF-8, one line, without
// control and invisible direction characters, at most `bytes_max` bytes before escaping.
[[nodiscard]] std::string escape_html(std::string_view text, std::size_t bytes_max = 2000);

}  // namespace bw
