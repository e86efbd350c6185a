// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace bw {

// A document as UTF-8 without byte order mark, whatever it was sent as: UTF-8, UTF-16 of either
// order (by mark, by `charset=`, or by the zero bytes of its first two characters) or Latin-1 (by
// `charset=` or the XML declaration). What cannot be read becomes U+FFFD. At most three times as
// long as `bytes`.
[[nodiscard]] std::string to_utf8(std::string_view bytes, std::string_view content_type);

}  // namespace bw
