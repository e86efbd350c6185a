// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace bw {

// DNS record types by name, any case: "A", "aaaa", "CAA", or "TYPE64" (RFC 3597 section 5).
[[nodiscard]] std::optional<std::uint16_t> parse_record_type(std::string_view name);
[[nodiscard]] std::string print_record_type(std::uint16_t type);

inline constexpr std::uint16_t kTypeA = 1;
inline constexpr std::uint16_t kTypeNs = 2;
inline constexpr std::uint16_t kTypeCname = 5;
inline constexpr std::uint16_t kTypeSoa = 6;
inline constexpr std::uint16_t kTypeMx = 15;
inline constexpr std::uint16_t kTypeAaaa = 28;
inline constexpr std::uint16_t kTypeCaa = 257;

}  // namespace bw
