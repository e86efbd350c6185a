// SPDX-License-Identifier: Apache-2.0
#include "probes/json_look.h"

#include "probes/ending.h"
#include "probes/feed_json.h"
#include "probes/text.h"
#include "probes/url.h"

#include <algorithm>
#include <array>

namespace bw {
namespace {

constexpr int kRedirectsMax = 4;  // a bootstrap service, its registry, the registrar, one to spare
constexpr std::size_t kBodyBytesMin = 4 << 20;
constexpr std::size_t kNoteBytesMax = 300;

Finding ended(Outcome outcome, std::string_view note, int status) {
  Finding finding;
  finding.outcome = outcome;
  finding.note = fold(note, kNoteBytesMax);
  if (status != 0) finding.facts.set(Fact::status, std::to_string(status));
  return finding;
}

std::variant<Ask, Finding> follow(const Spec& spec, Look& look, const HttpReply& http) {
  const auto base = parse_url(look.url);
  const auto location = find_header(http.headers, "location");
  const auto target = base ? resolve_url(*base, location) : std::nullopt;
  const bool is_worse = target && base->scheme == "https" && target->scheme != "https";
  if (!target || is_worse) {
    return ended(Outcome::status_unexpected, "redirected to where it cannot be asked", http.status);
  }
  if (look.redirects == kRedirectsMax) {
    return ended(Outcome::redirect_loop, "redirected too often", http.status);
  }
  ++look.redirects;
  // What authorises us with the one is not for the other.
  Spec bare = spec;
  if (origin_of(*target) != origin_of(*base)) bare.headers.clear();
  auto ask = ask_json(bare, look, print(*target), look.content_type);
  std::get<HttpAsk>(ask.what).lead = {.is_foreign = true, .from = look.own_address};
  return ask;
}

}  // namespace

Ask ask_json(const Spec& spec, Look& look, const std::string& url, std::string_view accept) {
  look.url = url;
  look.content_type = accept;
  HttpAsk http;
  http.url = url;
  http.headers = spec.headers;
  if (find_header(http.headers, "accept").empty()) {
    http.headers.push_back({.name = "Accept", .value = std::string(accept)});
  }
  http.trust = spec.trust;
  http.body_bytes_max = std::max(spec.body_bytes_max, kBodyBytesMin);
  return {.what = std::move(http), .deadline = spec.deadline};
}

JsonStep read_json_reply(const Spec& spec, Look& look, const Reply& reply) {
  if (look.redirects == 0) look.own_address = reply.address;
  if (reply.failure != Outcome::ok) return failed(reply, {});
  if (!reply.http) return ended(Outcome::monitor_error, "no answer was handed over", 0);
  const HttpReply& http = *reply.http;
  if (http.status >= 300 && http.status < 400 && !find_header(http.headers, "location").empty()) {
    auto followed = follow(spec, look, http);
    if (auto* ask = std::get_if<Ask>(&followed)) return std::move(*ask);
    return std::move(std::get<Finding>(followed));
  }
  if (http.status < 200 || http.status > 299) {
    return ended(
        outcome_of_status(http.status), "answered " + std::to_string(http.status), http.status);
  }
  auto document = http.is_truncated ? std::nullopt : parse_json_feed(http.body);
  if (!document) {
    const std::string_view why = http.is_truncated ? "the answer is longer than body_bytes_max"
                                                   : "the answer is no JSON, or far too deep";
    return ended(Outcome::json_mismatch, why, http.status);
  }
  return std::move(*document);
}

std::string join_url(const Spec& spec, std::string_view fallback, std::string_view path) {
  std::string_view base = spec.url.empty() ? fallback : std::string_view(spec.url);
  while (base.ends_with('/'))
    base.remove_suffix(1);
  return std::string(base) + std::string(path);
}

Finding other_than_asked(std::string_view wanted) {
  return ended(Outcome::json_mismatch, "expected " + std::string(wanted), 0);
}

}  // namespace bw
