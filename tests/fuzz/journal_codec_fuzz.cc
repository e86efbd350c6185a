// SPDX-License-Identifier: Apache-2.0
#include "daemon/journal/block_decoder.h"
#include "daemon/verdict/archive_verdict.h"

#include <cstddef>
#include <cstdint>
#include <expected>
#include <string>
#include <string_view>
#include <vector>

// What a journal's rows may hold after damage: a block, a face, archived records. The first byte
// chooses the reader; a face may be a difference to itself.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace bw;
  if (size == 0) return 0;
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  const auto read = [bytes](auto value) {
    ArchiveReader archive(bytes);
    archive(value);
  };
  switch (data[0] % 5) {
    case 0: {
      BlockDecoder decoder({"ok", "status_server", "unknown", "edge", "status", "title"},
                           {BlockDecoder::Place{.target = 0, .vantage = 0}, std::nullopt},
                           [bytes](const FaceKey& key) -> std::expected<std::string, Error> {
                             return std::string(bytes.substr(key.number % (bytes.size() + 1)));
                           });
      const Block block{.first_seq = 1, .last_seq = 1'000'000, .from = {}, .to = {}, .chapter = 1};
      const auto each = [](Input&& input) { return at_of(input) != Time{}; };
      static_cast<void>(decoder.read(block, bytes, 0, each).has_value());
      static_cast<void>(BlockDecoder::find_seq_at(block, bytes, Time{}).has_value());
      break;
    }
    case 1: {
      const auto any = [](std::uint32_t word) {
        return std::optional(static_cast<Fact>(word % 20));
      };
      const auto base = parse_face(bytes, any, nullptr);
      if (base) static_cast<void>(parse_face(bytes, any, &*base).has_value());
      break;
    }
    case 2:
      read(Incident{});
      break;
    case 3:
      read(Observation{});
      break;
    case 4:
      read(FeedItem{});
      break;
    default:
      break;
  }
  return 0;
}
