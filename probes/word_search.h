// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace bw {

// Finds every occurrence of many words in one pass over a text (Aho and Corasick, CACM 1975), so
// that a bundle of half a megabyte costs milliseconds however many words are looked for.
class WordSearch {
 public:
  // Lower-case ASCII words, at most 60,000 bytes together; a word's number is its place in the
  // list.
  explicit WordSearch(std::span<const std::string_view> words);

  // Calls `found(word, begin)` for each occurrence, in order of their ends.
  template <class Found>
  void each(std::string_view text, Found found) const {
    std::uint16_t at = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
      const auto byte = static_cast<unsigned char>(text[i]);
      at = byte < kSymbols ? nodes_[at].next.at(byte) : std::uint16_t{0};
      auto hit = nodes_[at].word >= 0 ? at : nodes_[at].shorter;
      for (; hit != 0; hit = nodes_[hit].shorter) {
        const auto word = static_cast<std::size_t>(nodes_[hit].word);
        found(word, i + 1 - lengths_[word]);
      }
    }
  }

 private:
  void add(std::string_view word);
  void link();  // once all words are in

  static constexpr std::size_t kSymbols = 128;
  struct Node {
    std::array<std::uint16_t, kSymbols> next{};
    std::uint16_t fallback = 0;  // the longest proper suffix that is a node
    std::uint16_t shorter = 0;   // the longest proper suffix that is a word
    int word = -1;
  };
  std::vector<Node> nodes_;
  std::vector<std::size_t> lengths_;
};

}  // namespace bw
