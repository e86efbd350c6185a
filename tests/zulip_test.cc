// SPDX-License-Identifier: Apache-2.0
#include "daemon/notify/notifier.h"
#include "tests/golden.h"
#include "tests/notice_samples.h"
#include "tests/replies.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <charconv>
#include <map>
#include <string>

namespace bw {
namespace {

using testing::EndsWith;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

constexpr Time kNow{};

Destination channel() {
  auto destination = samples::to("https://hartley.zulipchat.com");
  destination.secret = "alert-bot@hartley.zulipchat.com:k3y";
  destination.chat = "Web & alerts";
  return destination;
}

std::string decoded(std::string_view text) {
  std::string plain;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      plain += text[i];
      continue;
    }
    unsigned byte = 0;
    std::from_chars(text.data() + i + 1, text.data() + i + 3, byte, 16);
    plain += static_cast<char>(byte);
    i += 2;
  }
  return plain;
}

HttpAsk ask_of(const Notice& notice) {
  return samples::only_ask(notify::zulip, channel(), notice);
}

std::map<std::string, std::string> fields(const Notice& notice) {
  const auto body = ask_of(notice).body;
  std::map<std::string, std::string> fields;
  for (std::string_view rest = body; !rest.empty();) {
    const auto pair = rest.substr(0, rest.find('&'));
    const auto equals = pair.find('=');
    fields.emplace(pair.substr(0, equals), decoded(pair.substr(equals + 1)));
    rest.remove_prefix(std::min(pair.size() + 1, rest.size()));
  }
  return fields;
}

TEST(Zulip, ShowsHeadlineThenReasonsThenSteps) {
  expect_golden("zulip-provider-outage.md",
                fields(samples::notice(Opened{samples::glitch()}))["content"]);
}

TEST(Zulip, PostsAFormAsItsBot) {
  const auto notice = samples::notice(Opened{samples::glitch()});
  const auto ask = ask_of(notice);
  EXPECT_EQ(ask.method, "POST");
  EXPECT_EQ(ask.url, "https://hartley.zulipchat.com/api/v1/messages");
  EXPECT_EQ(find_header(ask.headers, "content-type"), "application/x-www-form-urlencoded");
  // RFC 7617 of "alert-bot@hartley.zulipchat.com:k3y".
  EXPECT_EQ(find_header(ask.headers, "authorization"),
            "Basic YWxlcnQtYm90QGhhcnRsZXkuenVsaXBjaGF0LmNvbTprM3k=");
  auto made = fields(notice);
  EXPECT_EQ(made["type"], "stream");
  EXPECT_EQ(made["to"], "Web & alerts");
  EXPECT_EQ(made["topic"], "INC-7");
  EXPECT_EQ(made.size(), 4U);
}

TEST(Zulip, KeepsItsTopicOverAnIncidentsLife) {
  const auto opened = fields(samples::notice(Opened{samples::glitch()}))["topic"];
  const auto closed = samples::closed(samples::glitch(), "2024-05-18T17:00:00Z");
  EXPECT_EQ(fields(samples::notice(Closed{.incident = closed, .why = "works again"}))["topic"],
            opened);
  EXPECT_EQ(fields(compose_test_notice(samples::shop(), "", kNow))["topic"], "bellwether");
}

TEST(Zulip, KeepsItsLimitAndItsLinkWhateverItIsGiven) {
  auto content = fields(samples::hostile())["content"];
  EXPECT_LE(samples::code_points(content), 10'000U);
  EXPECT_THAT(content, HasSubstr("…"));
  EXPECT_THAT(content, EndsWith("\n\nINC-7 · [Details](https://status.hartley.example/#inc-7)"));
  EXPECT_THAT(content, Not(HasSubstr("\xFF")));  // a form cannot hold what is no UTF-8
}

TEST(Zulip, WordsOfOthersCallNobodyAndHideNoAddress) {
  auto notice = samples::hostile();
  notice.headline = "@**all** ```quote [x](https://evil.example)";
  const auto content = fields(notice)["content"];
  EXPECT_THAT(content, HasSubstr("＠∗∗all∗∗ ˋˋˋquote [x] (https://evil.example)"));
  EXPECT_THAT(content, Not(HasSubstr("@")));
}

TEST(Zulip, BelievesOnlyItsOwnSuccessAndWaitsAsAsked) {
  const auto read = [](int status, const char* body) {
    return notify::zulip.read(answer(status, body), kNow);
  };
  EXPECT_TRUE(
      std::holds_alternative<Delivered>(read(200, R"({"id":42,"msg":"","result":"success"})")));
  EXPECT_TRUE(std::holds_alternative<TryAgain>(read(200, "<html>")));
  EXPECT_TRUE(std::holds_alternative<TryAgain>(read(200, R"({"result":"error"})")));
  const auto refused =
      read(400, R"({"code":"STREAM_DOES_NOT_EXIST","msg":"Channel 'x' does not exist"})");
  ASSERT_TRUE(std::holds_alternative<Refused>(refused));
  EXPECT_THAT(std::get<Refused>(refused).why, HasSubstr("does not exist"));
  EXPECT_TRUE(std::holds_alternative<Refused>(read(401, R"({"msg":"Invalid API key"})")));
  const auto wait = read(429, R"({"code":"RATE_LIMIT_HIT","retry-after":28.7068})");
  ASSERT_TRUE(std::holds_alternative<TryAgain>(wait));
  EXPECT_EQ(std::get<TryAgain>(wait).after, Millis{28'707});
}

TEST(Zulip, ChecksWhatItNeeds) {
  EXPECT_THAT(notify::zulip.check(channel()), IsEmpty());
  for (const auto* secret : {"", "k3y", "bot:k3y", "bot@x.example", "bot@x.example:"}) {
    auto wrong = channel();
    wrong.secret = secret;
    EXPECT_THAT(notify::zulip.check(wrong), SizeIs(1)) << secret;
  }
  auto clear = channel();
  clear.url = "http://hartley.zulipchat.com";
  EXPECT_THAT(notify::zulip.check(clear), SizeIs(1));
  auto unnamed = channel();
  unnamed.chat = std::string(61, 'x');
  EXPECT_THAT(notify::zulip.check(unnamed), SizeIs(1));
}

}  // namespace
}  // namespace bw
