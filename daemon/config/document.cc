// SPDX-License-Identifier: Apache-2.0
#include "daemon/config/document.h"

#include <toml++/toml.h>

#include <algorithm>
#include <array>
#include <chrono>

namespace bw::config {
namespace {

Position position_of(const toml::source_region& source, std::uint16_t file) {
  return {.file = file,
          .line = std::max<std::uint32_t>(1, source.begin.line),
          .column = std::max<std::uint32_t>(1, source.begin.column)};
}

Time moment_of(const toml::date_time& when) {
  using namespace std::chrono;
  const sys_days day =
      year{when.date.year} / month{when.date.month} / std::chrono::day{when.date.day};
  const auto offset = minutes{when.offset ? when.offset->minutes : 0};
  return Time{day} + hours{when.time.hour} + minutes{when.time.minute} + Seconds{when.time.second} +
         duration_cast<Millis>(nanoseconds{when.time.nanosecond}) - offset;
}

Node convert(const toml::node& source, std::uint16_t file);

Table convert_table(const toml::table& source, std::uint16_t file) {
  Table table;
  table.reserve(source.size());
  for (const auto& [key, node] : source) {
    table.push_back({.key = std::string(key.str()),
                     .at = position_of(key.source(), file),
                     .node = convert(node, file)});
  }
  // The library sorts by name; people read from top to bottom.
  std::ranges::stable_sort(table, {}, &Entry::at);
  return table;
}

// Depth is bounded by the library: it refuses more than 256 nested values.
Node convert(const toml::node& source, std::uint16_t file) {  // NOLINT(misc-no-recursion)
  Node node{.at = position_of(source.source(), file), .value = {}};
  source.visit([&node, file](const auto& typed) {
    using Typed = std::remove_cvref_t<decltype(typed)>;
    if constexpr (toml::is_table<Typed>) {
      node.value = convert_table(typed, file);
    } else if constexpr (toml::is_array<Typed>) {
      List list;
      list.reserve(typed.size());
      for (const auto& item : typed)
        list.push_back(convert(item, file));
      node.value = std::move(list);
    } else if constexpr (toml::is_date_time<Typed>) {
      if (typed->offset) {
        node.value = moment_of(*typed);
      } else {
        node.value = LocalTime{};
      }
    } else if constexpr (toml::is_date<Typed> || toml::is_time<Typed>) {
      node.value = LocalTime{};
    } else {
      node.value = *typed;
    }
  });
  return node;
}

}  // namespace

std::string_view type_of(const Node& node) {
  constexpr auto kNames = std::to_array<std::string_view>({"a text",
                                                           "an integer",
                                                           "a number",
                                                           "true or false",
                                                           "a date and time",
                                                           "a date or time without an offset",
                                                           "a list",
                                                           "a table"});
  static_assert(kNames.size() == std::variant_size_v<decltype(Node::value)>);
  return kNames.at(node.value.index());
}

std::variant<Node, SyntaxError> parse_document(std::string_view text, std::uint16_t file) {
  try {
    return convert(toml::parse(text), file);
  } catch (const toml::parse_error& error) {
    return SyntaxError{.at = position_of(error.source(), file),
                       .what = std::string(error.description())};
  }
}

}  // namespace bw::config
