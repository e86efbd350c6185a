// SPDX-License-Identifier: Apache-2.0
#include "daemon/journal/journal.h"

#include "tests/support/journal_support.h"

#include <gtest/gtest.h>

#include <sqlite3.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace bw {
namespace {

// A journal in a directory of its own.
class JournalTest : public testing::Test {
 protected:
  [[nodiscard]] std::unique_ptr<Journal> open(const Estate& estate) {
    JournalSettings settings = settings_;
    settings.path = path_;
    auto journal = Journal::open(settings, estate, progress_.callback());
    EXPECT_TRUE(journal.has_value()) << print(journal.error());
    return journal ? *std::move(journal) : nullptr;
  }
  void wait_for(Journal& journal, std::uint64_t seq) {
    ASSERT_TRUE(progress_.wait([&] { return journal.committed() >= seq; })) << journal.trouble();
  }
  [[nodiscard]] std::unique_ptr<JournalReader> reader() const {
    auto reader = JournalReader::open(path_);
    EXPECT_TRUE(reader.has_value()) << print(reader.error());
    return reader ? *std::move(reader) : nullptr;
  }
  // Straight into the file, as no version of ours would.
  void tamper(const std::string& sql) const {
    sqlite3* raw = nullptr;
    ASSERT_EQ(sqlite3_open(path_.c_str(), &raw), SQLITE_OK);
    EXPECT_EQ(sqlite3_exec(raw, sql.c_str(), nullptr, nullptr, nullptr), SQLITE_OK)
        << sqlite3_errmsg(raw);
    sqlite3_close(raw);
  }

