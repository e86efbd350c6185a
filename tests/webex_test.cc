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

Destination space() {
  auto destination = samples::to("https://webexapis.com/v1/messages");
  destination.secret = "sEcReT-token";
  destination.chat = "Y2lzY29zcGFyazovL3VzL1JPT00vYQ";
  return destination;
}

HttpAsk ask_of(const Notice& notice) {
  return samples::only_ask(notify::webex, space(), notice);
}

std::string text(const Notice& notice) {
  const auto made = json::parse(ask_of(notice).body);
  EXPECT_THAT(made, SizeIs(2));
  EXPECT_EQ(made["roomId"], "Y2lzY29zcGFyazovL3VzL1JPT00vYQ");
  return made["markdown"];
}

TEST(Webex, ShowsHeadlineThenReasonsThenSteps) {
  expect_golden("webex-provider-outage.md", text(samples::notice(Opened{samples::glitch()})));
}

TEST(Webex, SendsItsTokenInAHeader) {
  const auto ask = ask_of(samples::notice(Opened{samples::glitch()}));
  EXPECT_EQ(ask.url, "https://webexapis.com/v1/messages");
  EXPECT_EQ(find_header(ask.headers, "authorization"), "Bearer sEcReT-token");
}

TEST(Webex, KeepsItsLimitAndItsLinkWhateverItIsGiven) {
  const auto made = text(samples::hostile());
  EXPECT_LE(made.size(), 7'439U);
  EXPECT_GE(made.size(), 7'300U);
  EXPECT_THAT(made, EndsWith("\n\nINC-7 · [Details](https://status.hartley.example/#inc-7)"));
}

TEST(Webex, WordsOfOthersCallNobodyAndMakeNoMarkup) {
  auto notice = samples::hostile();
  notice.headline = "<@all> <@personEmail:ann@hartley.example> *b* [x](https://evil.example)";
  const auto made = text(notice);
  EXPECT_THAT(made, Not(HasSubstr("<@")));
  EXPECT_THAT(made, HasSubstr(R"(\*b\* \[x\]\(https://evil.example\))"));
}

TEST(Webex, BelievesOnlyAMessageAndWaitsAsAsked) {
  const auto read = [](int status, const char* body) {
    return notify::webex.read(answer(status, body), kNow);
  };
  EXPECT_TRUE(std::holds_alternative<Delivered>(read(200, R"({"id":"Y2lz","roomId":"x"})")));
  EXPECT_TRUE(std::holds_alternative<TryAgain>(read(200, "<html>")));
  for (const int status : {400, 401, 403, 404})
    EXPECT_TRUE(std::holds_alternative<Refused>(read(status, R"({"message":"no"})"))) << status;
  const auto wait =
      notify::webex.read(answer(429, "", {{.name = "retry-after", .value = "36"}}), kNow);
  ASSERT_TRUE(std::holds_alternative<TryAgain>(wait));
  EXPECT_EQ(std::get<TryAgain>(wait).after, Millis{36'000});
  EXPECT_TRUE(std::holds_alternative<TryAgain>(read(502, "")));
}

TEST(Webex, ChecksWhatItNeeds) {
  EXPECT_THAT(notify::webex.check(space()), IsEmpty());
  const auto problems = [](auto spoil) {
    auto wrong = space();
    spoil(wrong);
    return notify::webex.check(wrong);
  };
  EXPECT_THAT(problems([](auto& to) { to.secret.clear(); }), SizeIs(1));
  EXPECT_THAT(problems([](auto& to) { to.chat.clear(); }), SizeIs(1));
  EXPECT_THAT(problems([](auto& to) { to.chat = "ann@hartley.example"; }), SizeIs(1));
  EXPECT_THAT(problems([](auto& to) { to.url = "https://webexapis.com/v1/rooms"; }), SizeIs(1));
  EXPECT_THAT(problems([](auto& to) { to.url = "http://proxy.hartley.example/"; }), SizeIs(1));
}

}  // namespace
}  // namespace bw
