// SPDX-License-Identifier: Apache-2.0
#include "daemon/journal/journal.h"
#include "tests/support/journal_support.h"

#include <gtest/gtest.h>

#include <sqlite3.h>

#include <atomic>
#include <map>
#include <memory>
#include <string>
#include <thread>
#include <utility>

namespace bw {
namespace {

// A disk that fails or hangs when told to: SQLite's own file system with other functions for
// writing. One at a time in a process, because SQLite's table of file systems is global.
class BadDisk {
 public:
  BadDisk() {
    real = sqlite3_vfs_find(nullptr);
    vfs_ = *real;
    vfs_.zName = "bad-disk";
    vfs_.xOpen =
        [](sqlite3_vfs* /*vfs*/, const char* name, sqlite3_file* file, int flags, int* out_flags) {
          const int code = real->xOpen(real, name, file, flags, out_flags);
          if (code == SQLITE_OK && file->pMethods != nullptr) {
            // The database and its log have tables of their own, which write alike.
            real_write = file->pMethods->xWrite;
            auto& methods = patched[file->pMethods];
            methods = *file->pMethods;
            methods.xWrite = &write;
            file->pMethods = &methods;
          }
          return code;
        };
    sqlite3_vfs_register(&vfs_, 1);
  }
  BadDisk(const BadDisk&) = delete;
  BadDisk& operator=(const BadDisk&) = delete;
  ~BadDisk() {
    write_code = SQLITE_OK;
    hang(false);
    sqlite3_vfs_unregister(&vfs_);
    sqlite3_vfs_register(real, 1);
  }
  static void hang(bool begins) {
    is_hanging = begins;
    is_hanging.notify_all();
  }

  static inline std::atomic<int> write_code{SQLITE_OK};

 private:
  static int write(sqlite3_file* file, const void* data, int size, sqlite3_int64 offset) {
    is_hanging.wait(true);
    const int code = write_code.load();
    return code == SQLITE_OK ? real_write(file, data, size, offset) : code;
  }

  sqlite3_vfs vfs_{};
  static inline sqlite3_vfs* real = nullptr;
  static inline int (*real_write)(sqlite3_file*, const void*, int, sqlite3_int64) = nullptr;
  static inline std::map<const sqlite3_io_methods*, sqlite3_io_methods> patched;
  static inline std::atomic<bool> is_hanging{false};
};

class JournalDiskTest : public testing::Test {
 protected:
  [[nodiscard]] std::unique_ptr<Journal> open() {
    settings_.path = path_;
    auto journal = Journal::open(settings_, estate_, progress_.callback());
    EXPECT_TRUE(journal.has_value()) << print(journal.error());
    return journal ? *std::move(journal) : nullptr;
  }
  [[nodiscard]] Input next() const { return {.seq = 0, .what = look(0, second(0), page_facts(0))}; }

