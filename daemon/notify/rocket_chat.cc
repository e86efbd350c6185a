// SPDX-License-Identifier: Apache-2.0
// Rocket.Chat incoming webhooks. Limit: 5,000 characters, a server's default (unverified), counted
// in bytes here, which are never fewer. Bold is one star. Answers: {"success":true} with 200; an
// error in JSON with "success":false and 4xx.
#include "daemon/notify/markdown.h"
#include "daemon/notify/notifier.h"
#include "daemon/notify/service.h"

#include <nlohmann/json.hpp>

namespace bw {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t kTextMax = 5'000;
constexpr MarkdownStyle kStyle{.escape = disarm_marks, .strong = "*"};

std::vector<std::string> check(const Destination& destination) {
  auto problems = check_secret_url(destination.url);
  const auto url = parse_service_url(destination.url);
  if (url && url->path.find("/hooks/") == std::string::npos) {
    problems.emplace_back(
        "the address is not one of an incoming integration "
        "(https://rocket.example/hooks/ID/TOKEN)");
  }
  return problems;
}

std::vector<HttpAsk> compose(const Destination& destination, const Notice& notice, Time) {
  const Json payload = {{"text", print_markdown(notice, kStyle, kTextMax)}};
  return {post_json(
      destination, destination.url, payload.dump(-1, ' ', false, Json::error_handler_t::replace))};
}

Delivery read(const Reply& reply, Time now) {
  if (auto common = read_common(reply, now)) return *common;
  const auto& http = *reply.http;  // NOLINT(bugprone-unchecked-optional-access): read_common looked
  const auto success = value_at(http, "/success");
  if (http.status == 200 && success == true) return Delivered{};
  // Its own word, also with a 200: a script of the integration may refuse.
  if (http.status >= 400 || success == false) return Refused{.why = print_answer(http)};
  return TryAgain{.after = {}, .why = print_answer(http)};
}

}  // namespace

const Notifier notify::rocket_chat{
    .name = "rocket-chat",
    .about = "Rocket.Chat channel, through an incoming integration",
    .check = check,
    .compose = compose,
    .read = read,
};

}  // namespace bw
