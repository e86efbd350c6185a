// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "daemon/journal/block_decoder.h"
#include "daemon/journal/block_encoder.h"

#include <cstdlib>
#include <map>
#include <string>
#include <utility>
#include <vector>

// The journal's codec without its database, for benchmarks.
namespace bw::bench {

inline constexpr std::size_t kTargetsMax = 1000;

inline void encode(BlockEncoder& encoder, const Input& input) {
  const auto* seen = std::get_if<Observation>(&input.what);
  const auto series = seen == nullptr ? 0 : seen->target + seen->vantage * kTargetsMax;
  encoder.add(input, static_cast<SeriesId>(series));
}

// What an encoder has written so far, to be read as often as wanted.
class Written {
 public:
  explicit Written(const BlockEncoder& encoder) : blocks_(encoder.unwritten().closed) {
    for (const auto& word : encoder.unwritten().words)
      words_.push_back(word.word);
    for (const auto& face : encoder.unwritten().faces)
      faces_[face.key.packed()] = face.bytes;
    if (const auto* open = encoder.open_block()) blocks_.emplace_back(*open, encoder.open_bytes());
    for (std::size_t i = 0; i < 8 * kTargetsMax; ++i)
      places_.push_back(BlockDecoder::Place{.target = static_cast<TargetIndex>(i % kTargetsMax),
                                            .vantage = static_cast<VantageIndex>(i / kTargetsMax)});
  }

  template <class Take>
  void read(Take take) const {
    BlockDecoder decoder(
        words_, places_, [&](const FaceKey& key) -> std::expected<std::string, Error> {
          return faces_.at(key.packed());
        });
    for (const auto& [block, bytes] : blocks_) {
      const auto done = decoder.read(block, bytes, 0, [&](Input&& input) {
        take(std::move(input));
        return true;
      });
      if (!done) std::abort();
    }
  }

 private:
  std::vector<std::string> words_;
  std::map<std::int64_t, std::string> faces_;
  decltype(std::declval<const BlockEncoder&>().unwritten().closed) blocks_;
  BlockDecoder::Places places_;
};

}  // namespace bw::bench
