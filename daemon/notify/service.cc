// SPDX-License-Identifier: Apache-2.0
#include "daemon/notify/service.h"

#include "probes/text.h"

#include <fmt/format.h>

#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <nlohmann/json.hpp>

namespace bw {
namespace {

constexpr std::string_view kDigits = "0123456789";
constexpr std::size_t kDelayDigitsMax = 9;
// "Sun, 06 Nov 1994 08:49:37 GMT": every field at its fixed place (RFC 9110, 5.6.7).
constexpr std::size_t kFixdateBytes = 29;
constexpr std::array<std::string_view, 12> kMonths{
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

std::optional<int> read_number(std::string_view text) {
  int value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size() || value < 0) return std::nullopt;
  return value;
}

std::optional<Time> read_fixdate(std::string_view text) {
  using namespace std::chrono;
  if (text.size() != kFixdateBytes || !text.ends_with(" GMT")) return std::nullopt;
  const auto* const month = std::ranges::find(kMonths, text.substr(8, 3));
  const auto day = read_number(text.substr(5, 2));
  const auto year_number = read_number(text.substr(12, 4));
  const auto hour = read_number(text.substr(17, 2));
  const auto minute = read_number(text.substr(20, 2));
  const auto second = read_number(text.substr(23, 2));
  if (month == kMonths.end() || !day || !year_number || !hour || !minute || !second) {
    return std::nullopt;
  }
  const year_month_day date{year{*year_number},
                            std::chrono::month{static_cast<unsigned>(month - kMonths.begin()) + 1},
                            std::chrono::day{static_cast<unsigned>(*day)}};
  if (!date.ok() || *hour > 23 || *minute > 59 || *second > 60) return std::nullopt;
  return Time{sys_days{date}} + hours{*hour} + minutes{*minute} + seconds{*second};
}

// Services write whole numbers and fractions; rounded up, so that we are never early.
std::optional<Millis> wait_in(const HttpReply& reply, WaitAt wait) {
  if (wait.pointer == nullptr) return std::nullopt;
  const auto value = value_at(reply, wait.pointer);
  if (!value.is_number()) return std::nullopt;
  const auto units = value.get<double>();
  if (!(units >= 0)) return std::nullopt;
  const auto most = static_cast<double>(kRetryAfterMax.count());
  const auto asked = units * static_cast<double>(wait.unit.count());
  return Millis{static_cast<Millis::rep>(std::ceil(std::min(asked, most)))};
}

}  // namespace

HttpAsk post_json(const Destination& destination, std::string url, std::string body) {
  HttpAsk ask;
  ask.method = "POST";
  ask.url = std::move(url);
  ask.headers = {{.name = "Content-Type", .value = "application/json"}};
  ask.body = std::move(body);
  ask.trust = destination.trust;
  ask.body_bytes_max = kAnswerBodyBytesMax;
  return ask;
}

std::string encode_base64(std::string_view bytes) {
  std::string text(4 * ((bytes.size() + 2) / 3) + 1, '\0');
  const int size = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()),
                                   reinterpret_cast<const unsigned char*>(bytes.data()),
                                   static_cast<int>(bytes.size()));
  text.resize(static_cast<std::size_t>(size));
  return text;
}

std::optional<Millis> retry_after(const HttpReply& reply, Time now) {
  const auto text = trim(find_header(reply.headers, "retry-after"));
  if (text.empty()) return std::nullopt;
  if (text.find_first_not_of(kDigits) == std::string_view::npos) {
    if (text.size() > kDelayDigitsMax) return kRetryAfterMax;
    return std::min<Millis>(Seconds{read_number(text).value_or(0)}, kRetryAfterMax);
  }
  const auto at = read_fixdate(text);
  if (!at) return std::nullopt;
  return std::clamp(*at - now, Millis{0}, kRetryAfterMax);
}

std::string print_answer(const HttpReply& reply) {
  auto text = fmt::format("answered {}", reply.status);
  if (const auto words = fold(reply.body, kAnswerBytesMax); !words.empty()) text += ": " + words;
  return text;
}

nlohmann::json value_at(const HttpReply& reply, const char* pointer) {
  const auto document = nlohmann::json::parse(reply.body, nullptr, false);
  const nlohmann::json::json_pointer at(pointer);
  if (document.is_discarded() || !document.contains(at)) return nullptr;
  return document.at(at);
}

std::optional<Delivery> read_common(const Reply& reply, Time now, WaitAt wait) {
  if (reply.failure != Outcome::ok || !reply.http) {
    auto why = reply.detail.empty() ? std::string(print(reply.failure)) : reply.detail;
    return TryAgain{.after = std::nullopt, .why = fold(why, kAnswerBytesMax)};
  }
  const auto& http = *reply.http;
  const bool is_redirect = http.status >= 300 && http.status < 400;
  const bool is_passing = http.status == 408 || http.status == 425 || http.status == 429 ||
                          http.status >= 500 || http.status < 200;
  if (!is_redirect && !is_passing) return std::nullopt;
  auto why = print_answer(http);
  if (is_redirect) why += " (a redirect, which is not followed)";
  // An empty optional is less than any.
  const auto after = std::max(retry_after(http, now), wait_in(http, wait));
  return TryAgain{.after = after, .why = std::move(why)};
}

Delivery read_answer(const Reply& reply,
                     Time now,
                     bool (*is_taken)(const HttpReply& http),
                     WaitAt wait) {
  if (auto common = read_common(reply, now, wait)) return *common;
  const auto& http = *reply.http;  // NOLINT(bugprone-unchecked-optional-access): read_common looked
  if (is_taken(http)) return Delivered{};
  if (http.status < 300) return TryAgain{.after = {}, .why = print_answer(http)};
  return Refused{.why = print_answer(http)};
}

std::optional<Address> parse_service_url(std::string_view text) {
  const auto colon = text.find("://");
  if (colon == std::string_view::npos) return std::nullopt;
  Address address{.scheme = lower(text.substr(0, colon)), .host = {}, .path = "/", .query = {}};
  if (address.scheme != "http" && address.scheme != "https") return std::nullopt;
  text.remove_prefix(colon + 3);
  text = text.substr(0, text.find('#'));
  if (const auto mark = text.find('?'); mark != std::string_view::npos) {
    address.query = text.substr(mark + 1);
    text = text.substr(0, mark);
  }
  if (const auto slash = text.find('/'); slash != std::string_view::npos) {
    address.path = text.substr(slash);
    text = text.substr(0, slash);
  }
  if (text.find_first_of("@ \\") != std::string_view::npos) return std::nullopt;
  const auto end = text.starts_with('[') ? text.find(']') + 1 : text.find(':');
  address.host = lower(text.substr(0, end));
  if (address.host.empty()) return std::nullopt;
  return address;
}

bool is_loopback(const Address& address) {
  if (address.host == "localhost" || address.host == "[::1]") return true;
  const auto literal = parse_address(address.host);
  return literal && !literal->is_v6 && literal->bytes.front() == 127;
}

std::vector<std::string> check_secret_url(std::string_view text, std::string_view secret) {
  const auto url = parse_service_url(text);
  if (!url) return {"the address is not an absolute https URL"};
  if (url->scheme != "https" && !is_loopback(*url)) {
    return {std::string(secret) + " must not travel in the clear: use https"};
  }
  return {};
}

std::string_view without_end_slashes(std::string_view url) {
  while (url.ends_with('/'))
    url.remove_suffix(1);
  return url;
}

std::string method_address(std::string_view url, std::string_view method) {
  std::string address(without_end_slashes(url));
  if (!address.ends_with(method)) address += method;
  return address;
}

}  // namespace bw
