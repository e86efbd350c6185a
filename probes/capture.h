// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "probes/body.h"

#include <expected>
#include <string>

namespace bw {

inline constexpr std::size_t kCapturedBytesMax = 1024;

// The value that a healthy answer holds at the place, as it is meant: references of HTML and
// escapes of JSON are decoded (and JSON is folded to one line), what is between two texts is as it
// came. The first place counts where there are several. The error says what is amiss: there is
// none, it is empty, longer than kCapturedBytesMax, or holds control characters, which could break
// out of a header.
struct CaptureTrouble {
  Outcome outcome = Outcome::content_missing;  // json_mismatch for what was to be in JSON
  std::string why;
};
[[nodiscard]] std::expected<std::string, CaptureTrouble> capture(const Capture& place,
                                                                 const HttpReply& http,
                                                                 const Body& body);

}  // namespace bw
