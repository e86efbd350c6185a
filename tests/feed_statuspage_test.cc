// SPDX-License-Identifier: Apache-2.0
#include "probes/feed_document.h"

#include <gtest/gtest.h>

namespace bw {
namespace {

const Time kNow = parse_time("2025-04-21T12:00:00Z").value_or(Time{});

FeedScope all() {
  return {.now = kNow, .components = {}, .is_own = false};
}
FeedScope only(std::vector<std::string> components) {
  return {.now = kNow, .components = std::move(components), .is_own = false};
}

FeedReading read(const std::string& text, const FeedScope& scope) {
  auto reading = read_feed(text, "application/json; charset=utf-8", "statuspage", scope);
  EXPECT_TRUE(reading) << reading.error();
  return reading.value_or(FeedReading{});
}

std::string component(const std::string& id, const std::string& name, const std::string& status) {
  return R"({"id":")" + id + R"(","name":")" + name + R"(","status":")" + status + R"("})";
}

// A summary with two components and room for what is going on.
std::string summary(const std::string& indicator,
                    const std::string& api,
                    const std::string& dashboard,
                    const std::string& rest = "") {
  return R"({"page":{"id":"kctbh9vrtdwd","name":"PayWell"},"status":{"indicator":")" + indicator +
         R"(","description":"..."},"components":[)" + component("c1", "API", api) + "," +
         component("c2", "Dashboard", dashboard) + "]" + rest + "}";
}

std::string incident(const std::string& impact,
                     const std::string& status,
                     const std::string& components) {
  return R"(,"incidents":[{"id":"i1","name":"Failed payments","status":")" + status +
         R"(","impact":")" + impact +
         R"(","created_at":"2025-04-21T10:05:00Z","updated_at":"2025-04-21T11:00:00Z",)"
         R"("started_at":"2025-04-21T10:00:00.000Z","incident_updates":[)"
         R"({"id":"u2","body":"<p>We found &amp; contained it.</p>"},{"id":"u1","body":"Looking."}],)"
         R"("components":[)" +
         components + "]}]";
}

TEST(Statuspage, HealthyPageIsOperational) {
  const auto reading = read(summary("none", "operational", "operational"), all());
  EXPECT_EQ(reading.state, FeedState::operational);
  EXPECT_EQ(reading.page, "kctbh9vrtdwd");
  EXPECT_TRUE(reading.items.empty());
}

TEST(Statuspage, IndicatorsMeanWhatTheyMean) {
  const std::vector<std::pair<std::string, FeedState>> cases = {
      {"none", FeedState::operational},
      {"minor", FeedState::degraded},
      {"major", FeedState::partial},
      {"critical", FeedState::major},
      {"maintenance", FeedState::maintenance},
      {"splendid", FeedState::unknown},
      {"", FeedState::unknown}};
  for (const auto& [word, state] : cases) {
    EXPECT_EQ(read(summary(word, "operational", "operational"), all()).state, state) << word;
  }
}

TEST(Statuspage, ReadsAnOpenIncident) {
  const auto reading =
      read(summary("critical",
                   "major_outage",
                   "operational",
                   incident("critical", "identified", component("c1", "API", "major_outage"))),
           all());
  ASSERT_EQ(reading.items.size(), 1U);
  const auto& item = reading.items[0];
  EXPECT_EQ(item.item, "i1");
  EXPECT_EQ(item.state, FeedState::major);
  EXPECT_TRUE(item.is_open);
  EXPECT_EQ(item.title, "Failed payments");
  EXPECT_EQ(item.body, "We found & contained it.");
  EXPECT_EQ(item.components, std::vector<std::string>{"API"});
  EXPECT_EQ(item.started, parse_time("2025-04-21T10:00:00Z"));
}

TEST(Statuspage, StateIsThatOfTheComponentsWeDependOn) {
  const auto text =
      summary("critical",
              "major_outage",
              "operational",
              incident("critical", "identified", component("c1", "API", "major_outage")));
  EXPECT_EQ(read(text, only({"api"})).state, FeedState::major);
  EXPECT_EQ(read(text, only({"c1"})).items.size(), 1U);
  const auto other = read(text, only({"Dashboard"}));
  EXPECT_EQ(other.state, FeedState::operational);
  EXPECT_TRUE(other.items.empty());
}

TEST(Statuspage, AnIncidentThatNamesNoComponentIsEverybodys) {
  const auto text =
      summary("minor", "operational", "operational", incident("minor", "investigating", ""));
  const auto reading = read(text, only({"Dashboard"}));
  ASSERT_EQ(reading.items.size(), 1U);
  EXPECT_EQ(reading.items[0].state, FeedState::degraded);
}

TEST(Statuspage, AnIncidentIsBelievedBeforeItsComponentsAreSet) {
  const auto text =
      summary("none",
              "operational",
              "operational",
              incident("major", "investigating", component("c1", "API", "operational")));
  EXPECT_EQ(read(text, only({"API"})).items.at(0).state, FeedState::degraded);
}

TEST(Statuspage, ResolvedAndPostmortemAreClosed) {
  for (const auto* word : {"resolved", "postmortem"}) {
    const auto text = summary("none", "operational", "operational", incident("major", word, ""));
    EXPECT_FALSE(read(text, all()).items.at(0).is_open) << word;
  }
}

TEST(Statuspage, AVanishedComponentIsUnknownAndReported) {
  const auto reading =
      read(summary("none", "operational", "operational"), only({"API", "Webhooks"}));
  EXPECT_EQ(reading.state, FeedState::unknown);
  EXPECT_EQ(reading.lacking, std::vector<std::string>{"Webhooks"});
}

