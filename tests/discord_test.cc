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
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;
using testing::StartsWith;

constexpr Time kNow{};
constexpr auto* kHook = "https://discord.com/api/webhooks/1/x";

json message(const Notice& notice) {
  const auto asks = notify::discord.compose(samples::to(kHook), notice, kNow);
  EXPECT_THAT(asks, SizeIs(1));
  EXPECT_EQ(asks.front().url, std::string(kHook) + "?wait=true");
  return json::parse(asks.front().body);
}

std::string text_at(const json& value, const char* pointer) {
  return value.value(json::json_pointer(pointer), std::string());
}

TEST(Discord, ShowsHeadlineThenReasonsThenSteps) {
  expect_golden("discord-suspected.json",
                message(samples::notice(Opened{samples::suspected()})).dump(1));
}

TEST(Discord, KeepsEveryLimitWhateverItIsGiven) {
  auto notice = samples::hostile();
  notice.headline += std::string(5'000, '*');
  const auto made = message(notice);
  const auto content = text_at(made, "/content").size();
  const auto description = text_at(made, "/embeds/0/description").size();
  EXPECT_LE(content, 2'000U);
  EXPECT_LE(description, 4'096U);
  EXPECT_LE(content + description + text_at(made, "/embeds/0/title").size() +
                text_at(made, "/embeds/0/footer/text").size(),
            6'000U);
  EXPECT_THAT(made["embeds"], SizeIs(1));
  EXPECT_EQ(text_at(made, "/embeds/0/url"), "https://status.hartley.example/#inc-7");
}

TEST(Discord, WordsOfOthersCallNobody) {
  auto notice = samples::hostile();
  notice.headline = "@everyone @here <@123> <@&456>";
  const auto made = message(notice);
  EXPECT_EQ(made["allowed_mentions"], json::parse(R"({"parse":[]})"));
  EXPECT_THAT(text_at(made, "/content"), Not(HasSubstr(" <@")));
}

TEST(Discord, WordsOfOthersMakeNoMarkupAndNoLinks) {
  const auto made = message(samples::hostile());
  EXPECT_THAT(text_at(made, "/content"),
              HasSubstr(R"(\[x\]\(https\://evil.example\) \*b\* \`c\`)"));
  const auto description = text_at(made, "/embeds/0/description");
  EXPECT_THAT(description, HasSubstr(R"(\<https\://evil.example\|click\>)"));
  EXPECT_THAT(description, StartsWith("**Customers**\n"));
}

TEST(Discord, WaitsUntilTheMessageIsSavedWhateverTheAddressSays) {
  const auto url = [](const char* given) {
    return notify::discord
        .compose(samples::to(given), samples::notice(Opened{samples::glitch()}), kNow)
        .front()
        .url;
  };
  EXPECT_EQ(url("https://discord.com/api/webhooks/1/x?thread_id=7"),
            "https://discord.com/api/webhooks/1/x?thread_id=7&wait=true");
  EXPECT_EQ(url("https://discord.com/api/webhooks/1/x?wait=true"),
            "https://discord.com/api/webhooks/1/x?wait=true");
  EXPECT_TRUE(std::holds_alternative<Delivered>(
      notify::discord.read(answer(200, R"({"id":"1","content":"x"})"), kNow)));
  for (const auto& [status, body] :
       {std::pair{204, ""}, {200, "<html>"}, {200, "{}"}, {200, R"({"id":1})"}, {200, "[]"}}) {
    EXPECT_TRUE(std::holds_alternative<TryAgain>(notify::discord.read(answer(status, body), kNow)))
        << status << body;
  }
}

TEST(Discord, WaitsAsLongAsItIsTold) {
  const auto wait = [](const char* body, std::vector<Header> headers = {}) {
    const auto result = notify::discord.read(answer(429, body, std::move(headers)), kNow);
    return std::get<TryAgain>(result).after;
  };
  EXPECT_EQ(wait(R"({"message":"You are being rate limited.","retry_after":0.6429})"), Millis{643});
  EXPECT_EQ(wait(R"({"retry_after":65})"), Millis{65'000});
  // Both are given: the longer counts.
  EXPECT_EQ(wait(R"({"retry_after":1.5})", {{.name = "Retry-After", .value = "2"}}), Millis{2'000});
  EXPECT_EQ(wait(R"({"retry_after":1e300})"), Millis{std::chrono::hours{1}});
  for (const auto* nonsense :
       {"", "[1]", R"({"retry_after":-1})", R"({"retry_after":"5"})", R"({"retry_after":null})"}) {
    EXPECT_EQ(wait(nonsense), std::nullopt) << nonsense;
  }
}

TEST(Discord, RefusalsSayWhy) {
  for (const auto& [status, error] :
       {std::pair{400, R"({"code":50006,"message":"Cannot send an empty message"})"},
        {401, R"({"code":50027,"message":"Invalid Webhook Token"})"},
        {404, R"({"code":10015,"message":"Unknown Webhook"})"}}) {
    const auto result = notify::discord.read(answer(status, error), kNow);
    const auto* refused = std::get_if<Refused>(&result);
    ASSERT_NE(refused, nullptr) << error;
    EXPECT_THAT(refused->why, HasSubstr("message"));
  }
}

TEST(Discord, ChecksItsAddress) {
  EXPECT_THAT(notify::discord.check(samples::to(kHook)), IsEmpty());
  EXPECT_THAT(notify::discord.check(samples::to("https://discord.com/api/v10/webhooks/1/x")),
              IsEmpty());
  for (const auto* bad : {"https://discord.com/channels/1/2",
                          "https://discord.com/api/webhooks/1/x/slack",
                          "https://discord.com/api/webhooks/1/x/github",
                          "http://discord.com/api/webhooks/1/x",
                          "discord.com"}) {
    EXPECT_THAT(notify::discord.check(samples::to(bad)), SizeIs(1)) << bad;
  }
}

}  // namespace
}  // namespace bw
