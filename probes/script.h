// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "probes/url.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace bw {

// Where a script stands: what it sends to the page's own site or back to its own host is its
// business. Without either, every origin is a stranger's.
struct ScriptPlace {
  std::optional<Url> page;
  std::optional<Url> script;  // nothing for inline scripts
};

// What a script's text does, by the marks that card skimmers, wallet drainers and defacers leave.
// Over 71 public skimmer samples: eval 77 %, checkout gate 45 %, timers 45 %, form sweep 37 %, \x
// runs 32 %, network 32 %, card words 25 %, _0x names 25 %, base64 24 %, char codes 23 %, storage
// 23 %, devtools check 4 %. Minifiers, tag managers and fraud SDKs bear many of them: what makes a
// skimmer is that what visitors typed goes to somebody who is neither the page's site nor the
// script's own host. What hides it is undone before looking (script_text.h).
//   eval checkout_gate timers form_sweep form_trigger hex_strings network card_words
//   obfuscated_names base64 char_codes storage devtools_check key_log    - ordinary
//   sends_elsewhere wallet_drain boast                                   - each strong by itself
struct ScriptReading {
  std::vector<std::string> traits;    // sorted
  std::vector<std::string> origins;   // http(s) origins named in it, sorted, at most 20
  std::vector<std::string> sends_to;  // strangers' origins that it sends anything to, at most 8
  std::vector<std::string> takes_to;  // those of them that get what visitors typed
  [[nodiscard]] bool has(std::string_view trait) const;
};
// Reads at most kScriptReadMax bytes, in linear time.
[[nodiscard]] ScriptReading read_script(std::string_view source, const ScriptPlace& place = {});
// A strong trait; or fields are read and something is sent from code that hides its names and
// strings.
[[nodiscard]] bool is_suspect(const ScriptReading& reading);
// What of it would matter if it were new, as members of Fact::script_marks: "sends:FROM>TO",
// "hides:FROM", "drains:FROM", "boasts:FROM". `from`: the origin that serves it, or "inline".
[[nodiscard]] std::vector<std::string> script_marks(const ScriptReading& reading,
                                                    std::string_view from);

// Twelve hex digits of the SHA-256 of the script without what changes between visits: white space,
// numbers, identifiers and tokens in strings. Two builds of one script may differ; two visits not.
[[nodiscard]] std::string script_hash(std::string_view source);

}  // namespace bw
