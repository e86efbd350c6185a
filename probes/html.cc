// SPDX-License-Identifier: Apache-2.0
#include "probes/html.h"

#include "probes/html_tokens.h"
#include "probes/text.h"

#include <algorithm>
#include <array>
#include <utility>

namespace bw {
namespace {

using Kind = HtmlToken::Kind;
constexpr std::size_t kLinksMax = 200;
constexpr std::size_t kFramesMax = 50;
constexpr std::size_t kTextMax = 32 << 10;
constexpr std::size_t kShapeTagsMax = 20'000;

template <std::size_t N>
bool is_among(const std::array<std::string_view, N>& list, std::string_view name) {
  return std::ranges::find(list, name) != list.end();
}
constexpr auto kVoid = std::to_array<std::string_view>({"area",
                                                        "base",
                                                        "br",
                                                        "col",
                                                        "embed",
                                                        "hr",
                                                        "img",
                                                        "input",
                                                        "link",
                                                        "meta",
                                                        "source",
                                                        "track",
                                                        "wbr"});
// Tags that do not end a word.
constexpr auto kInline = std::to_array<std::string_view>(
    {"a", "abbr", "b", "bdi",   "bdo",  "big",    "cite", "code", "em", "font",
     "i", "mark", "s", "small", "span", "strong", "sub",  "sup",  "u",  "wbr"});
// Scripts that a browser runs (WHATWG section 4.12.1); others are data.
bool is_script_type(std::string_view type) {
  return type.empty() || type == "module" || type.contains("javascript") ||
         type.contains("ecmascript");
}

// The sensitive kind of a field, or nothing. `autocomplete` says it best (WHATWG
// section 4.10.18.7); names cover the pages that leave it out.
std::string_view sensitive_kind(const FormField& field) {
  if (field.type == "hidden" || field.type == "submit" || field.type == "button") return {};
  if (field.type == "password") return "password";
  std::string name;
  for (const char c : lower(field.name + " " + field.autocomplete)) {
    if (c != '-' && c != '_' && c != '[' && c != ']' && c != '.') name += c;
  }
  const auto says = [&name](auto... words) { return (name.contains(words) || ...); };
  if (says("ccnumber", "cardnumber", "cardno", "ccnum", "creditcard", "panfield")) {
    return "card-number";
  }
  if (says("cccsc", "cvc", "cvv", "securitycode", "cardcode")) return "card-code";
  if (says("ccexp", "cardexp", "expirydate", "expiration", "expmonth", "expyear")) {
    return "card-expiry";
  }
  if (says("onetimecode", "otp")) return "one-time-code";
  if (says("seedphrase", "mnemonic", "privatekey", "recoveryphrase")) return "wallet-key";
  return {};
}

bool hides(const HtmlToken& tag) {
  if (tag.name == "template" || tag.has("hidden")) return true;
  if (!tag.has("style")) return false;
  std::string style;
  for (const char c : lower(tag.attribute("style"))) {
    if (c != ' ') style += c;
  }
  return style.contains("display:none") || style.contains("visibility:hidden");
}

class Reader {
 public:
  Reader(std::string_view document, Url base) : tokens_(document), base_(std::move(base)) {}

  Page read() {
    while (auto token = tokens_.next()) {
      if (token->kind == Kind::text) {
        text(*token);
      } else {
        tag(*token);
      }
    }
    page_.title = fold(title_, 120);
    page_.text = fold(text_, kTextMax);
    page_.headings = fold(headings_, 1024);
    page_.shape = fingerprint(shape_, 4);
    return std::move(page_);
  }

 private:
  void text(const HtmlToken& token) {
    if (token.name == "script") {
      script_text(token.text);
    } else if (token.name == "title") {
      if (title_.empty()) title_ = decode_references(token.text.substr(0, 1024));
    } else if (!token.is_raw && hidden_.empty() && text_.size() < 2 * kTextMax) {
      // Twice the limit, as folding only shortens.
      const auto seen = decode_references(token.text.substr(0, kTextMax));
      text_ += seen;
      if (is_in_heading_ && headings_.size() < 2048) headings_ += seen;
    }
  }

  void script_text(std::string_view source) {
    if (!is_inline_script_) return;
    is_inline_script_ = false;
    if (page_.scripts.size() >= kPageScriptsMax || trim(source).empty()) return;
    Script script;
    script.text = source.substr(0, kScriptBytesMax);
    page_.scripts.push_back(std::move(script));
  }

  void tag(const HtmlToken& token) {
    if (!is_among(kInline, token.name)) {
      if (text_.size() < 2 * kTextMax) text_ += ' ';
      if (is_in_heading_) headings_ += ' ';
    }
    ++page_.tags;
    if (shape_.size() < kShapeTagsMax) {
      shape_.push_back(token.kind == Kind::end ? "/" + token.name : token.name);
    }
    if (token.name == "h1" || token.name == "h2") is_in_heading_ = token.kind == Kind::start;
    follow_hidden(token);
    if (token.kind == Kind::start) {
      start(token);
    } else if (token.name == "form") {
      is_in_form_ = false;
    }
  }

  // Counts elements of the hiding one's name, so that its own end is found.
  void follow_hidden(const HtmlToken& token) {
    if (hidden_.empty()) {
      if (token.kind == Kind::start && !is_among(kVoid, token.name) && hides(token)) {
        hidden_ = token.name;
        hidden_depth_ = 1;
      }
    } else if (hidden_ == "p" && token.kind == Kind::start && !is_among(kInline, token.name) &&
               !is_among(kVoid, token.name)) {
      hidden_.clear();  // a paragraph needs no end tag
    } else if (token.name == hidden_) {
      hidden_depth_ += token.kind == Kind::start ? 1 : -1;
      if (hidden_depth_ == 0) hidden_.clear();
    }
  }

