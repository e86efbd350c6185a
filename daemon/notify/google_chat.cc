// SPDX-License-Identifier: Apache-2.0
// Google Chat webhooks (chat.googleapis.com, API v1, spaces.messages.create): a text for
// notifications and a card (v2) with the reasons. The notices of one incident are one thread: they
// have one thread key, and messageReplyOption makes a new thread where there is none yet. Limits:
// 32,000 bytes a message, counted here over the whole body, 100 widgets a card; one message a
// second in a space. Answers: the message with 200; 429 when there were too many.
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

constexpr std::size_t kBodyBytesMax = 30'000;
constexpr std::array<std::size_t, 4> kLineBytes{1'000, 400, 200, 80};  // tried until it fits
constexpr std::string_view kReplyOption = "messageReplyOption=";
constexpr std::string_view kReplyInThread = "REPLY_MESSAGE_FALLBACK_TO_NEW_THREAD";

// Mentions and links of a text begin with an angle bracket, and no way to escape one is known.
std::string without_brackets(std::string_view text) {
  std::string safe;
  for (const char c : text) {
    if (c == '<') {
      safe += "‹";
    } else if (c == '>') {
      safe += "›";
    } else {
      safe += c;
    }
  }
  return safe;
}

// Paragraphs of cards are read as simple HTML.
Json paragraph(const std::string& html) {
  return {{"textParagraph", {{"text", html}}}};
}

Json widget_of(const NoticePart& part, std::size_t line_bytes) {
  auto html = fmt::format("<b>{}</b>", part.label);
  std::size_t number = 0;
  for (const auto& line : part.lines) {
    ++number;
    html += "<br>";
    if (part.is_ordered) {
      html += fmt::format("{}. ", number);
    } else if (part.is_list) {
      html += "• ";
    }
    html += escape_entities(shorten(line, line_bytes));
  }
  return paragraph(html);
}

Json card_of(const Notice& notice, std::size_t line_bytes) {
  Json widgets = Json::array();
  for (const auto& part : parts_of(notice))
    widgets.push_back(widget_of(part, line_bytes));
  if (!notice.link.empty()) {
    const Json button = {{"text", english::kDetails},
                         {"onClick", {{"openLink", {{"url", notice.link}}}}}};
    widgets.push_back({{"buttonList", {{"buttons", Json::array({button})}}}});
  }
  if (widgets.empty()) return nullptr;
  Json card = Json::object();
  if (notice.incident != 0) card["header"] = {{"title", print_incident(notice.incident)}};
  card["sections"] = Json::array({{{"widgets", std::move(widgets)}}});
  return card;
}

std::string body_of(const Notice& notice) {
  std::string body;
  for (const auto line_bytes : kLineBytes) {
    const auto title = fmt::format("{} {}", symbol_of(notice), without_brackets(notice.headline));
    Json message = {{"text", shorten(title, line_bytes)}};
    if (auto card = card_of(notice, line_bytes); !card.is_null()) {
      message["cardsV2"] = Json::array({{{"cardId", "bellwether"}, {"card", std::move(card)}}});
    }
    if (notice.incident != 0) {
      message["thread"] = {{"threadKey", fmt::format("bellwether/inc-{}", notice.incident)}};
    }
    body = message.dump(-1, ' ', false, Json::error_handler_t::replace);
    if (body.size() <= kBodyBytesMax) break;
  }
  return body;
}

std::string endpoint_of(std::string url) {
  if (url.find(kReplyOption) != std::string::npos) return url;
  url += url.find('?') == std::string::npos ? '?' : '&';
  url += kReplyOption;
  url += kReplyInThread;
  return url;
}

std::vector<std::string> check(const Destination& destination) {
  auto problems = check_secret_url(destination.url);
  const auto url = parse_service_url(destination.url);
  if (!url || !is_within(url->host, "chat.googleapis.com")) return problems;
  if (!url->path.starts_with("/v1/spaces/") || !url->path.ends_with("/messages")) {
    problems.emplace_back(
        "the address is not one of a webhook "
        "(https://chat.googleapis.com/v1/spaces/.../messages?key=...&token=...)");
  } else if (url->query.find("key=") == std::string::npos ||
             url->query.find("token=") == std::string::npos) {
    problems.emplace_back("the address lacks its \"key=\" or its \"token=\": copy it whole");
  }
  return problems;
}

std::vector<HttpAsk> compose(const Destination& destination, const Notice& notice, Time) {
  return {post_json(destination, endpoint_of(destination.url), body_of(notice))};
}

Delivery read(const Reply& reply, Time now) {
  if (auto common = read_common(reply, now)) return *common;
  const auto& http = *reply.http;  // NOLINT(bugprone-unchecked-optional-access): read_common looked
  if (http.status >= 300) return Refused{.why = print_answer(http)};
  // The message as it was made, "spaces/S/messages/M"; anything else is of somebody in between.
  if (http.status == 200 && value_at(http, "/name").is_string()) return Delivered{};
  return TryAgain{.after = {}, .why = print_answer(http)};
}

}  // namespace

const Notifier notify::google_chat{
    .name = "google-chat",
    .about = "Google Chat space, through a webhook: one thread an incident",
    .check = check,
    .compose = compose,
    .read = read,
};

}  // namespace bw
