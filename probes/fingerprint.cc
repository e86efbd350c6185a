// SPDX-License-Identifier: Apache-2.0
#include "probes/fingerprint.h"

#include "probes/text.h"

#include <algorithm>
#include <array>
#include <bit>
#include <charconv>
#include <memory>

namespace bw {
namespace {

constexpr std::size_t kSequenceMax = 20'000;

std::uint64_t mix(std::uint64_t value) {
  value ^= value >> 30;
  value *= 0xbf58476d1ce4e5b9ULL;
  value ^= value >> 27;
  value *= 0x94d049bb133111ebULL;
  return value ^ (value >> 31);
}

bool is_calendar_word(std::string_view word) {
  constexpr auto kWords = std::to_array<std::string_view>(
      {"january",   "february", "march",    "april",    "june",      "july",     "august",
       "september", "october",  "november", "december", "jan",       "feb",      "mar",
       "apr",       "jun",      "jul",      "aug",      "sep",       "sept",     "oct",
       "nov",       "dec",      "monday",   "tuesday",  "wednesday", "thursday", "friday",
       "saturday",  "sunday",   "mon",      "tue",      "wed",       "thu",      "fri",
       "sat",       "sun",      "am",       "pm",       "gmt",       "utc",      "bst"});
  return std::ranges::find(kWords, word) != kWords.end();
}

bool is_word_byte(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || static_cast<unsigned char>(c) >= 0x80;
}

}  // namespace

std::uint64_t stable_hash(std::string_view bytes) {
  std::uint64_t hash = 0xcbf29ce484222325ULL;
  for (const char c : bytes) {
    hash ^= static_cast<unsigned char>(c);
    hash *= 0x100000001b3ULL;
  }
  return mix(hash);
}

std::optional<Fingerprint> fingerprint(const std::vector<std::string>& sequence, std::size_t run) {
  if (sequence.empty()) return std::nullopt;
  const auto count = std::min(sequence.size(), kSequenceMax);
  std::vector<std::uint64_t> members(count);
  std::ranges::transform(sequence.begin(),
                         sequence.begin() + static_cast<std::ptrdiff_t>(count),
                         members.begin(),
                         stable_hash);
  // One run at least, also of a sequence that is shorter than a run.
  const auto runs = count >= run ? count - run + 1 : 1;
  std::vector<std::uint64_t> hashes(runs);
  for (std::size_t i = 0; i < runs; ++i) {
    for (std::size_t k = i; k < std::min(i + run, count); ++k) {
      hashes[i] = mix(hashes[i] * 31 + members[k]);
    }
  }
  std::ranges::sort(hashes);
  const auto repeated = std::ranges::unique(hashes);
  hashes.erase(repeated.begin(), repeated.end());
  std::array<int, 64> votes{};
  for (const auto hash : hashes) {
    for (std::size_t bit = 0; bit < 64; ++bit)
      votes.at(bit) += ((hash >> bit) & 1) != 0 ? 1 : -1;
  }
  Fingerprint value = 0;
  for (std::size_t bit = 0; bit < 64; ++bit) {
    if (votes.at(bit) > 0) value |= Fingerprint{1} << bit;
  }
  return value;
}

std::vector<std::string> steady_words(std::string_view text) {
  std::vector<std::string> words;
  const auto low = lower(text);
  std::string_view rest = low;
  while (!rest.empty() && words.size() < kSequenceMax) {
    const auto* const begin = std::ranges::find_if(rest, is_word_byte);
    rest.remove_prefix(static_cast<std::size_t>(begin - rest.begin()));
    const auto* const end = std::ranges::find_if_not(rest, is_word_byte);
    const auto word = rest.substr(0, static_cast<std::size_t>(end - rest.begin()));
    rest.remove_prefix(word.size());
    const bool is_churn =
        word.empty() || std::ranges::any_of(word, [](char c) { return c >= '0' && c <= '9'; });
    if (!is_churn && !is_calendar_word(word)) words.emplace_back(word.substr(0, 64));
  }
  return words;
}

std::optional<Fingerprint> text_fingerprint(std::string_view text) {
  return fingerprint(steady_words(text), 3);
}

int distance(Fingerprint a, Fingerprint b) {
  return std::popcount(a ^ b);
}

std::string print_fingerprint(Fingerprint value) {
  constexpr std::string_view kHex = "0123456789abcdef";
  std::string text(16, '0');
  for (auto at = text.rbegin(); at != text.rend(); ++at, value >>= 4)
    *at = kHex[value & 15];
  return text;
}

std::optional<Fingerprint> parse_fingerprint(std::string_view text) {
  Fingerprint value = 0;
  const auto* const begin = std::to_address(text.begin());
  const auto [stop, error] = std::from_chars(begin, begin + text.size(), value, 16);
  if (text.size() != 16 || error != std::errc() || stop != begin + 16) return std::nullopt;
  return value;
}

}  // namespace bw
