// SPDX-License-Identifier: Apache-2.0
// Zulip's API, POST /api/v1/messages, as a bot; each incident is a topic of the channel. Limits:
// 10,000 characters of content, counted in bytes here, which are never fewer, and 60 of topic.
// Answers: {"result":"success"} with 200; an error in JSON with 4xx; 429 says in JSON how many
// seconds to wait, with a fraction (unverified).
#include "daemon/notify/layout.h"
#include "daemon/notify/markdown.h"
#include "daemon/notify/notifier.h"
#include "daemon/notify/service.h"
#include "probes/escape.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

namespace bw {
namespace {

constexpr std::size_t kContentMax = 10'000;
constexpr std::size_t kChannelMax = 60;
constexpr std::string_view kMethod = "/api/v1/messages";
constexpr MarkdownStyle kStyle{.escape = disarm_marks};

// Stays over an incident's life, so that what is told of it stands together.
std::string topic_of(const Notice& notice) {
  return notice.incident == 0 ? "bellwether" : print_incident(notice.incident);
}

std::vector<std::string> check(const Destination& destination) {
  auto problems = check_secret_url(destination.url);
  const auto colon = destination.secret.find(':');
  const auto at = destination.secret.find('@');
  if (colon == std::string::npos || at > colon || colon + 1 == destination.secret.size()) {
    problems.emplace_back(
        "Zulip needs its bot in \"secret\": e-mail and API key with a colon between them "
        "(alert-bot@hartley.zulipchat.com:KEY)");
  }
  if (destination.chat.size() > kChannelMax) {
    problems.emplace_back("\"chat\" is no channel's name: it is longer than 60 bytes");
  }
  return problems;
}

std::vector<HttpAsk> compose(const Destination& destination, const Notice& notice, Time) {
  HttpAsk ask = post_json(destination, method_address(destination.url, kMethod), {});
  ask.headers = {{.name = "Content-Type", .value = "application/x-www-form-urlencoded"},
                 {.name = "Authorization", .value = "Basic " + encode_base64(destination.secret)}};
  // "stream" is what every version takes; newer ones say "channel" too.
  ask.body = fmt::format("type=stream&to={}&topic={}&content={}",
                         percent_encode(destination.chat),
                         percent_encode(topic_of(notice)),
                         percent_encode(print_markdown(notice, kStyle, kContentMax)));
  return {std::move(ask)};
}

Delivery read(const Reply& reply, Time now) {
  return read_answer(reply,
                     now,
                     [](const HttpReply& http) {
                       return http.status == 200 && value_at(http, "/result") == "success";
                     },
                     {.pointer = "/retry-after"});
}

}  // namespace

const Notifier notify::zulip{
    .name = "zulip",
    .about = "Zulip channel, through a bot; a topic an incident",
    .check = check,
    .compose = compose,
    .read = read,
    .takes_secret = true,
    .takes_chat = true,
    .is_address_public = true,
    .chat_hint = R"(write the channel's name: chat = "alerts")",
};

}  // namespace bw
