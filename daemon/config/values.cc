// SPDX-License-Identifier: Apache-2.0
#include "daemon/config/values.h"

#include "probes/exchange.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>
#include <ranges>
#include <utility>

namespace bw::config {
namespace {

struct SizeUnit {
  std::string_view name;
  std::uint64_t bytes;
};
constexpr auto kSizeUnits = std::to_array<SizeUnit>({{.name = "TiB", .bytes = 1ULL << 40},
                                                     {.name = "GiB", .bytes = 1ULL << 30},
                                                     {.name = "MiB", .bytes = 1ULL << 20},
                                                     {.name = "KiB", .bytes = 1ULL << 10},
                                                     {.name = "TB", .bytes = 1'000'000'000'000},
                                                     {.name = "GB", .bytes = 1'000'000'000},
                                                     {.name = "MB", .bytes = 1'000'000},
                                                     {.name = "kB", .bytes = 1'000},
                                                     {.name = "B", .bytes = 1}});

template <class Number>
std::optional<Number> whole_number(std::string_view text) {
  Number value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

bool is_alphanumeric(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || is_digit(c);
}

// One label of a host name: no hyphen at its ends.
bool is_label(std::string_view label) {
  if (label.empty() || label.size() > 63) return false;
  if (label.starts_with('-') || label.ends_with('-')) return false;
  return std::ranges::all_of(label,
                             [](char c) { return is_alphanumeric(c) || c == '_' || c == '-'; });
}

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return out;
}

std::optional<std::uint16_t> parse_port(std::string_view text) {
  const auto port = whole_number<std::uint16_t>(text);
  return port && *port != 0 ? port : std::nullopt;
}

struct Authority {
  std::string_view host;
  std::string_view port;
  bool has_port = false;
  bool is_bracketed = false;
};
// Splits "host", "host:port", "[v6]" and "[v6]:port"; nothing where brackets do not close.
std::optional<Authority> split_authority(std::string_view text) {
  Authority parts{.host = text, .port = {}};
  if (text.starts_with('[')) {
    const auto close = text.find(']');
    if (close == std::string_view::npos) return std::nullopt;
    parts.host = text.substr(1, close - 1);
    parts.is_bracketed = true;
    text.remove_prefix(close + 1);
    if (text.empty()) return parts;
    if (text.front() != ':') return std::nullopt;
    parts.port = text.substr(1);
    parts.has_port = true;
  } else if (const auto colon = text.find(':'); colon != std::string_view::npos) {
    parts.host = text.substr(0, colon);
    parts.port = text.substr(colon + 1);
    parts.has_port = true;
  }
  return parts;
}

bool is_authority_host(const Authority& parts) {
  if (!parts.is_bracketed) return is_host(parts.host);
  const auto address = parse_address(parts.host);
  return address && address->is_v6;
}

}  // namespace

std::optional<std::uint64_t> parse_size(std::string_view text) {
  for (const auto& unit : kSizeUnits) {
    if (!text.ends_with(unit.name)) continue;
    const auto count = whole_number<std::uint64_t>(text.substr(0, text.size() - unit.name.size()));
    if (!count || *count > std::numeric_limits<std::uint64_t>::max() / unit.bytes) {
      return std::nullopt;
    }
    return *count * unit.bytes;
  }
  return std::nullopt;
}

std::string print_size(std::uint64_t bytes) {
  for (const auto& unit : kSizeUnits) {
    if (bytes != 0 && bytes % unit.bytes == 0) {
      return std::to_string(bytes / unit.bytes) + std::string(unit.name);
    }
  }
  return std::to_string(bytes) + "B";
}

std::string print_setting(Millis duration) {
  constexpr auto kUnits = std::to_array<std::pair<std::int64_t, std::string_view>>(
      {{86'400'000, "d"}, {3'600'000, "h"}, {60'000, "m"}, {1'000, "s"}});
  for (const auto& [millis, unit] : kUnits) {
    if (duration.count() != 0 && duration.count() % millis == 0) {
      return std::to_string(duration.count() / millis) + std::string(unit);
    }
  }
  return std::to_string(duration.count()) + "ms";
}

UrlOrWrong inspect_url(std::string_view text) {
  constexpr std::size_t kUrlBytesMax = 2048;
  if (text.size() > kUrlBytesMax) return {.url = {}, .wrong = "is longer than 2,048 bytes"};
  const bool has_space = text.find(' ') != std::string_view::npos;
  if (has_space || has_control(text))
    return {.url = {}, .wrong = "holds a space or a control character"};
  const auto scheme_end = text.find("://");
  if (scheme_end == std::string_view::npos) {
    return {.url = {}, .wrong = "is not an absolute URL: it must begin with https:// or http://"};
  }
  UrlParts url{.scheme = lower(text.substr(0, scheme_end)), .host = {}};
  if (url.scheme != "http" && url.scheme != "https") {
    return {.url = {}, .wrong = "must begin with https:// or http://"};
  }
  text.remove_prefix(scheme_end + 3);
  const auto authority = text.substr(0, text.find_first_of("/?#"));
  if (authority.find('@') != std::string_view::npos) {
    return {.url = {}, .wrong = "holds user info before \"@\": a password there ends in logs"};
  }
  const auto parts = split_authority(authority);
  if (!parts || !is_authority_host(*parts)) return {.url = {}, .wrong = "has no valid host"};
  url.host = lower(parts->host);
  url.port = url.scheme == "https" ? 443 : 80;
  if (parts->has_port) {
    const auto port = parse_port(parts->port);
    if (!port) return {.url = {}, .wrong = "has a port that is not between 1 and 65535"};
    url.port = *port;
  }
  if (text.find('#') != std::string_view::npos) {
    return {.url = {}, .wrong = "holds a fragment (\"#\"), which is never sent to a server"};
  }
  return {.url = std::move(url), .wrong = {}};
}

bool is_host(std::string_view text) {
  if (parse_address(text)) return true;
  if (text.ends_with('.')) text.remove_suffix(1);
  if (text.empty() || text.size() > 253) return false;
  // An all-numeric last label is an address that did not parse.
  if (std::ranges::all_of(text.substr(text.rfind('.') + 1), is_digit)) return false;
  return std::ranges::all_of(std::views::split(text, '.'), [](const auto& label) {
    return is_label(std::string_view(label.begin(), label.end()));
  });
}

bool is_endpoint(std::string_view text, bool needs_port) {
  if (const auto address = parse_address(text)) return !needs_port;
  const auto parts = split_authority(text);
  if (!parts || (needs_port && !parts->has_port)) return false;
  const auto address = parse_address(parts->host);
  if (!address || address->is_v6 != parts->is_bracketed) return false;
  // Port 0 is for sockets that listen: any free one.
  return !parts->has_port || parse_port(parts->port) || (needs_port && parts->port == "0");
}

bool is_network(std::string_view text) {
  const auto slash = text.find('/');
  if (slash == std::string_view::npos) return false;
  const auto address = parse_address(text.substr(0, slash));
  const auto length = whole_number<unsigned>(text.substr(slash + 1));
  return address && length && *length <= (address->is_v6 ? 128U : 32U);
}

bool is_id(std::string_view text) {
  if (text.empty() || text.size() > 64 || !is_alphanumeric(text.front())) return false;
  return std::ranges::all_of(
      text, [](char c) { return is_alphanumeric(c) || c == '.' || c == '_' || c == '-'; });
}

bool is_token(std::string_view text) {
  static constexpr std::string_view kOthers = "!#$%&'*+-.^_`|~";
  return !text.empty() && text.size() <= 128 && std::ranges::all_of(text, [](char c) {
    return is_alphanumeric(c) || kOthers.find(c) != std::string_view::npos;
  });
}

bool has_control(std::string_view text) {
  return std::ranges::any_of(text, [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte < 0x20 || byte == 0x7f;
  });
}

}  // namespace bw::config
