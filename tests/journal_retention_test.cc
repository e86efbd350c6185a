// SPDX-License-Identifier: Apache-2.0
#include "daemon/journal/store.h"
#include "tests/support/journal_support.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace bw {
namespace {

// The writing side without its thread: retention runs as often as it likes after each batch.
class RetentionTest : public testing::Test {
 protected:
  void open(RetentionSweep::Limits limits) {
    store_.reset();
    auto store = Store::open(path_, limits);
    ASSERT_TRUE(store.has_value()) << print(store.error());
    store_ = std::make_unique<Store>(*std::move(store));
    seq_ = store_->last_seq();
  }
  // A look a minute at each of ten targets, from minute `from` until before `to`.
  void watch(int from, int to) {
    Batch batch;
    if (seq_ == 0) {
      for (std::uint32_t i = 0; i < 10; ++i) {
        batch.series.push_back(
            {.id = i, .target = "target-" + std::to_string(i), .vantage = "here"});
      }
    }
    for (int minute = from; minute < to; ++minute) {
      for (std::uint32_t i = 0; i < 10; ++i) {
        Observation observation = look(i, second(minute * 60), facts_[i], ++seq_);
        batch.entries.push_back(
            {.input = {.seq = seq_, .what = std::move(observation)}, .series = i});
      }
      if (batch.entries.size() >= 300) write(std::exchange(batch, {}));
    }
    write(std::move(batch));
  }
  void put(Chore chore) {
    Batch batch;
    batch.chores.push_back(std::move(chore));
    write(std::move(batch));
  }
  void write(Batch batch) {
    store_->take(std::move(batch));
    ASSERT_TRUE(store_->write().has_value());
    if (store_->is_retention_due()) {
      ASSERT_TRUE(store_->retain().has_value());
    }
  }
  void finish() {
    for (int step = 0; step < 1'000 && store_->is_retention_due(); ++step) {
      ASSERT_TRUE(store_->retain().has_value());
    }
    EXPECT_FALSE(store_->is_retention_due());
  }
  [[nodiscard]] std::vector<Input> inputs() const { return inputs_of(path_, estate_of(10)); }
  [[nodiscard]] static int minute_of(const Input& input) {
    return static_cast<int>((at_of(input) - second(0)) / std::chrono::minutes(1));
  }
  [[nodiscard]] std::uint64_t file_bytes() const { return std::filesystem::file_size(path_); }

