// SPDX-License-Identifier: Apache-2.0
#include "probes/encoding.h"

#include "probes/text.h"

#include <cstdint>
#include <optional>

namespace bw {
namespace {

enum class Charset : std::uint8_t { utf_8, utf_16_big, utf_16_little, latin_1 };
constexpr std::size_t kDeclarationBytesMax = 200;
constexpr std::string_view kUtf8Mark = "\xef\xbb\xbf";
constexpr char32_t kReplacement = 0xfffd;

std::uint8_t byte(std::string_view bytes, std::size_t at) {
  return static_cast<std::uint8_t>(bytes[at]);
}

// The name behind `key`, lower case, without quotes: "utf-16" of "text/xml; charset=\"UTF-16\"".
std::string name_after(std::string_view text, std::string_view key) {
  const std::string all = lower(text);
  const auto at = all.find(key);
  if (at == std::string::npos) return {};
  const auto begin = all.find_first_not_of(" =\"'", at + key.size());
  if (begin == std::string::npos) return {};
  return all.substr(begin, all.find_first_of(" ;\"'?>", begin) - begin);
}

// By its first two bytes: a byte order mark, or the zero half of an ASCII character, with which
// every document that we read begins.
std::optional<Charset> wide_charset_of(std::string_view bytes) {
  if (bytes.size() < 2) return std::nullopt;
  const auto first = byte(bytes, 0);
  const auto second = byte(bytes, 1);
  if ((first == 0xfe && second == 0xff) || (first == 0 && second != 0)) return Charset::utf_16_big;
  if ((first == 0xff && second == 0xfe) || (first != 0 && second == 0)) {
    return Charset::utf_16_little;
  }
  return std::nullopt;
}

Charset charset_of(std::string_view bytes, std::string_view content_type) {
  if (const auto wide = wide_charset_of(bytes)) return *wide;
  if (bytes.starts_with(kUtf8Mark)) return Charset::utf_8;
  std::string name = name_after(content_type, "charset");
  if (name.empty() && bytes.starts_with("<?xml")) {
    const auto declaration = bytes.substr(0, kDeclarationBytesMax);
    name = name_after(declaration.substr(0, declaration.find("?>")), "encoding");
  }
  const bool is_latin =
      name.starts_with("iso-8859-1") || name == "latin1" || name == "windows-1252";
  return is_latin ? Charset::latin_1 : Charset::utf_8;
}

std::string from_utf_16(std::string_view bytes, bool is_big) {
  const auto unit = [&](std::size_t at) {
    const auto first = byte(bytes, at);
    const auto second = byte(bytes, at + 1);
    return static_cast<char32_t>(is_big ? first << 8 | second : second << 8 | first);
  };
  std::string text;
  text.reserve(bytes.size());
  for (std::size_t at = 0; at + 1 < bytes.size(); at += 2) {
    char32_t code = unit(at);
    const bool is_high = code >= 0xd800 && code <= 0xdbff;
    if (is_high && at + 3 < bytes.size()) {
      const char32_t low = unit(at + 2);
      if (low >= 0xdc00 && low <= 0xdfff) {
        code = 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00);
        at += 2;
      }
    }
    append_char(text, code);
  }
  return text;
}

std::string from_latin_1(std::string_view bytes) {
  std::string text;
  text.reserve(bytes.size());
  for (const char c : bytes)
    append_char(text, static_cast<std::uint8_t>(c));
  return text;
}

std::string from_utf_8(std::string_view bytes) {
  std::string text;
  text.reserve(bytes.size());
  while (!bytes.empty()) {
    const auto [code, length] = first_char(bytes);
    if (code == kBadChar) {
      append_char(text, kReplacement);
    } else {
      text += bytes.substr(0, length);
    }
    bytes.remove_prefix(length);
  }
  return text;
}

std::string decode(std::string_view bytes, Charset charset) {
  switch (charset) {
    case Charset::utf_16_big:
      return from_utf_16(bytes, true);
    case Charset::utf_16_little:
      return from_utf_16(bytes, false);
    case Charset::latin_1:
      return from_latin_1(bytes);
    case Charset::utf_8:
      break;
  }
  return from_utf_8(bytes);
}

}  // namespace

std::string to_utf8(std::string_view bytes, std::string_view content_type) {
  std::string text = decode(bytes, charset_of(bytes, content_type));
  if (text.starts_with(kUtf8Mark)) text.erase(0, kUtf8Mark.size());
  return text;
}

}  // namespace bw
