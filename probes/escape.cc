// SPDX-License-Identifier: Apache-2.0
#include "probes/escape.h"

namespace bw {
namespace {

constexpr std::string_view kHex = "0123456789ABCDEF";

bool is_word(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

void append_percent(std::string& text, char c) {
  const auto byte = static_cast<unsigned char>(c);
  text += {'%', kHex[byte >> 4U], kHex[byte & 15U]};
}

}  // namespace

std::string percent_encode(std::string_view text) {
  constexpr std::string_view kPlain = "-._~";
  std::string encoded;
  for (const char c : text) {
    if (is_word(c) || kPlain.contains(c)) {
      encoded += c;
    } else {
      append_percent(encoded, c);
    }
  }
  return encoded;
}

std::string encode_form_value(std::string_view value) {
  constexpr std::string_view kPlain = "-_.*";
  std::string encoded;
  for (const char c : value) {
    if (is_word(c) || kPlain.contains(c)) {
      encoded += c;
    } else if (c == ' ') {
      encoded += '+';
    } else {
      append_percent(encoded, c);
    }
  }
  return encoded;
}

std::string escape_json(std::string_view text) {
  constexpr std::string_view kLowerHex = "0123456789abcdef";
  std::string escaped;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      escaped += {'\\', c};
    } else if (byte < 0x20) {
      escaped += {'\\', 'u', '0', '0', kLowerHex[byte >> 4U], kLowerHex[byte & 15U]};
    } else {
      escaped += c;
    }
  }
  return escaped;
}

}  // namespace bw
