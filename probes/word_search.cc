// SPDX-License-Identifier: Apache-2.0
#include "probes/word_search.h"

#include <cstdlib>

namespace bw {

WordSearch::WordSearch(std::span<const std::string_view> words) {
  nodes_.emplace_back();
  for (const auto word : words)
    add(word);
  link();
}

void WordSearch::add(std::string_view word) {
  constexpr std::size_t kNodesMax = 60'000;
  std::uint16_t at = 0;
  for (const char c : word) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte >= kSymbols || nodes_.size() >= kNodesMax) std::abort();  // our own list is wrong
    if (nodes_[at].next.at(byte) == 0) {
      nodes_[at].next.at(byte) = static_cast<std::uint16_t>(nodes_.size());
      nodes_.emplace_back();
    }
    at = nodes_[at].next.at(byte);
  }
  nodes_[at].word = static_cast<int>(lengths_.size());
  lengths_.push_back(word.size());
}

void WordSearch::link() {
  // Breadth first: a node's suffixes are shorter, so theirs are known.
  std::vector<std::uint16_t> queue;
  for (const auto next : nodes_[0].next) {
    if (next != 0) queue.push_back(next);
  }
  for (std::size_t i = 0; i < queue.size(); ++i) {
    const auto at = queue[i];
    const auto fallback = nodes_[at].fallback;
    nodes_[at].shorter = nodes_[fallback].word >= 0 ? fallback : nodes_[fallback].shorter;
    for (std::size_t symbol = 0; symbol < kSymbols; ++symbol) {
      auto& next = nodes_[at].next.at(symbol);
      const auto other = nodes_[fallback].next.at(symbol);
      if (next == 0) {
        next = other;
      } else {
        nodes_[next].fallback = other;
        queue.push_back(next);
      }
    }
  }
}

}  // namespace bw
