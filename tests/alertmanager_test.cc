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
using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

const Time kNow = samples::at("2024-05-18T12:40:00Z");

Destination cluster() {
  Destination destination;
  destination.url = "http://am-1.example:9093/";
  destination.members = {"http://am-2.example:9093", "https://am-3.example/alerts/api/v2/alerts"};
  destination.labels = {
      {"team", "operations"}, {"level", "mine"}, {"bad-name", "x"}, {"empty", ""}};
  return destination;
}

json alert(const Notice& notice) {
  const auto made = json::parse(notify::alertmanager.compose(cluster(), notice, kNow).front().body);
  EXPECT_TRUE(made.is_array());
  EXPECT_THAT(made, SizeIs(1));
  return made.front();
}

TEST(Alertmanager, SendsLabelsAnnotationsAndTimes) {
  expect_golden("alertmanager-provider-outage.json",
                alert(samples::notice(Opened{samples::glitch()})).dump(1));
}

TEST(Alertmanager, TellsEveryMember) {
  const auto asks =
      notify::alertmanager.compose(cluster(), samples::notice(Opened{samples::glitch()}), kNow);
  ASSERT_THAT(asks, SizeIs(3));
  EXPECT_EQ(asks[0].url, "http://am-1.example:9093/api/v2/alerts");
  EXPECT_EQ(asks[1].url, "http://am-2.example:9093/api/v2/alerts");
  EXPECT_EQ(asks[2].url, "https://am-3.example/alerts/api/v2/alerts");
  EXPECT_EQ(asks[0].body, asks[2].body);
}

TEST(Alertmanager, EndsFourResendsAheadUntilItIsOver) {
  EXPECT_EQ(alert(samples::notice(Opened{samples::glitch()}))["endsAt"], "2024-05-18T12:44:00Z");
  EXPECT_EQ(alert(samples::notice(
                Closed{.incident = samples::closed(samples::glitch(), "2024-05-18T12:39:00Z"),
                       .why = ""}))["endsAt"],
            "2024-05-18T12:39:00Z");
}

TEST(Alertmanager, AddsLabelsButKeepsItsOwn) {
  const auto labels = alert(samples::notice(Opened{samples::glitch()}))["labels"];
  EXPECT_EQ(labels["team"], "operations");
  EXPECT_EQ(labels["level"], "outage");
  EXPECT_FALSE(labels.contains("bad-name"));
  EXPECT_FALSE(labels.contains("empty"));
  const auto problems = notify::alertmanager.check(cluster());
  EXPECT_THAT(problems, Contains(HasSubstr("\"level\" is given by bellwether")));
  EXPECT_THAT(problems, Contains(HasSubstr("\"bad-name\" is not a label name")));
  EXPECT_THAT(problems, SizeIs(2));
}

TEST(Alertmanager, LeavesOutWhatIsUnknown) {
  const auto labels = alert(samples::notice(Opened{samples::changed_page()}))["labels"];
  EXPECT_EQ(labels["cause"], "undecided");
  EXPECT_FALSE(labels.contains("culprit"));
}

TEST(Alertmanager, ChecksItsAddresses) {
  EXPECT_THAT(notify::alertmanager.check(samples::to("http://am.example:9093")), IsEmpty());
  EXPECT_THAT(notify::alertmanager.check(samples::to("http://am.example:9093/api/v1/alerts")),
              Contains(HasSubstr("gone since 0.27")));
  EXPECT_THAT(notify::alertmanager.check(samples::to("am.example:9093")), SizeIs(1));
}

TEST(Alertmanager, TakesAnEmptyTwoHundredAndNoPage) {
  EXPECT_TRUE(std::holds_alternative<Delivered>(notify::alertmanager.read(answer(200, ""), kNow)));
  EXPECT_TRUE(std::holds_alternative<TryAgain>(
      notify::alertmanager.read(answer(200, "<html>sign in</html>"), kNow)));
  const auto refused = notify::alertmanager.read(
      answer(422, R"({"code":602,"message":"0.labels in body is required"})"), kNow);
  ASSERT_TRUE(std::holds_alternative<Refused>(refused));
  EXPECT_THAT(std::get<Refused>(refused).why, HasSubstr("602"));
}

}  // namespace
}  // namespace bw