  void start(const HtmlToken& token) {
    using Do = void (Reader::*)(const HtmlToken&);
    static constexpr auto kDo =
        std::to_array<std::pair<std::string_view, Do>>({{"a", &Reader::link},
                                                        {"base", &Reader::base},
                                                        {"button", &Reader::own_action},
                                                        {"embed", &Reader::frame},
                                                        {"form", &Reader::form},
                                                        {"frame", &Reader::frame},
                                                        {"html", &Reader::html},
                                                        {"iframe", &Reader::frame},
                                                        {"img", &Reader::link},
                                                        {"input", &Reader::field},
                                                        {"link", &Reader::link},
                                                        {"meta", &Reader::meta},
                                                        {"object", &Reader::frame},
                                                        {"script", &Reader::script},
                                                        {"select", &Reader::field},
                                                        {"textarea", &Reader::field}});
    const auto* const at =
        std::ranges::find(kDo, token.name, &std::pair<std::string_view, Do>::first);
    if (at != kDo.end()) (this->*at->second)(token);
  }

  void html(const HtmlToken& token) {
    page_.language = lower(bw::token(token.attribute("lang"), 35));
  }

  void base(const HtmlToken& token) {
    if (auto url = resolve_url(base_, token.attribute("href"))) base_ = *url;
  }

  void meta(const HtmlToken& token) {
    if (lower(token.attribute("http-equiv")) != "refresh") return;
    const auto content = token.attribute("content");
    const auto at = lower(content).find("url=");
    if (at != std::string::npos) page_.refresh = fold(content.substr(at + 4), 300);
  }

  void script(const HtmlToken& token) {
    if (!is_script_type(lower(trim(token.attribute("type"))))) return;
    // SVG scripts name theirs with href.
    const auto source = token.attribute(token.has("src") ? "src" : "href");
    is_inline_script_ = source.empty();
    if (is_inline_script_ || page_.scripts.size() >= kPageScriptsMax) return;
    Script found;
    found.url = resolve_url(base_, source);
    found.integrity = bw::token(token.attribute("integrity"));
    if (!found.url) found.text = source.substr(0, kScriptBytesMax);
    page_.scripts.push_back(std::move(found));
  }

  void form(const HtmlToken& token) {
    is_in_form_ = page_.forms.size() < kPageFormsMax;
    if (!is_in_form_) return;
    Form found;
    found.action = resolve_url(base_, token.attribute("action"));
    if (token.has("method")) found.method = lower(bw::token(token.attribute("method"), 10));
    page_.forms.push_back(std::move(found));
  }

  void field(const HtmlToken& token) {
    own_action(token);
    FormField found;
    found.name = token.attribute("name");
    if (token.name != "input") {
      found.type = token.name;
    } else if (token.has("type")) {
      found.type = lower(bw::token(token.attribute("type"), 20));
    }
    found.value = token.attribute("value");
    found.autocomplete = lower(token.attribute("autocomplete"));
    if (const auto kind = sensitive_kind(found); !kind.empty()) {
      if (std::ranges::find(page_.fields, kind) == page_.fields.end()) {
        page_.fields.emplace_back(kind);
      }
    }
    if (!is_in_form_) {
      if (page_.forms.size() >= kPageFormsMax) return;
      page_.forms.emplace_back();
      is_in_form_ = true;
    }
    auto& fields = page_.forms.back().fields;
    if (fields.size() < kFormFieldsMax) fields.push_back(std::move(found));
  }

  // A button may send its form elsewhere: that target counts as a form of its own.
  void own_action(const HtmlToken& token) {
    if (!token.has("formaction") || page_.forms.size() >= kPageFormsMax) return;
    Form extra;
    extra.action = resolve_url(base_, token.attribute("formaction"));
    const auto before = is_in_form_ ? page_.forms.end() - 1 : page_.forms.end();
    page_.forms.insert(before, std::move(extra));
  }

  void frame(const HtmlToken& token) {
    const auto source = token.attribute(token.name == "object" ? "data" : "src");
    const auto url = resolve_url(base_, source);
    if (page_.frames.size() >= kFramesMax || (source.empty() && !token.has("srcdoc"))) return;
    page_.frames.push_back(url && !token.has("srcdoc") ? origin_of(*url) : "inline");
  }

  void link(const HtmlToken& token) {
    const auto target = token.attribute(token.name == "img" ? "src" : "href");
    if (target.empty() || page_.links.size() >= kLinksMax) return;
    if (auto url = resolve_url(base_, target)) page_.links.push_back(std::move(*url));
  }

  HtmlTokens tokens_;
  Url base_;
  Page page_;
  std::string title_;
  std::string text_;
  std::string headings_;
  std::vector<std::string> shape_;
  std::string hidden_;  // name of the element that hides what is inside of it
  int hidden_depth_ = 0;
  bool is_in_heading_ = false;
  bool is_in_form_ = false;
  bool is_inline_script_ = false;
};

}  // namespace

Page read_html(std::string_view document, const Url& base) {
  return Reader(document, base).read();
}

bool looks_like_html(std::string_view body) {
  const auto start = trim(body);
  if (!start.starts_with('<') || start.size() < 3) return false;
  const char c = start[1];
  const bool is_name = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  return (is_name || c == '!') && !start.starts_with("<?xml");
}

}  // namespace bw
