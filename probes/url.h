// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace bw {

// An absolute http or https address, read as browsers read it (RFC 3986 section 5 with WHATWG's
// leniences: white space at the ends, tabs and line ends inside, backslashes as slashes).
struct Url {
  std::string scheme;      // "http" or "https"
  std::string host;        // lower case; an IPv6 literal keeps its brackets
  std::uint16_t port = 0;  // never 0 once parsed
  std::string path = "/";  // starts with "/", dot segments removed
  std::string query;       // without "?"; the fragment is dropped
  bool operator==(const Url&) const = default;
};
inline constexpr std::size_t kUrlBytesMax = 8192;

// Nothing for other schemes, user information (which only phishing puts there), missing hosts, bad
// ports and anything above kUrlBytesMax.
[[nodiscard]] std::optional<Url> parse_url(std::string_view text);
// What a reference found in a document at `base` leads to (RFC 3986 section 5.2). Nothing for
// "data:", "javascript:", "mailto:" and other schemes.
[[nodiscard]] std::optional<Url> resolve_url(const Url& base, std::string_view reference);

[[nodiscard]] std::string print(const Url& url);
// "https://shop.example" or "https://shop.example:8443": the port only where it is not the usual.
[[nodiscard]] std::string origin_of(const Url& url);
// The address without its query, where identifiers and secrets live.
[[nodiscard]] std::string without_query(const Url& url);
// The part of a host that somebody registered: its last two labels, or three below public suffixes
// of the "co.uk" form; an address is itself.
[[nodiscard]] std::string_view registrable(std::string_view host);
// `host` is `domain` or below it.
[[nodiscard]] bool is_within(std::string_view host, std::string_view domain);
// Hosts under one registrable name ("www.shop.example", "login.shop.example"). It errs on the side
// of "another site" for rarer suffixes.
[[nodiscard]] bool is_same_site(const Url& a, const Url& b);

}  // namespace bw
