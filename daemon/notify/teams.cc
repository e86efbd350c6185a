// SPDX-License-Identifier: Apache-2.0
// Microsoft Teams Workflows ("when a Teams webhook request is received"): an Adaptive Card 1.5 in
// a message. About 28 kB are taken; 20 kB are safe. 202 means that the flow has started. The
// connectors before it (webhook.office.com) were retired in May 2026; they answered 200 with
// "HTTP error 429" in the body.
#include "daemon/notify/english.h"
#include "daemon/notify/layout.h"
#include "daemon/notify/notifier.h"
#include "daemon/notify/service.h"
#include "probes/text.h"
#include "probes/url.h"

#include <fmt/format.h>

#include <array>
#include <nlohmann/json.hpp>

namespace bw {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t kPayloadBytesMax = 20'000;
constexpr std::array<std::size_t, 4> kLineBytes{1'000, 400, 200, 80};  // tried until it fits

// Text runs are shown as they are: unlike text blocks, they know no Markdown, so that words that
// others wrote can make no links.
Json line(std::string_view text, bool is_bold, std::string_view spacing) {
  Json run = {{"type", "TextRun"}, {"text", text}};
  if (is_bold) run["weight"] = "Bolder";
  return {{"type", "RichTextBlock"}, {"spacing", spacing}, {"inlines", Json::array({run})}};
}

std::string_view style_of(const Notice& notice) {
  if (notice.kind == NoticeKind::resolved) return "good";
  switch (notice.level) {
    case Level::calm:
      return "default";
    case Level::degraded:
    case Level::watch:
    case Level::blind:
      return "warning";
    case Level::outage:
    case Level::suspected:
    case Level::strongly_suspected:
    case Level::declared:
      return "attention";
  }
  return "default";
}

Json headline_of(const Notice& notice, std::size_t line_bytes) {
  const Json run = {
      {"type", "TextRun"},
      {"text", shorten(fmt::format("{} {}", symbol_of(notice), notice.headline), line_bytes)},
      {"weight", "Bolder"},
      {"size", "Medium"}};
  const Json block = {{"type", "RichTextBlock"}, {"inlines", Json::array({run})}};
  return {{"type", "Container"},
          {"style", style_of(notice)},
          {"bleed", true},
          {"items", Json::array({block})}};
}

Json card_of(const Notice& notice, std::size_t line_bytes) {
  Json body = Json::array({headline_of(notice, line_bytes)});
  for (const auto& part : parts_of(notice)) {
    body.push_back(line(part.label, true, "Medium"));
    std::size_t number = 0;
    for (const auto& text : part.lines) {
      ++number;
      const auto shown = shorten(text, line_bytes);
      const auto marked = part.is_ordered ? fmt::format("{}. {}", number, shown)
                          : part.is_list  ? "• " + shown
                                          : shown;
      body.push_back(line(marked, false, "Small"));
    }
  }
  if (notice.incident != 0) body.push_back(line(print_incident(notice.incident), false, "Medium"));
  Json card = {{"$schema", "http://adaptivecards.io/schemas/adaptive-card.json"},
               {"type", "AdaptiveCard"},
               {"version", "1.5"},
               {"fallbackText", shorten(notice.headline, line_bytes)},
               {"body", std::move(body)},
               {"msteams", {{"width", "Full"}}}};
  if (!notice.link.empty()) {
    card["actions"] = Json::array(
        {{{"type", "Action.OpenUrl"}, {"title", english::kDetails}, {"url", notice.link}}});
  }
  return card;
}

std::string payload_of(const Notice& notice) {
  std::string payload;
  for (const auto line_bytes : kLineBytes) {
    const Json message = {{"type", "message"},
                          {"attachments",
                           Json::array({{{"contentType", "application/vnd.microsoft.card.adaptive"},
                                         {"contentUrl", nullptr},
                                         {"content", card_of(notice, line_bytes)}}})}};
    payload = message.dump(-1, ' ', false, Json::error_handler_t::replace);
    if (payload.size() <= kPayloadBytesMax) break;
  }
  return payload;
}

bool is_retired(const Address& url) {
  if (is_within(url.host, "webhook.office.com")) return true;
  return (is_within(url.host, "outlook.office.com") ||
          is_within(url.host, "outlook.office365.com")) &&
         url.path.starts_with("/webhook");
}

std::vector<std::string> check(const Destination& destination) {
  auto problems = check_secret_url(destination.url);
  const auto url = parse_service_url(destination.url);
  if (!url) return problems;
  if (is_retired(*url)) {
    problems.emplace_back(
        "the address is one of an Office 365 connector, which Microsoft retired in May 2026: make "
        "a workflow \"when a Teams webhook request is received\" in the channel and take its "
        "address");
  }
  const bool is_workflow = is_within(url->host, "logic.azure.com") ||
                           is_within(url->host, "environment.api.powerplatform.com");
  if (is_workflow && url->query.find("sig=") == std::string::npos) {
    problems.emplace_back("the address lacks its signature (\"sig=\"): copy it whole");
  }
  return problems;
}

std::vector<HttpAsk> compose(const Destination& destination, const Notice& notice, Time) {
  return {post_json(destination, destination.url, payload_of(notice))};
}

Delivery read(const Reply& reply, Time now) {
  if (auto common = read_common(reply, now)) return *common;
  const auto& http = *reply.http;  // NOLINT(bugprone-unchecked-optional-access): read_common looked
  if (http.status >= 400) return Refused{.why = print_answer(http)};
  const auto body = lower(http.body);
  const bool tells_of_error =
      body.find("http error") != std::string::npos || body.find("\"error\"") != std::string::npos;
  if (!tells_of_error) return Delivered{};
  return TryAgain{.after = retry_after(http, now), .why = print_answer(http)};
}

}  // namespace

const Notifier notify::teams{
    .name = "teams",
    .about = "Microsoft Teams channel, through a workflow's webhook",
    .check = check,
    .compose = compose,
    .read = read,
};

}  // namespace bw
