// SPDX-License-Identifier: Apache-2.0
#include "daemon/notify/notifier.h"
#include "tests/golden.h"
#include "tests/notice_samples.h"
#include "tests/replies.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace bw {
namespace {

using nlohmann::json;
using testing::EndsWith;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

constexpr Time kNow{};
constexpr auto* kBot = "https://api.telegram.org/bot123456:ABC-def_1";

Destination group(std::string url = kBot, std::string chat = "-1001234567890") {
  auto destination = samples::to(std::move(url));
  destination.chat = std::move(chat);
  return destination;
}

json message(const Notice& notice) {
  const auto asks = notify::telegram.compose(group(), notice, kNow);
  EXPECT_THAT(asks, SizeIs(1));
  EXPECT_EQ(asks.front().url, std::string(kBot) + "/sendMessage");
  return json::parse(asks.front().body);
}

TEST(Telegram, ShowsHeadlineThenReasonsThenSteps) {
  expect_golden("telegram-provider-outage.json",
                message(samples::notice(Opened{samples::glitch()})).dump(1));
}

TEST(Telegram, KeepsItsLimitAndItsLinkWhateverItIsGiven) {
  auto notice = samples::hostile();
  const auto made = message(notice)["text"].get<std::string>();
  EXPECT_LE(samples::code_points(made), 4'096U);
  EXPECT_THAT(made, HasSubstr("…"));
  EXPECT_THAT(made, EndsWith("…\nDetails: https://status.hartley.example/#inc-7"));
  notice.link = "https://status.hartley.example/" + std::string(5'000, 'x');
  EXPECT_THAT(message(notice)["text"].get<std::string>(), Not(HasSubstr("Details:")));
}

TEST(Telegram, ReadsNoMarkupAndCallsNobody) {
  auto notice = samples::hostile();
  notice.headline = "@ann_of_ops <b>x</b> [y](tg://user?id=1)";
  const auto made = message(notice);
  EXPECT_FALSE(made.contains("parse_mode"));
  EXPECT_EQ(made["link_preview_options"]["is_disabled"], true);
  EXPECT_THAT(made["text"].get<std::string>(), Not(HasSubstr("@")));
  EXPECT_THAT(made["text"].get<std::string>(), HasSubstr("＠ann_of_ops <b>x</b>"));
}

TEST(Telegram, TakesTheAddressWithItsMethodAndWithout) {
  for (const auto* given : {"", "/", "/sendMessage", "/sendMessage/"}) {
    const auto ask =
        notify::telegram.compose(group(std::string(kBot) + given), Notice{}, kNow).front();
    EXPECT_EQ(ask.url, std::string(kBot) + "/sendMessage") << given;
    EXPECT_THAT(notify::telegram.check(group(std::string(kBot) + given)), IsEmpty()) << given;
  }
}

TEST(Telegram, BelievesOnlyAnAnswerThatSaysOk) {
  const auto read = [](int status, const char* body) {
    return notify::telegram.read(answer(status, body), kNow);
  };
  EXPECT_TRUE(
      std::holds_alternative<Delivered>(read(200, R"({"ok":true,"result":{"message_id":5}})")));
  for (const auto* other : {"<html>", "", "{}", R"({"ok":false})", R"({"ok":"true"})"}) {
    EXPECT_TRUE(std::holds_alternative<TryAgain>(read(200, other))) << other;
  }
  for (const auto& [status, words] : {std::pair{400, "Bad Request: chat not found"},
                                      {401, "Unauthorized"},
                                      {403, "Forbidden: bot was kicked from the group chat"},
                                      {404, "Not Found"}}) {
    const auto result =
        read(status,
             json({{"ok", false}, {"error_code", status}, {"description", words}}).dump().c_str());
    const auto* refused = std::get_if<Refused>(&result);
    ASSERT_NE(refused, nullptr) << words;
    EXPECT_THAT(refused->why, HasSubstr(words));
  }
}

TEST(Telegram, WaitsAsLongAsItIsTold) {
  const auto result = notify::telegram.read(
      answer(429, R"({"ok":false,"error_code":429,"parameters":{"retry_after":35}})"), kNow);
  EXPECT_EQ(std::get<TryAgain>(result).after, Millis{35'000});
}

TEST(Telegram, ChecksItsAddressAndItsChat) {
  for (const auto* chat : {"-1001234567890", "123", "@shop_alerts"}) {
    EXPECT_THAT(notify::telegram.check(group(kBot, chat)), IsEmpty()) << chat;
  }
  for (const auto* chat : {"", "-", "@", "shop_alerts", "12x", "@shop alerts", "--1"}) {
    EXPECT_THAT(notify::telegram.check(group(kBot, chat)), SizeIs(1)) << chat;
  }
  for (const auto* bad : {"https://api.telegram.org/",
                          "https://api.telegram.org/bot",
                          "https://api.telegram.org/botABC:DEF",
                          "https://api.telegram.org/bot123456:",
                          "https://api.telegram.org/bot123456:ABC/getMe",
                          "https://api.telegram.org/bot123456:ABC?chat_id=5",
                          "http://api.telegram.org/bot123456:ABC",
                          "api.telegram.org/bot123456:ABC"}) {
    EXPECT_THAT(notify::telegram.check(group(bad)), SizeIs(1)) << bad;
  }
}

}  // namespace
}  // namespace bw
