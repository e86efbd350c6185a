// SPDX-License-Identifier: Apache-2.0
#include "probes/url.h"

#include "probes/exchange.h"
#include "probes/text.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <memory>
#include <vector>

namespace bw {
namespace {

bool is_alpha(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}
bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

// What browsers throw away or read otherwise before they parse.
std::string clean(std::string_view text) {
  std::string out;
  bool is_in_query = false;
  for (const char c : trim(text)) {
    if (c == '\t' || c == '\r' || c == '\n') continue;
    is_in_query = is_in_query || c == '?' || c == '#';
    if (c == '\\' && !is_in_query) {
      out += '/';
    } else if (c == ' ' || static_cast<unsigned char>(c) < 0x20 || c == 0x7f) {
      constexpr std::string_view kHex = "0123456789ABCDEF";
      const auto byte = static_cast<unsigned char>(c);
      out += {'%', kHex[byte >> 4], kHex[byte & 15]};
    } else {
      out += c;
    }
  }
  return out;
}

// Length of "scheme:" at the front, or 0.
std::size_t scheme_length(std::string_view text) {
  if (text.empty() || !is_alpha(text.front())) return 0;
  for (std::size_t i = 1; i < text.size(); ++i) {
    if (text[i] == ':') return i + 1;
    if (!is_alpha(text[i]) && !is_digit(text[i]) && text[i] != '+' && text[i] != '-' &&
        text[i] != '.') {
      return 0;
    }
  }
  return 0;
}

// RFC 3986 section 5.2.4.
std::string remove_dots(std::string_view path) {
  std::vector<std::string_view> kept;
  bool is_directory = false;
  while (!path.empty()) {
    path.remove_prefix(1);  // the slash
    const auto end = std::min(path.find('/'), path.size());
    const auto segment = path.substr(0, end);
    path.remove_prefix(end);
    const auto plain = lower(segment);
    const bool is_up = plain == ".." || plain == "%2e%2e" || plain == ".%2e" || plain == "%2e.";
    is_directory = is_up || plain == "." || plain == "%2e";
    if (is_up && !kept.empty()) kept.pop_back();
    if (!is_directory) kept.push_back(segment);
  }
  std::string out;
  for (const auto& segment : kept) {
    out += '/';
    out += segment;
  }
  if (is_directory || out.empty()) out += '/';
  return out;
}

bool is_host_char(char c) {
  return is_alpha(c) || is_digit(c) || c == '-' || c == '.' || c == '_' ||
         static_cast<unsigned char>(c) >= 0x80;
}

bool read_port(std::string_view digits, Url& url) {
  url.port = url.scheme == "https" ? 443 : 80;
  if (digits.empty()) return true;
  const auto* const begin = std::to_address(digits.begin());
  const auto* const end = begin + digits.size();
  const auto [stop, error] = std::from_chars(begin, end, url.port);
  return error == std::errc() && stop == end && url.port != 0;
}

// "[2001:db8::1]" or "[2001:db8::1]:8443".
bool read_v6(std::string_view authority, Url& url) {
  const auto close = authority.find(']');
  if (close == std::string_view::npos) return false;
  const auto inside = parse_address(authority.substr(1, close - 1));
  if (!inside || !inside->is_v6) return false;
  url.host = "[" + print(*inside) + "]";
  const auto rest = authority.substr(close + 1);
  return rest.empty() ? read_port("", url) : rest.front() == ':' && read_port(rest.substr(1), url);
}

bool read_authority(std::string_view authority, Url& url) {
  if (authority.contains('@')) return false;
  if (authority.starts_with('[')) return read_v6(authority, url);
  const auto port_at = std::min(authority.rfind(':'), authority.size());
  auto host = authority.substr(0, port_at);
  if (host.ends_with('.')) host.remove_suffix(1);
  if (host.empty() || host.size() > 253 || !std::ranges::all_of(host, is_host_char)) return false;
  url.host = lower(host);
  return read_port(authority.substr(std::min(port_at + 1, authority.size())), url);
}

// Splits "path?query#fragment" into the address.
void read_path(std::string_view rest, Url& url) {
  rest = rest.substr(0, rest.find('#'));
  const auto mark = rest.find('?');
  url.query = mark == std::string_view::npos ? "" : std::string(rest.substr(mark + 1));
  url.path = remove_dots(rest.substr(0, mark));
}

std::optional<Url> parse_clean(std::string_view text) {
  Url url;
  const auto length = scheme_length(text);
  url.scheme = lower(text.substr(0, length));
  if (url.scheme != "http:" && url.scheme != "https:") return std::nullopt;
  url.scheme.pop_back();
  text.remove_prefix(length);
  if (!text.starts_with("//")) return std::nullopt;
  text.remove_prefix(2);
  const auto end = std::min(text.find_first_of("/?#"), text.size());
  if (!read_authority(text.substr(0, end), url)) return std::nullopt;
  const auto rest = text.substr(end);
  read_path(rest.starts_with('/') ? std::string(rest) : "/" + std::string(rest), url);
  return url;
}

}  // namespace

std::optional<Url> parse_url(std::string_view text) {
  if (text.size() > kUrlBytesMax) return std::nullopt;
  return parse_clean(clean(text));
}

std::optional<Url> resolve_url(const Url& base, std::string_view reference) {
  if (reference.size() > kUrlBytesMax) return std::nullopt;
  const auto text = clean(reference);
  if (scheme_length(text) > 0) return parse_clean(text);
  if (text.starts_with("//")) return parse_clean(base.scheme + ":" + text);
  Url url = base;
  if (text.starts_with('/')) {
    read_path(text, url);
  } else if (text.starts_with('?')) {
    read_path(base.path + text, url);
  } else if (!text.empty() && !text.starts_with('#')) {
    read_path(base.path.substr(0, base.path.rfind('/') + 1) + text, url);
  }
  return url;
}

std::string print(const Url& url) {
  auto text = without_query(url);
  if (!url.query.empty()) text += "?" + url.query;
  return text;
}

std::string origin_of(const Url& url) {
  auto text = url.scheme + "://" + url.host;
  if (url.port != (url.scheme == "https" ? 443 : 80)) text += ":" + std::to_string(url.port);
  return text;
}

std::string without_query(const Url& url) {
  return origin_of(url) + url.path;
}

std::string_view registrable(std::string_view host) {
  if (host.starts_with('[') || parse_address(host)) return host;
  constexpr auto kSecond = std::to_array<std::string_view>(
      {"co", "com", "org", "net", "gov", "ac", "edu", "or", "ne", "go", "gob", "nhs", "police"});
  const auto last = host.rfind('.');
  if (last == std::string_view::npos || last == 0) return host;
  const auto second = host.rfind('.', last - 1);
  if (second == std::string_view::npos) return host;
  const auto label = host.substr(second + 1, last - second - 1);
  // "co.uk" is a suffix; "co.example" or "com.shop" would be names of their own.
  const bool is_suffix =
      host.size() - last == 3 && std::ranges::find(kSecond, label) != kSecond.end();
  if (!is_suffix || second == 0) return host.substr(second + 1);
  const auto third = host.rfind('.', second - 1);
  return third == std::string_view::npos ? host : host.substr(third + 1);
}

bool is_within(std::string_view host, std::string_view domain) {
  if (!host.ends_with(domain)) return false;
  return host.size() == domain.size() || host[host.size() - domain.size() - 1] == '.';
}

bool is_same_site(const Url& a, const Url& b) {
  return a.host == b.host || registrable(a.host) == registrable(b.host);
}

}  // namespace bw
