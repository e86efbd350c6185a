// SPDX-License-Identifier: Apache-2.0
// Telegram's Bot API, sendMessage, without a parse mode: no markup is read out of anybody's words.
// The bot's token is in the address. Limit: 4,096 characters, counted in bytes here, which are
// never fewer. Answers: {"ok":true} with 200; 429 says in JSON how many seconds to wait
// (unverified).
#include "daemon/notify/english.h"
#include "daemon/notify/layout.h"
#include "daemon/notify/notifier.h"
#include "daemon/notify/service.h"
#include "daemon/notify/words.h"
#include "probes/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <nlohmann/json.hpp>

namespace bw {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t kTextMax = 4'096;
constexpr std::size_t kLinkBytesMax = 2'000;
constexpr std::size_t kChatBytesMax = 64;
constexpr std::string_view kMethod = "/sendMessage";

// Telegram finds "@name" without markup, and tells whoever has that name. The link stands last and
// whole, however long the rest is.
std::string text_of(const Notice& notice) {
  auto words = notice;
  words.link.clear();
  std::string footer;
  if (!notice.link.empty() && notice.link.size() <= kLinkBytesMax) {
    footer = fmt::format("\n{}: {}", english::kDetails, notice.link);
  }
  const auto text = fmt::format("{} {}", symbol_of(notice), disarm_mentions(print_plain(words)));
  return shorten(text, kTextMax - footer.size()) + footer;
}

bool is_chat(std::string_view text) {
  if (text.size() > kChatBytesMax) return false;
  const bool is_name = text.starts_with('@');
  if (is_name || text.starts_with('-')) text.remove_prefix(1);
  return !text.empty() && std::ranges::all_of(text, [&](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return std::isdigit(byte) != 0 || (is_name && (std::isalpha(byte) != 0 || c == '_'));
  });
}

// "/bot123456:ABC" or "/bot123456:ABC/sendMessage"
bool is_bot_path(std::string_view path) {
  constexpr std::string_view kBot = "/bot";
  path = without_end_slashes(path);
  if (path.ends_with(kMethod)) path.remove_suffix(kMethod.size());
  const auto at = path.rfind(kBot);
  if (at == std::string_view::npos) return false;
  const auto token = path.substr(at + kBot.size());
  const auto colon = token.find(':');
  return colon != std::string_view::npos && colon > 0 && colon + 1 < token.size() &&
         token.substr(0, colon).find_first_not_of("0123456789") == std::string_view::npos &&
         token.find('/') == std::string_view::npos;
}

std::vector<std::string> check(const Destination& destination) {
  auto problems = check_secret_url(destination.url);
  const auto url = parse_service_url(destination.url);
  if (url && (!is_bot_path(url->path) || !url->query.empty())) {
    problems.emplace_back("the address is not one of a bot (https://api.telegram.org/botTOKEN)");
  }
  if (!is_chat(destination.chat)) {
    problems.emplace_back(
        "\"chat\" is not a chat's number (\"-1001234567890\") or a channel's name (\"@channel\")");
  }
  return problems;
}

std::vector<HttpAsk> compose(const Destination& destination, const Notice& notice, Time) {
  const Json payload = {{"chat_id", destination.chat},
                        {"text", text_of(notice)},
                        {"link_preview_options", {{"is_disabled", true}}}};
  return {post_json(destination,
                    method_address(destination.url, kMethod),
                    payload.dump(-1, ' ', false, Json::error_handler_t::replace))};
}

Delivery read(const Reply& reply, Time now) {
  if (auto common = read_common(reply, now, {.pointer = "/parameters/retry_after"})) return *common;
  const auto& http = *reply.http;  // NOLINT(bugprone-unchecked-optional-access): read_common looked
  if (http.status >= 300) return Refused{.why = print_answer(http)};
  if (http.status == 200 && value_at(http, "/ok") == true) return Delivered{};
  return TryAgain{.after = {}, .why = print_answer(http)};
}

}  // namespace

const Notifier notify::telegram{
    .name = "telegram",
    .about = "Telegram chat or channel, through a bot",
    .check = check,
    .compose = compose,
    .read = read,
    .takes_chat = true,
    .chat_hint = R"(write chat = "-1001234567890" (a group's id) or chat = "@channel")",
};

}  // namespace bw
