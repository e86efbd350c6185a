// SPDX-License-Identifier: Apache-2.0
// PagerDuty's Events API v2 (reference/events-v2 of PagerDuty/api-schema). One alert for each
// incident and destination: the first notice triggers it, later ones add to it under the same
// dedup_key, the last resolves it. Limits: summary 1,024 characters, dedup_key 255, 512 kB in all.
// 202 is accepted; 400 is never worth another try; 429 and 5xx are. News on an alert that is open
// already gets nobody up again (unverified): who wants to be called once more when an attack is
// suspected names a second destination in a route with cyber_only.
#include "daemon/notify/english.h"
#include "daemon/notify/layout.h"
#include "daemon/notify/notifier.h"
#include "daemon/notify/service.h"
#include "probes/text.h"
#include "probes/url.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <nlohmann/json.hpp>

namespace bw {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t kSummaryMax = 1'024;
constexpr std::size_t kRoutingKeyBytes = 32;
constexpr std::size_t kPayloadBytesMax = 500'000;
constexpr std::array<std::size_t, 4> kLineBytes{1'000, 400, 200, 80};  // tried until it fits
constexpr std::string_view kPath = "/v2/enqueue";
constexpr std::string_view kClient = "bellwether";

// PagerDuty may treat critical and error as urgent, and the others as not: an outage, an attack and
// blindness call somebody, the rest does not.
std::string_view severity_of(const Notice& notice) {
  if (notice.kind == NoticeKind::test) return "info";
  switch (notice.level) {
    case Level::calm:
      return "info";
    case Level::degraded:
    case Level::watch:
      return "warning";
    case Level::outage:
    case Level::blind:
      return "error";
    case Level::suspected:
    case Level::strongly_suspected:
    case Level::declared:
      return "critical";
  }
  return "error";
}

// At most 64 bytes are the destination's id, so that it is far below 255 characters.
std::string dedup_key_of(const Destination& destination, const Notice& notice) {
  const auto about = notice.kind == NoticeKind::test ? std::string("test")
                                                     : fmt::format("inc-{}", notice.incident);
  return fmt::format("{}/{}/{}", kClient, destination.id, about);
}

Json details_of(const Notice& notice, std::size_t line_bytes) {
  Json details = Json::object();
  if (notice.incident != 0) details["Incident"] = print_incident(notice.incident);
  for (const auto& part : parts_of(notice)) {
    Json lines = Json::array();
    for (const auto& line : part.lines)
      lines.push_back(shorten(line, line_bytes));
    details[std::string(part.label)] = part.is_list ? std::move(lines) : lines.front();
  }
  return details;
}

Json event_of(const Destination& destination, const Notice& notice, std::size_t line_bytes) {
  const bool is_end = notice.kind == NoticeKind::resolved;
  Json event = {{"routing_key", destination.secret},
                {"event_action", is_end ? "resolve" : "trigger"},
                {"dedup_key", dedup_key_of(destination, notice)}};
  if (is_end) return event;  // the rest of the end would be shown nowhere
  Json payload = {{"summary", shorten(notice.headline, kSummaryMax)},
                  {"source", kClient},
                  {"severity", severity_of(notice)},
                  {"timestamp", print_time(notice.at)}};
  if (!notice.functions.empty()) payload["component"] = notice.functions.front();
  if (!notice.cause.empty()) payload["class"] = notice.cause;
  payload["custom_details"] = details_of(notice, line_bytes);
  event["payload"] = std::move(payload);
  event["client"] = kClient;
  if (notice.link.empty()) return event;
  event["client_url"] = notice.link;
  event["links"] = Json::array({{{"href", notice.link}, {"text", english::kDetails}}});
  return event;
}

bool is_routing_key(std::string_view text) {
  return text.size() == kRoutingKeyBytes && std::ranges::all_of(text, [](char c) {
           return std::isalnum(static_cast<unsigned char>(c)) != 0;
         });
}

std::vector<std::string> check(const Destination& destination) {
  auto problems = check_secret_url(destination.url, "the routing key");
  const auto url = parse_service_url(destination.url);
  if (url && problems.empty() && is_within(url->host, "pagerduty.com") && url->path != kPath) {
    problems.emplace_back(
        "the address is not the one of the Events API v2: leave \"url\" out, or write "
        "\"https://events.eu.pagerduty.com/v2/enqueue\" for PagerDuty's EU region");
  }
  if (!is_routing_key(destination.secret)) {
    problems.emplace_back(
        "PagerDuty needs a routing key in \"secret\": the 32 letters and digits of the integration "
        "key of an \"Events API v2\" integration");
  }
  return problems;
}

std::vector<HttpAsk> compose(const Destination& destination, const Notice& notice, Time) {
  if (destination.secret.empty()) return {};
  std::string body;
  for (const auto line_bytes : kLineBytes) {
    body = event_of(destination, notice, line_bytes)
               .dump(-1, ' ', false, Json::error_handler_t::replace);
    if (body.size() <= kPayloadBytesMax) break;
  }
  return {post_json(destination, destination.url, std::move(body))};
}

// PagerDuty accepts with 202 only.
Delivery read(const Reply& reply, Time now) {
  return read_answer(reply, now, [](const HttpReply& http) { return http.status == 202; });
}

}  // namespace

const Notifier notify::pagerduty{
    .name = "pagerduty",
    .about = "PagerDuty, Events API v2: one alert an incident, which its end resolves",
    .check = check,
    .compose = compose,
    .read = read,
    .takes_secret = true,
    .is_address_public = true,
    .url_default = "https://events.pagerduty.com/v2/enqueue",
};

}  // namespace bw
