// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "daemon/journal/backlog.h"
#include "daemon/journal/block_encoder.h"
#include "daemon/journal/retention.h"
#include "daemon/journal/sqlite.h"
#include "probes/error.h"

#include <cstdint>
#include <expected>
#include <memory>
#include <string>
#include <vector>

namespace bw {

// The writing side of the file, without a thread: what is taken stays here until a transaction has
// written it.
class Store {
 public:
  [[nodiscard]] static std::expected<Store, Error> open(const std::string& path,
                                                        RetentionSweep::Limits limits);
  // The highest seq that anything in the file bears.
  [[nodiscard]] std::uint64_t last_seq() const { return last_seq_; }
  [[nodiscard]] const std::vector<LoggedSeries>& known_series() const { return known_series_; }

  void take(Batch batch);
  [[nodiscard]] bool has_unwritten() const { return has_unwritten_; }
  // Everything taken, in one transaction. After an error nothing of it is in the file and all of it
  // is still here: call again.
  [[nodiscard]] std::expected<void, Error> write();
  // The last input that a transaction has written.
  [[nodiscard]] std::uint64_t written_seq() const { return written_seq_; }
  [[nodiscard]] std::uint64_t written_puts() const { return written_puts_; }
  [[nodiscard]] std::uint64_t bytes() const { return bytes_; }

  // True when enough has been written since the last pass, or that one left something to do.
  [[nodiscard]] bool is_retention_due() const { return is_retention_due_; }
  [[nodiscard]] std::expected<void, Error> retain();
  // Leaves a file without a write-ahead log, where the disk allows.
  void close();

 private:
  struct Statements {
    Statement put_word, put_series, put_chapter, put_face, put_block, put_checkpoint,
        trim_checkpoints, put_verdict, put_parcel, put_keep, page_count;
  };

  Store(Sqlite database, RetentionSweep::Limits limits);
  [[nodiscard]] std::expected<void, Error> prepare();
  [[nodiscard]] std::expected<void, Error> load();
  [[nodiscard]] std::expected<void, Error> load_chapter();
  [[nodiscard]] std::expected<void, Error> set_sync(bool is_full);
  [[nodiscard]] std::expected<void, Error> write_all();
  [[nodiscard]] std::expected<void, Error> write_log();
  [[nodiscard]] std::expected<void, Error> write_chore(const Chore& chore);

  Sqlite database_;
  Statements statements_;
  RetentionSweep retention_;
  BlockEncoder encoder_;
  std::vector<LoggedSeries> known_series_;

  std::vector<LoggedSeries> series_;  // taken, unwritten
  std::vector<Chore> chores_;
  bool has_unwritten_ = false;
  bool is_precious_ = false;  // what is taken is worth a sync
  std::uint64_t taken_seq_ = 0;
  std::uint64_t taken_puts_ = 0;

  bool is_sync_full_ = false;
  std::uint64_t last_seq_ = 0;
  std::uint64_t written_seq_ = 0;
  std::uint64_t written_puts_ = 0;
  std::uint64_t bytes_ = 0;
  Time now_{};  // of the last input
  std::size_t blocks_since_retention_ = 0;
  bool is_retention_due_ = true;
};

}  // namespace bw
