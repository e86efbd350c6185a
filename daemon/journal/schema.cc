// SPDX-License-Identifier: Apache-2.0
#include "daemon/journal/schema.h"

#include <fmt/format.h>

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdint>
#include <filesystem>
#include <system_error>
#include <utility>

namespace bw {
namespace {

constexpr std::int64_t kApplicationId = 0x62774a4c;  // "bwJL", for `file` and for us
constexpr std::uintmax_t kCheckedBytesMax = 256ULL << 20;

// Times are milliseconds since 1970. Columns named `bytes` are archives (probes/archive.h) or, in
// `log` and `faces`, what block.h describes.
constexpr const char* kTables = R"(
BEGIN IMMEDIATE;
CREATE TABLE words(id INTEGER PRIMARY KEY, word TEXT NOT NULL);
CREATE TABLE series(id INTEGER PRIMARY KEY, target TEXT NOT NULL, vantage TEXT NOT NULL);
CREATE TABLE chapters(id INTEGER PRIMARY KEY, first_seq INTEGER NOT NULL,
  started_at INTEGER NOT NULL);
CREATE TABLE faces(id INTEGER PRIMARY KEY, digest BLOB NOT NULL, bytes BLOB NOT NULL);
CREATE TABLE log(first_seq INTEGER PRIMARY KEY, last_seq INTEGER NOT NULL,
  from_at INTEGER NOT NULL, to_at INTEGER NOT NULL, chapter INTEGER NOT NULL,
  bytes BLOB NOT NULL);
CREATE TABLE checkpoints(seq INTEGER PRIMARY KEY, bytes BLOB NOT NULL);
CREATE TABLE verdicts(id INTEGER PRIMARY KEY, incident INTEGER NOT NULL, seq INTEGER NOT NULL,
  event TEXT NOT NULL, what TEXT NOT NULL, bytes BLOB NOT NULL, UNIQUE(incident, seq, event));
CREATE VIEW incidents AS
  SELECT incident, max(id) AS id, event, bytes FROM verdicts GROUP BY incident;
CREATE TABLE parcels(key TEXT PRIMARY KEY, is_settled INTEGER NOT NULL,
  changed_at INTEGER NOT NULL, bytes BLOB NOT NULL);
CREATE INDEX settled ON parcels(changed_at) WHERE is_settled;
CREATE TABLE keeps(from_at INTEGER PRIMARY KEY, to_at INTEGER NOT NULL);
)";

std::unexpected<Error> refuse(std::string what, const std::string& path, std::string hint) {
  return std::unexpected(Error{.what = std::move(what), .where = path, .hint = std::move(hint)});
}

// Our own numbers have no gaps: what has some was damaged or edited.
std::unexpected<Error> numbering_is_damaged(const Sqlite& database) {
  return refuse("the journal is damaged: its words or series are not numbered from 0",
                database.path(),
                "move the file aside to begin a new one");
}

// True for a journal that this version reads, false for an empty file.
std::expected<bool, Error> is_journal(Sqlite& database) {
  const auto tables = database.integer("SELECT count(*) FROM sqlite_schema");
  if (!tables) return std::unexpected(tables.error());
  const auto application = database.integer("PRAGMA application_id");
  if (!application) return std::unexpected(application.error());
  const auto format = database.integer("PRAGMA user_version");
  if (!format) return std::unexpected(format.error());
  if (*tables == 0 && *application == 0) return false;
  if (*application != kApplicationId) {
    return refuse("is a database, but not a bellwether journal",
                  database.path(),
                  "name another state directory");
  }
  if (*format > kJournalFormat) {
    return refuse("was written by a newer bellwether: journal format " + std::to_string(*format) +
                      ", this version knows up to " + std::to_string(kJournalFormat),
                  database.path(),
                  "run the newer version, or move the file aside to begin a new one");
  }
  return true;
}

std::expected<void, Error> create_tables(Sqlite& database) {
  auto created =
      database.run(fmt::format("{}PRAGMA application_id={}; PRAGMA user_version={}; COMMIT",
                               kTables,
                               kApplicationId,
                               kJournalFormat));
  if (!created) database.roll_back();
  return created;
}

std::expected<void, Error> check(Sqlite& database) {
  const auto found = database.text("PRAGMA quick_check(1)");
  if (!found) return std::unexpected(found.error());
  if (*found == "ok") return {};
  return refuse("the journal is damaged: " + *found,
                database.path(),
                "move the file aside to begin a new one, or save what it holds with "
                "`sqlite3 FILE .recover`");
}

}  // namespace

