// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <span>
#include <string_view>

// The words by which read_script knows what code does.
namespace bw {

enum class ScriptWord : unsigned char {
  eval,
  where_am_i,
  checkout,
  timer,
  sweep,  // reads all fields of a form, whatever they are called
  field,  // the name of a card's or an account's field
  value,  // reads what a field holds
  key_event,
  trigger,  // the moment at which a form is complete
  network,
  sending,  // a call or property that an address stands beside
  picture,  // fetches an address; sends if data is added to it
  obfuscated,
  base64,
  char_codes,
  storage,
  devtools,
  wallet,
  wallet_secret,
  dialog,     // speaks to the visitor
  writes,     // puts text on the page
  brag,       // what only who broke in says
  intrusion,  // words about breaking in
  url,
  url_without_scheme,
};
inline constexpr std::size_t kScriptWords = 25;

struct ScriptWordRow {
  std::string_view text;  // lower case
  ScriptWord word = ScriptWord::eval;
  bool is_call = false;  // must not be the end of a longer name
};
[[nodiscard]] std::span<const ScriptWordRow> script_words();

}  // namespace bw
