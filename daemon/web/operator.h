// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "daemon/verdict/verdict.h"
#include "daemon/web/snapshot.h"
#include "probes/error.h"

#include <expected>
#include <string>
#include <string_view>

// What people tell us over the API, as JSON. Unknown keys, wrong types and over-long texts are
// errors that say what was expected; control characters are folded away.
namespace bw {

inline constexpr std::size_t kWhoBytesMax = 80;
inline constexpr std::size_t kTextBytesMax = 500;

// {"who": "kim", "text": "rolled back"}; both may be missing, and an empty body is as good as {}.
struct OperatorWords {
  std::string who;
  std::string text;
};
[[nodiscard]] std::expected<OperatorWords, Error> parse_operator_words(std::string_view body);

// {"kind": "maintenance" | "change" | "sale" | "incident", "text": "...",
//  "from": RFC 3339, "to": RFC 3339, "functions": ["checkout"]}; `functions` may be missing: all.
// `Announcement::at` is left to the caller.
[[nodiscard]] std::expected<Announcement, Error> parse_announcement(std::string_view body,
                                                                    const Snapshot& snapshot);

}  // namespace bw
