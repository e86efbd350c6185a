// SPDX-License-Identifier: Apache-2.0
#include "probes/record_type.h"

#include "probes/text.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

namespace bw {
namespace {

constexpr std::string_view kUnnamed = "type";  // RFC 3597
constexpr std::array kTypes =
    std::to_array<std::pair<std::string_view, std::uint16_t>>({{"a", kTypeA},
                                                               {"ns", kTypeNs},
                                                               {"cname", kTypeCname},
                                                               {"soa", kTypeSoa},
                                                               {"ptr", 12},
                                                               {"mx", kTypeMx},
                                                               {"txt", 16},
                                                               {"aaaa", kTypeAaaa},
                                                               {"srv", 33},
                                                               {"naptr", 35},
                                                               {"ds", 43},
                                                               {"dnskey", 48},
                                                               {"tlsa", 52},
                                                               {"svcb", 64},
                                                               {"https", 65},
                                                               {"caa", kTypeCaa}});

}  // namespace

std::optional<std::uint16_t> parse_record_type(std::string_view name) {
  const std::string wanted = lower(name);
  const auto* const at = std::ranges::find(kTypes, wanted, &decltype(kTypes)::value_type::first);
  if (at != kTypes.end()) return at->second;
  if (!wanted.starts_with(kUnnamed)) return std::nullopt;
  std::uint16_t number = 0;
  const char* const end = wanted.data() + wanted.size();
  const auto [rest, error] = std::from_chars(wanted.data() + kUnnamed.size(), end, number);
  if (error != std::errc{} || rest != end || number == 0) return std::nullopt;
  return number;
}

std::string print_record_type(std::uint16_t type) {
  const auto* const at = std::ranges::find(kTypes, type, &decltype(kTypes)::value_type::second);
  std::string name(at == kTypes.end() ? kUnnamed : at->first);
  for (char& c : name)
    c = static_cast<char>(c - 'a' + 'A');
  return at == kTypes.end() ? name + std::to_string(type) : name;
}

}  // namespace bw
