// SPDX-License-Identifier: Apache-2.0
// Mattermost incoming webhooks: Slack's shape with Markdown in it. Limit: 16,383 code points
// (Alertmanager's figure), counted in bytes here, which are never fewer. Answers: "ok" with 200; an
// error in JSON with 4xx.
#include "daemon/notify/english.h"
#include "daemon/notify/layout.h"
#include "daemon/notify/notifier.h"
#include "daemon/notify/service.h"
#include "probes/text.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

namespace bw {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t kTextMax = 16'383;
constexpr std::size_t kHeadlineMax = 1'000;
constexpr std::size_t kLinkBytesMax = 2'000;
constexpr std::size_t kWorthAPart = 80;  // less than that says nothing
constexpr std::string_view kMarks = "\\*_~`|#[]()!";

// Entities, because Slack's marks ("<!channel>") are understood as well; and no "@", because a
// backslash does not keep "@channel" from calling a channel. An address of others still becomes a
// link, which shows where it leads.
std::string escape(std::string_view text) {
  return disarm_mentions(escape_entities(escape_marks(text, kMarks)));
}

std::string footer_of(const Notice& notice) {
  std::string text = notice.incident == 0 ? std::string() : print_incident(notice.incident);
  if (notice.link.empty() || notice.link.size() > kLinkBytesMax) return text;
  if (!text.empty()) text += " · ";
  // A bracket or a space would end the link early.
  if (notice.link.find_first_of("()<> \\") != std::string::npos) return text + escape(notice.link);
  return text + fmt::format("[{}]({})", english::kDetails, notice.link);
}

std::string text_of(const Notice& notice) {
  const auto title = shorten(escape(notice.headline), kHeadlineMax);
  auto text = fmt::format("#### {} {}", symbol_of(notice), title);
  auto footer = footer_of(notice);
  if (!footer.empty()) footer.insert(0, "\n\n");
  const auto most = kTextMax - footer.size();
  for (const auto& part : parts_of(notice)) {
    const auto used = text.size() + 2;
    if (used + kWorthAPart > most) break;
    // Behind a label or a bullet, no words of others begin a line.
    const auto lines = escape(print_lines(part, "- "));
    const auto whole = fmt::format("**{}:**{}{}", part.label, part.is_list ? "\n" : " ", lines);
    text += "\n\n" + shorten(whole, most - used);
  }
  return text + footer;
}

std::vector<std::string> check(const Destination& destination) {
  auto problems = check_secret_url(destination.url);
  const auto url = parse_service_url(destination.url);
  if (url && url->path.find("/hooks/") == std::string::npos) {
    problems.emplace_back(
        "the address is not one of an incoming webhook (https://mattermost.example/hooks/...)");
  }
  return problems;
}

std::vector<HttpAsk> compose(const Destination& destination, const Notice& notice, Time) {
  const Json payload = {{"text", text_of(notice)}};
  return {post_json(
      destination, destination.url, payload.dump(-1, ' ', false, Json::error_handler_t::replace))};
}

// "ok"; a page of Mattermost for people says that the address is not the webhook's.
Delivery read(const Reply& reply, Time now) {
  return read_answer(reply, now, [](const HttpReply& http) {
    return http.status == 200 && trim(http.body) == "ok";
  });
}

}  // namespace

const Notifier notify::mattermost{
    .name = "mattermost",
    .about = "Mattermost channel, through an incoming webhook",
    .check = check,
    .compose = compose,
    .read = read,
};

}  // namespace bw