  TemporaryDirectory directory_;
  std::string path_ = directory_.file("journal.sqlite");
  std::vector<FactsRef> facts_ = [] {
    std::vector<FactsRef> facts;
    facts.reserve(10);
    for (std::size_t i = 0; i < 10; ++i)
      facts.push_back(page_facts(i));
    return facts;
  }();
  std::unique_ptr<Store> store_;
  std::uint64_t seq_ = 0;
};

constexpr int kDay = 24 * 60;
constexpr Millis kTwoDays{std::chrono::hours{48}};
constexpr std::uint64_t kPlenty = 1ULL << 30;

TEST_F(RetentionTest, InputsGoByAge) {
  open({.age_max = kTwoDays, .bytes_max = kPlenty});
  watch(0, 4 * kDay);
  finish();
  const auto left = inputs();
  ASSERT_FALSE(left.empty());
  EXPECT_EQ(minute_of(left.back()), (4 * kDay) - 1);
  // Blocks hold some 20 minutes, and eight are written between two steps.
  EXPECT_LE(minute_of(left.front()), 2 * kDay);
  EXPECT_GE(minute_of(left.front()), (2 * kDay) - 240);
}

TEST_F(RetentionTest, TheMinutesAroundAnIncidentAreKeptWhole) {
  open({.age_max = kTwoDays, .bytes_max = kPlenty});
  watch(0, 700);
  put(Keep{.from = second(600 * 60), .to = second(660 * 60)});
  put(Keep{.from = second(600 * 60), .to = second(720 * 60)});  // it went on
  watch(700, 5 * kDay);
  finish();
  std::vector<int> looks(static_cast<std::size_t>(5 * kDay));
  for (const Input& input : inputs())
    ++looks.at(static_cast<std::size_t>(minute_of(input)));
  for (std::size_t minute = 600; minute <= 720; ++minute)
    EXPECT_EQ(looks[minute], 10) << minute;
  EXPECT_EQ(looks[300], 0);
  EXPECT_EQ(looks[1'000], 0);
}

TEST_F(RetentionTest, TheFileStaysUnderItsLimit) {
  constexpr std::uint64_t kLimit = 1 << 20;
  open({.age_max = 100 * kTwoDays, .bytes_max = kLimit});
  for (int day = 0; day < 10; ++day) {
    watch(day * kDay, (day + 1) * kDay);
    EXPECT_LE(store_->bytes(), kLimit);
  }
  finish();
  const auto left = inputs();
  EXPECT_GT(left.size(), 30'000U);  // what fits stays
  EXPECT_EQ(minute_of(left.back()), (10 * kDay) - 1);
  store_->close();
  EXPECT_LE(file_bytes(), kLimit);
}

TEST_F(RetentionTest, ALoweredLimitShrinksTheFile) {
  open({.age_max = 100 * kTwoDays, .bytes_max = kPlenty});
  watch(0, 5 * kDay);
  store_->close();
  EXPECT_GT(file_bytes(), 1'000'000U);
  open({.age_max = 100 * kTwoDays, .bytes_max = 512 << 10});
  finish();
  store_->close();
  EXPECT_LE(file_bytes(), 512U << 10);
}

TEST_F(RetentionTest, KeptRangesGoOnlyWhenNothingElseIsLeft) {
  open({.age_max = 100 * kTwoDays, .bytes_max = 512 << 10});
  watch(0, 60);
  put(Keep{.from = second(0), .to = second(30 * 60)});
  watch(60, 5 * kDay);
  finish();
  EXPECT_EQ(minute_of(inputs().front()), 0);
  put(Keep{.from = second(0), .to = second(1'000 * kDay * 60)});  // everything, for ever
  watch(5 * kDay, 12 * kDay);
  finish();
  EXPECT_LE(store_->bytes(), 512U << 10);
  EXPECT_GT(minute_of(inputs().front()), 5 * kDay);
}

TEST_F(RetentionTest, NothingAfterTheOldestCheckpointGoes) {
  open({.age_max = kTwoDays, .bytes_max = 256 << 10});
  watch(0, 100);
  const std::uint64_t covered = seq_;
  put(JournalReader::Checkpoint{.seq = covered, .bytes = "state"});
  watch(100, 4 * kDay);
  finish();
  const auto left = inputs();
  EXPECT_LE(left.front().seq, covered + 1);
  EXPECT_EQ(left.back().seq, seq_);
  // Newer checkpoints push it out.
  for (int i = 0; i < 3; ++i) {
    put(JournalReader::Checkpoint{.seq = seq_, .bytes = "state"});
    watch((4 * kDay) + i, (4 * kDay) + i + 1);
  }
  watch((4 * kDay) + 3, (4 * kDay) + 500);
  finish();
  EXPECT_GT(inputs().front().seq, covered + 1);
}

TEST_F(RetentionTest, AChapterGoesWithItsLastBlock) {
  open({.age_max = kTwoDays, .bytes_max = kPlenty});
  watch(0, 8 * kDay);
  finish();
  auto database = Sqlite::open(path_, Sqlite::Mode::read_only);
  ASSERT_TRUE(database.has_value());
  EXPECT_LE(*database->integer("SELECT count(*) FROM chapters"), 4);
  EXPECT_EQ(*database->integer("SELECT count(*) FROM faces"),
            10 * *database->integer("SELECT count(*) FROM chapters"));
}

TEST_F(RetentionTest, SettledParcelsGoByAgeAndPendingOnesStay) {
  open({.age_max = kTwoDays, .bytes_max = kPlenty});
  watch(0, 1);
  for (const auto state : {Parcel::State::pending,
                           Parcel::State::standing,
                           Parcel::State::delivered,
                           Parcel::State::folded}) {
    Parcel parcel;
    parcel.key = std::to_string(static_cast<int>(state));
    parcel.state = state;
    put(parcel);
  }
  watch(1, 4 * kDay);
  finish();
  auto reader = JournalReader::open(path_);
  ASSERT_TRUE(reader.has_value());
  const auto parcels = (*reader)->parcels();
  ASSERT_TRUE(parcels.has_value());
  ASSERT_EQ(parcels->size(), 2U);
  EXPECT_EQ(parcels->front().state, Parcel::State::pending);
  EXPECT_EQ(parcels->back().state, Parcel::State::standing);
}

TEST_F(RetentionTest, VerdictsOutliveTheirInputsUpToTheirShareOfTheFile) {
  open({.age_max = kTwoDays, .bytes_max = 2 << 20});  // an eighth: 64 of them
  watch(0, 1);
  for (std::uint64_t id = 1; id <= 100; ++id) {
    RecordedVerdict verdict{.event = "opened", .incident = {}, .what = ""};
    verdict.incident.id = id;
    put(std::move(verdict));
  }
  watch(1, 4 * kDay);
  finish();
  auto reader = JournalReader::open(path_);
  ASSERT_TRUE(reader.has_value());
  const auto incidents = (*reader)->incidents();
  ASSERT_TRUE(incidents.has_value());
  ASSERT_EQ(incidents->size(), 64U);
  EXPECT_EQ(incidents->front().id, 100U);
}

}  // namespace
}  // namespace bw
