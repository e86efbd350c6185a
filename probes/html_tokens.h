// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace bw {

// One piece of an HTML document. Views borrow from the document.
struct HtmlToken {
  enum class Kind { start, end, text };
  struct Attribute {
    std::string name;        // lower case
    std::string_view value;  // as written: see decode_references
  };
  Kind kind = Kind::text;
  std::string name;                   // of a tag, lower case
  std::vector<Attribute> attributes;  // of a start tag; the first of a name counts
  bool is_self_closing = false;
  bool is_raw = false;    // text of script, style, noscript, ...: neither markup nor references
  std::string_view text;  // as written

  // The attribute's decoded value; empty where there is none.
  [[nodiscard]] std::string attribute(std::string_view wanted) const;
  [[nodiscard]] bool has(std::string_view wanted) const;
};

// Cuts HTML into tags and text as a browser with scripting does (WHATWG HTML section 13.2.5:
// comments, raw text elements, escaped script data). It builds no tree, because trees are what
// hostile markup attacks: gumbo 0.10 took 1.3 s for 60 kB of nested <div> and <p>, recursed on
// freeing, and took 180 ms for 1 MB of honest markup. One pass here is linear and has no depth.
class HtmlTokens {
 public:
  explicit HtmlTokens(std::string_view document) : rest_(document) {}
  // Nothing at the document's end.
  [[nodiscard]] std::optional<HtmlToken> next();

 private:
  std::optional<HtmlToken> tag();
  std::string_view skip_markup();
  std::string_view take_text();
  std::string_view take_value();
  void read_attributes(HtmlToken& token);
  void follow(const HtmlToken& token);

  std::string_view rest_;
  std::string raw_;        // the element whose raw text comes next
  int foreign_depth_ = 0;  // inside <svg> or <math>, <title> and <style> are ordinary tags
};

inline constexpr std::size_t kAttributesMax = 100;  // of one tag; further ones are ignored

// "&amp;" and its kind, numeric references included; names beyond the common ones stay as written.
[[nodiscard]] std::string decode_references(std::string_view text);

}  // namespace bw
