// SPDX-License-Identifier: Apache-2.0
#include "probes/cookies.h"

#include "probes/date.h"
#include "probes/text.h"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <map>
#include <memory>
#include <utility>

namespace bw {
namespace {

// RFC 6265bis section 5.5: no cookie for longer.
constexpr Seconds kAgeMax = std::chrono::days{400};

bool has_control(std::string_view text) {
  return std::ranges::any_of(text, [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return (byte < 0x20 && c != '\t') || byte == 0x7f;
  });
}

// Takes "name=value" or "name" off the front, up to the next semicolon.
struct Attribute {
  std::string_view name;
  std::string_view value;
};
Attribute take_attribute(std::string_view& text) {
  const auto end = std::min(text.find(';'), text.size());
  const auto part = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  const auto equal = std::min(part.find('='), part.size());
  return {.name = trim(part.substr(0, equal)),
          .value = trim(part.substr(std::min(equal + 1, part.size())))};
}

// RFC 6265 section 5.2.2; nothing for what is no number.
std::optional<Time> expiry_of_age(std::string_view text, Time now) {
  const bool is_negative = text.starts_with('-');
  const auto digits = text.substr(is_negative ? 1 : 0);
  if (digits.empty() || !std::ranges::all_of(digits, [](char c) { return c >= '0' && c <= '9'; }))
    return std::nullopt;
  std::int64_t age = 0;
  const auto* const begin = std::to_address(digits.begin());
  const auto [end, error] = std::from_chars(begin, begin + digits.size(), age);
  if (error != std::errc()) age = kAgeMax.count();
  if (is_negative || age == 0) return Time::min();
  return now + std::min(Seconds{age}, kAgeMax);
}

std::optional<Time> expiry_of_date(std::string_view text) {
  std::string date(text);
  std::ranges::replace(date, '-', ' ');
  return parse_mail_date(date);
}

// RFC 6265 section 5.1.4.
std::string default_path(const Url& url) {
  const auto slash = url.path.rfind('/');
  return slash == 0 || slash == std::string::npos ? "/" : url.path.substr(0, slash);
}

bool is_path_within(std::string_view path, std::string_view outer) {
  if (!path.starts_with(outer)) return false;
  return path.size() == outer.size() || outer.ends_with('/') || path[outer.size()] == '/';
}

bool is_address(std::string_view host) {
  return host.starts_with('[') || parse_address(host).has_value();
}

// Whether a host may set cookies for this domain.
bool may_set_for(std::string_view host, std::string_view domain) {
  if (host == domain) return true;
  return !is_address(host) && is_within(host, domain) && is_within(domain, registrable(host));
}

// A cookie of which not all attributes have been read; of repeated ones the last counts.
struct Draft {
  Cookie cookie;
  std::optional<Time> ends_by_age;
  const Url& from;
  Time now;

