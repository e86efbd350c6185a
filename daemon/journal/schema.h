// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "daemon/journal/block.h"
#include "daemon/journal/sqlite.h"
#include "probes/error.h"

#include <expected>
#include <string>
#include <vector>

// The journal's file: its tables, its format, its lock.
namespace bw {

// Raised when an older version could no longer read what a newer one writes.
inline constexpr std::int64_t kJournalFormat = 1;

// Held by the process that writes. Released by destruction, and by the system when the process
// ends in any way.
class FileLock {
 public:
  [[nodiscard]] static std::expected<FileLock, Error> take(const std::string& path);
  FileLock(FileLock&& other) noexcept;
  FileLock& operator=(FileLock&& other) noexcept;
  FileLock(const FileLock&) = delete;
  FileLock& operator=(const FileLock&) = delete;
  ~FileLock();

 private:
  explicit FileLock(int fd) : fd_(fd) {}
  int fd_ = -1;
};

// Creates the tables where there are none. Refuses what is not a journal, a newer format and a
// damaged file; after an unclean end the file is checked first (up to 256 MiB: more would delay the
// start by seconds, and damage shows when it is read).
[[nodiscard]] std::expected<Sqlite, Error> open_for_writing(const std::string& path);
// Never changes the file. Also where its directory is read-only.
[[nodiscard]] std::expected<Sqlite, Error> open_for_reading(const std::string& path);

// The names that blocks use by number, in the order of the numbers.
[[nodiscard]] std::expected<std::vector<std::string>, Error> read_words(Sqlite& database);
[[nodiscard]] std::expected<std::vector<LoggedSeries>, Error> read_series(Sqlite& database);

}  // namespace bw
