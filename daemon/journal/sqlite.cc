// SPDX-License-Identifier: Apache-2.0
#include "daemon/journal/sqlite.h"

#include <sqlite3.h>

#include <utility>

namespace bw {
namespace {

// How long a call waits for another process that holds the file's lock for a moment.
constexpr int kBusyMillis = 250;

std::string_view hint_for(int code) {
  switch (code & 0xff) {
    case SQLITE_FULL:
      return "free some space on its file system";
    case SQLITE_CANTOPEN:
      return "its directory must exist, and this user must be able to write there";
    case SQLITE_PERM:
    case SQLITE_READONLY:
    case SQLITE_AUTH:
      return "this user must be able to write the file and its directory";
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return "another program has locked the file";
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return "move the file aside to begin a new one, or save what it holds with "
             "`sqlite3 FILE .recover`";
    default:
      return "";
  }
}

Error error_of(sqlite3* handle, const std::string& path) {
  const int code = sqlite3_extended_errcode(handle);
  std::string what = "journal: ";
  what += sqlite3_errmsg(handle);
  // The message of an I/O error does not say which operation failed; the extended code does.
  if ((code & 0xff) == SQLITE_IOERR) what += " (SQLite code " + std::to_string(code) + ")";
  return {.what = std::move(what), .where = path, .hint = std::string(hint_for(code))};
}

// A path as the URI that SQLite takes, with the characters that mean something there escaped.
std::string uri(const std::string& path, std::string_view parameters) {
  std::string text = "file:";
  for (const char c : path) {
    switch (c) {
      case '?':
        text += "%3f";
        break;
      case '#':
        text += "%23";
        break;
      case '%':
        text += "%25";
        break;
      default:
        text += c;
    }
  }
  text += parameters;
  return text;
}

}  // namespace

void Statement::Finalizer::operator()(sqlite3_stmt* statement) const {
  sqlite3_finalize(statement);
}

std::expected<bool, Error> Statement::step() {
  const int code = sqlite3_step(statement_.get());
  if (code == SQLITE_ROW) return true;
  sqlite3* const handle = sqlite3_db_handle(statement_.get());
  if (code == SQLITE_DONE) {
    sqlite3_reset(statement_.get());
    return false;
  }
  const char* const path = sqlite3_db_filename(handle, "main");
  Error error = error_of(handle, path == nullptr ? "" : path);
  sqlite3_reset(statement_.get());
  return std::unexpected(std::move(error));
}

void Statement::reset() {
  sqlite3_reset(statement_.get());
}

std::int64_t Statement::integer(int column) const {
  return sqlite3_column_int64(statement_.get(), column);
}

std::string_view Statement::bytes(int column) const {
  const void* const data = sqlite3_column_blob(statement_.get(), column);
  const int size = sqlite3_column_bytes(statement_.get(), column);
  if (data == nullptr) return {};
  return {static_cast<const char*>(data), static_cast<std::size_t>(size)};
}

bool Statement::is_null(int column) const {
  return sqlite3_column_type(statement_.get(), column) == SQLITE_NULL;
}

void Statement::bind(int index, std::int64_t value) {
  sqlite3_bind_int64(statement_.get(), index, value);
}

void Statement::bind(int index, std::string_view text) {
  sqlite3_bind_text64(statement_.get(),
                      index,
                      text.data() == nullptr ? "" : text.data(),
                      text.size(),
                      SQLITE_STATIC,
                      SQLITE_UTF8);
}

void Statement::bind(int index, const Blob& blob) {
  sqlite3_bind_blob64(statement_.get(),
                      index,
                      blob.bytes.data() == nullptr ? "" : blob.bytes.data(),
                      blob.bytes.size(),
                      SQLITE_STATIC);
}

Sqlite::Sqlite(sqlite3* handle, std::string path) : handle_(handle), path_(std::move(path)) {}

void Sqlite::Closer::operator()(sqlite3* handle) const {
  sqlite3_close_v2(handle);
}

std::expected<Sqlite, Error> Sqlite::open(const std::string& path, Mode mode) {
  int flags = SQLITE_OPEN_URI | SQLITE_OPEN_NOMUTEX;
  std::string_view parameters;
  switch (mode) {
    case Mode::create:
      flags |= SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
      break;
    case Mode::read_only:
      flags |= SQLITE_OPEN_READONLY;
      break;
    case Mode::immutable:
      flags |= SQLITE_OPEN_READONLY;
      parameters = "?immutable=1";
      break;
  }
  sqlite3* raw = nullptr;
  const int code = sqlite3_open_v2(uri(path, parameters).c_str(), &raw, flags, nullptr);
  Sqlite database(raw, path);  // even a failed open leaves a handle, with the reason in it
  if (code != SQLITE_OK) return std::unexpected(database.error());
  sqlite3_extended_result_codes(raw, 1);
  sqlite3_busy_timeout(raw, kBusyMillis);
  return database;
}

std::expected<void, Error> Sqlite::run(const std::string& sql) {
  if (sqlite3_exec(handle_.get(), sql.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK) {
    return std::unexpected(error());
  }
  return {};
}

std::expected<Statement, Error> Sqlite::prepare(std::string_view sql) {
  sqlite3_stmt* raw = nullptr;
  const int code = sqlite3_prepare_v3(handle_.get(),
                                      sql.data(),
                                      static_cast<int>(sql.size()),
                                      SQLITE_PREPARE_PERSISTENT,
                                      &raw,
                                      nullptr);
  Statement statement;
  statement.statement_.reset(raw);
  if (code != SQLITE_OK) return std::unexpected(error());
  return statement;
}

std::expected<std::int64_t, Error> Sqlite::integer(std::string_view sql) {
  auto statement = prepare(sql);
  if (!statement) return std::unexpected(std::move(statement).error());
  const auto has_row = statement->step();
  if (!has_row) return std::unexpected(has_row.error());
  return *has_row ? statement->integer(0) : 0;
}

std::expected<std::string, Error> Sqlite::text(std::string_view sql) {
  auto statement = prepare(sql);
  if (!statement) return std::unexpected(std::move(statement).error());
  const auto has_row = statement->step();
  if (!has_row) return std::unexpected(has_row.error());
  return *has_row ? std::string(statement->bytes(0)) : std::string();
}

void Sqlite::roll_back() {
  if (sqlite3_get_autocommit(handle_.get()) == 0) {
    sqlite3_exec(handle_.get(), "ROLLBACK", nullptr, nullptr, nullptr);
  }
}

Error Sqlite::error() const {
  return error_of(handle_.get(), path_);
}

}  // namespace bw
