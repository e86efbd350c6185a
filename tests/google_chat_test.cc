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

constexpr Time kNow{};
constexpr auto* kHook = "https://chat.googleapis.com/v1/spaces/S/messages?key=k&token=t";

json message(const Notice& notice) {
  const auto asks = notify::google_chat.compose(samples::to(kHook), notice, kNow);
  EXPECT_THAT(asks, SizeIs(1));
  return json::parse(asks.front().body);
}

const json& widgets(const json& message) {
  return message["cardsV2"][0]["card"]["sections"][0]["widgets"];
}

TEST(GoogleChat, ShowsHeadlineThenReasonsThenSteps) {
  expect_golden("google-chat-provider-outage.json",
                message(samples::notice(Opened{samples::glitch()})).dump(1));
}

TEST(GoogleChat, OneIncidentIsOneThread) {
  const auto opened = message(samples::notice(Opened{samples::glitch()}));
  const auto closed =
      message(samples::notice(Closed{samples::closed(samples::glitch(), "2024-05-18T14:00:00Z")}));
  EXPECT_EQ(opened["thread"], json::parse(R"({"threadKey":"bellwether/inc-7"})"));
  EXPECT_EQ(closed["thread"], opened["thread"]);
  EXPECT_NE(message(samples::notice(Opened{samples::suspected()}))["thread"], opened["thread"]);
  EXPECT_FALSE(message(compose_test_notice(samples::shop(), "", kNow)).contains("thread"));
}

TEST(GoogleChat, AsksForANewThreadWhereThereIsNone) {
  const auto url = [](const char* given) {
    return notify::google_chat.compose(samples::to(given), Notice{}, kNow).front().url;
  };
  const std::string option = "messageReplyOption=REPLY_MESSAGE_FALLBACK_TO_NEW_THREAD";
  EXPECT_EQ(url(kHook), std::string(kHook) + "&" + option);
  EXPECT_EQ(url("https://relay.example/chat"), "https://relay.example/chat?" + option);
  EXPECT_EQ(url("https://relay.example/chat?messageReplyOption=REPLY_MESSAGE_OR_FAIL"),
            "https://relay.example/chat?messageReplyOption=REPLY_MESSAGE_OR_FAIL");
}

TEST(GoogleChat, StaysBelowThirtyTwoThousandBytesAndAHundredWidgets) {
  const auto body =
      notify::google_chat.compose(samples::to(kHook), samples::hostile(), kNow).front().body;
  EXPECT_LE(body.size(), 32'000U);
  const auto made = json::parse(body);
  EXPECT_LE(widgets(made).size(), 100U);
  EXPECT_EQ(widgets(made).back()["buttonList"]["buttons"][0]["onClick"]["openLink"]["url"],
            "https://status.hartley.example/#inc-7");
}

TEST(GoogleChat, WordsOfOthersMakeNoMentionsNoMarkupAndNoLinks) {
  auto notice = samples::hostile();
  notice.headline = "<users/all> <https://evil.example|click>";
  const auto made = message(notice);
  const auto text = made["text"].get<std::string>();
  EXPECT_THAT(text, Not(HasSubstr("<")));
  EXPECT_THAT(text, HasSubstr("‹users/all›"));
  for (const auto& widget : widgets(made)) {
    if (!widget.contains("textParagraph")) continue;
    const auto html = widget["textParagraph"]["text"].get<std::string>();
    EXPECT_THAT(html, Not(HasSubstr("<@U123>")));
    EXPECT_THAT(html, Not(HasSubstr("<https")));
    EXPECT_THAT(html, Not(HasSubstr("<end>")));
  }
  EXPECT_THAT(made.dump(), HasSubstr("&lt;@U123&gt; &amp; &lt;https://evil.example|click&gt;"));
}

TEST(GoogleChat, BelievesOnlyTheMessageThatWasMade) {
  const auto read = [](int status, const char* body) {
    return notify::google_chat.read(answer(status, body), kNow);
  };
  EXPECT_TRUE(std::holds_alternative<Delivered>(read(200, R"({"name":"spaces/S/messages/M.M"})")));
  EXPECT_TRUE(std::holds_alternative<TryAgain>(read(200, "<html>Sign in</html>")));
  EXPECT_TRUE(std::holds_alternative<TryAgain>(read(200, "{}")));
  EXPECT_TRUE(std::holds_alternative<TryAgain>(
      read(429, R"({"error":{"code":429,"status":"RESOURCE_EXHAUSTED"}})")));
  for (const int status : {400, 401, 403, 404}) {
    const auto result = read(status, R"({"error":{"message":"it will not"}})");
    const auto* refused = std::get_if<Refused>(&result);
    ASSERT_NE(refused, nullptr) << status;
    EXPECT_THAT(refused->why, HasSubstr("it will not"));
  }
}

TEST(GoogleChat, ChecksItsAddress) {
  EXPECT_THAT(notify::google_chat.check(samples::to(kHook)), IsEmpty());
  for (const auto* bad : {"https://chat.googleapis.com/v1/spaces/S/messages",
                          "https://chat.googleapis.com/v1/spaces/S/messages?key=k",
                          "https://chat.googleapis.com/v1/spaces/S?key=k&token=t",
                          "http://chat.googleapis.com/v1/spaces/S/messages?key=k&token=t",
                          "chat.googleapis.com"}) {
    EXPECT_THAT(notify::google_chat.check(samples::to(bad)), SizeIs(1)) << bad;
  }
}

}  // namespace
}  // namespace bw
