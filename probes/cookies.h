// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "probes/exchange.h"
#include "probes/url.h"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace bw {

// What a server asks to be told again (RFC 6265 section 5.3).
struct Cookie {
  std::string name;
  std::string value;
  std::string domain;  // lower case
  std::string path;
  bool is_host_only = true;     // false: hosts below `domain` are told too
  bool is_secure = false;       // https only
  std::optional<Time> expires;  // none: with the session, which is the look
};

// A Set-Cookie header's value that came from `from`. Nothing for what a browser would not take: no
// name, control characters, another site's domain, a secure cookie over http, more than
// kCookieBytesMax. A domain that others share ("co.uk") is another site's. Dates are read as in
// mail (date.h), with dashes; a date that cannot be read is as if it were not there.
inline constexpr std::size_t kCookieBytesMax = 4096;
[[nodiscard]] std::optional<Cookie> parse_set_cookie(std::string_view text,
                                                     const Url& from,
                                                     Time now);

// The cookies of one visitor. Where a domain has too many, its oldest one goes; where the jar is
// full, the oldest one of the domain that takes the most.
class CookieJar {
 public:
  static constexpr std::size_t kCookiesOfDomainMax = 50;
  static constexpr std::size_t kBytesMax = 64 << 10;  // names, values, domains and paths

  // Takes in what a reply from `from` sets and deletes, and drops what has expired by now.
  void keep(const Url& from, const std::vector<Header>& headers, Time now);
  // "a=1; b=2": the Cookie header for a request to `to`, as of the last `keep`; empty for none.
  [[nodiscard]] std::string line_for(const Url& to) const;
  void clear() { cookies_.clear(); }
  [[nodiscard]] const std::vector<Cookie>& all() const { return cookies_; }  // oldest first

 private:
  void put(Cookie cookie, Time now);
  void make_room(std::string_view domain);

  std::vector<Cookie> cookies_;
};

}  // namespace bw
