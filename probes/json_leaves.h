// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace bw {

// The scalars of a JSON document (RFC 8259), each with its place.
struct JsonLeaf {
  enum class Kind { text, number, truth, null };
  std::string path;   // "items.0.name"; "" for a document that is one scalar
  std::string value;  // text as it is, numbers as written, "true", "false", "null"
  Kind kind = Kind::text;
};
struct JsonLeaves {
  std::vector<std::string> keys;  // of the top-level object
  std::vector<JsonLeaf> leaves;   // in the document's order
  // The last leaf at that path, as objects keep the last of equal names; null if there is none.
  [[nodiscard]] const JsonLeaf* find(std::string_view path) const;
  // There is something at that path: a leaf, an object or an array.
  [[nodiscard]] bool has(std::string_view path) const;
};
inline constexpr std::size_t kJsonDepthMax = 64;
inline constexpr std::size_t kJsonLeavesMax = 10'000;  // further ones are not kept

// Nothing for what is not JSON, and for nesting beyond kJsonDepthMax.
[[nodiscard]] std::optional<JsonLeaves> read_json_leaves(std::string_view document);

}  // namespace bw
