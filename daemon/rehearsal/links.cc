// SPDX-License-Identifier: Apache-2.0
#include "daemon/rehearsal/links.h"

#include <algorithm>
#include <charconv>

namespace bw::rehearsal {
namespace {

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

}  // namespace

std::string lower_case(std::string_view text) {
  std::string lower(text);
  std::ranges::transform(lower, lower.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  return lower;
}

std::optional<Link> parse_link(std::string_view url) {
  Link link;
  if (url.starts_with("https://")) {
    url.remove_prefix(8);
  } else if (url.starts_with("http://")) {
    url.remove_prefix(7);
    link.is_https = false;
  } else {
    return std::nullopt;
  }
  url = url.substr(0, url.find('#'));
  const auto end = std::min(url.find_first_of("/?"), url.size());
  auto authority = url.substr(0, end);
  link.path = url.substr(end);
  if (!link.path.starts_with('/')) link.path.insert(0, "/");
  link.port = link.is_https ? 443 : 80;
  if (const auto colon = authority.rfind(':'); colon != std::string_view::npos) {
    const auto digits = authority.substr(colon + 1);
    const auto [stop, error] =
        std::from_chars(digits.data(), digits.data() + digits.size(), link.port);
    if (error != std::errc{} || stop != digits.data() + digits.size()) return std::nullopt;
    authority = authority.substr(0, colon);
  }
  if (authority.empty() || authority.find_first_of("@ ") != std::string_view::npos) {
    return std::nullopt;
  }
  link.host = lower_case(authority);
  return link;
}

std::string print_link(const Link& link) {
  std::string url = (link.is_https ? "https://" : "http://") + link.host;
  if (link.port != (link.is_https ? 443 : 80)) url += ":" + std::to_string(link.port);
  return url + link.path;
}

std::string resolve_link(std::string_view base, std::string_view reference) {
  if (const auto absolute = parse_link(reference)) return print_link(*absolute);
  auto link = parse_link(base);
  const bool is_absolute = reference.starts_with("https://") || reference.starts_with("http://");
  if (!link || is_absolute) return std::string(reference);
  if (reference.starts_with("//")) {
    return resolve_link({}, (link->is_https ? "https:" : "http:") + std::string(reference));
  }
  if (reference.starts_with('/')) {
    link->path = reference;
  } else {
    const auto path = std::string_view(link->path).substr(0, link->path.find('?'));
    link->path = std::string(path.substr(0, path.rfind('/') + 1)) + std::string(reference);
  }
  return print_link(*link);
}

bool is_reference(std::string_view reference) {
  return parse_link(resolve_link("https://page.example/", reference)).has_value();
}

std::string registered_domain(std::string_view host) {
  const auto last = host.rfind('.');
  if (last == std::string_view::npos || last == 0) return std::string(host);
  const auto before = host.rfind('.', last - 1);
  return std::string(before == std::string_view::npos ? host : host.substr(before + 1));
}

bool matches_glob(std::string_view glob, std::string_view text) {
  // The usual linear walk: on a mismatch the last star takes one character more.
  std::size_t g = 0;
  std::size_t t = 0;
  std::size_t star = std::string_view::npos;
  std::size_t taken = 0;
  while (t < text.size()) {
    if (g < glob.size() && glob[g] == '*') {
      star = g++;
      taken = t;
    } else if (g < glob.size() && (glob[g] == text[t] || glob[g] == '?')) {
      ++g;
      ++t;
    } else if (star != std::string_view::npos) {
      g = star + 1;
      t = ++taken;
    } else {
      return false;
    }
  }
  return glob.find_first_not_of('*', g) == std::string_view::npos;
}

std::string decode_form(std::string_view text) {
  std::string decoded;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '+') {
      decoded += ' ';
    } else if (text[i] == '%' && i + 2 < text.size() && hex_digit(text[i + 1]) >= 0 &&
               hex_digit(text[i + 2]) >= 0) {
      decoded += static_cast<char>(hex_digit(text[i + 1]) * 16 + hex_digit(text[i + 2]));
      i += 2;
    } else {
      decoded += text[i];
    }
  }
  return decoded;
}

}  // namespace bw::rehearsal
