// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "probes/error.h"

#include <cstdint>
#include <expected>
#include <memory>
#include <string>
#include <string_view>

struct sqlite3;
struct sqlite3_stmt;

// As much of SQLite as the journal needs. Errors carry SQLite's words and the file; a connection
// and its statements belong to one thread.
namespace bw {

class Statement {
 public:
  // Bytes that are bound as a blob, not as text.
  struct Blob {
    std::string_view bytes;
  };

  // Parameters count from 1 in the order of the arguments, columns from 0. A text or blob that is
  // bound must live until the next `step`.
  template <class... Ts>
  [[nodiscard]] std::expected<bool, Error> step_with(const Ts&... values) {
    reset();
    int index = 0;  // NOLINT(misc-const-correctness): the fold below counts it up
    (bind(++index, values), ...);
    return step();
  }
  // True where there is a row. The end of the rows resets the statement.
  [[nodiscard]] std::expected<bool, Error> step();
  // Runs to the end, whatever it returns.
  template <class... Ts>
  [[nodiscard]] std::expected<void, Error> run(const Ts&... values) {
    auto has_row = step_with(values...);
    if (!has_row) return std::unexpected(std::move(has_row).error());
    reset();
    return {};
  }
  void reset();

  [[nodiscard]] std::int64_t integer(int column) const;
  [[nodiscard]] std::uint64_t size(int column) const {
    return static_cast<std::uint64_t>(integer(column));
  }
  // Valid until the next step.
  [[nodiscard]] std::string_view bytes(int column) const;
  [[nodiscard]] bool is_null(int column) const;

 private:
  friend class Sqlite;
  struct Finalizer {
    void operator()(sqlite3_stmt* statement) const;
  };

  void bind(int index, std::int64_t value);
  void bind(int index, std::uint64_t value) { bind(index, static_cast<std::int64_t>(value)); }
  void bind(int index, std::uint32_t value) { bind(index, static_cast<std::int64_t>(value)); }
  void bind(int index, std::string_view text);
  void bind(int index, const Blob& blob);

  std::unique_ptr<sqlite3_stmt, Finalizer> statement_;
};

class Sqlite {
 public:
  enum class Mode : std::uint8_t { create, read_only, immutable };
  // `immutable` is for a file that nobody writes, in a directory where we may not either.
  [[nodiscard]] static std::expected<Sqlite, Error> open(const std::string& path, Mode mode);

  // One or several statements without results.
  [[nodiscard]] std::expected<void, Error> run(const std::string& sql);
  [[nodiscard]] std::expected<Statement, Error> prepare(std::string_view sql);
  // The first column of the first row; 0 without a row.
  [[nodiscard]] std::expected<std::int64_t, Error> integer(std::string_view sql);
  [[nodiscard]] std::expected<std::string, Error> text(std::string_view sql);
  // Ends a transaction that failed on the way. Harmless outside of one.
  void roll_back();

  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  struct Closer {
    void operator()(sqlite3* handle) const;
  };
  Sqlite(sqlite3* handle, std::string path);
  [[nodiscard]] Error error() const;

  std::unique_ptr<sqlite3, Closer> handle_;
  std::string path_;
};

}  // namespace bw
