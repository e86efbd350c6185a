// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <span>
#include <string_view>

namespace bw {

// Edits that turn one word into the other: insert, remove or replace a character, or swap two
// neighbours (Damerau-Levenshtein, optimal string alignment). Without regard to case, and '-' is
// '_'. Words are compared by their first 64 bytes.
[[nodiscard]] std::size_t edit_distance(std::string_view a, std::string_view b);

// The candidate that `word` was most likely meant to be, or an empty view: at most one edit for
// each three characters, and at least one. Of equally near ones the first.
[[nodiscard]] std::string_view nearest(std::string_view word,
                                       std::span<const std::string_view> candidates);

}  // namespace bw