  TemporaryDirectory directory_;
  std::string path_ = directory_.file("journal.sqlite");
  Estate estate_ = estate_of(1);
  BadDisk disk_;
  Progress progress_;
  JournalSettings settings_;
};

TEST_F(JournalDiskTest, AFullDiskIsTroubleThatPassesWithoutLoss) {
  for (const auto& [code, words] :
       {std::pair{SQLITE_FULL, "full"}, std::pair{SQLITE_IOERR_WRITE, "I/O error"}}) {
    const auto journal = open();
    const std::uint64_t before = journal->committed();
    journal->append(next());
    ASSERT_TRUE(progress_.wait([&] { return journal->committed() == before + 1; }));

    BadDisk::write_code = code;
    for (int i = 0; i < 500; ++i)
      journal->append(next());
    Parcel parcel;
    parcel.key = words;
    journal->put_parcel(parcel);
    ASSERT_TRUE(progress_.wait([&] { return !journal->is_healthy(); }));
    EXPECT_NE(journal->trouble().find(words), std::string::npos) << journal->trouble();
    EXPECT_NE(journal->trouble().find(path_), std::string::npos) << journal->trouble();
    EXPECT_LT(journal->committed(), before + 501);
    EXPECT_EQ(journal->puts_committed(), 0U);
    // It goes on to take what comes.
    EXPECT_EQ(journal->append(next()), before + 502);

    BadDisk::write_code = SQLITE_OK;
    ASSERT_TRUE(progress_.wait(
        [&] { return journal->committed() == before + 502 && journal->puts_committed() == 1; }));
    EXPECT_TRUE(journal->is_healthy());
    EXPECT_EQ(journal->trouble(), "");
    EXPECT_EQ(journal->stats().dropped, 0U);
  }
  const auto inputs = inputs_of(path_, estate_);
  ASSERT_EQ(inputs.size(), 1'004U);
  for (std::size_t i = 0; i < inputs.size(); ++i)
    ASSERT_EQ(inputs[i].seq, i + 1);
  EXPECT_EQ((*JournalReader::open(path_))->parcels()->size(), 2U);
}

TEST_F(JournalDiskTest, WhatPeopleSaidOutlivesAFullQueue) {
  settings_.queued_max = 50;
  {
    const auto journal = open();
    BadDisk::write_code = SQLITE_FULL;
    journal->append(next());
    ASSERT_TRUE(progress_.wait([&] { return !journal->is_healthy(); }));
    for (int i = 0; i < 20; ++i) {
      OperatorNote note;
      note.at = second(i);
      journal->append({.seq = 0, .what = note});
    }
    for (int i = 0; i < 500; ++i) {
      Observation observation = look(0, second(i), page_facts(0));
      observation.outcome = i % 2 == 0 ? Outcome::status_server : Outcome::ok;
      journal->append({.seq = 0, .what = observation});
    }
    EXPECT_EQ(journal->stats().queued, 50U);
    EXPECT_EQ(journal->stats().dropped, 470U);
    BadDisk::write_code = SQLITE_OK;
    ASSERT_TRUE(progress_.wait([&] { return journal->committed() == 521; }));
  }
  std::size_t notes = 0;
  for (const Input& input : inputs_of(path_, estate_)) {
    if (std::holds_alternative<OperatorNote>(input.what)) ++notes;
  }
  EXPECT_EQ(notes, 20U);
}

TEST_F(JournalDiskTest, ADiskThatHangsIsNoticedWhileItHangs) {
  settings_.slow_commit = Millis{1};
  const auto journal = open();
  BadDisk::hang(true);
  const auto seq = journal->append(next());
  // Nobody is woken by a thread that hangs: the loop looks at each of its turns.
  while (journal->is_healthy())
    std::this_thread::yield();
  EXPECT_NE(journal->trouble().find("the disk has not answered for over"), std::string::npos);
  BadDisk::hang(false);
  ASSERT_TRUE(progress_.wait([&] { return journal->committed() == seq; }));
}

TEST_F(JournalDiskTest, ASlowDiskIsTroubleAndStillWrites) {
  settings_.slow_commit = Millis{0};  // any disk is slower
  const auto journal = open();
  const auto seq = journal->append(next());
  ASSERT_TRUE(progress_.wait([&] { return journal->committed() == seq; }));
  EXPECT_FALSE(journal->is_healthy());
  EXPECT_NE(journal->trouble().find("the disk is slow"), std::string::npos) << journal->trouble();
}

TEST_F(JournalDiskTest, ClosingOnADeadDiskGivesUp) {
  {
    const auto journal = open();
    journal->append(next());
    ASSERT_TRUE(progress_.wait([&] { return journal->committed() == 1; }));
    BadDisk::write_code = SQLITE_FULL;
    journal->append(next());
  }
  BadDisk::write_code = SQLITE_OK;
  EXPECT_EQ(inputs_of(path_, estate_).size(), 1U);
  EXPECT_EQ(open()->append(next()), 2U);
}

}  // namespace
}  // namespace bw
