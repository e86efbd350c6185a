// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "daemon/journal/block.h"
#include "daemon/verdict/verdict.h"
#include "probes/error.h"

#include <cstddef>
#include <cstdint>
#include <expected>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace bw {

// Reads blocks back. Never trusts a byte: what does not parse is an Error.
class BlockDecoder {
 public:
  // Where an observation belongs in the reader's estate; none where that has no such target.
  struct Place {
    TargetIndex target = 0;
    VantageIndex vantage = 0;
  };
  using Places = std::vector<std::optional<Place>>;  // by SeriesId
  using FindFace = std::function<std::expected<std::string, Error>(const FaceKey&)>;
  using Each = std::function<bool(Input&&)>;

  // `words` by their numbers. `find_face` gets a face's bytes from the database.
  BlockDecoder(const std::vector<std::string>& words, Places places, FindFace find_face);
  // A word that was written since.
  void know_word(std::uint32_t id, std::string_view word);

  // Every input with seq > after, in order, until `each` returns false; that is the result. Equal
  // facts of a series are one shared object, as far as they are near each other.
  [[nodiscard]] std::expected<bool, Error> read(const Block& block,
                                                std::string_view bytes,
                                                std::uint64_t after,
                                                const Each& each);
  // Observations left out: of places that are none, or with outcomes of another version.
  [[nodiscard]] std::uint64_t skipped() const { return skipped_; }

  // The first seq in the block whose input is not before `at`.
  [[nodiscard]] static std::expected<std::optional<std::uint64_t>, Error> find_seq_at(
      const Block& block, std::string_view bytes, Time at);

 private:
  struct SeriesState {
    std::uint32_t chapter = 0;
    std::vector<std::pair<std::uint32_t, FactsRef>> held;  // by face number
    std::size_t next = 0;                                  // of them to be replaced
  };
  struct Word {
    std::optional<Outcome> outcome;
    std::optional<Party> party;
    std::optional<Fact> fact;
  };

  struct Raw;
  class Parser;

  // Nothing where it is skipped.
  [[nodiscard]] std::expected<std::optional<Input>, Error> resolve(Raw& raw, const Block& block);
  [[nodiscard]] std::expected<FactsRef, Error> facts_of(const FaceKey& key);
  [[nodiscard]] std::expected<Facts, Error> read_face(const FaceKey& key);
  void hold(SeriesState& series, std::uint32_t number, const FactsRef& facts);
  [[nodiscard]] Word word(std::uint64_t id) const;

  std::vector<Word> words_;
  Places places_;
  FindFace find_face_;
  std::vector<SeriesState> series_;
  std::uint64_t skipped_ = 0;
};

}  // namespace bw
