// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace bw {

inline constexpr std::size_t kScriptReadMax = 512 << 10;  // bytes of a script that are looked at

// A script's text as it reads once what hides it is undone: "\x66" and "\u0066" escapes, strings
// added together, and, behind the text, what base64 strings and lists of character codes stand for.
// In lower case, at most three times as long.
struct ScriptText {
  std::string text;
  std::vector<std::pair<std::size_t, std::size_t>> hidden;  // [from, to) that stood encoded, sorted
  std::size_t code_end = 0;                                 // from here on it is only decoded data
  std::size_t hex_escapes = 0;

  [[nodiscard]] bool is_hidden(std::size_t at) const;
};
[[nodiscard]] ScriptText undo_hiding(std::string_view source);

}  // namespace bw
