// SPDX-License-Identifier: Apache-2.0
#include "probes/text.h"

#include <algorithm>
#include <cstdint>

namespace bw {
namespace {

constexpr std::string_view kAsciiSpace = " \t\r\n\f\v";

bool is_space(char32_t code) {
  return code == 0x20 || (code >= 0x09 && code <= 0x0d) || code == 0x85 || code == 0xa0 ||
         code == 0x1680 || (code >= 0x2000 && code <= 0x200a) || code == 0x2028 || code == 0x2029 ||
         code == 0x202f || code == 0x205f || code == 0x3000;
}

// Joiners (U+200C, U+200D) stay: Persian words and emoji are made with them.
bool is_invisible(char32_t code) {
  return code < 0x20 || (code >= 0x7f && code < 0xa0) || code == 0xad || code == 0x200b ||
         code == 0x200e || code == 0x200f || (code >= 0x202a && code <= 0x202e) ||
         (code >= 0x2060 && code <= 0x206f) || code == 0xfeff || code == kBadChar;
}

bool is_scalar(char32_t code) {
  return code < 0xd800 || (code > 0xdfff && code <= 0x10ffff);
}

// Bytes of the sequence that `lead` begins (RFC 3629 section 4); 0 where it can begin none.
std::size_t length_after(std::uint8_t lead) {
  if (lead >= 0xc2 && lead <= 0xdf) return 2;
  if (lead >= 0xe0 && lead <= 0xef) return 3;
  if (lead >= 0xf0 && lead <= 0xf4) return 4;
  return 0;
}

// Walks `text` and appends what is visible; white space is replaced by `space` (which may be
// empty).
std::string clean(std::string_view text, std::size_t bytes_max, std::string_view space) {
  std::string out;
  bool is_space_due = false;
  while (!text.empty()) {
    const char first = text.front();
    if (first > ' ' && first < 0x7f && !is_space_due && out.size() < bytes_max) {  // most of all
      out += first;
      text.remove_prefix(1);
      continue;
    }
    const auto [code, bytes] = first_char(text);
    const auto character = text.substr(0, bytes);
    text.remove_prefix(bytes);
    if (is_space(code)) {
      is_space_due = true;
      continue;
    }
    if (is_invisible(code)) continue;
    const auto gap = is_space_due && !out.empty() ? space : std::string_view();
    if (out.size() + gap.size() + bytes > bytes_max) break;
    out += gap;
    out += character;
    is_space_due = false;
  }
  return out;
}

}  // namespace

Utf8Char first_char(std::string_view text) {
  const auto lead = static_cast<std::uint8_t>(text.front());
  if (lead < 0x80) return {.code = lead, .bytes = 1};
  const std::size_t length = length_after(lead);
  if (length == 0 || text.size() < length) return {};
  char32_t code = lead & (0x7fU >> length);
  for (const char next : text.substr(1, length - 1)) {
    const auto byte = static_cast<std::uint8_t>(next);
    if ((byte & 0xc0) != 0x80) return {};
    code = (code << 6) | (byte & 0x3fU);
  }
  const bool is_overlong = (length == 3 && code < 0x800) || (length == 4 && code < 0x10000);
  if (is_overlong || !is_scalar(code)) return {};
  return {.code = code, .bytes = length};
}

void append_char(std::string& text, char32_t code) {
  if (!is_scalar(code)) code = 0xfffd;
  const auto tail = [code](unsigned shift) {
    return static_cast<char>(0x80 | ((code >> shift) & 0x3f));
  };
  if (code < 0x80) {
    text += static_cast<char>(code);
  } else if (code < 0x800) {
    text += {static_cast<char>(0xc0 | (code >> 6)), tail(0)};
  } else if (code < 0x10000) {
    text += {static_cast<char>(0xe0 | (code >> 12)), tail(6), tail(0)};
  } else {
    text += {static_cast<char>(0xf0 | (code >> 18)), tail(12), tail(6), tail(0)};
  }
}

std::string fold(std::string_view text, std::size_t bytes_max) {
  return clean(text, bytes_max, " ");
}

std::string token(std::string_view text, std::size_t bytes_max) {
  return clean(text, bytes_max, "");
}

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return out;
}

std::string_view trim(std::string_view text) {
  const auto begin = text.find_first_not_of(kAsciiSpace);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(kAsciiSpace) - begin + 1);
}

std::string banner_of(std::string_view received) {
  constexpr std::size_t kBannerBytesMax = 120;
  return printable(received.substr(0, received.find_first_of("\r\n")), kBannerBytesMax);
}

std::string printable(std::string_view bytes, std::size_t bytes_max) {
  std::string out(bytes.substr(0, bytes_max));
  std::ranges::replace_if(out, [](char c) { return c < 0x20 || c > 0x7e; }, '.');
  return out;
}

}  // namespace bw
