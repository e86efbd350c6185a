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

std::string text(const Notice& notice) {
  const auto ask = samples::only_ask(
      notify::mattermost, samples::to("https://chat.hartley.example/hooks/x"), notice);
  const auto made = json::parse(ask.body);
  EXPECT_THAT(made, SizeIs(1));
  return made["text"];
}

TEST(Mattermost, ShowsHeadlineThenReasonsThenSteps) {
  expect_golden("mattermost-provider-outage.md", text(samples::notice(Opened{samples::glitch()})));
}

TEST(Mattermost, KeepsItsLimitAndItsLinkWhateverItIsGiven) {
  const auto made = text(samples::hostile());
  EXPECT_LE(samples::code_points(made), 16'383U);
  EXPECT_THAT(made, HasSubstr("…"));
  EXPECT_THAT(made, EndsWith("\n\nINC-7 · [Details](https://status.hartley.example/#inc-7)"));
}

TEST(Mattermost, WordsOfOthersCallNobody) {
  auto notice = samples::hostile();
  notice.headline = "@channel @all @here <!channel> <!here> \\@ann &#64;channel";
  const auto made = text(notice);
  EXPECT_THAT(made, Not(HasSubstr("@")));
  EXPECT_THAT(made, Not(HasSubstr("<")));
  EXPECT_THAT(made, HasSubstr(R"(&amp;\#64;channel)"));
}

TEST(Mattermost, WordsOfOthersMakeNoMarkup) {
  const auto made = text(samples::hostile());
  EXPECT_THAT(made, HasSubstr(R"(\[x\]\(https://evil.example\) \*b\* \`c\` &amp; "quotes" \\)"));
  EXPECT_THAT(made, HasSubstr(R"(&lt;https://evil.example\|click&gt;)"));
}

TEST(Mattermost, LeavesOutALinkThatWouldNotStayWhole) {
  auto notice = samples::notice(Opened{samples::glitch()});
  notice.link = "https://status.hartley.example/(x)";
  EXPECT_THAT(text(notice), EndsWith(R"(INC-7 · https://status.hartley.example/\(x\))"));
  notice.link = "https://status.hartley.example/" + std::string(20'000, 'x');
  EXPECT_THAT(text(notice), EndsWith("\n\nINC-7"));
}

TEST(Mattermost, BelievesOnlyItsOwnOk) {
  EXPECT_TRUE(std::holds_alternative<Delivered>(notify::mattermost.read(answer(200, "ok"), kNow)));
  EXPECT_TRUE(std::holds_alternative<TryAgain>(
      notify::mattermost.read(answer(200, "<!doctype html><title>Mattermost</title>"), kNow)));
  for (const int status : {400, 401, 403, 404}) {
    const auto result =
        notify::mattermost.read(answer(status, R"({"message":"Invalid webhook."})"), kNow);
    const auto* refused = std::get_if<Refused>(&result);
    ASSERT_NE(refused, nullptr) << status;
    EXPECT_THAT(refused->why, HasSubstr("Invalid webhook."));
  }
}

TEST(Mattermost, ChecksItsAddress) {
  EXPECT_THAT(notify::mattermost.check(samples::to("https://chat.hartley.example/hooks/x")),
              IsEmpty());
  EXPECT_THAT(notify::mattermost.check(samples::to("https://hartley.example/chat/hooks/x")),
              IsEmpty());
  for (const auto* bad : {"https://chat.hartley.example/shop/channels/town-square",
                          "http://chat.hartley.example/hooks/x",
                          "chat.hartley.example"}) {
    EXPECT_THAT(notify::mattermost.check(samples::to(bad)), SizeIs(1)) << bad;
  }
}

}  // namespace
}  // namespace bw
