// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "probes/observation.h"
#include "probes/time.h"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

// The log's bytes. Inputs are packed into blocks of about one database page. A block needs nothing
// but its row, the words (names of outcomes, parties and facts, numbered once per file) and the
// faces of its chapter, so that any block may be dropped without harm to the others.
//
// A face is a set of facts of one series: face 0 is the first of the chapter, whole; the later ones
// say how they differ from it. A chapter is a day of the log; at its start every series' facts are
// written again, so that a dropped day takes its facts along. A steady observation (face 0, ok)
// takes one byte of tag, its series, the milliseconds since the previous input and five phases:
// 15 to 20 bytes.
namespace bw {

// A (target, vantage) by the number that the journal file gave it for good.
using SeriesId = std::uint32_t;
inline constexpr SeriesId kSeriesMax = 1U << 24;
inline constexpr std::uint32_t kChaptersMax = 1U << 20;  // 2,800 years
inline constexpr std::uint32_t kFacesMax = 1U << 19;     // of one series in one chapter
inline constexpr std::size_t kBlockBytes = 3700;         // a fuller block is closed
inline constexpr Millis kChapterLength{std::chrono::hours{24}};

struct LoggedSeries {
  SeriesId id = 0;  // from 0 without gaps
  std::string target;
  std::string vantage;
};

struct FaceKey {
  std::uint32_t chapter = 0;
  SeriesId series = 0;
  std::uint32_t number = 0;
  bool operator==(const FaceKey&) const = default;

  // One integer that sorts by chapter, series, number: the rowid in the faces table.
  [[nodiscard]] std::int64_t packed() const {
    return (std::int64_t{chapter} << 43) | (std::int64_t{series} << 19) | std::int64_t{number};
  }
  [[nodiscard]] static FaceKey unpack(std::int64_t packed) {
    const auto raw = static_cast<std::uint64_t>(packed);
    return {.chapter = static_cast<std::uint32_t>(raw >> 43) & (kChaptersMax - 1),
            .series = static_cast<SeriesId>(raw >> 19) & (kSeriesMax - 1),
            .number = static_cast<std::uint32_t>(raw) & (kFacesMax - 1)};
  }
};

struct Block {
  std::uint64_t first_seq = 0;
  std::uint64_t last_seq = 0;
  Time from{};  // earliest and latest time in it
  Time to{};
  std::uint32_t chapter = 0;
};
struct Chapter {
  std::uint32_t id = 0;
  std::uint64_t first_seq = 0;
  Time started{};
};

// The first byte of every input in a block: kind in the low bits, then what follows.
namespace tag {
inline constexpr std::uint8_t kKindMask = 7;
inline constexpr std::uint8_t kObservation = 0;
inline constexpr std::uint8_t kFeedItem = 1;
inline constexpr std::uint8_t kAnnouncement = 2;
inline constexpr std::uint8_t kOperatorNote = 3;
inline constexpr std::uint8_t kTick = 4;
inline constexpr std::uint8_t kHasGap = 8;  // seq is more than one after the previous one
inline constexpr std::uint8_t kIsSecondLook = 16;
inline constexpr std::uint8_t kHasResult = 32;  // else ok, party unknown
inline constexpr std::uint8_t kHasFace = 64;    // else face 0
inline constexpr std::uint8_t kHasNote = 128;
}  // namespace tag

// The facts that a face's bytes stand for, given what its words mean and its chapter's face 0;
// none where the bytes are damaged, or say how they differ from a base that is not there.
using FactOfWord = std::function<std::optional<Fact>(std::uint32_t word)>;
[[nodiscard]] std::optional<Facts> parse_face(std::string_view bytes,
                                              const FactOfWord& fact_of,
                                              const Facts* base);

}  // namespace bw
