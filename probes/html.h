// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "probes/fingerprint.h"
#include "probes/url.h"

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace bw {

struct FormField {
  std::string name;
  std::string type = "text";  // lower case; "textarea" and "select" for those
  std::string value;
  std::string autocomplete;
};
struct Form {
  std::optional<Url> action;   // absolute; nothing for "javascript:" and its kind
  std::string method = "get";  // lower case
  std::vector<FormField> fields;
};
struct Script {
  std::optional<Url> url;  // nothing for inline scripts and for "data:" ones
  std::string integrity;   // of a script with a URL
  std::string text;        // inline; at most 64 KiB
};

// What a page holds, as far as it matters to a probe. All text is valid UTF-8, folded to one line.
struct Page {
  std::string title;                // 120 bytes
  std::string language;             // <html lang>, lower case
  std::string text;                 // visible to a reader, 32 KiB
  std::string headings;             // of that, h1 and h2, 1 KiB
  std::vector<Script> scripts;      // those that a browser would run, in order
  std::vector<Form> forms;          // a field outside of any form stands in one without action
  std::vector<std::string> frames;  // origins, or "inline" for srcdoc and data:
  std::vector<std::string>
      fields;  // sensitive ones: password card-number card-code card-expiry one-time-code
  std::vector<Url> links;  // of <a>, <link>, <img>: at most 200
  std::string refresh;     // where <meta http-equiv=refresh> goes, as written
  std::size_t tags = 0;
  std::optional<Fingerprint> shape;  // of the tags in order
};

// Limits on what is kept; more of it is ignored.
inline constexpr std::size_t kPageScriptsMax = 200;
inline constexpr std::size_t kPageFormsMax = 50;
inline constexpr std::size_t kFormFieldsMax = 100;
inline constexpr std::size_t kScriptBytesMax = 64 << 10;

// Reads any bytes as HTML, in linear time and without recursion. `base` is the document's address;
// <base href> is honoured. Invisible: what stands in script, style, template, noscript, or in an
// element with `hidden` or an inline "display:none".
[[nodiscard]] Page read_html(std::string_view document, const Url& base);

// Starts like a document with markup rather than plain text or JSON.
[[nodiscard]] bool looks_like_html(std::string_view body);

}  // namespace bw
