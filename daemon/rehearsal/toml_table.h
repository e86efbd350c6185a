// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "probes/error.h"
#include "probes/exchange.h"
#include "probes/time.h"

#include <toml++/toml.h>

#include <expected>
#include <functional>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace bw::rehearsal {

// Reads one table of a TOML file key by key. Wrong types and missing keys become problems with
// file:line:column; `finish` turns every key that nobody asked for into one.
class TomlTable {
 public:
  TomlTable(const toml::table& table, std::string path, std::vector<Error>& problems)
      : table_(table), path_(std::move(path)), problems_(problems) {}

  [[nodiscard]] bool has(std::string_view key) const { return table_.contains(key); }
  [[nodiscard]] std::string where(std::string_view key) const;  // of the key, else of the table
  void problem(std::string_view key, std::string what, std::string hint = {});

  // Optional ones: the empty value where the key is left out or wrong.
  std::string text(std::string_view key);
  std::vector<std::string> texts(std::string_view key);
  bool flag(std::string_view key);
  std::optional<double> number(std::string_view key);
  std::optional<std::int64_t> integer(std::string_view key, std::int64_t low, std::int64_t high);
  std::optional<Millis> duration(std::string_view key);
  std::optional<Time> time(std::string_view key);  // an offset date-time
  std::string date(std::string_view key);          // "2025-04-19", from a date or a text
  nlohmann::json json(std::string_view key);       // of a sub-table; null where there is none
  std::vector<Header> headers(std::string_view key);
  std::vector<IpAddress> addresses(std::string_view key);
  // One of `words`, else a problem.
  std::string word(std::string_view key, std::span<const std::string_view> words);

  // The same, and a problem where it is missing.
  std::string required_text(std::string_view key);
  Millis required_duration(std::string_view key);
  void require(std::string_view key);

  // A sub-table, or each table of an array of tables.
  void table(std::string_view key, const std::function<void(TomlTable&)>& each);
  void tables(std::string_view key, const std::function<void(TomlTable&)>& each);
  void finish();

 private:
  const toml::node* take(std::string_view key);
  void wrong_type(std::string_view key, std::string_view wanted);

  const toml::table& table_;
  std::string path_;
  std::vector<Error>& problems_;
  std::set<std::string, std::less<>> asked_;
};

// The whole file, or the one problem that keeps it from being TOML.
[[nodiscard]] std::expected<toml::table, Error> parse_toml_file(const std::string& path);

}  // namespace bw::rehearsal
