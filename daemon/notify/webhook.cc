// SPDX-License-Identifier: Apache-2.0
// Standard Webhooks 1.0.0: {"type","timestamp","data"}, signed with HMAC-SHA256 over
// "id.timestamp.body". The id stays over retries, so that a receiver can tell a repetition; the
// timestamp is of the attempt. Bodies below 20 kB; only 2xx is success; 410 ends it.
#include "daemon/notify/layout.h"
#include "daemon/notify/notifier.h"
#include "daemon/notify/service.h"
#include "probes/text.h"

#include <fmt/format.h>

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <array>
#include <nlohmann/json.hpp>

namespace bw {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::string_view kSecretPrefix = "whsec_";
constexpr std::size_t kKeyBytesMin = 24;
constexpr std::size_t kKeyBytesMax = 64;
constexpr std::size_t kSecretsMax = 4;
constexpr std::size_t kBodyBytesMax = 20'000;
constexpr std::size_t kNamesMax = 50;
constexpr std::array<std::size_t, 4> kLineBytes{1'000, 400, 200, 80};  // tried until it fits

// The key in "whsec_<base64>": nothing where it is none, or not of 24 to 64 bytes.
std::optional<std::string> read_key(std::string_view secret) {
  if (!secret.starts_with(kSecretPrefix)) return std::nullopt;
  const auto text = secret.substr(kSecretPrefix.size());
  if (text.empty() || text.size() % 4 != 0 || text.size() > 2 * kKeyBytesMax) return std::nullopt;
  std::array<unsigned char, 2 * kKeyBytesMax> decoded{};
  const int padded = EVP_DecodeBlock(decoded.data(),
                                     reinterpret_cast<const unsigned char*>(text.data()),
                                     static_cast<int>(text.size()));
  if (padded < 0) return std::nullopt;
  const std::size_t padding = text.ends_with("==") ? 2 : text.ends_with('=') ? 1 : 0;
  const auto size = static_cast<std::size_t>(padded) - padding;
  if (size < kKeyBytesMin || size > kKeyBytesMax) return std::nullopt;
  return std::string(reinterpret_cast<const char*>(decoded.data()), size);
}

// While a secret is exchanged for another, both may be given, with a space between.
std::vector<std::string_view> secrets_of(std::string_view text) {
  std::vector<std::string_view> secrets;
  while (!(text = trim(text)).empty() && secrets.size() < kSecretsMax) {
    const auto end = std::min(text.find(' '), text.size());
    secrets.push_back(text.substr(0, end));
    text.remove_prefix(end);
  }
  return secrets;
}

std::string sign(std::string_view key, std::string_view text) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned int size = 0;
  HMAC(EVP_sha256(),
       key.data(),
       static_cast<int>(key.size()),
       reinterpret_cast<const unsigned char*>(text.data()),
       text.size(),
       digest.data(),
       &size);
  return encode_base64({reinterpret_cast<const char*>(digest.data()), size});
}

Json short_list(const std::vector<std::string>& texts, std::size_t line_bytes) {
  Json list = Json::array();
  for (const auto& text : texts) {
    if (list.size() == kNamesMax) break;
    list.push_back(shorten(text, line_bytes));
  }
  return list;
}

Json data_of(const Notice& notice, std::size_t line_bytes) {
  const auto line = [&](const std::string& text) { return shorten(text, line_bytes); };
  const auto list = [&](const auto& texts) { return short_list(texts, line_bytes); };
  return {{"incident", notice.incident == 0 ? std::string() : print_incident(notice.incident)},
          {"seq", notice.seq},
          {"level", print(notice.level)},
          {"peak", print(notice.peak)},
          {"since", print_time(notice.since)},
          {"headline", line(notice.headline)},
          {"what_changed", line(notice.what_changed)},
          {"functions", list(notice.functions)},
          {"failing", list(notice.failing)},
          {"working", list(notice.working)},
          {"customers", line(notice.customers)},
          {"likely", line(notice.likely)},
          {"cause", notice.cause},
          {"culprit", notice.culprit},
          {"culprit_name", line(notice.culprit_name)},
          {"suspicion", notice.suspicion},
          {"suspicion_words", line(notice.suspicion_words)},
          {"reasons", list(notice.reasons)},
          {"against", list(notice.doubts)},
          {"would_change", list(notice.would_change)},
          {"first_steps", list(notice.first_steps)},
          {"link", notice.link}};
}

// Depends on the notice alone, so that a repetition is the same body.
std::string body_of(const Notice& notice) {
  std::string body;
  for (const auto line_bytes : kLineBytes) {
    const Json payload = {{"type", fmt::format("bellwether.incident.{}", print(notice.kind))},
                          {"timestamp", print_time(notice.at)},
                          {"data", data_of(notice, line_bytes)}};
    body = payload.dump(-1, ' ', false, Json::error_handler_t::replace);
    if (body.size() < kBodyBytesMax) break;
  }
  return body;
}

std::vector<std::string> check(const Destination& destination) {
  auto problems = check_secret_url(destination.url);
  const auto secrets = secrets_of(destination.secret);
  if (secrets.empty()) problems.emplace_back("a webhook needs a signing secret (whsec_...)");
  for (const auto secret : secrets) {
    if (read_key(secret)) continue;
    problems.emplace_back(
        "the signing secret is not \"whsec_\" and 24 to 64 bytes in base64; make one with: "
        "echo whsec_$(openssl rand -base64 32)");
  }
  return problems;
}

std::vector<HttpAsk> compose(const Destination& destination, const Notice& notice, Time now) {
  auto body = body_of(notice);
  const auto stamp = fmt::format("{}", std::chrono::floor<Seconds>(now).time_since_epoch().count());
  std::string signatures;
  for (const auto secret : secrets_of(destination.secret)) {
    const auto key = read_key(secret);
    if (!key) continue;
    if (!signatures.empty()) signatures += ' ';
    signatures += "v1," + sign(*key, fmt::format("{}.{}.{}", notice.key, stamp, body));
  }
  if (signatures.empty()) return {};  // never unsigned
  auto ask = post_json(destination, destination.url, std::move(body));
  ask.headers.push_back({.name = "webhook-id", .value = notice.key});
  ask.headers.push_back({.name = "webhook-timestamp", .value = stamp});
  ask.headers.push_back({.name = "webhook-signature", .value = signatures});
  return {std::move(ask)};
}

// The specification has all failures tried again but 410. Answers that find fault with the body
// itself are refusals too: the same body would stand in the way of all that follow.
Delivery read(const Reply& reply, Time now) {
  if (auto common = read_common(reply, now)) return *common;
  const auto& http = *reply.http;  // NOLINT(bugprone-unchecked-optional-access): read_common looked
  if (http.status < 300) return Delivered{};
  const bool is_final = http.status == 400 || http.status == 410 || http.status == 413 ||
                        http.status == 415 || http.status == 422;
  if (is_final) return Refused{.why = print_answer(http)};
  return TryAgain{.after = retry_after(http, now), .why = print_answer(http)};
}

}  // namespace

const Notifier notify::webhook{
    .name = "webhook",
    .about = "any HTTPS endpoint, signed after Standard Webhooks 1.0.0",
    .check = check,
    .compose = compose,
    .read = read,
    .takes_secret = true,
};

}  // namespace bw
