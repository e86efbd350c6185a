// SPDX-License-Identifier: Apache-2.0
#include "probes/variables.h"

#include <algorithm>

namespace bw {
namespace {

bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

// A text up to its first variable, that variable's name, and what comes after it. Without one all
// of the text is before.
struct Parts {
  std::string_view before;
  std::string_view name;
  std::string_view after;
};
Parts split(std::string_view text) {
  for (auto at = text.find('{'); at != std::string_view::npos; at = text.find('{', at + 1)) {
    const auto end = text.find('}', at);
    if (end == std::string_view::npos) break;
    const auto name = text.substr(at + 1, end - at - 1);
    const bool is_other = at > 0 && text[at - 1] == '$';
    if (is_other || !is_variable_name(name)) continue;
    return {.before = text.substr(0, at), .name = name, .after = text.substr(end + 1)};
  }
  return {.before = text, .name = {}, .after = {}};
}

}  // namespace

bool is_variable_name(std::string_view text) {
  return !text.empty() && text.size() <= kVariableNameMax && is_letter(text.front()) &&
         std::ranges::all_of(text, [](char c) { return is_letter(c) || (c >= '0' && c <= '9'); });
}

std::vector<std::string_view> variables_in(std::string_view text) {
  std::vector<std::string_view> names;
  for (auto parts = split(text); !parts.name.empty(); parts = split(parts.after))
    names.push_back(parts.name);
  return names;
}

std::string fill_in(std::string_view text,
                    const Variables& values,
                    std::string (*escape)(std::string_view)) {
  std::string filled;
  while (!text.empty()) {
    const auto parts = split(text);
    filled += parts.before;
    if (!parts.name.empty()) {
      const auto value = values.find(parts.name);
      filled += value == values.end() ? "{" + std::string(parts.name) + "}" : escape(value->second);
    }
    text = parts.after;
  }
  return filled;
}

}  // namespace bw