TEST(Statuspage, NamesThatRepeatAreToldApartByGroupOrId) {
  const std::string text = R"({"page":{"id":"p"},"status":{"indicator":"major"},"components":[)"
                           R"({"id":"g1","name":"Droplets","status":"major_outage","group":true},)"
                           R"({"id":"g2","name":"Spaces","status":"operational","group":true},)"
                           R"({"id":"a","name":"Global","status":"major_outage","group_id":"g1"},)"
                           R"({"id":"b","name":"Global","status":"operational","group_id":"g2"}]})";
  EXPECT_EQ(read(text, only({"Global"})).state, FeedState::major);
  EXPECT_EQ(read(text, only({"Spaces / Global"})).state, FeedState::operational);
  EXPECT_EQ(read(text, only({"b"})).state, FeedState::operational);
}

std::string maintenance(const std::string& status) {
  return R"(,"scheduled_maintenances":[{"id":"m1","name":"Database upgrade","status":")" + status +
         R"(","impact":"maintenance","scheduled_for":"2025-04-22T01:00:00Z",)"
         R"("scheduled_until":"2025-04-22T03:00:00Z","updated_at":"2025-04-20T01:00:00Z"}])";
}

TEST(Statuspage, AScheduledMaintenanceIsAnAnnouncementAndNoState) {
  const auto reading =
      read(summary("none", "operational", "operational", maintenance("scheduled")), all());
  EXPECT_EQ(reading.state, FeedState::operational);
  ASSERT_EQ(reading.items.size(), 1U);
  EXPECT_EQ(reading.items[0].state, FeedState::maintenance);
  EXPECT_TRUE(reading.items[0].is_open);
  EXPECT_EQ(reading.items[0].started, parse_time("2025-04-22T01:00:00Z"));
  EXPECT_EQ(reading.items[0].ends, parse_time("2025-04-22T03:00:00Z"));
  for (const auto* word : {"completed", "maintenance_complete"}) {
    EXPECT_FALSE(read(summary("none", "operational", "operational", maintenance(word)), all())
                     .items.at(0)
                     .is_open);
  }
}

TEST(IncidentIo, ReadsItsOwnWordsAndDoesWithoutTheIncidentsKey) {
  const std::string text =
      R"({"page":{"id":"01J0"},"status":{"indicator":"major"},"components":[)" +
      component("01A", "Edge", "full_outage") + "]}";
  const auto reading = read_feed(text, "application/json", "incident-io", only({"Edge"}));
  ASSERT_TRUE(reading);
  EXPECT_EQ(reading->state, FeedState::major);
}

TEST(Statuspage, ReadsIncidentListsByTheWorstThatIsOpen) {
  const std::string head = R"({"page":{"id":"p"})";
  EXPECT_EQ(read(head + incident("critical", "monitoring", "") + "}", all()).state,
            FeedState::major);
  EXPECT_EQ(read(head + incident("critical", "resolved", "") + "}", all()).state,
            FeedState::operational);
}

TEST(Statuspage, LeavesOutClosedIncidentsOfThePast) {
  std::string old = incident("critical", "resolved", "");
  old.replace(old.find("2025-04-21T11"), 13, "2025-04-01T11");
  EXPECT_TRUE(read(summary("none", "operational", "operational", old), all()).items.empty());
}

TEST(Statuspage, BoundsItemsWithOpenOnesFirst) {
  std::string list;
  for (int i = 0; i < 80; ++i) {
    if (i > 0) list += ",";
    list += R"({"id":"i)" + std::to_string(i) + R"(","name":"n","status":")" +
            (i == 79 ? "investigating" : "resolved") +
            R"(","impact":"minor","updated_at":"2025-04-21T11:00:00Z"})";
  }
  const auto reading = read(R"({"page":{"id":"p"},"incidents":[)" + list + "]}", all());
  ASSERT_EQ(reading.items.size(), kFeedItemsMax);
  EXPECT_EQ(reading.items[0].item, "i79");
}

TEST(Statuspage, IsUnreadableWhereItIsSomethingElse) {
  const std::string healthy = summary("none", "operational", "operational");
  const std::vector<std::string> wrong = {"",
                                          "  ",
                                          "<!DOCTYPE html><html><body>Status</body></html>",
                                          "<html></html>",
                                          healthy.substr(0, healthy.size() - 20),
                                          "{}",
                                          "[]",
                                          "null",
                                          "\"x\"",
                                          R"({"page":{"id":7.5}})",
                                          "{\"page\":[]}",
                                          std::string(5000, '['),
                                          std::string(200'000, ',')};
  for (const auto& text : wrong) {
    EXPECT_FALSE(read_feed(text, "application/json", "statuspage", all())) << text.substr(0, 60);
  }
  EXPECT_FALSE(read_feed(healthy, "text/html; charset=utf-8", "statuspage", all()));
  EXPECT_FALSE(read_feed(healthy, "application/json", "rss", all()));
  EXPECT_FALSE(read_feed(healthy, "application/json", "google-cloud", all()));
}

TEST(Statuspage, IsRecognisedByItsContent) {
  EXPECT_TRUE(
      read_feed(summary("none", "operational", "operational"), "application/json", "", all()));
  EXPECT_FALSE(read_feed(R"({"status":"ok"})", "application/json", "", all()));
}

TEST(Statuspage, SurvivesMembersOfTheWrongType) {
  const auto reading =
      read_feed(R"({"page":{"id":"p"},"status":{"indicator":7},"components":[1,null,{"id":[]}],)"
                R"("incidents":[null,[],{"id":{},"components":{},"incident_updates":[[]]}],)"
                R"("scheduled_maintenances":{"a":1}})",
                "application/json",
                "statuspage",
                only({"API"}));
  ASSERT_TRUE(reading);
  EXPECT_EQ(reading->state, FeedState::unknown);
}

}  // namespace
}  // namespace bw
