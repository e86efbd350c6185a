// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace bw {

// What the world (or a user) did wrong, as a value. `where` is "file:line:col", an address or a
// target id; `hint` says what to do about it. Any of the three but `what` may be empty.
struct Error {
  std::string what;
  std::string where;
  std::string hint;

  bool operator==(const Error&) const = default;
};

// "where: what; hint", leaving out what is empty.
[[nodiscard]] std::string print(const Error& error);

}  // namespace bw
