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

constexpr auto* kHook = "https://rocket.hartley.example/hooks/ID/TOKEN";

std::string text(const Notice& notice) {
  const auto ask = samples::only_ask(notify::rocket_chat, samples::to(kHook), notice);
  EXPECT_EQ(ask.url, kHook);
  const auto made = json::parse(ask.body);
  EXPECT_THAT(made, SizeIs(1));
  return made["text"];
}

TEST(RocketChat, ShowsHeadlineThenReasonsThenSteps) {
  expect_golden("rocket-chat-provider-outage.md", text(samples::notice(Opened{samples::glitch()})));
}

TEST(RocketChat, KeepsItsLimitAndItsLinkWhateverItIsGiven) {
  const auto made = text(samples::hostile());
  EXPECT_LE(samples::code_points(made), 5'000U);
  EXPECT_THAT(made, HasSubstr("…"));
  EXPECT_THAT(made, EndsWith("\n\nINC-7 · [Details](https://status.hartley.example/#inc-7)"));
}

TEST(RocketChat, UsesItsLimitToTheFull) {
  auto notice = samples::hostile();
  EXPECT_GE(text(notice).size(), 4'900U);
  notice.reasons = {"short"};
  notice.first_steps.clear();
  EXPECT_THAT(text(notice), Not(HasSubstr("short…")));
}

TEST(RocketChat, WordsOfOthersCallNobodyAndHideNoAddress) {
  auto notice = samples::hostile();
  notice.headline = "@all @here *b* `c` [our page](https://evil.example)";
  const auto made = text(notice);
  EXPECT_THAT(made, Not(HasSubstr("@")));
  EXPECT_THAT(made, HasSubstr("＠all ＠here ∗b∗ ˋcˋ [our page] (https://evil.example)"));
  EXPECT_THAT(made, Not(HasSubstr("](https://evil")));
}

TEST(RocketChat, BelievesOnlyItsOwnSuccess) {
  const auto read = [](int status, const char* body) {
    return notify::rocket_chat.read(answer(status, body), kNow);
  };
  EXPECT_TRUE(std::holds_alternative<Delivered>(read(200, R"({"success":true})")));
  EXPECT_TRUE(std::holds_alternative<TryAgain>(read(200, "<!doctype html>")));
  EXPECT_TRUE(std::holds_alternative<TryAgain>(read(200, R"({"success":"yes"})")));
  EXPECT_TRUE(std::holds_alternative<TryAgain>(read(500, "")));
  EXPECT_TRUE(std::holds_alternative<TryAgain>(read(429, "")));
  const auto refused = read(200, R"({"success":false,"error":"error-invalid-channel"})");
  ASSERT_TRUE(std::holds_alternative<Refused>(refused));
  EXPECT_THAT(std::get<Refused>(refused).why, HasSubstr("error-invalid-channel"));
  for (const int status : {400, 401, 404})
    EXPECT_TRUE(std::holds_alternative<Refused>(read(status, "{}"))) << status;
}

TEST(RocketChat, ChecksItsAddress) {
  EXPECT_THAT(notify::rocket_chat.check(samples::to(kHook)), IsEmpty());
  for (const auto* bad : {"https://rocket.hartley.example/channel/ops",
                          "http://rocket.hartley.example/hooks/ID/TOKEN",
                          "rocket.hartley.example"}) {
    EXPECT_THAT(notify::rocket_chat.check(samples::to(bad)), SizeIs(1)) << bad;
  }
}

}  // namespace
}  // namespace bw
