// SPDX-License-Identifier: Apache-2.0
#include "probes/feed_document.h"

#include <gtest/gtest.h>

namespace bw {
namespace {

const Time kNow = parse_time("2025-04-21T12:00:00Z").value_or(Time{});

// Each document is read by its format's name, and recognised without.
FeedReading read(const std::string& text,
                 std::string_view format,
                 std::vector<std::string> components = {}) {
  const FeedScope scope{.now = kNow, .components = std::move(components), .is_own = false};
  auto named = read_feed(text, "application/json", format, scope);
  const auto found = read_feed(text, "application/json", "", scope);
  EXPECT_TRUE(named) << named.error();
  EXPECT_TRUE(found) << found.error();
  if (named && found) {
    EXPECT_EQ(named->items, found->items);
  }
  return named.value_or(FeedReading{});
}

std::string instatus(const std::string& page, const std::string& rest) {
  return R"({"page":{"name":"Z","url":"https://z.example","status":")" + page + "\"}" + rest + "}";
}

TEST(Instatus, IsOnlyUpWhereNothingIsOpen) {
  const std::string open = R"(,"activeIncidents":[{"id":"i","name":"Slow","status":"MONITORING",)"
                           R"("impact":"PARTIALOUTAGE","started":"2025-04-21T10:00:00Z"}])";
  EXPECT_EQ(read(instatus("UP", ""), "instatus").state, FeedState::operational);
  const auto reading = read(instatus("UP", open), "instatus");
  EXPECT_EQ(reading.state, FeedState::partial);
  EXPECT_TRUE(reading.items.at(0).is_open);
  EXPECT_EQ(read(instatus("SPLENDID", ""), "instatus").state, FeedState::unknown);
}

TEST(Instatus, ReadsComponentsAndPlans) {
  const std::string rest =
      R"(,"components":[{"id":"c","name":"Name servers","status":"MAJOROUTAGE"}],)"
      R"("activeMaintenances":[{"id":"m","name":"Upgrade","status":"NOTSTARTEDYET",)"
      R"("start":"2025-04-22T01:00:00Z","duration":"120"}])";
  const auto reading = read(instatus("HASISSUES", rest), "instatus", {"name servers"});
  EXPECT_EQ(reading.state, FeedState::major);
  EXPECT_EQ(reading.items.at(0).ends, parse_time("2025-04-22T03:00:00Z"));
  EXPECT_EQ(read(instatus("UP", rest), "instatus", {"Gone"}).state, FeedState::unknown);
  EXPECT_EQ(read(instatus("UP", rest), "instatus").state, FeedState::operational);
}

std::string event(const std::string& status) {
  return R"([{"arn":"arn:e","date":"1745229600","service":"vm-eu","service_name":"Virtual Machines",)"
         R"("status":)" +
         status +
         R"(,"summary":"Connectivity","event_log":[{"message":"first","timestamp":1745229600},)"
         R"({"message":"second","timestamp":1745230000}]}])";
}

TEST(Aws, ReadsDigitsAsTextAndAsNumbers) {
  const auto reading = read(event("\"3\""), "aws");
  EXPECT_EQ(reading.state, FeedState::major);
  EXPECT_EQ(reading.items.at(0).body, "second");
  EXPECT_EQ(reading.items.at(0).started, parse_time("2025-04-21T10:00:00Z"));
  EXPECT_EQ(read(event("2"), "aws").state, FeedState::partial);
  EXPECT_EQ(read(event("7"), "aws").state, FeedState::unknown);
  const auto over = read(event("\"0\""), "aws");
  EXPECT_EQ(over.state, FeedState::operational);
  EXPECT_FALSE(over.items.at(0).is_open);
}

TEST(Aws, IsReadInUtf16AndByService) {
  std::string wide = "\xfe\xff";
  for (const char c : event("\"3\""))
    wide.append({'\0', c});
  EXPECT_EQ(read(wide, "aws", {"Virtual machines"}).state, FeedState::major);
  EXPECT_EQ(read(wide, "aws", {"vm-eu"}).items.size(), 1U);
  EXPECT_EQ(read(wide, "aws", {"Queues"}).state, FeedState::operational);
}

std::string slack(const std::string& type, const std::string& status) {
  return R"({"status":"active","active_incidents":[{"id":7,"title":"Search","type":")" + type +
         R"(","status":")" + status +
         R"(","services":["Search"],"date_created":"2025-04-21T03:00:00-07:00",)"
         R"("notes":[{"body":"newest"},{"body":"older"}]}]})";
}

TEST(Slack, TypesAreStates) {
  const auto reading = read(slack("outage", "active"), "slack");
  EXPECT_EQ(reading.state, FeedState::major);
  EXPECT_EQ(reading.items.at(0).item, "7");
  EXPECT_EQ(reading.items.at(0).body, "newest");
  EXPECT_EQ(read(slack("incident", "active"), "slack").state, FeedState::degraded);
  EXPECT_EQ(read(slack("outage", "resolved"), "slack").state, FeedState::operational);
  EXPECT_EQ(read(slack("outage", "active"), "slack", {"Editor"}).state, FeedState::operational);
  EXPECT_EQ(read(R"({"status":"ok","active_incidents":[]})", "slack").state,
            FeedState::operational);
  EXPECT_EQ(read(R"({"status":"odd","active_incidents":[]})", "slack").state, FeedState::unknown);
}

std::string trust(const std::string& status, const std::string& end) {
  return R"({"key":"EU12","status":")" + status +
         R"(","Incidents":[{"id":9,"name":"Checkout",)"
         R"("serviceKeys":["core"],"IncidentImpacts":[{"severity":"MAJOR_INCIDENT_CORE",)"
         R"("startTime":"2025-04-21T10:00:00.000+0000","endTime":)" +
         end +
         R"(}],"IncidentEvents":[)"
         R"({"message":"on it","createdAt":"2025-04-21T11:00:00.000+0000"}]}],"Maintenances":[]})";
}

TEST(SalesforceTrust, SeveritiesAreStates) {
  const auto reading = read(trust("MAJOR_INCIDENT_CORE", "null"), "salesforce-trust");
  EXPECT_EQ(reading.page, "EU12");
  EXPECT_EQ(reading.state, FeedState::major);
  EXPECT_EQ(reading.items.at(0).state, FeedState::major);
  EXPECT_EQ(reading.items.at(0).body, "on it");
  EXPECT_TRUE(reading.items.at(0).is_open);
  const auto over = read(trust("OK", "\"2025-04-21T11:30:00.000+0000\""), "salesforce-trust");
  EXPECT_EQ(over.state, FeedState::operational);
  EXPECT_FALSE(over.items.at(0).is_open);
  EXPECT_EQ(read(trust("ODD", "null"), "salesforce-trust").state, FeedState::unknown);
}

TEST(Platforms, RefuseDocumentsOfAnotherShape) {
  const FeedScope scope{.now = kNow, .components = {}, .is_own = false};
  for (const auto* format : {"instatus", "aws", "slack", "salesforce-trust"}) {
    for (const auto* text : {"", "<html></html>", "{}", "[1]", "[{}]", "{\"a\":", "null"}) {
      EXPECT_FALSE(read_feed(text, "application/json", format, scope)) << format << text;
    }
  }
}

}  // namespace
}  // namespace bw
