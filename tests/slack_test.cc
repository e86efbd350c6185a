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

json message(const Notice& notice) {
  const auto asks =
      notify::slack.compose(samples::to("https://hooks.slack.com/services/T/B/x"), notice, kNow);
  EXPECT_THAT(asks, SizeIs(1));
  EXPECT_EQ(asks.front().method, "POST");
  EXPECT_EQ(find_header(asks.front().headers, "content-type"), "application/json");
  return json::parse(asks.front().body);
}

std::size_t text_bytes(const json& blocks) {
  std::size_t sum = 0;
  for (const auto& block : blocks) {
    if (block.contains("text")) sum += block["text"]["text"].get<std::string>().size();
    if (block.contains("elements")) sum += block["elements"][0]["text"].get<std::string>().size();
  }
  return sum;
}

TEST(Slack, ShowsHeadlineThenReasonsThenSteps) {
  expect_golden("slack-provider-outage.json",
                message(samples::notice(Opened{samples::glitch()})).dump(1));
}

TEST(Slack, KeepsEveryLimitWhateverItIsGiven) {
  const auto made = message(samples::hostile());
  EXPECT_LE(made["blocks"].size(), 50U);
  EXPECT_LE(made["text"].get<std::string>().size(), 40'000U);
  EXPECT_LE(text_bytes(made["blocks"]), 13'200U);
  for (const auto& block : made["blocks"]) {
    if (block["type"] == "header") {
      EXPECT_EQ(block["text"]["type"], "plain_text");
      EXPECT_LE(block["text"]["text"].get<std::string>().size(), 150U);
    } else if (block["type"] == "section") {
      EXPECT_LE(block["text"]["text"].get<std::string>().size(), 3'000U);
    }
  }
}

TEST(Slack, HeadersAtTheLimitStayWholeAndOverItAreRepeatedBelow) {
  auto notice = samples::notice(Opened{samples::glitch()});
  const std::size_t room = 150 - std::string("🔴 ").size();
  notice.headline = std::string(room, 'h');
  EXPECT_THAT(message(notice)["blocks"][0]["text"]["text"].get<std::string>(),
              HasSubstr(notice.headline));
  notice.headline += 'h';
  const auto made = message(notice);
  EXPECT_THAT(made["blocks"][0]["text"]["text"].get<std::string>(), HasSubstr("…"));
  EXPECT_THAT(made["blocks"][1]["text"]["text"].get<std::string>(), HasSubstr(notice.headline));
}

TEST(Slack, MakesNoMentionsOrLinksOfForeignWords) {
  const auto text = message(samples::hostile()).dump();
  EXPECT_THAT(text, Not(HasSubstr("<!channel>")));
  EXPECT_THAT(text, Not(HasSubstr("<@U123>")));
  EXPECT_THAT(text, Not(HasSubstr("<https://evil")));
  EXPECT_THAT(text, HasSubstr("&lt;!channel&gt;"));
  const auto whole = message(samples::hostile());
  for (const auto& block : whole["blocks"]) {
    EXPECT_TRUE(block["type"] != "section" || block["text"]["verbatim"] == true);
  }
}

TEST(Slack, BelievesOnlyItsOwnOk) {
  EXPECT_TRUE(std::holds_alternative<Delivered>(notify::slack.read(answer(200, "ok"), kNow)));
  EXPECT_TRUE(std::holds_alternative<TryAgain>(
      notify::slack.read(answer(200, "<html>Sign in to the guest network</html>"), kNow)));
  for (const auto& [status, error] : {std::pair{400, "invalid_payload"},
                                      {400, "user_not_found"},
                                      {403, "action_prohibited"},
                                      {404, "channel_not_found"},
                                      {410, "channel_is_archived"},
                                      {403, "invalid_token"}}) {
    const auto result = notify::slack.read(answer(status, error), kNow);
    const auto* refused = std::get_if<Refused>(&result);
    ASSERT_NE(refused, nullptr) << error;
    EXPECT_THAT(refused->why, HasSubstr(error));
  }
  EXPECT_TRUE(
      std::holds_alternative<TryAgain>(notify::slack.read(answer(500, "rollup_error"), kNow)));
}

TEST(Slack, ChecksItsAddress) {
  EXPECT_THAT(notify::slack.check(samples::to("https://hooks.slack.com/services/T0/B0/x")),
              IsEmpty());
  EXPECT_THAT(notify::slack.check(samples::to("https://mattermost.example/hooks/x")), IsEmpty());
  EXPECT_THAT(notify::slack.check(samples::to("https://hooks.slack.com/triggers/T0/1/x")),
              SizeIs(1));
  EXPECT_THAT(notify::slack.check(samples::to("http://hooks.slack.com/services/T0/B0/x")),
              SizeIs(1));
}

}  // namespace
}  // namespace bw
