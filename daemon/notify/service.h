// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "daemon/notify/notifier.h"

#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>

// What the notifiers share: posting, reading answers, and looking at addresses.
namespace bw {

// The longest that a service may ask us to wait.
inline constexpr Millis kRetryAfterMax{std::chrono::hours{1}};
// Of a service's own words in an error.
inline constexpr std::size_t kAnswerBytesMax = 160;
inline constexpr std::size_t kAnswerBodyBytesMax = 64 << 10;

// A POST of JSON under the destination's trust.
[[nodiscard]] HttpAsk post_json(const Destination& destination, std::string url, std::string body);

// With padding (RFC 4648, 4).
[[nodiscard]] std::string encode_base64(std::string_view bytes);

// Retry-After (RFC 9110, 10.2.3): seconds, or an IMF-fixdate; between zero and kRetryAfterMax.
[[nodiscard]] std::optional<Millis> retry_after(const HttpReply& reply, Time now);

// "answered 404: no_team". Never holds the address, which is a secret for most services.
[[nodiscard]] std::string print_answer(const HttpReply& reply);

// The value at `pointer` (RFC 6901: "/parameters/retry_after") of a JSON body; null where there is
// none, or where the body is no JSON.
[[nodiscard]] nlohmann::json value_at(const HttpReply& reply, const char* pointer);

// Where a service repeats in JSON how long to wait, and in what.
struct WaitAt {
  const char* pointer = nullptr;  // null: nowhere
  Millis unit{1'000};
};

// A result where the status alone decides, the same for every service: no whole answer, a redirect
// (never followed: the address is wrong, or somebody stands in between), 408, 425, 429 and 5xx are
// tried again. Nothing for other statuses: those are the service's own to read. Where the service
// says twice how long to wait, the longer is asked for.
[[nodiscard]] std::optional<Delivery> read_common(const Reply& reply, Time now, WaitAt wait = {});

// The same, and the rest for a service that has one sort of answer for what it took. Another 2xx is
// a page of somebody in between (a proxy, a captive portal) and is tried again; all else is
// refused.
[[nodiscard]] Delivery read_answer(const Reply& reply,
                                   Time now,
                                   bool (*is_taken)(const HttpReply& http),
                                   WaitAt wait = {});

// The parts of an absolute http or https URL that `check` looks at; the host in lower case. Nothing
// for other schemes, user information and missing hosts.
struct Address {
  std::string scheme;
  std::string host;  // an IPv6 literal keeps its brackets
  std::string path;
  std::string query;
};
[[nodiscard]] std::optional<Address> parse_service_url(std::string_view text);

// "localhost" and loopback addresses: the only hosts to which a secret may go without TLS.
[[nodiscard]] bool is_loopback(const Address& address);
// A problem where `url` is none, or not https while `secret` goes there.
[[nodiscard]] std::vector<std::string> check_secret_url(
    std::string_view url, std::string_view secret = "the address is a secret and");

[[nodiscard]] std::string_view without_end_slashes(std::string_view url);
// `method` ("/sendMessage") below `url`, which may name it already.
[[nodiscard]] std::string method_address(std::string_view url, std::string_view method);

}  // namespace bw
