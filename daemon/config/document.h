// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "probes/error.h"
#include "probes/time.h"

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

// A TOML 1.0 document as plain values that remember where they stand, so that only one file knows
// the library and every complaint can point at its line.
namespace bw::config {

// One-based; a column counts characters. `file` is the one of several that were read, by its order.
struct Position {
  std::uint16_t file = 0;
  std::uint32_t line = 1;
  std::uint32_t column = 1;
  auto operator<=>(const Position&) const = default;
};

struct Node;
struct Entry;  // of a table
using List = std::vector<Node>;
using Table = std::vector<Entry>;  // in the order of the file
// A date, a time of day, or both without an offset: not a moment.
struct LocalTime {};

struct Node {
  Position at;
  std::variant<std::string, std::int64_t, double, bool, Time, LocalTime, List, Table> value;
};
struct Entry {
  std::string key;
  Position at;
  Node node;
};

// "a text", "an integer", "a table": for "... must be X, not Y".
[[nodiscard]] std::string_view type_of(const Node& node);

// A document is either read or refused as a whole: the library stops at its first syntax error.
struct SyntaxError {
  Position at;
  std::string what;
};
[[nodiscard]] std::variant<Node, SyntaxError> parse_document(std::string_view text,
                                                             std::uint16_t file = 0);

}  // namespace bw::config
