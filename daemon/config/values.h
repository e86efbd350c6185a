// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "probes/time.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

// Readers of the small languages that stand inside configuration values. Pure.
namespace bw::config {

// "250MiB", "2GiB", "500kB": a whole number and a unit (B kB MB GB TB, KiB MiB GiB TiB).
[[nodiscard]] std::optional<std::uint64_t> parse_size(std::string_view text);
// The shortest of those that is exact: "2GiB".
[[nodiscard]] std::string print_size(std::uint64_t bytes);

// As a setting is written, in the largest unit that is exact: "90s", "15m", "3d".
[[nodiscard]] std::string print_setting(Millis duration);

struct UrlParts {
  std::string scheme;      // lower case
  std::string host;        // lower case; an IPv6 address without its brackets
  std::uint16_t port = 0;  // as written, or the scheme's own
};
// An absolute http or https URL that a client would send as it stands. `wrong` says what is not
// right about it, for a sentence that begins with the URL's name; it never repeats the URL.
struct UrlOrWrong {
  std::optional<UrlParts> url;
  std::string_view wrong;
};
[[nodiscard]] UrlOrWrong inspect_url(std::string_view text);

// A host name (RFC 1123, with '_' as DNS has it; at most 253 bytes) or an address.
[[nodiscard]] bool is_host(std::string_view text);
// "address[:port]", IPv6 with a port in brackets: name servers, a socket to listen on.
[[nodiscard]] bool is_endpoint(std::string_view text, bool needs_port);
// "198.51.100.0/24": an address and a length that fits its family.
[[nodiscard]] bool is_network(std::string_view text);
// An id: letters, digits and "._-", begins with a letter or digit, at most 64 bytes. It becomes a
// metric's label, a URL's path and a journal's key.
[[nodiscard]] bool is_id(std::string_view text);
// A header's name (RFC 9110 section 5.1: a token).
[[nodiscard]] bool is_token(std::string_view text);
// Holds a byte that no header, URL or one-line value may hold.
[[nodiscard]] bool has_control(std::string_view text);

}  // namespace bw::config
