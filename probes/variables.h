// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

// Values that are known only when they are needed: "{name}" in a text stands for one. What looks
// otherwise is text: "{ name }", "${name}", and with that nearly all JSON.
namespace bw {

using Variables = std::map<std::string, std::string, std::less<>>;  // name -> value
inline constexpr std::size_t kVariableNameMax = 40;

// A letter or "_", then letters, digits and "_"; at most kVariableNameMax.
[[nodiscard]] bool is_variable_name(std::string_view text);
// The names that a text asks for, in its order, with repetitions.
[[nodiscard]] std::vector<std::string_view> variables_in(std::string_view text);
// The text with its variables' values, each escaped for the place. A variable that has no value
// stays as it is written; braces in a value mean nothing.
[[nodiscard]] std::string fill_in(std::string_view text,
                                  const Variables& values,
                                  std::string (*escape)(std::string_view));

}  // namespace bw
