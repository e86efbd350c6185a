// SPDX-License-Identifier: Apache-2.0
#include "daemon/config/nearest.h"

#include <algorithm>
#include <array>
#include <utility>

namespace bw {
namespace {

constexpr std::size_t kWordBytesMax = 64;
using Row = std::array<std::size_t, kWordBytesMax + 1>;

char folded(char c) {
  if (c == '-') return '_';
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

}  // namespace

std::size_t edit_distance(std::string_view a, std::string_view b) {
  a = a.substr(0, kWordBytesMax);
  b = b.substr(0, kWordBytesMax);
  Row before{};
  Row above{};
  Row row{};
  for (std::size_t j = 0; j <= b.size(); ++j)
    row.at(j) = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    before = above;
    above = row;
    row.at(0) = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const bool is_same = folded(a[i - 1]) == folded(b[j - 1]);
      row.at(j) =
          std::min({above.at(j) + 1, row.at(j - 1) + 1, above.at(j - 1) + (is_same ? 0U : 1U)});
      if (i > 1 && j > 1 && folded(a[i - 1]) == folded(b[j - 2]) &&
          folded(a[i - 2]) == folded(b[j - 1])) {
        row.at(j) = std::min(row.at(j), before.at(j - 2) + 1);
      }
    }
  }
  return row.at(b.size());
}

std::string_view nearest(std::string_view word, std::span<const std::string_view> candidates) {
  std::string_view best;
  std::size_t best_distance = std::max<std::size_t>(1, word.size() / 3) + 1;
  for (const auto candidate : candidates) {
    // A word that would have to be replaced altogether is not near.
    const std::size_t distance = edit_distance(word, candidate);
    if (distance < best_distance && distance < candidate.size()) {
      best = candidate;
      best_distance = distance;
    }
  }
  return best;
}

}  // namespace bw
