// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace bw {

// About as much memory as these texts take, for the `bytes` of Recent::keep.
[[nodiscard]] inline std::size_t bytes_of_texts(const std::vector<std::string>& texts) {
  std::size_t sum = texts.size() * sizeof(std::string);
  for (const auto& text : texts)
    sum += text.size();
  return sum;
}

// The few values that were used last, by the whole of what each was made from. Keys are compared,
// not hashed: whoever chooses the bytes cannot make one pass for another. Beyond `entries_max`
// entries or `bytes_max` bytes the one that was not used for longest goes.
template <class Key, class Value>
class Recent {
 public:
  Recent(std::size_t entries_max, std::size_t bytes_max)
      : entries_max_(entries_max), bytes_max_(bytes_max) {}

  // The value whose key `is_same` holds for, until the next `keep`; null where there is none.
  template <class IsSame>
  [[nodiscard]] const Value* find(const IsSame& is_same) {
    const auto at =
        std::ranges::find_if(entries_, [&](const Entry& entry) { return is_same(entry.key); });
    if (at == entries_.end()) return nullptr;
    at->used = ++uses_;
    return &at->value;
  }

  // `bytes` is what key and value take. What is larger than all that may be kept is not kept.
  void keep(Key key, Value value, std::size_t bytes) {
    if (bytes > bytes_max_ || entries_max_ == 0) return;
    while (entries_.size() >= entries_max_ || bytes_ + bytes > bytes_max_) {
      const auto oldest = std::ranges::min_element(entries_, {}, &Entry::used);
      bytes_ -= oldest->bytes;
      entries_.erase(oldest);
    }
    bytes_ += bytes;
    entries_.push_back(
        {.key = std::move(key), .value = std::move(value), .bytes = bytes, .used = ++uses_});
  }

  [[nodiscard]] std::size_t size() const { return entries_.size(); }
  [[nodiscard]] std::size_t bytes() const { return bytes_; }

 private:
  struct Entry {
    Key key;
    Value value;
    std::size_t bytes = 0;
    std::uint64_t used = 0;
  };
  std::vector<Entry> entries_;
  std::size_t entries_max_;
  std::size_t bytes_max_;
  std::size_t bytes_ = 0;
  std::uint64_t uses_ = 0;
};

}  // namespace bw
