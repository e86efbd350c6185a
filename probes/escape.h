// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

// Text as a part of something else. All of them take any bytes.
namespace bw {

// Everything but letters, digits and "-._~" as %XX (RFC 3986 section 2.1).
[[nodiscard]] std::string percent_encode(std::string_view text);
// A name or value of application/x-www-form-urlencoded (WHATWG URL section 5.2).
[[nodiscard]] std::string encode_form_value(std::string_view value);
// What stands between the quotes of a JSON string (RFC 8259 section 7).
[[nodiscard]] std::string escape_json(std::string_view text);

}  // namespace bw
