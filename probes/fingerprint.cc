// SPDX-License-Identifier: Apache-2.0
#include "probes/fingerprint.h"

#include "probes/text.h"

#include <algorithm>
#include <array>
#include <bit>
#include <charconv>
#include <memory>
#include <span>

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
      {"am",       "apr",      "april",    "aug",      "august",    "bst",     "dec",
       "december", "feb",      "february", "fri",      "friday",    "gmt",     "jan",
       "january",  "jul",      "july",     "jun",      "june",      "mar",     "march",
       "mon",      "monday",   "nov",      "november", "oct",       "october", "pm",
       "sat",      "saturday", "sep",      "sept",     "september", "sun",     "sunday",
       "thu",      "thursday", "tue",      "tuesday",  "utc",       "wed",     "wednesday"});
  static_assert(std::ranges::is_sorted(kWords));
  return std::ranges::binary_search(kWords, word);
}

// How many of the numbers have each bit set. Eight counters of a byte each stand in one word: the
// lowest bits of all bytes are added at once, then the next ones.
std::array<std::size_t, 64> count_ones(std::span<const std::uint64_t> numbers) {
  constexpr std::uint64_t kLowest = 0x0101010101010101ULL;
  std::array<std::size_t, 64> ones{};
  while (!numbers.empty()) {
    const auto some = numbers.first(std::min<std::size_t>(numbers.size(), 255));
    numbers = numbers.subspan(some.size());
    std::array<std::uint64_t, 8> packed{};
    for (const auto number : some) {
      for (std::size_t i = 0; i < 8; ++i)
        packed[i] += number >> i & kLowest;
    }
    for (std::size_t bit = 0; bit < 64; ++bit)
      ones[bit] += packed[bit % 8] >> (bit / 8 * 8) & 0xff;
  }
  return ones;
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
  const auto ones = count_ones(hashes);
  Fingerprint value = 0;
  for (std::size_t bit = 0; bit < 64; ++bit) {
    if (2 * ones.at(bit) > hashes.size()) value |= Fingerprint{1} << bit;
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
