// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "daemon/journal/sqlite.h"
#include "probes/error.h"
#include "probes/time.h"

#include <cstdint>
#include <expected>

namespace bw {

// Forgets what is too old or too much, a little at a time, oldest first.
//
// Blocks of the log go when all of them is older than `age_max`, or while the file is over
// `bytes_max`. Blocks in a kept range go only for the file's size, when no other is left; blocks
// that the oldest checkpoint does not cover yet never go. A chapter goes with its last block.
// Settled parcels go by age. Verdicts stay: they are the record that `explain` reads months later;
// the oldest go when they would take more than an eighth of the file.
class RetentionSweep {
 public:
  struct Limits {
    Millis age_max{};
    std::uint64_t bytes_max = 0;
  };
  explicit RetentionSweep(Limits limits) : limits_(limits) {}

  // One step in a transaction of its own: at most kBlocksAStep blocks and as many rows of each
  // other table. `now` is the newest input's time. True where there is more to do.
  [[nodiscard]] std::expected<bool, Error> step(Sqlite& database, Time now);

 private:
  [[nodiscard]] std::expected<bool, Error> forget(Sqlite& database, Time now);
  [[nodiscard]] std::expected<bool, Error> drop_blocks(Sqlite& database, Time now);
  [[nodiscard]] std::expected<bool, Error> drop_chapters(Sqlite& database);

  Limits limits_;
  // Every block up to this seq has been looked at and is kept: not looked at again each time.
  std::uint64_t seen_ = 0;
};

}  // namespace bw