  void take(const Attribute& attribute) {
    const auto name = lower(attribute.name);
    if (name == "expires") take_date(attribute.value);
    if (name == "max-age") take_age(attribute.value);
    if (name == "path") take_path(attribute.value);
    if (name == "domain") take_domain(attribute.value);
    if (name == "secure") cookie.is_secure = true;
  }
  void take_date(std::string_view value) {
    if (const auto date = expiry_of_date(value)) cookie.expires = date;
  }
  void take_age(std::string_view value) {
    if (const auto end = expiry_of_age(value, now)) ends_by_age = end;
  }
  void take_path(std::string_view value) {
    cookie.path = value.starts_with('/') ? std::string(value) : default_path(from);
  }
  void take_domain(std::string_view value) {
    if (value.starts_with('.')) value.remove_prefix(1);
    cookie.is_host_only = value.empty();
    cookie.domain = value.empty() ? from.host : lower(value);
  }
};

bool goes_to(const Cookie& cookie, const Url& to) {
  if (cookie.is_secure && to.scheme != "https") return false;
  const bool is_meant =
      to.host == cookie.domain || (!cookie.is_host_only && is_within(to.host, cookie.domain));
  return is_meant && is_path_within(to.path, cookie.path);
}

// The one that takes most of a jar that holds too much; nothing where it does not.
std::optional<std::string> greediest_domain(const std::vector<Cookie>& cookies) {
  std::map<std::string, std::size_t> bytes;
  std::size_t sum = 0;
  for (const auto& one : cookies) {
    const auto size = one.name.size() + one.value.size() + one.domain.size() + one.path.size();
    bytes[one.domain] += size;
    sum += size;
  }
  if (sum <= CookieJar::kBytesMax) return std::nullopt;
  return std::ranges::max_element(bytes, {}, [](const auto& one) { return one.second; })->first;
}

}  // namespace

std::optional<Cookie> parse_set_cookie(std::string_view text, const Url& from, Time now) {
  if (text.size() > kCookieBytesMax || has_control(text)) return std::nullopt;
  const bool has_pair = text.substr(0, text.find(';')).contains('=');
  const auto pair = take_attribute(text);
  if (!has_pair || pair.name.empty()) return std::nullopt;
  Draft draft{.cookie = {.name = std::string(pair.name),
                         .value = std::string(pair.value),
                         .domain = from.host,
                         .path = default_path(from),
                         .expires = {}},
              .ends_by_age = {},
              .from = from,
              .now = now};
  while (!text.empty())
    draft.take(take_attribute(text));
  auto& cookie = draft.cookie;
  if (draft.ends_by_age) cookie.expires = draft.ends_by_age;  // section 5.3: it says it better
  if (cookie.is_secure && from.scheme != "https") return std::nullopt;
  if (!may_set_for(from.host, cookie.domain)) return std::nullopt;
  return std::move(cookie);
}

void CookieJar::keep(const Url& from, const std::vector<Header>& headers, Time now) {
  std::erase_if(cookies_,
                [now](const Cookie& cookie) { return cookie.expires && *cookie.expires <= now; });
  for (const auto& header : headers) {
    if (!is_same_name(header.name, "set-cookie")) continue;
    if (auto cookie = parse_set_cookie(header.value, from, now)) put(std::move(*cookie), now);
  }
}

void CookieJar::put(Cookie cookie, Time now) {
  const auto same = std::ranges::find_if(cookies_, [&cookie](const Cookie& other) {
    return other.name == cookie.name && other.domain == cookie.domain && other.path == cookie.path;
  });
  const bool is_known = same != cookies_.end();
  if (cookie.expires && *cookie.expires <= now) {
    if (is_known) cookies_.erase(same);
    return;
  }
  const std::string domain = cookie.domain;
  if (is_known) {
    *same = std::move(cookie);  // it keeps its place, as section 5.3 keeps its time of creation
  } else {
    cookies_.push_back(std::move(cookie));
  }
  make_room(domain);
}

void CookieJar::make_room(std::string_view domain) {
  const auto is_its = [domain](const Cookie& cookie) { return cookie.domain == domain; };
  while (std::cmp_greater(std::ranges::count_if(cookies_, is_its), kCookiesOfDomainMax))
    cookies_.erase(std::ranges::find_if(cookies_, is_its));
  while (const auto greediest = greediest_domain(cookies_)) {
    cookies_.erase(std::ranges::find(cookies_, *greediest, &Cookie::domain));
  }
}

// Section 5.4: the longer paths first, among equal ones the older.
std::string CookieJar::line_for(const Url& to) const {
  std::vector<const Cookie*> sent;
  for (const auto& cookie : cookies_) {
    if (goes_to(cookie, to)) sent.push_back(&cookie);
  }
  std::ranges::stable_sort(
      sent, std::ranges::greater{}, [](const Cookie* cookie) { return cookie->path.size(); });
  std::string line;
  for (const auto* cookie : sent) {
    line += (line.empty() ? "" : "; ") + cookie->name + "=" + cookie->value;
  }
  return line;
}

}  // namespace bw
