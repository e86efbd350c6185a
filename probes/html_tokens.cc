// SPDX-License-Identifier: Apache-2.0
#include "probes/html_tokens.h"

#include "probes/text.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <utility>

namespace bw {
namespace {

using Kind = HtmlToken::Kind;

constexpr std::string_view kSpace = " \t\n\r\f";

bool is_alpha(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}
bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
bool is_space(char c) {
  return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f';
}
bool ends_name(char c) {
  return is_space(c) || c == '/' || c == '>';
}

template <std::size_t N>
bool is_among(const std::array<std::string_view, N>& list, std::string_view name) {
  return std::ranges::find(list, name) != list.end();
}

// Elements whose content is text for a browser with scripting. Of these, references are decoded
// only in <title> and <textarea>.
constexpr auto kRaw = std::to_array<std::string_view>({"script",
                                                       "style",
                                                       "noscript",
                                                       "iframe",
                                                       "noembed",
                                                       "noframes",
                                                       "xmp",
                                                       "title",
                                                       "textarea",
                                                       "plaintext"});
// HTML that ends an <svg> or <math> which nobody closed (the commonest of section 13.2.6.5's).
constexpr auto kBreakout = std::to_array<std::string_view>({"body",
                                                            "br",
                                                            "center",
                                                            "div",
                                                            "h1",
                                                            "h2",
                                                            "h3",
                                                            "head",
                                                            "hr",
                                                            "img",
                                                            "li",
                                                            "meta",
                                                            "ol",
                                                            "p",
                                                            "pre",
                                                            "span",
                                                            "table",
                                                            "ul"});

// `text` starts with `prefix` (lower case), in any case.
bool starts_with(std::string_view text, std::string_view prefix) {
  return text.size() >= prefix.size() && lower(text.substr(0, prefix.size())) == prefix;
}

// "</name" followed by something that ends a tag's name.
bool is_end_of(std::string_view text, std::string_view name) {
  return text.size() > name.size() + 2 && text[1] == '/' && starts_with(text.substr(2), name) &&
         ends_name(text[name.size() + 2]);
}

// Where the script that `text` begins with ends: comments inside may hold whole script elements.
std::size_t script_end(std::string_view text) {
  int escaped = 0;
  for (std::size_t i = text.find_first_of("<-"); i < text.size(); i = text.find_first_of("<-", i)) {
    const auto rest = text.substr(i);
    if (rest.starts_with("-->")) {
      escaped = 0;
    } else if (is_end_of(rest, "script")) {
      if (escaped < 2) return i;
      escaped = 1;
    } else if (escaped == 1 && rest.size() > 7 && starts_with(rest, "<script") &&
               ends_name(rest[7])) {
      escaped = 2;
    } else if (escaped == 0 && rest.starts_with("<!--")) {
      escaped = 1;
      ++i;  // so that "<!-->" closes what it opened
    }
    ++i;
  }
  return text.size();
}

std::size_t raw_end(std::string_view text, std::string_view name) {
  if (name == "plaintext") return text.size();
  if (name == "script") return script_end(text);
  auto at = text.find("</");
  while (at < text.size() && !is_end_of(text.substr(at), name))
    at = text.find("</", at + 2);
  return std::min(at, text.size());
}

}  // namespace

std::string HtmlToken::attribute(std::string_view wanted) const {
  const auto at = std::ranges::find(attributes, wanted, &Attribute::name);
  return at == attributes.end() ? std::string() : decode_references(at->value);
}

bool HtmlToken::has(std::string_view wanted) const {
  return std::ranges::find(attributes, wanted, &Attribute::name) != attributes.end();
}

std::optional<HtmlToken> HtmlTokens::next() {
  while (!rest_.empty()) {
    if (!raw_.empty()) {
      const auto name = std::exchange(raw_, "");
      const auto text = rest_.substr(0, raw_end(rest_, name));
      rest_.remove_prefix(text.size());
      if (text.empty()) continue;
      HtmlToken token;
      token.name = name;
      token.text = text;
      token.is_raw = name != "title" && name != "textarea";
      return token;
    }
    if (const auto text = take_text(); !text.empty()) {
      HtmlToken token;
      token.text = text;
      return token;
    }
    if (auto found = tag()) return found;
  }
  return std::nullopt;
}

// Everything up to the next piece of markup.
std::string_view HtmlTokens::take_text() {
  auto at = rest_.find('<');
  while (at < rest_.size()) {
    const char after = at + 1 < rest_.size() ? rest_[at + 1] : '\0';
    if (is_alpha(after) || after == '/' || after == '!' || after == '?') break;
    at = rest_.find('<', at + 1);
  }
  const auto text = rest_.substr(0, at);
  rest_.remove_prefix(text.size());
  return text;
}

// Comments, doctypes, processing instructions and "</3": dropped as browsers do. Returns what is
// dropped; empty when a real tag stands here.
std::string_view HtmlTokens::skip_markup() {
  const auto through = [this](std::string_view end, std::size_t from) {
    const auto at = rest_.find(end, from);
    return rest_.substr(0, at == std::string_view::npos ? at : at + end.size());
  };
  if (rest_.starts_with("<!-->")) return rest_.substr(0, 5);
  if (rest_.starts_with("<!--->")) return rest_.substr(0, 6);
  if (rest_.starts_with("<!--")) {
    const auto plain = through("-->", 4);
    const auto odd = plain.find("--!>", 4);
    return odd == std::string_view::npos ? plain : plain.substr(0, odd + 4);
  }
  if (foreign_depth_ > 0 && rest_.starts_with("<![CDATA[")) return through("]]>", 9);
  const bool is_tag =
      is_alpha(rest_[1]) || (rest_[1] == '/' && rest_.size() > 2 && is_alpha(rest_[2]));
  return is_tag ? std::string_view() : through(">", 1);
}

std::optional<HtmlToken> HtmlTokens::tag() {
  if (rest_.size() < 2) {
    rest_ = {};
    return std::nullopt;
  }
  if (const auto dropped = skip_markup(); !dropped.empty()) {
    rest_.remove_prefix(dropped.size());
    return std::nullopt;
  }
  HtmlToken token;
  token.kind = rest_[1] == '/' ? Kind::end : Kind::start;
  rest_.remove_prefix(token.kind == Kind::end ? 2 : 1);
  const auto* const end = std::ranges::find_if(rest_, ends_name);
  const auto name = rest_.substr(0, static_cast<std::size_t>(end - rest_.begin()));
  token.name = lower(name.substr(0, 64));
  rest_.remove_prefix(name.size());
  read_attributes(token);
  if (rest_.empty()) return std::nullopt;  // cut short: browsers drop the tag
  rest_.remove_prefix(1);                  // the ">"
  follow(token);
  return token;
}

// Which kind of content comes after this tag.
void HtmlTokens::follow(const HtmlToken& token) {
  const bool is_foreign = token.name == "svg" || token.name == "math";
  if (token.kind == Kind::end) {
    if (is_foreign && foreign_depth_ > 0) --foreign_depth_;
    return;
  }
  if (is_foreign && !token.is_self_closing) ++foreign_depth_;
  if (is_among(kBreakout, token.name)) foreign_depth_ = 0;
  const bool is_raw = foreign_depth_ > 0 ? token.name == "script" && !token.is_self_closing
                                         : is_among(kRaw, token.name);
  if (is_raw) raw_ = token.name;
}

// What follows an attribute's "=". An unclosed quote swallows the document's rest.
std::string_view HtmlTokens::take_value() {
  rest_.remove_prefix(std::min(rest_.find_first_not_of(kSpace), rest_.size()));
  if (!rest_.starts_with('"') && !rest_.starts_with('\'')) {
    const auto value = rest_.substr(0, rest_.find_first_of(" \t\n\r\f>"));
    rest_.remove_prefix(value.size());
    return value;
  }
  const auto close = rest_.find(rest_.front(), 1);
  if (close == std::string_view::npos) {
    rest_ = {};
    return {};
  }
  const auto value = rest_.substr(1, close - 1);
  rest_.remove_prefix(close + 1);
  return value;
}

// Leaves `rest_` at the tag's ">", or empty when there is none.
void HtmlTokens::read_attributes(HtmlToken& token) {
  while (!rest_.empty()) {
    const auto skip = std::min(rest_.find_first_not_of(" \t\n\r\f/"), rest_.size());
    token.is_self_closing = skip > 0 && rest_[skip - 1] == '/';
    rest_.remove_prefix(skip);
    if (rest_.empty() || rest_.front() == '>') return;
    // A "=" that starts a name belongs to it.
    const auto name = rest_.substr(0, rest_.find_first_of(" \t\n\r\f/>=", 1));
    rest_.remove_prefix(name.size());
    const auto gap = std::min(rest_.find_first_not_of(kSpace), rest_.size());
    std::string_view value;
    if (gap < rest_.size() && rest_[gap] == '=') {
      rest_.remove_prefix(gap + 1);
      value = take_value();
    }
    auto key = lower(name.substr(0, 64));
    if (token.attributes.size() < kAttributesMax && !token.has(key)) {
      token.attributes.push_back({.name = std::move(key), .value = value});
    }
  }
}

namespace {

using Named = std::pair<std::string_view, char32_t>;
constexpr auto kNamed = std::to_array<Named>({
    {"AElig", 0xc6},   {"amp", '&'},      {"apos", '\''},     {"bull", 0x2022}, {"cent", 0xa2},
    {"copy", 0xa9},    {"deg", 0xb0},     {"eacute", 0xe9},   {"egrave", 0xe8}, {"euro", 0x20ac},
    {"frac12", 0xbd},  {"gt", '>'},       {"hellip", 0x2026}, {"laquo", 0xab},  {"ldquo", 0x201c},
    {"lsquo", 0x2018}, {"lt", '<'},       {"mdash", 0x2014},  {"middot", 0xb7}, {"nbsp", 0xa0},
    {"ndash", 0x2013}, {"pound", 0xa3},   {"quot", '"'},      {"raquo", 0xbb},  {"rarr", 0x2192},
    {"rdquo", 0x201d}, {"reg", 0xae},     {"rsquo", 0x2019},  {"shy", 0xad},    {"thinsp", 0x2009},
    {"times", 0xd7},   {"trade", 0x2122}, {"yen", 0xa5},      {"zwnj", 0x200c},
});
// What &#128; to &#159; mean in practice (WHATWG section 13.2.5.80).
constexpr auto kWindows = std::to_array<char32_t>(
    {0x20ac, 0x81,   0x201a, 0x192,  0x201e, 0x2026, 0x2020, 0x2021, 0x2c6,  0x2030, 0x160,
     0x2039, 0x152,  0x8d,   0x17d,  0x8f,   0x90,   0x2018, 0x2019, 0x201c, 0x201d, 0x2022,
     0x2013, 0x2014, 0x2dc,  0x2122, 0x161,  0x203a, 0x153,  0x9d,   0x17e,  0x178});

// The digits of "&#123;" or "&#x7b;" without the marks; how many were read, or 0.
std::size_t read_digits(std::string_view text, bool is_hex, char32_t& code) {
  std::size_t length = 0;
  code = 0;
  for (const char c : text) {
    const auto low = static_cast<char>(c | 0x20);
    const bool is_letter = is_hex && low >= 'a' && low <= 'f';
    if (!is_digit(c) && !is_letter) break;
    const auto digit = static_cast<char32_t>(is_letter ? low - 'a' + 10 : c - '0');
    code = std::min<char32_t>((code * (is_hex ? 16 : 10)) + digit, 0x110000);
    ++length;
  }
  return length;
}

// "&#123;" or "&#x7b;": how many bytes it took, or 0.
std::size_t decode_number(std::string_view text, std::string& out) {
  const bool is_hex = text.size() > 2 && (text[2] | 0x20) == 'x';
  const std::size_t mark = is_hex ? 3 : 2;
  char32_t code = 0;
  const auto length = read_digits(text.substr(std::min(mark, text.size())), is_hex, code);
  if (length == 0) return 0;
  if (code >= 0x80 && code <= 0x9f) code = kWindows.at(code - 0x80);
  append_char(out, code == 0 ? 0xfffd : code);
  const auto end = mark + length;
  return end < text.size() && text[end] == ';' ? end + 1 : end;
}

// Decodes the reference at the front ("&..."); how many bytes it took, or 0 when it is none.
std::size_t decode_one(std::string_view text, std::string& out) {
  if (text.starts_with("&#")) return decode_number(text, out);
  const auto end = text.substr(0, 12).find(';');
  if (end == std::string_view::npos) return 0;
  const auto* const named = std::ranges::find(kNamed, text.substr(1, end - 1), &Named::first);
  if (named == kNamed.end()) return 0;
  append_char(out, named->second);
  return end + 1;
}

}  // namespace

std::string decode_references(std::string_view text) {
  std::string out;
  for (auto at = text.find('&'); at < text.size(); at = text.find('&')) {
    out += text.substr(0, at);
    text.remove_prefix(at);
    auto used = decode_one(text, out);
    if (used == 0) {
      out += '&';
      used = 1;
    }
    text.remove_prefix(used);
  }
  out += text;
  return out;
}

}  // namespace bw
