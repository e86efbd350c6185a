// SPDX-License-Identifier: Apache-2.0
#include "daemon/rehearsal/toml_table.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <fstream>
#include <sstream>

namespace bw::rehearsal {
namespace {

std::string place(const std::string& path, const toml::source_region& source) {
  return path + ":" + std::to_string(source.begin.line) + ":" + std::to_string(source.begin.column);
}

nlohmann::json to_json(const toml::node& node) {
  if (const auto* table = node.as_table()) {
    auto object = nlohmann::json::object();
    for (const auto& [key, value] : *table)
      object[std::string(key.str())] = to_json(value);
    return object;
  }
  if (const auto* array = node.as_array()) {
    auto list = nlohmann::json::array();
    for (const auto& value : *array)
      list.push_back(to_json(value));
    return list;
  }
  if (const auto* text = node.as_string()) return text->get();
  if (const auto* number = node.as_integer()) return number->get();
  if (const auto* number = node.as_floating_point()) return number->get();
  if (const auto* flag = node.as_boolean()) return flag->get();
  return nullptr;  // dates: JSON has none, and no world uses them
}

std::string print_date(const toml::date& date) {
  std::array<char, 24> text{};
  const int length = std::snprintf(text.data(),
                                   text.size(),
                                   "%04u-%02u-%02u",
                                   static_cast<unsigned>(date.year),
                                   static_cast<unsigned>(date.month),
                                   static_cast<unsigned>(date.day));
  return {text.data(), static_cast<std::size_t>(length)};
}

}  // namespace

std::string TomlTable::where(std::string_view key) const {
  const auto* node = table_.get(key);
  return place(path_, node != nullptr ? node->source() : table_.source());
}

void TomlTable::problem(std::string_view key, std::string what, std::string hint) {
  problems_.push_back({.what = std::move(what), .where = where(key), .hint = std::move(hint)});
}

void TomlTable::wrong_type(std::string_view key, std::string_view wanted) {
  problem(key, "\"" + std::string(key) + "\" is not " + std::string(wanted));
}

const toml::node* TomlTable::take(std::string_view key) {
  asked_.emplace(key);
  return table_.get(key);
}

std::string TomlTable::text(std::string_view key) {
  const auto* node = take(key);
  if (node == nullptr) return {};
  if (const auto* value = node->as_string()) return value->get();
  wrong_type(key, "a text");
  return {};
}

std::vector<std::string> TomlTable::texts(std::string_view key) {
  const auto* node = take(key);
  if (node == nullptr) return {};
  std::vector<std::string> all;
  const auto* array = node->as_array();
  if (array == nullptr) return wrong_type(key, "a list of texts"), all;
  for (const auto& item : *array) {
    if (const auto* value = item.as_string()) {
      all.push_back(value->get());
    } else {
      wrong_type(key, "a list of texts");
    }
  }
  return all;
}

bool TomlTable::flag(std::string_view key) {
  const auto* node = take(key);
  if (node == nullptr) return false;
  if (const auto* value = node->as_boolean()) return value->get();
  wrong_type(key, "true or false");
  return false;
}

std::optional<double> TomlTable::number(std::string_view key) {
  const auto* node = take(key);
  if (node == nullptr) return std::nullopt;
  if (node->is_number()) return node->value<double>();
  wrong_type(key, "a number");
  return std::nullopt;
}

std::optional<std::int64_t> TomlTable::integer(std::string_view key,
                                               std::int64_t low,
                                               std::int64_t high) {
  const auto* node = take(key);
  if (node == nullptr) return std::nullopt;
  const auto* value = node->as_integer();
  if (value != nullptr && value->get() >= low && value->get() <= high) return value->get();
  wrong_type(key, "an integer from " + std::to_string(low) + " to " + std::to_string(high));
  return std::nullopt;
}

std::optional<Millis> TomlTable::duration(std::string_view key) {
  if (!has(key)) return take(key), std::nullopt;
  const auto parsed = parse_duration(text(key));
  if (parsed) return *parsed;
  problem(key, "\"" + std::string(key) + "\": " + parsed.error().what, parsed.error().hint);
  return std::nullopt;
}

std::optional<Time> TomlTable::time(std::string_view key) {
  const auto* node = take(key);
  if (node == nullptr) return std::nullopt;
  if (const auto* value = node->as_date_time()) {
    std::ostringstream text;
    text << value->get();
    if (const auto parsed = parse_time(text.str())) return parsed;
  }
  wrong_type(key, "a date-time with a zone, such as 2025-04-19T10:00:00Z");
  return std::nullopt;
}

std::string TomlTable::date(std::string_view key) {
  const auto* node = take(key);
  if (node == nullptr) return {};
  if (const auto* value = node->as_date()) return print_date(value->get());
  if (const auto* value = node->as_string()) return value->get();
  wrong_type(key, "a date");
  return {};
}

nlohmann::json TomlTable::json(std::string_view key) {
  const auto* node = take(key);
  if (node == nullptr) return nullptr;
  if (node->is_table()) return to_json(*node);
  wrong_type(key, "a table");
  return nullptr;
}

std::vector<Header> TomlTable::headers(std::string_view key) {
  std::vector<Header> all;
  table(key, [&](TomlTable& names) {
    for (const auto& [name, value] : names.table_) {
      all.push_back({.name = std::string(name.str()), .value = names.text(name.str())});
    }
  });
  return all;
}

std::vector<IpAddress> TomlTable::addresses(std::string_view key) {
  std::vector<IpAddress> all;
  for (const auto& item : texts(key)) {
    if (const auto address = parse_address(item)) {
      all.push_back(*address);
    } else {
      problem(key, "\"" + item + "\" is not an IP address");
    }
  }
  return all;
}

std::string TomlTable::word(std::string_view key, std::span<const std::string_view> words) {
  auto value = text(key);
  if (!has(key) || std::ranges::find(words, value) != words.end()) return value;
  std::string choices;
  for (const auto choice : words) {
    if (!choices.empty()) choices += ", ";
    choices += choice;
  }
  problem(key, "\"" + std::string(key) + "\" is \"" + value + "\"", "one of " + choices);
  return {};
}

void TomlTable::require(std::string_view key) {
  if (!has(key)) problem({}, "\"" + std::string(key) + "\" is missing");
}

std::string TomlTable::required_text(std::string_view key) {
  require(key);
  return text(key);
}

Millis TomlTable::required_duration(std::string_view key) {
  require(key);
  return duration(key).value_or(Millis{0});
}

void TomlTable::table(std::string_view key, const std::function<void(TomlTable&)>& each) {
  const auto* node = take(key);
  if (node == nullptr) return;
  const auto* inner = node->as_table();
  if (inner == nullptr) return wrong_type(key, "a table");
  TomlTable reader(*inner, path_, problems_);
  each(reader);
  reader.finish();
}

void TomlTable::tables(std::string_view key, const std::function<void(TomlTable&)>& each) {
  const auto* node = take(key);
  if (node == nullptr) return;
  const auto* array = node->as_array();
  if (array == nullptr) return wrong_type(key, "a list of tables");
  for (const auto& item : *array) {
    const auto* inner = item.as_table();
    if (inner == nullptr) {
      wrong_type(key, "a list of tables");
      continue;
    }
    TomlTable reader(*inner, path_, problems_);
    each(reader);
    reader.finish();
  }
}

void TomlTable::finish() {
  for (const auto& [key, value] : table_) {
    if (asked_.contains(key.str())) continue;
    problems_.push_back({.what = "unknown key \"" + std::string(key.str()) + "\"",
                         .where = place(path_, key.source()),
                         .hint = {}});
  }
}

std::expected<toml::table, Error> parse_toml_file(const std::string& path) {
  const std::ifstream file(path, std::ios::binary);
  if (!file) {
    return std::unexpected(Error{.what = "cannot be read", .where = path, .hint = {}});
  }
  std::ostringstream text;
  text << file.rdbuf();
  try {
    return toml::parse(text.str(), path);
  } catch (const toml::parse_error& error) {
    return std::unexpected(Error{.what = std::string(error.description()),
                                 .where = place(path, error.source()),
                                 .hint = {}});
  }
}

}  // namespace bw::rehearsal
