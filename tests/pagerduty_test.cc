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
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

constexpr Time kNow{};
constexpr auto* kKey = "0123456789abcdefghijABCDEFGHIJ01";

Destination on_call(std::string url = std::string(notify::pagerduty.url_default)) {
  auto destination = samples::to(std::move(url));
  destination.secret = kKey;
  return destination;
}

json event(const Notice& notice) {
  const auto asks = notify::pagerduty.compose(on_call(), notice, kNow);
  EXPECT_THAT(asks, SizeIs(1));
  EXPECT_EQ(asks.front().method, "POST");
  EXPECT_EQ(asks.front().url, "https://events.pagerduty.com/v2/enqueue");
  return json::parse(asks.front().body);
}

Notice at_level(Level level) {
  auto notice = samples::notice(Opened{samples::glitch()});
  notice.level = level;
  return notice;
}

TEST(PagerDuty, TriggersWithSummarySeverityAndReasons) {
  expect_golden("pagerduty-provider-outage.json",
                event(samples::notice(Opened{samples::glitch()})).dump(1));
}

TEST(PagerDuty, OneKeyLastsFromTheFirstNoticeToTheEndAndIsOfOneDestination) {
  auto incident = samples::suspected();
  const auto opened = event(samples::notice(Opened{incident}));
  const auto closed =
      event(samples::notice(Closed{samples::closed(incident, "2025-04-22T09:00:00Z")}));
  EXPECT_EQ(opened["event_action"], "trigger");
  EXPECT_EQ(closed["event_action"], "resolve");
  EXPECT_EQ(opened["dedup_key"], closed["dedup_key"]);
  EXPECT_EQ(closed["routing_key"], kKey);

  auto other = on_call();
  other.id = "security";
  const auto elsewhere =
      notify::pagerduty.compose(other, samples::notice(Opened{incident}), kNow).front();
  EXPECT_NE(json::parse(elsewhere.body)["dedup_key"], opened["dedup_key"]);
  EXPECT_NE(event(samples::notice(Opened{samples::glitch()}))["dedup_key"], opened["dedup_key"]);
}

TEST(PagerDuty, CallsForOutagesAttacksAndBlindnessAndOnlyWarnsOfTheRest) {
  std::vector<std::string> severities;
  for (const auto level : {Level::calm,
                           Level::degraded,
                           Level::outage,
                           Level::watch,
                           Level::suspected,
                           Level::strongly_suspected,
                           Level::declared,
                           Level::blind}) {
    severities.push_back(event(at_level(level))["payload"]["severity"]);
  }
  EXPECT_THAT(
      severities,
      ElementsAre(
          "info", "warning", "error", "warning", "critical", "critical", "critical", "error"));
  const auto test = event(compose_test_notice(samples::shop(), "", kNow));
  EXPECT_EQ(test["payload"]["severity"], "info");
  EXPECT_EQ(test["dedup_key"], "bellwether/here/test");
}

TEST(PagerDuty, KeepsEveryLimitWhateverItIsGiven) {
  auto destination = on_call();
  destination.id = std::string(64, 'd');  // the longest that the configuration takes
  auto notice = samples::hostile();
  notice.incident = std::numeric_limits<std::uint64_t>::max();
  notice.headline += std::string(3'000, 'h');
  const auto body = notify::pagerduty.compose(destination, notice, kNow).front().body;
  EXPECT_LE(body.size(), 512U * 1'000);
  const auto made = json::parse(body);
  EXPECT_LE(made["payload"]["summary"].get<std::string>().size(), 1'024U);
  EXPECT_THAT(made["payload"]["summary"].get<std::string>(), HasSubstr("…"));
  EXPECT_LE(made["dedup_key"].get<std::string>().size(), 255U);
  EXPECT_THAT(made["payload"]["custom_details"]["Why"], SizeIs(12));
}

TEST(PagerDuty, SaysWhereToReadMoreOnlyWhereThereIsSuchAPlace) {
  const auto with = event(samples::notice(Opened{samples::glitch()}));
  EXPECT_EQ(with["client_url"], "https://status.hartley.example/#inc-7");
  EXPECT_EQ(with["links"][0]["href"], "https://status.hartley.example/#inc-7");
  auto notice = samples::notice(Opened{samples::glitch()});
  notice.link.clear();
  EXPECT_FALSE(event(notice).contains("links"));
  EXPECT_FALSE(event(notice).contains("client_url"));
}

TEST(PagerDuty, SendsNothingWithoutItsKey) {
  EXPECT_THAT(notify::pagerduty.compose(samples::to("https://events.pagerduty.com/v2/enqueue"),
                                        samples::notice(Opened{samples::glitch()}),
                                        kNow),
              IsEmpty());
}

TEST(PagerDuty, BelievesOnlyTwoHundredAndTwo) {
  const auto read = [](int status, const char* body) {
    return notify::pagerduty.read(answer(status, body), kNow);
  };
  EXPECT_TRUE(std::holds_alternative<Delivered>(
      read(202, R"({"status":"success","message":"Event processed","dedup_key":"k"})")));
  EXPECT_TRUE(std::holds_alternative<TryAgain>(read(200, "<html>Sign in</html>")));
  EXPECT_TRUE(std::holds_alternative<TryAgain>(read(429, "")));
  EXPECT_TRUE(std::holds_alternative<TryAgain>(read(500, "")));
  const auto result =
      read(400, R"({"status":"invalid event","errors":["Length of 'routing_key'"]})");
  const auto* refused = std::get_if<Refused>(&result);
  ASSERT_NE(refused, nullptr);
  EXPECT_THAT(refused->why, HasSubstr("invalid event"));
}

TEST(PagerDuty, ChecksItsAddressAndItsKey) {
  EXPECT_THAT(notify::pagerduty.check(on_call()), IsEmpty());
  EXPECT_THAT(notify::pagerduty.check(on_call("https://events.eu.pagerduty.com/v2/enqueue")),
              IsEmpty());
  EXPECT_THAT(notify::pagerduty.check(on_call("https://pager.example/enqueue")), IsEmpty());
  for (const auto* bad : {"https://events.pagerduty.com/generic/2010-04-15/create_event.json",
                          "https://events.pagerduty.com/v2/change/enqueue",
                          "http://events.pagerduty.com/v2/enqueue",
                          "events.pagerduty.com"}) {
    EXPECT_THAT(notify::pagerduty.check(on_call(bad)), SizeIs(1)) << bad;
  }
  for (const auto* bad :
       {"", "short", "0123456789abcdefghijABCDEFGHIJ0-", "0123456789abcdefghijABCDEFGHIJ012"}) {
    auto destination = on_call();
    destination.secret = bad;
    EXPECT_THAT(notify::pagerduty.check(destination), SizeIs(1)) << bad;
  }
}

}  // namespace
}  // namespace bw
