// SPDX-License-Identifier: Apache-2.0
// Slack incoming webhooks (Block Kit). Limits: 50 blocks, header 150, section 3,000 characters,
// text 40,000, and about 13,200 characters in all blocks together, which no document mentions
// (slackapi/bolt-js issue 2509). Answers: "ok" with 200; an error's name with 4xx.
#include "daemon/notify/english.h"
#include "daemon/notify/layout.h"
#include "daemon/notify/notifier.h"
#include "daemon/notify/service.h"
#include "probes/text.h"
#include "probes/url.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

namespace bw {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t kHeaderMax = 150;
constexpr std::size_t kSectionMax = 3'000;
constexpr std::size_t kBlocksBytesMax = 12'000;
constexpr std::size_t kTextMax = 1'000;     // a notification shows far less
constexpr std::size_t kWorthASection = 80;  // less than that says nothing

// `verbatim`: no links, channels or mentions are made out of words that others wrote.
Json section(const std::string& text) {
  return {{"type", "section"}, {"text", {{"type", "mrkdwn"}, {"text", text}, {"verbatim", true}}}};
}

std::string footer(const Notice& notice) {
  std::string text = notice.incident == 0 ? std::string() : print_incident(notice.incident);
  if (notice.link.empty()) return text;
  if (!text.empty()) text += " · ";
  // A bar or an angle bracket would end the link early.
  if (notice.link.find_first_of("|<> ") != std::string::npos)
    return text + escape_entities(notice.link);
  return text + fmt::format("<{}|{}>", escape_entities(notice.link), english::kDetails);
}

Json blocks_of(const Notice& notice, const std::string& title) {
  Json blocks = Json::array();
  blocks.push_back(
      {{"type", "header"},
       {"text", {{"type", "plain_text"}, {"text", shorten(title, kHeaderMax)}, {"emoji", false}}}});
  std::size_t left = kBlocksBytesMax;
  // A headline that the header cannot hold stands once more, whole.
  if (title.size() > kHeaderMax) {
    blocks.push_back(section(shorten(title, kSectionMax)));
    left -= std::min(left, title.size());
  }
  for (const auto& part : parts_of(notice)) {
    const auto text = fmt::format("*{}*\n{}", part.label, escape_entities(print_lines(part, "• ")));
    const auto room = std::min(left, kSectionMax);
    if (room < kWorthASection) break;
    const auto shown = shorten(text, room);
    left -= shown.size();
    blocks.push_back(section(shown));
  }
  if (const auto text = footer(notice); !text.empty()) {
    blocks.push_back(
        {{"type", "context"},
         {"elements", Json::array({{{"type", "mrkdwn"}, {"text", shorten(text, kSectionMax)}}})}});
  }
  return blocks;
}

std::vector<std::string> check(const Destination& destination) {
  auto problems = check_secret_url(destination.url);
  const auto url = parse_service_url(destination.url);
  if (url && is_within(url->host, "hooks.slack.com") && !url->path.starts_with("/services/")) {
    problems.emplace_back(
        "the address is not one of an incoming webhook (https://hooks.slack.com/services/...); "
        "workflow triggers take other messages");
  }
  return problems;
}

std::vector<HttpAsk> compose(const Destination& destination, const Notice& notice, Time) {
  const auto title = escape_entities(fmt::format("{} {}", symbol_of(notice), notice.headline));
  auto text = title;
  if (!notice.customers.empty()) text += "\n" + escape_entities(notice.customers);
  const Json payload = {{"text", shorten(text, kTextMax)}, {"blocks", blocks_of(notice, title)}};
  return {post_json(
      destination, destination.url, payload.dump(-1, ' ', false, Json::error_handler_t::replace))};
}

// "ok"; a page of a proxy or a captive portal is not Slack's.
Delivery read(const Reply& reply, Time now) {
  return read_answer(reply, now, [](const HttpReply& http) {
    return http.status == 200 && trim(http.body) == "ok";
  });
}

}  // namespace

const Notifier notify::slack{
    .name = "slack",
    .about = "Slack incoming webhook, and services that take its messages",
    .check = check,
    .compose = compose,
    .read = read,
};

}  // namespace bw
