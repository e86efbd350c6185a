// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace bw {

// What a script's text does, by the marks that card skimmers, wallet drainers and defacers leave.
// Over 71 public skimmer samples: eval 77 %, checkout gate 45 %, timers 45 %, form sweep 37 %, \x
// runs 32 %, network 32 %, card words 25 %, _0x names 25 %, base64 24 %, char codes 23 %, storage
// 23 %, devtools check 4 %. Minifiers and fraud SDKs trip single ones: only several together mean
// something. Escapes ("\x66", "\u0066") are undone before looking.
//   eval checkout_gate timers form_sweep hex_strings network card_words obfuscated_names base64
//   char_codes storage devtools_check   - three together are a skimmer's profile
//   wallet_drain boast                  - each strong by itself
struct ScriptReading {
  std::vector<std::string> traits;   // sorted
  std::vector<std::string> origins;  // http(s) origins named in it, sorted, at most 20
};
[[nodiscard]] ScriptReading read_script(std::string_view source);
// At least three ordinary traits, or a strong one.
[[nodiscard]] bool is_suspect(const ScriptReading& reading);

// Twelve hex digits of the SHA-256 of the script without what changes between visits: white space,
// numbers, identifiers and tokens in strings. Two builds of one script may differ; two visits not.
[[nodiscard]] std::string script_hash(std::string_view source);

}  // namespace bw
