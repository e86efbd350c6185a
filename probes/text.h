// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

// Small helpers for text that others wrote. All of them take any bytes and return valid UTF-8.
namespace bw {

// The code point at the front of `text` (which is not empty) and its length in bytes. Bytes that
// are not UTF-8 (RFC 3629: overlong forms, surrogates, cut sequences) yield kBadChar, one at a
// time.
inline constexpr char32_t kBadChar = 0xffffffff;
struct Utf8Char {
  char32_t code = kBadChar;
  std::size_t bytes = 1;
};
[[nodiscard]] Utf8Char first_char(std::string_view text);
// Appends one code point; what is none (surrogates, above U+10FFFF) becomes U+FFFD.
void append_char(std::string& text, char32_t code);

// One line for people: runs of white space become one space, none at the ends; control characters,
// bad bytes and invisible direction marks (which can make a message read as something else) are
// dropped; cut between characters so that at most `bytes_max` bytes remain.
[[nodiscard]] std::string fold(std::string_view text, std::size_t bytes_max);
// The same without any white space at all: a member of a set-valued fact.
[[nodiscard]] std::string token(std::string_view text, std::size_t bytes_max = 300);
// ASCII letters in lower case; all other bytes as they are.
[[nodiscard]] std::string lower(std::string_view text);
// Without ASCII white space at the ends.
[[nodiscard]] std::string_view trim(std::string_view text);
// The first line of what a service said, at most 120 bytes, as Fact::banner has it.
[[nodiscard]] std::string banner_of(std::string_view received);
// ASCII only, for binary protocols: what cannot be printed is a dot.
[[nodiscard]] std::string printable(std::string_view bytes, std::size_t bytes_max);

}  // namespace bw
