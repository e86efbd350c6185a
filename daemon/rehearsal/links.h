// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace bw::rehearsal {

// An absolute http or https URL in its parts, as far as the book needs it.
struct Link {
  bool is_https = true;
  std::string host;        // lower case
  std::uint16_t port = 0;  // always set
  std::string path;        // from the first '/', with the query; "/" where the URL has none
};
[[nodiscard]] std::optional<Link> parse_link(std::string_view url);
// Without the scheme's own port and without a fragment.
[[nodiscard]] std::string print_link(const Link& link);
// `reference` as a page at `base` would resolve it: absolute, "//host/..", "/path" or "path".
[[nodiscard]] std::string resolve_link(std::string_view base, std::string_view reference);
// Whether a page could load it: "//" and "https://user@host/" resolve to no address of ours.
[[nodiscard]] bool is_reference(std::string_view reference);
// "shop.example" of "www.shop.example": the last two labels. The book's names all lie in .example.
[[nodiscard]] std::string registered_domain(std::string_view host);
[[nodiscard]] std::string lower_case(std::string_view text);
// A value of a form or a query: "+" is a blank, "%41" an A; what is no escape stays as it is.
[[nodiscard]] std::string decode_form(std::string_view text);
// '*' stands for any text, '?' for any one character, everything else for itself.
[[nodiscard]] bool matches_glob(std::string_view glob, std::string_view text);

}  // namespace bw::rehearsal
