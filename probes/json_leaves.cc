// SPDX-License-Identifier: Apache-2.0
#include "probes/json_leaves.h"

#include "probes/text.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <ranges>

namespace bw {
namespace {

using Json = nlohmann::json;
constexpr std::size_t kValueMax = 2000;
constexpr std::size_t kPathMax = 300;

// Receives the parser's events, so that no tree is built and nothing recurses or throws.
class Reader final : public nlohmann::json_sax<Json> {
 public:
  bool null() override { return leaf("null", JsonLeaf::Kind::null); }
  bool boolean(bool value) override {
    return leaf(value ? "true" : "false", JsonLeaf::Kind::truth);
  }
  bool number_integer(number_integer_t value) override {
    return leaf(std::to_string(value), JsonLeaf::Kind::number);
  }
  bool number_unsigned(number_unsigned_t value) override {
    return leaf(std::to_string(value), JsonLeaf::Kind::number);
  }
  bool number_float(number_float_t /*value*/, const string_t& text) override {
    return leaf(text, JsonLeaf::Kind::number);
  }
  bool string(string_t& value) override { return leaf(value, JsonLeaf::Kind::text); }
  bool binary(binary_t& /*value*/) override { return false; }
  bool start_object(std::size_t /*size*/) override { return open(false); }
  bool start_array(std::size_t /*size*/) override { return open(true); }
  bool end_object() override { return close(); }
  bool end_array() override { return close(); }
  bool key(string_t& name) override {
    levels_.back().name = fold(name, 100);
    if (levels_.size() == 1 && out_.keys.size() < 1000) out_.keys.push_back(token(name, 100));
    return true;
  }
  bool parse_error(std::size_t /*at*/,
                   const std::string& /*last*/,
                   const nlohmann::detail::exception& /*error*/) override {
    return false;
  }
  JsonLeaves take() { return std::move(out_); }

 private:
  struct Level {
    bool is_array = false;
    std::size_t index = 0;
    std::string name;
  };

  bool open(bool is_array) {
    levels_.push_back({.is_array = is_array, .index = 0, .name = {}});
    return levels_.size() <= kJsonDepthMax;
  }
  bool close() {
    levels_.pop_back();
    advance();
    return true;
  }
  void advance() {
    if (!levels_.empty()) ++levels_.back().index;
  }
  bool leaf(std::string_view value, JsonLeaf::Kind kind) {
    if (out_.leaves.size() < kJsonLeavesMax) {
      std::string path;
      for (const auto& level : levels_) {
        if (!path.empty()) path += '.';
        path += level.is_array ? std::to_string(level.index) : level.name;
        if (path.size() > kPathMax) break;
      }
      out_.leaves.push_back(
          {.path = std::move(path), .value = fold(value, kValueMax), .kind = kind});
    }
    advance();
    return true;
  }

  JsonLeaves out_;
  std::vector<Level> levels_;
};

}  // namespace

const JsonLeaf* JsonLeaves::find(std::string_view path) const {
  const auto backwards = std::ranges::reverse_view(leaves);
  const auto at = std::ranges::find(backwards, path, &JsonLeaf::path);
  return at == backwards.end() ? nullptr : &*at;
}

bool JsonLeaves::has(std::string_view path) const {
  if (std::ranges::find(keys, path) != keys.end()) return true;
  const auto inside = std::string(path) + ".";
  return std::ranges::any_of(leaves, [&](const JsonLeaf& leaf) {
    return leaf.path == path || leaf.path.starts_with(inside);
  });
}

std::optional<JsonLeaves> read_json_leaves(std::string_view document) {
  try {
    Reader reader;
    // The SAX interface reports errors by return value; allocation may still throw.
    if (!Json::sax_parse(document.begin(), document.end(), &reader)) return std::nullopt;
    return reader.take();
  } catch (const Json::exception&) {
    return std::nullopt;
  }
}

}  // namespace bw
