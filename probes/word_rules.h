// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "probes/words.h"

#include <span>
#include <string_view>

namespace bw {

// One way of making a claim. `pattern` is one or more terms, " & " between them: the first anchors,
// the others must stand in the same sentence within 25 words. " ! " starts a term that must not.
// A term is words in order: "a|b" either, "take*" any word that starts so, ".." up to three words.
// "{thing}" is replaced by the lists of word_macros().
struct WordRule {
  WordClass what;
  std::string_view pattern;
};
struct WordMacro {
  std::string_view name;   // "{thing}"
  std::string_view words;  // "a|b|c"
};
[[nodiscard]] std::span<const WordRule> word_rules();
[[nodiscard]] std::span<const WordMacro> word_macros();

}  // namespace bw
