// SPDX-License-Identifier: Apache-2.0
#include "daemon/journal/block_decoder.h"
#include "daemon/journal/block_encoder.h"
#include "tests/support/journal_support.h"

#include <gtest/gtest.h>

#include <map>
#include <random>
#include <string>
#include <utility>
#include <vector>

namespace bw {
namespace {

// What a database would hold of an encoder's output.
struct Rows {
  std::vector<std::string> words;
  std::map<std::int64_t, std::string> faces;
  std::vector<std::pair<Block, std::string>> blocks;
  std::size_t face_bytes = 0;

  void take(BlockEncoder& encoder) {
    for (const auto& word : encoder.unwritten().words) {
      EXPECT_EQ(word.id, words.size());
      words.push_back(word.word);
    }
    for (const auto& face : encoder.unwritten().faces) {
      faces[face.key.packed()] = face.bytes;
      face_bytes += face.bytes.size();
    }
    for (const auto& block : encoder.unwritten().closed)
      put(block.first, block.second);
    if (const Block* open = encoder.open_block()) put(*open, encoder.open_bytes());
    encoder.forget_written();
  }
  void put(const Block& block, const std::string& bytes) {
    if (!blocks.empty() && blocks.back().first.first_seq == block.first_seq) blocks.pop_back();
    blocks.emplace_back(block, bytes);
  }
  [[nodiscard]] BlockDecoder decoder(std::size_t series) const {
    BlockDecoder::Places places;
    for (std::uint32_t i = 0; i < series; ++i) {
      places.emplace_back(BlockDecoder::Place{.target = i, .vantage = 0});
    }
    return {
        words, std::move(places), [this](const FaceKey& key) -> std::expected<std::string, Error> {
          const auto face = faces.find(key.packed());
          if (face == faces.end())
            return std::unexpected(Error{.what = "no face", .where = "", .hint = ""});
          return face->second;
        }};
  }
  [[nodiscard]] std::vector<Input> read(BlockDecoder& decoder) const {
    std::vector<Input> inputs;
    for (const auto& [block, bytes] : blocks) {
      const auto more = decoder.read(block, bytes, 0, [&inputs](Input&& input) {
        inputs.push_back(std::move(input));
        return true;
      });
      EXPECT_TRUE(more.has_value()) << print(more.error());
    }
    return inputs;
  }
};

void expect_same(const std::vector<Input>& wanted, const std::vector<Input>& read) {
  ASSERT_EQ(wanted.size(), read.size());
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    ASSERT_EQ(whole(wanted[i]), whole(read[i])) << "input " << wanted[i].seq;
  }
}

// One of each kind and flag.
std::vector<Input> one_of_each() {
  std::vector<Input> inputs;
  std::uint64_t seq = 5;
  const auto add = [&](auto what) { inputs.push_back({.seq = seq++, .what = std::move(what)}); };
  Observation plain = look(0, second(0), page_facts(0));
  add(plain);
  Observation failed = look(1, second(1), page_facts(1), 9);
  failed.outcome = Outcome::connect_timeout;
  failed.party = Party::origin;
  failed.is_second_look = true;
  failed.phases = {.resolve = Micros{12}};
  failed.note = "198.51.100.10:443 did not answer";
  Facts fewer = *failed.facts;
  fewer.set(Fact::csp, "");
  fewer.set(Fact::status, "503");
  add(failed);
  failed.facts = std::make_shared<const Facts>(fewer);
  add(failed);
  plain.at = second(-5);  // the clock was set back
  plain.phases = {};
  add(plain);
  seq += 1000;  // a full queue dropped some
  add(Tick{.at = second(3)});
  FeedItem item;
  item.at = second(4);
  item.provider = "paywell";
  item.item = "x1";
  item.state = FeedState::partial;
  item.body = std::string(2000, 'b');
  add(item);
  add(Announcement{.at = second(5),
                   .kind = "change",
                   .text = "release",
                   .from = second(6),
                   .to = second(7),
                   .functions = {"checkout"}});
  add(OperatorNote{.at = second(6),
                   .kind = NoteKind::declare,
                   .incident = 7,
                   .target = "",
                   .who = "ann",
                   .text = "ransom note found"});
  const Observation empty = look(2, second(7), std::make_shared<const Facts>());
  add(empty);
  return inputs;
}

TEST(JournalBlock, EveryInputReadsBackWhole) {
  const auto inputs = one_of_each();
  BlockEncoder encoder;
  for (const Input& input : inputs) {
    const auto* observation = std::get_if<Observation>(&input.what);
    encoder.add(input, observation == nullptr ? 0 : observation->target);
  }
  Rows rows;
  rows.take(encoder);
  auto decoder = rows.decoder(3);
  expect_same(inputs, rows.read(decoder));
  EXPECT_EQ(decoder.skipped(), 0U);
}

TEST(JournalBlock, ASteadyObservationTakesAtMost20Bytes) {
  constexpr std::size_t kTargets = 400;
  constexpr std::uint64_t kLooks = 40'000;
  std::vector<FactsRef> facts;
  facts.reserve(kTargets);
  for (std::size_t i = 0; i < kTargets; ++i)
    facts.push_back(page_facts(i));
  BlockEncoder encoder;
  for (std::uint64_t seq = 1; seq <= kLooks; ++seq) {
    const std::size_t target = seq % kTargets;
    const Time at = second(0) + Millis(seq * 150);
    encoder.add({.seq = seq, .what = look(target, at, facts[target], seq)},
                static_cast<SeriesId>(target));
  }
  Rows rows;
  rows.take(encoder);
  std::size_t bytes = 0;
  for (const auto& block : rows.blocks)
    bytes += block.second.size();
  RecordProperty("bytes_per_observation", std::to_string(bytes / kLooks));
  EXPECT_LE(bytes, kLooks * 20);
  EXPECT_EQ(rows.faces.size(), kTargets);
}

TEST(JournalBlock, ABlockFitsADatabasePage) {
  BlockEncoder encoder;
  const auto facts = page_facts(0);
  for (std::uint64_t seq = 1; seq <= 5'000; ++seq) {
    encoder.add({.seq = seq, .what = look(0, second(0), facts, seq)}, 0);
  }
  Rows rows;
  rows.take(encoder);
  ASSERT_GT(rows.blocks.size(), 10U);
  for (const auto& [block, bytes] : rows.blocks)
    EXPECT_LE(bytes.size(), kBlockBytes + 100);
}

TEST(JournalBlock, AnOpenBlockGrowsUnderItsFirstSeq) {
  BlockEncoder encoder;
  Rows rows;
  std::vector<Input> inputs;
  const auto facts = page_facts(0);
  for (std::uint64_t seq = 1; seq <= 600; ++seq) {
    inputs.push_back({.seq = seq, .what = look(0, second(static_cast<int>(seq)), facts, seq)});
    encoder.add(inputs.back(), 0);
    rows.take(encoder);
    EXPECT_EQ(encoder.open_block(), nullptr);
  }
  EXPECT_LT(rows.blocks.size(), 6U);
  auto decoder = rows.decoder(1);
  expect_same(inputs, rows.read(decoder));
}

TEST(JournalBlock, FactsThatReturnAreStoredOnce) {
  BlockEncoder encoder;
  const auto up = page_facts(0);
  Facts down = *up;
  down.set(Fact::status, "503");
  for (std::uint64_t seq = 1; seq <= 100; ++seq) {
    // Equal, but never the same object: as after a restart.
    const auto facts = std::make_shared<const Facts>(seq % 2 == 0 ? down : *up);
    encoder.add({.seq = seq, .what = look(0, second(0), facts)}, 0);
  }
  Rows rows;
  rows.take(encoder);
  EXPECT_EQ(rows.faces.size(), 2U);
}

TEST(JournalBlock, AChangedFactCostsWhatChanged) {
  BlockEncoder encoder;
  const auto facts = page_facts(0);
  encoder.add({.seq = 1, .what = look(0, second(0), facts)}, 0);
  Rows rows;
  rows.take(encoder);
  EXPECT_GT(rows.face_bytes, 600U);
  rows.face_bytes = 0;
  for (std::uint64_t seq = 2; seq <= 101; ++seq) {
    Facts serial = *facts;
    serial.set(Fact::soa_serial, std::to_string(seq));
    encoder.add({.seq = seq, .what = look(0, second(0), std::make_shared<const Facts>(serial))}, 0);
  }
  rows.take(encoder);
  EXPECT_EQ(rows.faces.size(), 101U);
  EXPECT_LT(rows.face_bytes, 100U * 12);
}

TEST(JournalBlock, EqualFactsAreOneObjectWhenReadAlsoOverChapters) {
  BlockEncoder encoder;
  for (std::uint64_t seq = 1; seq <= 4; ++seq) {
    encoder.add({.seq = seq, .what = look(0, second(0) + seq * kChapterLength, page_facts(0))}, 0);
  }
  Rows rows;
  rows.take(encoder);
  EXPECT_EQ(rows.faces.size(), 4U);  // one a day
  auto decoder = rows.decoder(1);
  const auto inputs = rows.read(decoder);
  ASSERT_EQ(inputs.size(), 4U);
  for (const auto& input : inputs) {
    EXPECT_EQ(std::get<Observation>(input.what).facts, std::get<Observation>(inputs[0].what).facts);
  }
}

TEST(JournalBlock, AnyBlockReadsWithoutTheOthers) {
  BlockEncoder encoder;
  std::vector<Input> inputs;
  for (std::uint64_t seq = 1; seq <= 3'000; ++seq) {
    Facts facts = *page_facts(seq % 10);
    facts.set(Fact::address, "198.51.100." + std::to_string(seq % 20));
    inputs.push_back(
        {.seq = seq,
         .what = look(
             seq % 10, second(static_cast<int>(seq)), std::make_shared<const Facts>(facts), seq)});
    encoder.add(inputs.back(), static_cast<SeriesId>(seq % 10));
  }
  Rows rows;
  rows.take(encoder);
  ASSERT_GT(rows.blocks.size(), 5U);
  const auto [block, bytes] = rows.blocks[3];
  rows.blocks = {{block, bytes}};
  auto decoder = rows.decoder(10);
  expect_same({inputs.begin() + static_cast<std::ptrdiff_t>(block.first_seq) - 1,
               inputs.begin() + static_cast<std::ptrdiff_t>(block.last_seq)},
              rows.read(decoder));
}

TEST(JournalBlock, AResumedChapterRecognisesItsFacts) {
  BlockEncoder first;
  first.add({.seq = 1, .what = look(0, second(0), page_facts(0))}, 0);
  Facts other = *page_facts(0);
  other.set(Fact::status, "500");
  first.add({.seq = 2, .what = look(0, second(0), std::make_shared<const Facts>(other))}, 0);
  BlockEncoder second_run;
  for (const auto& word : first.unwritten().words)
    second_run.know_word(word.id, word.word);
  second_run.resume(first.unwritten().chapters.front());
  for (const auto& face : first.unwritten().faces) {
    EXPECT_TRUE(second_run.know_face(face.key, face.digest, face.bytes));
  }
  second_run.add({.seq = 3, .what = look(0, second(1), page_facts(0))}, 0);
  second_run.add({.seq = 4, .what = look(0, second(1), std::make_shared<const Facts>(other))}, 0);
  EXPECT_TRUE(second_run.unwritten().faces.empty());
  EXPECT_TRUE(second_run.unwritten().chapters.empty());
}

TEST(JournalBlock, NamesNotNumbersAreStored) {
  BlockEncoder encoder;
  // Words of a file whose version numbered its enumerations otherwise.
  encoder.know_word(0, "smell");
  encoder.know_word(1, "status_server");
  Observation observation = look(0, second(0), page_facts(0));
  observation.outcome = Outcome::status_server;
  encoder.add({.seq = 1, .what = observation}, 0);
  Rows rows{.words = {"smell", "status_server"}, .faces = {}, .blocks = {}};
  rows.take(encoder);
  auto decoder = rows.decoder(1);
  const auto inputs = rows.read(decoder);
  ASSERT_EQ(inputs.size(), 1U);
  EXPECT_EQ(std::get<Observation>(inputs[0].what).outcome, Outcome::status_server);

  rows.words[1] = "status_of_the_future";
  auto older = rows.decoder(1);
  EXPECT_TRUE(rows.read(older).empty());
  EXPECT_EQ(older.skipped(), 1U);
}

TEST(JournalBlock, PlacesThatAreNoneAreSkippedAndCounted) {
  BlockEncoder encoder;
  for (std::uint64_t seq = 1; seq <= 4; ++seq) {
    encoder.add({.seq = seq, .what = look(0, second(0), page_facts(0))},
                static_cast<SeriesId>(seq % 2));
  }
  Rows rows;
  rows.take(encoder);
  auto decoder = rows.decoder(1);
  EXPECT_EQ(rows.read(decoder).size(), 2U);
  EXPECT_EQ(decoder.skipped(), 2U);
}

TEST(JournalBlock, DamagedBytesAreErrorsNotCrashes) {
  BlockEncoder encoder;
  for (const Input& input : one_of_each()) {
    const auto* observation = std::get_if<Observation>(&input.what);
    encoder.add(input, observation == nullptr ? 0 : observation->target);
  }
  Rows rows;
  rows.take(encoder);
  const auto [block, bytes] = rows.blocks.front();
  const auto ignore = [](Input&& /*input*/) { return true; };
  for (std::size_t size = 1; size < bytes.size(); ++size) {
    auto decoder = rows.decoder(3);
    const auto read = decoder.read(block, std::string_view(bytes).substr(0, size), 0, ignore);
    // A cut between two inputs cannot be told from a shorter block.
    if (!read) {
      EXPECT_NE(read.error().what.find("damaged"), std::string::npos);
    }
  }
  std::mt19937 random(7);
  for (int round = 0; round < 2'000; ++round) {
    std::string wrong = bytes.substr(0, 200);
    wrong[random() % wrong.size()] = static_cast<char>(random());
    auto decoder = rows.decoder(3);
    static_cast<void>(decoder.read(block, wrong, 0, ignore).has_value());
    static_cast<void>(BlockDecoder::find_seq_at(block, wrong, second(99)).has_value());
  }
}

TEST(JournalBlock, ADamagedFaceIsAnError) {
  BlockEncoder encoder;
  encoder.add({.seq = 1, .what = look(0, second(0), page_facts(0))}, 0);
  Rows rows;
  rows.take(encoder);
  rows.faces.begin()->second.pop_back();
  auto decoder = rows.decoder(1);
  const auto read = decoder.read(
      rows.blocks[0].first, rows.blocks[0].second, 0, [](Input&& /*input*/) { return true; });
  ASSERT_FALSE(read.has_value());
  EXPECT_EQ(read.error().what, "the journal's facts 0 of series 0 are damaged");
}

TEST(JournalBlock, FaceKeysPackIntoOneSortedInteger) {
  const FaceKey key{.chapter = kChaptersMax - 1, .series = kSeriesMax - 1, .number = kFacesMax - 1};
  EXPECT_EQ(FaceKey::unpack(key.packed()), key);
  EXPECT_GT(key.packed(), 0);
  EXPECT_LT((FaceKey{.chapter = 1, .series = 2, .number = 3}.packed()),
            (FaceKey{.chapter = 1, .series = 3, .number = 0}.packed()));
}

}  // namespace
}  // namespace bw
