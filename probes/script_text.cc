// SPDX-License-Identifier: Apache-2.0
#include "probes/script_text.h"

#include "probes/text.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <memory>

namespace bw {
namespace {

constexpr std::size_t kHiddenRun = 4;          // escapes in a row that hide something
constexpr std::size_t kDecodedMax = 64 << 10;  // bytes of decoded strings, together
constexpr std::size_t kBase64Min = 8;
constexpr std::size_t kBase64Max = 8 << 10;
constexpr std::size_t kRangesMax = 4096;

bool is_hex(char c) {
  const auto low = static_cast<char>(c | 0x20);
  return (c >= '0' && c <= '9') || (low >= 'a' && low <= 'f');
}
int hex_value(char c) {
  return c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10;
}
bool is_quote(char c) {
  return c == '"' || c == '\'' || c == '`';
}
bool is_blank(char c) {
  return c == ' ' || (c >= '\t' && c <= '\r');
}

// The character that "\\x66" or "\\u0066" at the front stands for, and how long that is; 0:
// neither.
struct Escape {
  std::size_t bytes = 0;
  int code = 0;
};
Escape escape_at(std::string_view text) {
  const std::size_t digits = text.starts_with("\\x") ? 2 : text.starts_with("\\u") ? 4 : 0;
  if (digits == 0 || text.size() < digits + 2) return {};
  Escape escape{.bytes = digits + 2};
  for (const char c : text.substr(2, digits)) {
    if (!is_hex(c)) return {};
    escape.code = escape.code * 16 + hex_value(c);
  }
  return escape;
}

// Length of `" + "` between two strings that are added together, or 0.
std::size_t seam_at(std::string_view text) {
  constexpr std::size_t kSeamMax = 16;
  if (text.empty() || !is_quote(text.front())) return 0;
  std::size_t at = 1;
  const auto skip_blanks = [&] {
    while (at < text.size() && at < kSeamMax && is_blank(text[at]))
      ++at;
  };
  skip_blanks();
  if (at >= text.size() || text[at] != '+') return 0;
  ++at;
  skip_blanks();
  return at < text.size() && is_quote(text[at]) ? at + 1 : 0;
}

void add_range(ScriptText& out, std::size_t from, std::size_t to) {
  if (out.hidden.size() < kRangesMax) out.hidden.emplace_back(from, to);
}

// Escapes as what they stand for, where that is ASCII; strings that are added become one.
void unescape(std::string_view source, ScriptText& out) {
  std::size_t run = 0;
  while (!source.empty()) {
    const auto escape = escape_at(source);
    if (escape.bytes != 0) {
      out.text += escape.code >= 0x20 && escape.code < 0x7f ? static_cast<char>(escape.code) : '?';
      out.hex_escapes += escape.bytes == 4 ? 1U : 0U;
      ++run;
      source.remove_prefix(escape.bytes);
      continue;
    }
    if (const auto seam = seam_at(source)) {
      source.remove_prefix(seam);
      continue;
    }
    if (run >= kHiddenRun) add_range(out, out.text.size() - run, out.text.size());
    run = 0;
    out.text += source.front();
    source.remove_prefix(1);
  }
  if (run >= kHiddenRun) add_range(out, out.text.size() - run, out.text.size());
}

constexpr auto kSixBits = [] {
  std::array<signed char, 256> table{};
  table.fill(-1);
  constexpr std::string_view kDigits =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  for (std::size_t i = 0; i < kDigits.size(); ++i) {
    table.at(static_cast<unsigned char>(kDigits[i])) = static_cast<signed char>(i);
  }
  return table;
}();
int six_bits(char c) {
  return kSixBits.at(static_cast<unsigned char>(c));
}

// What a base64 string says, where that is readable text; else nothing.
std::string read_base64(std::string_view text) {
  std::string out;
  unsigned bits = 0;
  int count = 0;
  for (const char c : text) {
    const int value = six_bits(c);
    if (value < 0) break;  // "=" at the end
    bits = (bits << 6) | static_cast<unsigned>(value);
    count += 6;
    if (count < 8) continue;
    count -= 8;
    const auto byte = static_cast<char>((bits >> count) & 0xff);
    if ((byte < 0x20 || byte > 0x7e) && !is_blank(byte)) return {};
    out += byte;
  }
  return out;
}

void reveal(ScriptText& out, std::string_view decoded) {
  if (decoded.empty() || out.text.size() - out.code_end + decoded.size() > kDecodedMax) return;
  out.text += '"';
  add_range(out, out.text.size(), out.text.size() + decoded.size());
  out.text += decoded;
  out.text += "\"\n";
}

void reveal_base64(ScriptText& out) {
  for (std::size_t at = 0; at < out.code_end;) {
    if (!is_quote(out.text[at])) {
      ++at;
      continue;
    }
    const std::size_t begin = ++at;
    while (at < out.code_end && six_bits(out.text[at]) >= 0)
      ++at;
    const std::size_t length = at - begin;
    while (at < out.code_end && out.text[at] == '=')
      ++at;
    if (at >= out.code_end || !is_quote(out.text[at]) || length < kBase64Min ||
        length > kBase64Max) {
      continue;
    }
    reveal(out, read_base64(std::string_view(out.text).substr(begin, length)));
  }
}

// "fromCharCode(104,116,116,112)".
void reveal_char_codes(ScriptText& out) {
  constexpr std::string_view kCall = "fromCharCode(";
  constexpr std::size_t kCodesMax = 4096;
  for (auto at = out.text.find(kCall); at < out.code_end; at = out.text.find(kCall, at + 1)) {
    std::string decoded;
    auto rest = std::string_view(out.text).substr(at + kCall.size());
    while (!rest.empty() && decoded.size() < kCodesMax) {
      while (!rest.empty() && (is_blank(rest.front()) || rest.front() == ','))
        rest.remove_prefix(1);
      int code = 0;
      const auto* const begin = std::to_address(rest.begin());
      const auto [stop, error] = std::from_chars(begin, begin + rest.size(), code);
      if (error != std::errc() || code < 0x20 || code > 0x7e) break;
      decoded += static_cast<char>(code);
      rest.remove_prefix(static_cast<std::size_t>(stop - begin));
    }
    if (decoded.size() >= kHiddenRun) reveal(out, decoded);
  }
}

}  // namespace

bool ScriptText::is_hidden(std::size_t at) const {
  const auto after =
      std::ranges::upper_bound(hidden, at, {}, [](const auto& range) { return range.first; });
  return after != hidden.begin() && at < std::prev(after)->second;
}

ScriptText undo_hiding(std::string_view source) {
  ScriptText out;
  source = source.substr(0, kScriptReadMax);
  out.text.reserve(source.size() + 1024);
  unescape(source, out);
  out.code_end = out.text.size();
  reveal_base64(out);
  reveal_char_codes(out);
  out.text = lower(out.text);
  return out;
}

}  // namespace bw