  TemporaryDirectory directory_;
  std::string path_ = directory_.file("journal.sqlite");
  Progress progress_;  // outlives every journal of a test
  JournalSettings settings_;
};

Incident incident_of(std::uint64_t id, std::uint64_t seq, Level level) {
  Incident incident;
  incident.id = id;
  incident.opened = second(1);
  incident.functions = {"checkout"};
  incident.verdict.seq = seq;
  incident.verdict.level = level;
  return incident;
}

Parcel parcel_of(const std::string& key, Parcel::State state) {
  Parcel parcel;
  parcel.key = key;
  parcel.destination = "chat";
  parcel.notice.headline = "Online checkout is failing";
  parcel.state = state;
  return parcel;
}

TEST_F(JournalTest, GivesBackEveryInputInOrder) {
  const Estate estate = estate_of(3);
  std::vector<Input> inputs;
  const auto add = [&inputs](auto what) {
    inputs.push_back({.seq = inputs.size() + 1, .what = std::move(what)});
  };
  for (std::size_t i = 0; i < 1'000; ++i) {
    add(look(i % 3, second(static_cast<int>(i)), page_facts(i % 7), i));
    if (i % 100 == 0) add(Tick{.at = second(static_cast<int>(i))});
  }
  FeedItem item;
  item.at = second(2'000);
  item.provider = "paywell";
  add(item);
  OperatorNote note;
  note.at = second(2'001);
  note.who = "ann";
  add(note);
  {
    const auto journal = open(estate);
    for (const Input& input : inputs)
      EXPECT_EQ(journal->append(input), input.seq);
    wait_for(*journal, inputs.size());
    EXPECT_TRUE(journal->is_healthy());
    EXPECT_EQ(journal->trouble(), "");
    EXPECT_EQ(journal->stats().inputs, inputs.size());
    EXPECT_EQ(journal->stats().queued, 0U);
    EXPECT_GT(journal->stats().bytes, 4096U);
  }
  const auto read = inputs_of(path_, estate);
  ASSERT_EQ(read.size(), inputs.size());
  for (std::size_t i = 0; i < read.size(); ++i)
    ASSERT_EQ(whole(read[i]), whole(inputs[i])) << i;
}

TEST_F(JournalTest, ReadsFromAnySeqUntilToldToStop) {
  const Estate estate = estate_of(1);
  {
    const auto journal = open(estate);
    for (std::size_t i = 1; i <= 900; ++i)
      journal->append({.seq = 0, .what = look(0, second(0), page_facts(0), i)});
  }
  for (const std::uint64_t from : {0U, 1U, 299U, 899U}) {
    const auto read = inputs_of(path_, estate, from);
    ASSERT_EQ(read.size(), 900 - from);
    EXPECT_EQ(read.front().seq, from + 1);
  }
  EXPECT_TRUE(inputs_of(path_, estate, 900).empty());
  int count = 0;
  const auto stopped =
      reader()->read(estate, 0, [&count](Input&& /*input*/) { return ++count < 10; });
  EXPECT_TRUE(stopped.has_value());
  EXPECT_EQ(count, 10);
}

TEST_F(JournalTest, AnOpenedJournalGoesOnWithTheNextSeq) {
  const Estate estate = estate_of(2);
  for (std::uint64_t run = 0; run < 5; ++run) {
    const auto journal = open(estate);
    EXPECT_EQ(journal->committed(), run * 2);
    EXPECT_EQ(journal->append({.seq = 0, .what = look(0, second(0), page_facts(0))}), run * 2 + 1);
    EXPECT_EQ(journal->append({.seq = 0, .what = look(1, second(0), page_facts(1))}), run * 2 + 2);
  }
  EXPECT_EQ(inputs_of(path_, estate).size(), 10U);
  EXPECT_EQ(reader()->last_seq(), 10U);
}

TEST_F(JournalTest, ARestartDoesNotStoreTheSameFactsAgain) {
  const Estate estate = estate_of(1);
  for (int run = 0; run < 3; ++run) {
    const auto journal = open(estate);
    journal->append({.seq = 0, .what = look(0, second(run), page_facts(0))});
  }
  sqlite3* raw = nullptr;
  ASSERT_EQ(sqlite3_open(path_.c_str(), &raw), SQLITE_OK);
  sqlite3_stmt* statement = nullptr;
  sqlite3_prepare_v2(raw, "SELECT count(*) FROM faces", -1, &statement, nullptr);
  ASSERT_EQ(sqlite3_step(statement), SQLITE_ROW);
  EXPECT_EQ(sqlite3_column_int(statement, 0), 1);
  sqlite3_finalize(statement);
  sqlite3_close(raw);
}

TEST_F(JournalTest, ASteadyObservationTakesAtMost24BytesOfTheFile) {
  const Estate estate = estate_of(100);
  std::vector<FactsRef> facts;
  facts.reserve(100);
  for (std::size_t i = 0; i < 100; ++i)
    facts.push_back(page_facts(i));
  constexpr std::uint64_t kLooks = 100'000;
  const auto size = [this] { return std::filesystem::file_size(path_); };
  {
    const auto journal = open(estate);
    for (std::size_t i = 0; i < 100; ++i) {
      journal->append({.seq = 0, .what = look(i, second(0), facts[i])});
    }
  }
  const auto before = size();
  {
    const auto journal = open(estate);
    for (std::uint64_t i = 0; i < kLooks; ++i) {
      journal->append(
          {.seq = 0, .what = look(i % 100, second(0) + Millis(i * 600), facts[i % 100], i)});
    }
    wait_for(*journal, 100 + kLooks);
  }
  const auto bytes = size() - before;
  RecordProperty("hundredths_of_bytes_per_observation", std::to_string(bytes * 100 / kLooks));
  EXPECT_LE(bytes, kLooks * 24);
}

TEST_F(JournalTest, TargetsThatAreGoneAreSkippedAndCounted) {
  {
    const auto journal = open(estate_of(4));
    for (std::size_t i = 0; i < 40; ++i) {
      journal->append({.seq = 0, .what = look(i % 4, second(0), page_facts(0))});
    }
  }
  // Another order, one target less, one more.
  Estate estate = estate_of(4);
  std::swap(estate.targets[0], estate.targets[2]);
  estate.targets[1].id = "new";
  std::size_t at_two = 0;
  const auto skipped = reader()->read(estate, 0, [&at_two](Input&& input) {
    const auto& observation = std::get<Observation>(input.what);
    EXPECT_NE(observation.target, 1U);
    // The first target's observations, which are those of seqs 1, 5, 9 ...
    if (observation.target == 2) at_two += input.seq % 4 == 1 ? 1U : 100U;
    return true;
  });
  EXPECT_EQ(skipped, 10U);
  EXPECT_EQ(at_two, 10U);
}

TEST_F(JournalTest, AReloadedEstateNumbersItsOwnTargets) {
  Estate estate = estate_of(2);
  {
    const auto journal = open(estate);
    journal->append({.seq = 0, .what = look(0, second(0), page_facts(0))});
    std::swap(estate.targets[0], estate.targets[1]);
    estate.targets.push_back({});
    estate.targets.back().id = "new";
    journal->use(estate);
    journal->append({.seq = 0, .what = look(0, second(1), page_facts(0))});
    journal->append({.seq = 0, .what = look(2, second(1), page_facts(0))});
  }
  const auto inputs = inputs_of(path_, estate);
  ASSERT_EQ(inputs.size(), 3U);
  EXPECT_EQ(std::get<Observation>(inputs[0].what).target, 1U);
  EXPECT_EQ(std::get<Observation>(inputs[1].what).target, 0U);
  EXPECT_EQ(std::get<Observation>(inputs[2].what).target, 2U);
}

TEST_F(JournalTest, VerdictsAreKeptOncePerEventAndListedNewestFirst) {
  {
    const auto journal = open(estate_of(1));
    for (int replay = 0; replay < 2; ++replay) {
      journal->put_verdict(
          {.event = "opened", .incident = incident_of(1, 10, Level::outage), .what = ""});
      journal->put_verdict({.event = "changed",
                            .incident = incident_of(1, 20, Level::suspected),
                            .what = "a relapse"});
      journal->put_verdict(
          {.event = "opened", .incident = incident_of(2, 30, Level::watch), .what = ""});
    }
    ASSERT_TRUE(progress_.wait([&] { return journal->puts_committed() == journal->puts(); }));
    EXPECT_EQ(journal->puts(), 6U);
  }
  const auto verdicts = reader()->verdicts(1);
  ASSERT_TRUE(verdicts.has_value());
  ASSERT_EQ(verdicts->size(), 2U);
  EXPECT_EQ(verdicts->front().event, "opened");
  EXPECT_EQ(verdicts->back().what, "a relapse");
  EXPECT_EQ(verdicts->back().incident.verdict.level, Level::suspected);
  const auto incidents = reader()->incidents();
  ASSERT_TRUE(incidents.has_value());
  ASSERT_EQ(incidents->size(), 2U);
  EXPECT_EQ(incidents->front().id, 2U);
  EXPECT_EQ(incidents->back().verdict.level, Level::suspected);
  EXPECT_TRUE(reader()->verdicts(3)->empty());
  // Seqs never collide with what a verdict cites.
  EXPECT_EQ(open(estate_of(1))->append({.seq = 0, .what = Tick{}}), 31U);
}

TEST_F(JournalTest, AParcelIsReplacedByItsKey) {
  {
    const auto journal = open(estate_of(1));
    journal->put_parcel(parcel_of("inc-1/1@chat", Parcel::State::pending));
    journal->put_parcel(parcel_of("inc-1/2@chat", Parcel::State::pending));
    ASSERT_TRUE(progress_.wait([&] { return journal->puts_committed() == 2; }));
    journal->put_parcel(parcel_of("inc-1/1@chat", Parcel::State::delivered));
  }
  const auto parcels = reader()->parcels();
  ASSERT_TRUE(parcels.has_value());
  ASSERT_EQ(parcels->size(), 2U);
  for (const Parcel& parcel : *parcels) {
    EXPECT_EQ(parcel.notice.headline, "Online checkout is failing");
    EXPECT_EQ(parcel.state == Parcel::State::delivered, parcel.key == "inc-1/1@chat");
  }
}

TEST_F(JournalTest, TheThreeNewestCheckpointsAreKept) {
  {
    const auto journal = open(estate_of(1));
    for (std::uint64_t seq = 1; seq <= 5; ++seq) {
      journal->append({.seq = 0, .what = Tick{.at = second(0)}});
      journal->put_checkpoint(seq, "state at " + std::to_string(seq));
      ASSERT_TRUE(progress_.wait([&] { return journal->puts_committed() == seq; }));
    }
  }
  EXPECT_EQ((*reader()->checkpoint(1'000))->bytes, "state at 5");
  EXPECT_EQ((*reader()->checkpoint(4))->bytes, "state at 4");
  EXPECT_EQ((*reader()->checkpoint(3))->seq, 3U);
  EXPECT_FALSE(reader()->checkpoint(2)->has_value());
}

TEST_F(JournalTest, FindsTheFirstInputAtATime) {
  const Estate estate = estate_of(1);
  EXPECT_EQ(open(estate)->committed(), 0U);
  EXPECT_FALSE(reader()->first_seq_at(second(0))->has_value());
  {
    const auto journal = open(estate);
    for (int i = 1; i <= 2'000; ++i) {
      journal->append({.seq = 0, .what = look(0, second(10 * i), page_facts(0))});
    }
  }
  const auto found = reader();
  EXPECT_EQ(**found->first_seq_at(second(0)), 1U);
  for (const int i : {1, 2, 150, 151, 1'000, 1'999, 2'000}) {
    EXPECT_EQ(**found->first_seq_at(second(10 * i)), static_cast<std::uint64_t>(i));
    EXPECT_EQ(**found->first_seq_at(second((10 * i) - 3)), static_cast<std::uint64_t>(i));
  }
  EXPECT_FALSE(found->first_seq_at(second(20'001))->has_value());
}

TEST_F(JournalTest, AReaderBesideAWriterSeesWhatIsCommitted) {
  const Estate estate = estate_of(1);
  const auto journal = open(estate);
  const auto beside = reader();
  for (std::uint64_t round = 1; round <= 20; ++round) {
    for (int i = 0; i < 50; ++i)
      journal->append({.seq = 0, .what = look(0, second(0), page_facts(0))});
    wait_for(*journal, round * 50);
    EXPECT_EQ(beside->last_seq(), round * 50);
    std::uint64_t count = 0;
    // The writer goes on while we read: this call still sees one moment.
    const auto read = beside->read(estate, 0, [&](Input&& input) {
      if (count++ == 0) journal->keep(second(0), second(1));
      EXPECT_EQ(input.seq, count);
      return true;
    });
    EXPECT_TRUE(read.has_value());
    EXPECT_EQ(count, round * 50);
  }
}

TEST_F(JournalTest, ASecondWriterIsRefused) {
  const auto journal = open(estate_of(1));
  const auto second = Journal::open({.path = path_}, estate_of(1), nullptr);
  ASSERT_FALSE(second.has_value());
  EXPECT_EQ(print(second.error()),
            path_ + ".lock: another bellwether is using this journal (process " +
                std::to_string(::getpid()) +
                "); stop it, or give this one another state directory");
}

TEST_F(JournalTest, ANewerFormatIsRefusedByWriterAndReader) {
  ASSERT_NE(open(estate_of(1)), nullptr);
  tamper("PRAGMA user_version = 9");
  const auto journal = Journal::open({.path = path_}, estate_of(1), nullptr);
  ASSERT_FALSE(journal.has_value());
  EXPECT_EQ(journal.error().what,
            "was written by a newer bellwether: journal format 9, this version knows up to 1");
  EXPECT_FALSE(JournalReader::open(path_).has_value());
}

TEST_F(JournalTest, WhatIsNoJournalIsRefusedAndNotTouched) {
  tamper("CREATE TABLE cats(name)");
  const auto foreign = Journal::open({.path = path_}, estate_of(1), nullptr);
  ASSERT_FALSE(foreign.has_value());
  EXPECT_EQ(foreign.error().what, "is a database, but not a bellwether journal");

  const std::string text = directory_.file("text");
  std::ofstream(text) << std::string(5'000, 'x');
  const auto garbage = Journal::open({.path = text}, estate_of(1), nullptr);
  ASSERT_FALSE(garbage.has_value());
  EXPECT_NE(garbage.error().hint.find("move the file aside"), std::string::npos);
  EXPECT_EQ(std::filesystem::file_size(text), 5'000U);

  const auto nowhere =
      Journal::open({.path = directory_.file("no/such/file")}, estate_of(1), nullptr);
  ASSERT_FALSE(nowhere.has_value());
  EXPECT_NE(nowhere.error().hint.find("directory must exist"), std::string::npos);
  EXPECT_FALSE(JournalReader::open(directory_.file("nothing")).has_value());
}

TEST_F(JournalTest, DamagedRowsAreErrors) {
  const Estate estate = estate_of(1);
  {
    const auto journal = open(estate);
    for (int i = 0; i < 100; ++i)
      journal->append({.seq = 0, .what = look(0, second(0), page_facts(0))});
    journal->put_verdict(
        {.event = "opened", .incident = incident_of(1, 10, Level::outage), .what = ""});
    journal->put_parcel(parcel_of("k", Parcel::State::pending));
  }
  const auto ignore = [](Input&& /*input*/) { return true; };
  tamper("UPDATE log SET bytes = substr(bytes, 1, length(bytes) - 3)");
  auto read = reader()->read(estate, 0, ignore);
  ASSERT_FALSE(read.has_value());
  EXPECT_EQ(read.error().what, "the journal's block of inputs 1 to 100 is damaged after input 99");
  EXPECT_EQ(read.error().where, path_);
  tamper("UPDATE faces SET bytes = x'ff'");
  EXPECT_FALSE(reader()->read(estate, 0, ignore).has_value());
  tamper("DELETE FROM faces");
  EXPECT_FALSE(reader()->read(estate, 0, ignore).has_value());
  tamper(
      "UPDATE words SET id = id + 1000; UPDATE verdicts SET bytes = x'05'; UPDATE parcels SET "
      "bytes = "
      "''");
  EXPECT_FALSE(reader()->read(estate, 0, ignore).has_value());
  EXPECT_FALSE(reader()->verdicts(1).has_value());
  EXPECT_FALSE(reader()->incidents().has_value());
  EXPECT_FALSE(reader()->parcels().has_value());
  EXPECT_FALSE(Journal::open({.path = path_}, estate, nullptr).has_value());
}

TEST_F(JournalTest, AFileDamagedByAnUncleanEndIsRefused) {
  const Estate estate = estate_of(1);
  {
    const auto journal = open(estate);
    for (int i = 0; i < 5'000; ++i)
      journal->append({.seq = 0, .what = look(0, second(0), page_facts(0))});
  }
  {
    std::fstream file(path_, std::ios::binary | std::ios::in | std::ios::out);
    constexpr std::size_t kPage = 4096;
    file.seekp(kPage * 12);
    file << std::string(kPage * 6, 'x');
    std::ofstream(path_ + "-wal") << "left behind";
  }
  const auto journal = Journal::open({.path = path_}, estate, nullptr);
  ASSERT_FALSE(journal.has_value());
  EXPECT_NE(journal.error().what.find("damaged"), std::string::npos) << journal.error().what;
}

TEST_F(JournalTest, AFullQueueDropsSteadyObservationsFirstAndCounts) {
  settings_.queued_max = 100;
  settings_.linger = std::chrono::minutes(10);  // nothing is taken before we say so
  const Estate estate = estate_of(1);
  const auto facts = page_facts(0);
  const std::set<std::uint64_t> kept;
  {
    const auto journal = open(estate);
    // The first observation is news, and taken at once.
    journal->append({.seq = 0, .what = look(0, second(0), facts)});
    wait_for(*journal, 1);
    for (int i = 0; i < 300; ++i)
      journal->append({.seq = 0, .what = look(0, second(1), facts)});
    EXPECT_EQ(journal->stats().queued, 100U);
    EXPECT_EQ(journal->stats().dropped, 200U);
    EXPECT_EQ(journal->committed(), 1U);
  }
  const auto inputs = inputs_of(path_, estate);
  ASSERT_EQ(inputs.size(), 101U);
  EXPECT_EQ(inputs[0].seq, 1U);
  EXPECT_EQ(inputs[1].seq, 202U);  // the newest stay
  EXPECT_EQ(inputs.back().seq, 301U);
}

// A process of its own that writes until it is killed; tells the parent what was committed.
[[noreturn]] void write_forever(const std::string& path, int pipe, std::uint64_t stop_at) {
  const Estate estate = estate_of(5);
  auto journal = Journal::open({.path = path}, estate, nullptr);
  if (!journal) ::_exit(2);
  for (std::uint64_t i = 0;; ++i) {
    const auto seq = (*journal)->append(
        {.seq = 0, .what = look(i % 5, second(static_cast<int>(i)), page_facts(i % 9), i)});
    if (seq % 50 == 0)
      (*journal)->put_parcel(parcel_of("key-" + std::to_string(seq), Parcel::State::pending));
    if (seq % 70 == 0) (*journal)->put_checkpoint(seq, std::string(5'000, 's'));
    const std::array<std::uint64_t, 2> report{(*journal)->committed(),
                                              (*journal)->puts_committed()};
    if (report[0] >= stop_at && ::write(pipe, report.data(), sizeof report) < 0) ::_exit(3);
  }
}

class JournalKillTest : public JournalTest, public testing::WithParamInterface<std::uint64_t> {};

TEST_P(JournalKillTest, LosesNothingThatWasCommitted) {
  const Estate estate = estate_of(5);
  std::uint64_t committed = 0;
  for (int round = 0; round < 2; ++round) {
    std::array<int, 2> pipe{};
    ASSERT_EQ(::pipe(pipe.data()), 0);
    const pid_t child = ::fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
      ::close(pipe[0]);
      write_forever(path_, pipe[1], committed + GetParam());
    }
    ::close(pipe[1]);
    std::array<std::uint64_t, 2> report{};
    // It writes on while we read the first report, and is killed in the middle of that.
    ASSERT_EQ(::read(pipe[0], report.data(), sizeof report), static_cast<ssize_t>(sizeof report));
    ::kill(child, SIGKILL);
    int status = 0;
    ::waitpid(child, &status, 0);
    EXPECT_TRUE(WIFSIGNALED(status));
    std::array<std::uint64_t, 2> later{};
    while (::read(pipe[0], later.data(), sizeof later) == static_cast<ssize_t>(sizeof later)) {
      report = later;
    }
    ::close(pipe[0]);
    committed = report[0];
    ASSERT_GE(committed, GetParam());

    const auto inputs = inputs_of(path_, estate);
    ASSERT_GE(inputs.size(), committed);
    for (std::size_t i = 0; i < inputs.size(); ++i)
      ASSERT_EQ(inputs[i].seq, i + 1);
    const auto journal = open(estate);  // recovers what the reader has only looked at
    ASSERT_NE(journal, nullptr);
    EXPECT_GE(journal->committed(), committed);
    EXPECT_GE(reader()->parcels()->size(), committed / 100 / 2);
    committed = journal->committed();
  }
}
INSTANTIATE_TEST_SUITE_P(AtSeveralPoints, JournalKillTest, testing::Values(1, 7, 70, 500, 3'000));

}  // namespace
}  // namespace bw
