// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "daemon/journal/block.h"
#include "daemon/verdict/verdict.h"
#include "probes/archive.h"

#include <array>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace bw {

// Turns inputs into blocks and into the rows that those need. Keeps what the database lacks until
// `forget_written`, so that a failed transaction is simply tried again.
class BlockEncoder {
 public:
  struct Word {
    std::uint32_t id = 0;
    std::string word;
  };
  struct Face {
    FaceKey key;
    std::string digest;  // 16 bytes of the facts' SHA-256: recognises them when they come back
    std::string bytes;
  };
  struct Unwritten {
    std::vector<Word> words;
    std::vector<Chapter> chapters;
    std::vector<Face> faces;
    std::vector<std::pair<Block, std::string>> closed;  // blocks that will not grow any more
  };

  // What an existing file holds: its words, then its last chapter with that chapter's faces.
  void know_word(std::uint32_t id, std::string word);
  void resume(const Chapter& chapter);
  // False where the row makes no sense: then `begin_after` this chapter instead.
  [[nodiscard]] bool know_face(const FaceKey& key, std::string_view digest, std::string_view bytes);
  // The next input opens the chapter after `last`.
  void begin_after(std::uint32_t last);

  // `series` counts for observations only. Seqs must rise.
  void add(const Input& input, SeriesId series);
  // The next input opens a block, however little is in this one.
  void end_block();

  [[nodiscard]] const Unwritten& unwritten() const { return unwritten_; }
  // The block that still grows, where it holds anything unwritten. Its row is replaced each time.
  [[nodiscard]] const Block* open_block() const { return is_open_dirty_ ? &open_ : nullptr; }
  [[nodiscard]] const std::string& open_bytes() const { return bytes_.bytes(); }
  void forget_written();

 private:
  using Digest = std::array<char, 16>;
  struct SeriesState {
    FactsRef last;  // most recently seen, with their face
    std::uint32_t last_number = 0;
    FactsRef base;  // face 0
    std::uint32_t next = 0;
    std::vector<std::pair<Digest, std::uint32_t>> recalled;  // the newest faces
  };

  static void recall(SeriesState& series, const Digest& digest, std::uint32_t number);
  [[nodiscard]] static Digest digest(const Facts& facts);
  void begin_chapter(std::uint64_t seq, Time at);
  [[nodiscard]] std::uint32_t chapter_id() const;
  void open_block_at(std::uint64_t seq, Time at);
  void put_observation(const Observation& observation, SeriesId series, std::uint8_t flags);
  [[nodiscard]] std::uint32_t face_of(const FactsRef& facts, SeriesId series);
  [[nodiscard]] std::uint32_t word(std::string_view name);
  [[nodiscard]] std::string face_bytes(const Facts& facts, const Facts* base);

  Unwritten unwritten_;
  std::map<std::string, std::uint32_t, std::less<>> words_;
  std::vector<std::optional<Fact>> facts_of_words_;
  std::uint32_t last_chapter_ = 0;
  std::optional<Chapter> chapter_;
  std::vector<SeriesState> series_;
  Block open_;
  ArchiveWriter bytes_;
  bool is_open_ = false;
  bool is_open_dirty_ = false;
  bool is_chapter_full_ = false;
  Time last_at_{};
  std::uint64_t last_seq_ = 0;
};

}  // namespace bw
