// SPDX-License-Identifier: Apache-2.0
// Webex' API, POST /v1/messages, as a bot. Limit: 7,439 bytes (Alertmanager's figure). "<@all>" and
// the like are mentions, so that no "<" of others is left. Answers: the message with 200; 429 with
// Retry-After.
#include "daemon/notify/layout.h"
#include "daemon/notify/markdown.h"
#include "daemon/notify/notifier.h"
#include "daemon/notify/service.h"
#include "probes/url.h"

#include <nlohmann/json.hpp>

namespace bw {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t kTextMax = 7'439;
constexpr std::size_t kRoomMax = 255;
constexpr std::string_view kPath = "/v1/messages";
constexpr std::string_view kMarks = "\\*_~`|#[]()!";

std::string escape(std::string_view text) {
  return escape_entities(escape_marks(text, kMarks));
}
constexpr MarkdownStyle kStyle{.escape = escape};

std::vector<std::string> check(const Destination& destination) {
  auto problems = check_secret_url(destination.url, "the access token");
  const auto url = parse_service_url(destination.url);
  const bool is_webex =
      url && (is_within(url->host, "webexapis.com") || is_within(url->host, "ciscospark.com"));
  if (is_webex && problems.empty() && url->path != kPath) {
    problems.emplace_back(
        "the address is not the one for messages: leave \"url\" out, or write "
        "\"https://webexapis.com/v1/messages\"");
  }
  if (destination.secret.empty()) {
    problems.emplace_back("Webex needs the access token of its bot in \"secret\"");
  }
  if (destination.chat.empty() || destination.chat.size() > kRoomMax ||
      destination.chat.find_first_of(" /@") != std::string::npos) {
    problems.emplace_back(
        "\"chat\" is not a space's id, as https://webexapis.com/v1/rooms lists it");
  }
  return problems;
}

std::vector<HttpAsk> compose(const Destination& destination, const Notice& notice, Time) {
  if (destination.secret.empty()) return {};
  const Json payload = {{"roomId", destination.chat},
                        {"markdown", print_markdown(notice, kStyle, kTextMax)}};
  HttpAsk ask = post_json(
      destination, destination.url, payload.dump(-1, ' ', false, Json::error_handler_t::replace));
  ask.headers.push_back({.name = "Authorization", .value = "Bearer " + destination.secret});
  return {std::move(ask)};
}

Delivery read(const Reply& reply, Time now) {
  return read_answer(reply, now, [](const HttpReply& http) {
    return http.status == 200 && value_at(http, "/id").is_string();
  });
}

}  // namespace

const Notifier notify::webex{
    .name = "webex",
    .about = "Webex space, through a bot",
    .check = check,
    .compose = compose,
    .read = read,
    .takes_secret = true,
    .takes_chat = true,
    .url_default = "https://webexapis.com/v1/messages",
    .chat_hint = R"(write the space's id: chat = "Y2lzY29zcGFyazov...")",
};

}  // namespace bw
