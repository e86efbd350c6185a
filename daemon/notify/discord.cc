// SPDX-License-Identifier: Apache-2.0
// Discord webhooks. Limits, in characters: content 2,000, an embed's description 4,096, and 6,000
// in all (unverified). Counted in bytes here, which are never fewer. Without wait=true the answer
// is a success before the message is saved. Answers: the message with 200; 429 says in JSON how
// many seconds to wait, with a fraction.
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

constexpr std::size_t kContentMax = 1'500;
constexpr std::size_t kDescriptionMax = 4'000;  // with the content and the rest below 6,000
constexpr std::size_t kLinkBytesMax = 2'000;
constexpr std::size_t kWorthAPart = 80;  // less than that says nothing
constexpr std::string_view kMarks = "\\*_~`|<>#[]()";

constexpr int kGreen = 0x2e'b6'7d;
constexpr int kGrey = 0x95'a5'a6;
constexpr int kYellow = 0xec'b2'2e;
constexpr int kRed = 0xe0'1e'5a;

int colour_of(const Notice& notice) {
  if (notice.kind == NoticeKind::resolved) return kGreen;
  if (notice.kind == NoticeKind::test) return kGrey;
  switch (notice.level) {
    case Level::calm:
    case Level::blind:
      return kGrey;
    case Level::degraded:
    case Level::watch:
      return kYellow;
    case Level::outage:
    case Level::suspected:
    case Level::strongly_suspected:
    case Level::declared:
      return kRed;
  }
  return kGrey;
}

// Markdown, and addresses: Discord makes a link of every address that is not broken up.
std::string escape(std::string_view text) {
  constexpr std::string_view kStart = "://";
  auto escaped = escape_marks(text, kMarks);
  for (std::size_t at = 0; (at = escaped.find(kStart, at)) != std::string::npos; at += 2) {
    escaped.insert(at, 1, '\\');
  }
  return escaped;
}

std::string description_of(const Notice& notice) {
  std::string description;
  for (const auto& part : parts_of(notice)) {
    const auto used = description.size() + 2;
    if (used + kWorthAPart > kDescriptionMax) break;
    if (!description.empty()) description += "\n\n";
    const auto text = fmt::format("**{}**\n{}", part.label, escape(print_lines(part, "• ")));
    description += shorten(text, kDescriptionMax - used);
  }
  return description;
}

Json embed_of(const Notice& notice) {
  Json embed = {{"description", description_of(notice)}, {"color", colour_of(notice)}};
  if (!notice.link.empty() && notice.link.size() <= kLinkBytesMax) {
    embed["title"] = english::kDetails;
    embed["url"] = notice.link;
  }
  if (notice.incident != 0) embed["footer"] = {{"text", print_incident(notice.incident)}};
  embed["timestamp"] = print_time(notice.at);
  return embed;
}

std::string endpoint_of(std::string url) {
  const auto query = url.find('?');
  if (query != std::string::npos && url.find("wait=true", query) != std::string::npos) return url;
  url += query == std::string::npos ? "?wait=true" : "&wait=true";
  return url;
}

std::vector<std::string> check(const Destination& destination) {
  auto problems = check_secret_url(destination.url);
  const auto url = parse_service_url(destination.url);
  if (!url) return problems;
  const bool is_discord =
      is_within(url->host, "discord.com") || is_within(url->host, "discordapp.com");
  if (is_discord &&
      (!url->path.starts_with("/api/") || url->path.find("/webhooks/") == std::string::npos)) {
    problems.emplace_back(
        "the address is not one of a webhook (https://discord.com/api/webhooks/...)");
  } else if (url->path.ends_with("/slack") || url->path.ends_with("/github")) {
    problems.emplace_back(
        "the address takes another service's messages: give it without its last part (\"/slack\" "
        "or \"/github\")");
  }
  return problems;
}

std::vector<HttpAsk> compose(const Destination& destination, const Notice& notice, Time) {
  const auto title = fmt::format("{} {}", symbol_of(notice), escape(notice.headline));
  const Json payload = {{"content", shorten(title, kContentMax)},
                        {"embeds", Json::array({embed_of(notice)})},
                        // Whatever the words say, they call nobody.
                        {"allowed_mentions", {{"parse", Json::array()}}}};
  return {post_json(destination,
                    endpoint_of(destination.url),
                    payload.dump(-1, ' ', false, Json::error_handler_t::replace))};
}

Delivery read(const Reply& reply, Time now) {
  if (auto common = read_common(reply, now, {.pointer = "/retry_after"})) return *common;
  const auto& http = *reply.http;  // NOLINT(bugprone-unchecked-optional-access): read_common looked
  if (http.status >= 300) return Refused{.why = print_answer(http)};
  // The message as it was saved; anything else is of somebody in between.
  if (http.status == 200 && value_at(http, "/id").is_string()) return Delivered{};
  return TryAgain{.after = {}, .why = print_answer(http)};
}

}  // namespace

const Notifier notify::discord{
    .name = "discord",
    .about = "Discord channel, through a webhook",
    .check = check,
    .compose = compose,
    .read = read,
};

}  // namespace bw
