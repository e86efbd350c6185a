// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace bw {

// Similar inputs have fingerprints that differ in few bits (Charikar's simhash, 64 bits): up to
// about 3 is the same page with small changes, unrelated ones differ in about 32.
// They are stored and compared across versions: how they are made must not change.
using Fingerprint = std::uint64_t;

// Of a sequence of words or tags: every run of `run` neighbours counts once, however often it
// occurs, so that a list with some more rows is the same list. Of very long sequences the first
// 20,000 members count. Nothing for an empty sequence.
[[nodiscard]] std::optional<Fingerprint> fingerprint(const std::vector<std::string>& sequence,
                                                     std::size_t run);
// Words of a text as they are fingerprinted: lower case, without what changes from one visit to
// the next (numbers, prices, dates, times, identifiers), in order.
[[nodiscard]] std::vector<std::string> steady_words(std::string_view text);
// Of visible text: runs of three steady words.
[[nodiscard]] std::optional<Fingerprint> text_fingerprint(std::string_view text);

[[nodiscard]] int distance(Fingerprint a, Fingerprint b);
[[nodiscard]] std::string print_fingerprint(Fingerprint value);  // 16 hex digits
[[nodiscard]] std::optional<Fingerprint> parse_fingerprint(std::string_view text);

// FNV-1a with a final mix: stable across machines and versions, not for secrets.
[[nodiscard]] std::uint64_t stable_hash(std::string_view bytes);

}  // namespace bw