std::expected<FileLock, Error> FileLock::take(const std::string& path) {
  constexpr mode_t kMode = 0640;
  const int fd = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, kMode);
  if (fd < 0) {
    return refuse(
        "cannot open the lock file: " + std::error_code(errno, std::generic_category()).message(),
        path,
        "its directory must exist, and this user must be able to write there");
  }
  FileLock lock(fd);
  if (::flock(fd, LOCK_EX | LOCK_NB) != 0) {
    std::array<char, 16> pid{};
    const auto size = ::pread(fd, pid.data(), pid.size(), 0);
    const std::string who(pid.data(), size > 0 ? static_cast<std::size_t>(size) : 0);
    return refuse(
        "another bellwether is using this journal" + (who.empty() ? "" : " (process " + who + ")"),
        path,
        "stop it, or give this one another state directory");
  }
  const std::string pid = std::to_string(::getpid());
  // Only for the message above: a lock without it is a lock.
  if (::ftruncate(fd, 0) == 0) static_cast<void>(::pwrite(fd, pid.data(), pid.size(), 0) > 0);
  return lock;
}

FileLock::FileLock(FileLock&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}

FileLock& FileLock::operator=(FileLock&& other) noexcept {
  std::swap(fd_, other.fd_);
  return *this;
}

FileLock::~FileLock() {
  if (fd_ >= 0) ::close(fd_);
}

std::expected<Sqlite, Error> open_for_writing(const std::string& path) {
  std::error_code none;
  const auto bytes = std::filesystem::file_size(path, none);
  const bool is_there = !none;
  const auto wal_bytes = std::filesystem::file_size(path + "-wal", none);
  const bool was_unclean = is_there && !none && wal_bytes > 0;

  auto database = Sqlite::open(path, Sqlite::Mode::create);
  if (!database) return database;
  const auto is_old = is_journal(*database);
  if (!is_old) return std::unexpected(is_old.error());
  // Incremental vacuum has to be asked for before the first table. The write-ahead log is cut back
  // to 8 MiB after a burst.
  auto ready = database->run(
      "PRAGMA auto_vacuum=INCREMENTAL; PRAGMA journal_mode=WAL;"
      "PRAGMA synchronous=NORMAL; PRAGMA journal_size_limit=8388608");
  if (ready && *is_old && was_unclean && bytes <= kCheckedBytesMax) ready = check(*database);
  if (ready && !*is_old) ready = create_tables(*database);
  if (!ready) return std::unexpected(std::move(ready).error());
  return database;
}

std::expected<Sqlite, Error> open_for_reading(const std::string& path) {
  std::error_code none;
  if (!std::filesystem::exists(path, none)) {
    return refuse("there is no journal", path, "a daemon that has run here would have left one");
  }
  auto database = Sqlite::open(path, Sqlite::Mode::read_only);
  if (!database) return database;
  auto is_old = is_journal(*database);
  if (!is_old && !std::filesystem::exists(path + "-wal", none)) {
    // A closed journal in a directory where we may not create the shared memory that even reading
    // takes. Without a write-ahead log the file is all there is.
    database = Sqlite::open(path, Sqlite::Mode::immutable);
    if (!database) return database;
    is_old = is_journal(*database);
  }
  if (!is_old) return std::unexpected(is_old.error());
  if (!*is_old) return refuse("the journal is empty", path, "");
  return database;
}

std::expected<std::vector<std::string>, Error> read_words(Sqlite& database) {
  auto statement = database.prepare("SELECT id, word FROM words ORDER BY id");
  if (!statement) return std::unexpected(std::move(statement).error());
  std::vector<std::string> words;
  auto has_row = statement->step();
  for (; has_row && *has_row; has_row = statement->step()) {
    if (statement->size(0) != words.size()) return numbering_is_damaged(database);
    words.emplace_back(statement->bytes(1));
  }
  if (!has_row) return std::unexpected(std::move(has_row).error());
  return words;
}

std::expected<std::vector<LoggedSeries>, Error> read_series(Sqlite& database) {
  auto statement = database.prepare("SELECT id, target, vantage FROM series ORDER BY id");
  if (!statement) return std::unexpected(std::move(statement).error());
  std::vector<LoggedSeries> series;
  auto has_row = statement->step();
  for (; has_row && *has_row; has_row = statement->step()) {
    if (statement->size(0) != series.size()) return numbering_is_damaged(database);
    series.push_back({.id = static_cast<SeriesId>(series.size()),
                      .target = std::string(statement->bytes(1)),
                      .vantage = std::string(statement->bytes(2))});
  }
  if (!has_row) return std::unexpected(std::move(has_row).error());
  return series;
}

}  // namespace bw
