// SPDX-License-Identifier: Apache-2.0
// Matrix' client API, v3: PUT .../rooms/ROOM/send/m.room.message/TXN, as a user with an access
// token. The transaction is the notice's key, so that a repeated attempt is one message. Limit:
// 65,536 bytes for the whole event (unverified). As m.text, because m.notice wakes nobody by
// default; the empty m.mentions keeps "@room" from calling a room. Answers: {"event_id":...} with
// 200; 429 says in JSON how many milliseconds to wait.
#include "daemon/notify/english.h"
#include "daemon/notify/layout.h"
#include "daemon/notify/notifier.h"
#include "daemon/notify/service.h"
#include "daemon/notify/words.h"
#include "probes/escape.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

namespace bw {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t kEventMax = 60'000;  // the server adds who, where and when
constexpr std::array<std::size_t, 3> kTextBytes{20'000, 10'000, 5'000};  // tried until it fits
constexpr std::size_t kHeadlineMax = 1'000;
constexpr std::size_t kLinkBytesMax = 2'000;
constexpr std::size_t kWorthAPart = 120;  // less than that says nothing
constexpr std::size_t kRoomMax = 255;

// Text that may not be cut once it is markup: shortened first, each "&" having room for an entity.
std::string html(std::string_view text, std::size_t bytes_max) {
  return shorten(escape_entities(text), bytes_max);
}

std::string part_html(const NoticePart& part, std::size_t bytes_max) {
  constexpr std::size_t kAround = 40;  // tags of a part; a line has nine bytes of them
  constexpr std::size_t kAroundLine = 9;
  std::string text = fmt::format("<p><strong>{}:</strong>", part.label);
  const std::string_view list = part.is_ordered ? "ol" : "ul";
  text += part.is_list ? fmt::format("</p><{}>", list) : " ";
  for (const auto& line : part.lines) {
    const auto used = text.size() + kAround + kAroundLine;
    if (used >= bytes_max) break;
    const auto words = html(line, bytes_max - used);
    text += part.is_list ? fmt::format("<li>{}</li>", words) : words;
  }
  return text + (part.is_list ? fmt::format("</{}>", list) : "</p>");
}

bool has_link(const Notice& notice) {
  return !notice.link.empty() && notice.link.size() <= kLinkBytesMax &&
         notice.link.find_first_of("\"<> ") == std::string::npos;
}

std::string html_of(const Notice& notice, std::size_t bytes_max) {
  std::string footer = notice.incident == 0 ? std::string() : print_incident(notice.incident);
  if (has_link(notice)) {
    footer += fmt::format("{}<a href=\"{}\">{}</a>",
                          footer.empty() ? "" : " · ",
                          escape_entities(notice.link),
                          english::kDetails);
  }
  if (!footer.empty()) footer = "<p>" + footer + "</p>";
  std::string text = fmt::format(
      "<p>{} <strong>{}</strong></p>", symbol_of(notice), html(notice.headline, kHeadlineMax));
  for (const auto& part : parts_of(notice)) {
    const auto used = text.size() + footer.size();
    if (used + kWorthAPart > bytes_max) break;
    text += part_html(part, bytes_max - used);
  }
  return text + footer;
}

Json event_of(const Notice& notice, std::size_t text_bytes) {
  const auto plain = fmt::format("{} {}", symbol_of(notice), disarm_mentions(print_plain(notice)));
  return {{"msgtype", "m.text"},
          {"body", shorten(plain, text_bytes)},
          {"format", "org.matrix.custom.html"},
          {"formatted_body", html_of(notice, text_bytes)},
          {"m.mentions", Json::object()}};
}

std::string endpoint_of(const Destination& destination, const Notice& notice) {
  return fmt::format("{}/_matrix/client/v3/rooms/{}/send/m.room.message/{}",
                     without_end_slashes(destination.url),
                     percent_encode(destination.chat),
                     percent_encode(notice.key));
}

std::vector<std::string> check(const Destination& destination) {
  auto problems = check_secret_url(destination.url, "the access token");
  const auto url = parse_service_url(destination.url);
  if (url && problems.empty() && url->path.find("/_matrix") != std::string::npos) {
    problems.emplace_back("give the homeserver's address alone (https://matrix.example)");
  }
  if (destination.secret.empty()) {
    problems.emplace_back("Matrix needs the access token of its user in \"secret\"");
  }
  if (!destination.chat.starts_with('!') || destination.chat.size() > kRoomMax) {
    problems.emplace_back(
        "\"chat\" is not a room's id, which begins with \"!\" (Element: room settings, advanced)");
  }
  return problems;
}

std::vector<HttpAsk> compose(const Destination& destination, const Notice& notice, Time) {
  if (destination.secret.empty()) return {};
  std::string body;
  for (const auto text_bytes : kTextBytes) {
    body = event_of(notice, text_bytes).dump(-1, ' ', false, Json::error_handler_t::replace);
    if (body.size() <= kEventMax) break;
  }
  HttpAsk ask = post_json(destination, endpoint_of(destination, notice), std::move(body));
  ask.method = "PUT";
  ask.headers.push_back({.name = "Authorization", .value = "Bearer " + destination.secret});
  return {std::move(ask)};
}

Delivery read(const Reply& reply, Time now) {
  return read_answer(reply,
                     now,
                     [](const HttpReply& http) {
                       return http.status == 200 && value_at(http, "/event_id").is_string();
                     },
                     {.pointer = "/retry_after_ms", .unit = Millis{1}});
}

}  // namespace

const Notifier notify::matrix{
    .name = "matrix",
    .about = "Matrix room, through a user's access token",
    .check = check,
    .compose = compose,
    .read = read,
    .takes_secret = true,
    .takes_chat = true,
    .is_address_public = true,
    .chat_hint = R"(write the room's id: chat = "!AbCdEf:matrix.example")",
};

}  // namespace bw
