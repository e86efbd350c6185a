// SPDX-License-Identifier: Apache-2.0
#include "probes/feed_document.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

// The platforms that anybody may rent a status page from: Status.io and Better Stack.
namespace bw {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

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
    EXPECT_EQ(named->state, found->state);
  }
  return named.value_or(FeedReading{});
}

// As api.status.io serves it: a component that runs in two places.
std::string status_io(const std::string& overall,
                      const std::string& api,
                      const std::string& rest = "") {
  return R"({"result":{"status_overall":{"updated":"2025-04-21T11:30:00.000Z","status":"-",)"
         R"("status_code":)" +
         overall + R"(},"status":[{"id":"c1","name":"API","status":"-","status_code":)" + api +
         R"(,"containers":[{"id":"p1","name":"Europe","status_code":100},)"
         R"({"id":"p2","name":"America","status_code":)" +
         api + R"(}]},{"id":"c2","name":"Checkout","status_code":100,"containers":[]}])" + rest +
         "}}";
}
std::string incident(const std::string& code, const std::string& active = "true") {
  return R"(,"incidents":[{"_id":"i1","name":"Logins","datetime_open":"2025-04-21T09:00:00Z",)"
         R"("current_active":)" +
         active +
         R"(,"messages":[{"details":"first","state":100,"status":500,)"
         R"("datetime":"2025-04-21T09:00:00Z"},{"details":"newest","state":200,"status":)" +
         code +
         R"(,"datetime":"2025-04-21T10:00:00Z"}],"components_affected":[{"_id":"c1",)"
         R"("name":"API"}],"containers_affected":[{"_id":"p1","name":"Europe"}]}],)"
         R"("maintenance":{"active":[],"upcoming":[]})";
}

TEST(StatusIo, CodesAreStates) {
  const std::vector<std::pair<std::string, FeedState>> cases = {{"100", FeedState::operational},
                                                                {"200", FeedState::maintenance},
                                                                {"300", FeedState::degraded},
                                                                {"400", FeedState::partial},
                                                                {"500", FeedState::major},
                                                                {"600", FeedState::major},
                                                                {"700", FeedState::unknown},
                                                                {"\"fine\"", FeedState::unknown},
                                                                {"null", FeedState::unknown}};
  for (const auto& [code, state] : cases) {
    EXPECT_EQ(read(status_io(code, "100"), "status-io").state, state) << code;
    EXPECT_EQ(read(status_io("100", code), "status-io", {"api"}).state, state) << code;
  }
}

TEST(StatusIo, FindsComponentsAndTheirPlaces) {
  const std::string text = status_io("400", "400");
  EXPECT_EQ(read(text, "status-io", {"Checkout"}).state, FeedState::operational);
  EXPECT_EQ(read(text, "status-io", {"API / Europe"}).state, FeedState::operational);
  EXPECT_EQ(read(text, "status-io", {"p2"}).state, FeedState::partial);
  const auto gone = read(text, "status-io", {"Checkout", "Gone"});
  EXPECT_EQ(gone.state, FeedState::unknown);
  EXPECT_THAT(gone.lacking, ElementsAre("Gone"));
}

TEST(StatusIo, TakesAnIncidentFromItsNewestMessage) {
  const auto reading = read(status_io("400", "400", incident("400")), "status-io");
  ASSERT_THAT(reading.items, SizeIs(1));
  const FeedItem& item = reading.items[0];
  EXPECT_EQ(item.item, "i1");
  EXPECT_EQ(item.body, "newest");
  EXPECT_EQ(item.state, FeedState::partial);
  EXPECT_TRUE(item.is_open);
  EXPECT_FALSE(item.is_security);
  EXPECT_THAT(item.components, ElementsAre("API", "Europe"));
  EXPECT_EQ(item.started, parse_time("2025-04-21T09:00:00Z"));
  EXPECT_THAT(read(status_io("400", "400", incident("400")), "status-io", {"Checkout"}).items,
              IsEmpty());
  EXPECT_FALSE(
      read(status_io("100", "100", incident("100", "false")), "status-io").items.at(0).is_open);
}

TEST(StatusIo, ASecurityEventIsAClaimAndNotOnlyAState) {
  const auto told = read(status_io("600", "600", incident("600")), "status-io");
  ASSERT_THAT(told.items, SizeIs(1));
  EXPECT_TRUE(told.items[0].is_security);
  EXPECT_EQ(told.items[0].state, FeedState::major);
  // Also where no incident explains it.
  const auto bare = read(status_io("600", "600"), "status-io");
  ASSERT_THAT(bare.items, SizeIs(1));
  EXPECT_TRUE(bare.items[0].is_security);
  EXPECT_TRUE(bare.items[0].is_open);
  EXPECT_EQ(bare.items[0].started, parse_time("2025-04-21T11:30:00Z"));
}

TEST(StatusIo, ASecurityEventElsewhereIsNotClaimedOfOurComponents) {
  const std::string text = status_io("600", "600");
  EXPECT_THAT(read(text, "status-io", {"Checkout"}).items, IsEmpty());
  EXPECT_THAT(read(text, "status-io", {"API"}).items, SizeIs(1));
}

TEST(StatusIo, PlansAreItemsAndNoState) {
  const std::string plan =
      R"(,"incidents":[],"maintenance":{"active":[],"upcoming":[{"_id":"m","name":"Upgrade",)"
      R"("datetime_open":"2025-04-20T00:00:00Z","datetime_planned_start":"2025-04-22T01:00:00Z",)"
      R"("datetime_planned_end":"2025-04-22T03:00:00Z","messages":[]}]})";
  const auto reading = read(status_io("100", "100", plan), "status-io");
  EXPECT_EQ(reading.state, FeedState::operational);
  ASSERT_THAT(reading.items, SizeIs(1));
  EXPECT_EQ(reading.items[0].state, FeedState::maintenance);
  EXPECT_EQ(reading.items[0].started, parse_time("2025-04-22T01:00:00Z"));
  EXPECT_EQ(reading.items[0].ends, parse_time("2025-04-22T03:00:00Z"));
}

std::string better_stack(const std::string& page,
                         const std::string& search,
                         const std::string& reports = "") {
  return R"({"data":{"id":"77","type":"status_page","attributes":{"company_name":"T",)"
         R"("aggregate_state":")" +
         page +
         R"("}},"included":[{"id":"1","type":"status_page_section","attributes":)"
         R"({"name":"EU"}},{"id":"10","type":"status_page_resource","attributes":)"
         R"({"public_name":"Search","status_page_section_id":1,"status":")" +
         search +
         R"(","explicit_status":null,"status_history":[{"day":"2025-04-20",)"
         R"("status":"downtime"}]}},{"id":"11","type":"status_page_resource",)"
         R"("attributes":{"public_name":"Login","status":"operational"}})" +
         reports + "]}";
}
std::string report(const std::string& state, const std::string& type, const std::string& ends) {
  return R"(,{"id":"r","type":"status_report","attributes":{"title":"Slow search",)"
         R"("report_type":")" +
         type + R"(","starts_at":"2025-04-21T10:00:00Z","ends_at":)" + ends +
         R"(,"aggregate_state":")" + state +
         R"(","affected_resources":[{"status_page_resource_id":"10","status":"degraded"}]}},)"
         R"({"id":"u2","type":"status_update","attributes":{"status_report_id":"r",)"
         R"("message":"newest","published_at":"2025-04-21T11:00:00Z"}},)"
         R"({"id":"u1","type":"status_update","attributes":{"status_report_id":"r",)"
         R"("message":"older","published_at":"2025-04-21T10:00:00Z"}})";
}

TEST(BetterStack, WordsAreStates) {
  const std::vector<std::pair<std::string, FeedState>> cases = {
      {"operational", FeedState::operational},
      {"degraded", FeedState::degraded},
      {"downtime", FeedState::major},
      {"maintenance", FeedState::maintenance},
      {"not_monitored", FeedState::unknown},
      {"splendid", FeedState::unknown}};
  for (const auto& [word, state] : cases) {
    EXPECT_EQ(read(better_stack(word, "operational"), "better-stack").state, state) << word;
    EXPECT_EQ(read(better_stack("operational", word), "better-stack", {"Search"}).state, state)
        << word;
  }
  EXPECT_EQ(read(better_stack("operational", "operational"), "better-stack").page, "77");
}

TEST(BetterStack, FindsResourcesByNameIdAndSection) {
  const std::string text = better_stack("downtime", "downtime");
  for (const auto* name : {"search", "10", "EU / Search"})
    EXPECT_EQ(read(text, "better-stack", {name}).state, FeedState::major) << name;
  EXPECT_EQ(read(text, "better-stack", {"Login"}).state, FeedState::operational);
  EXPECT_EQ(read(text, "better-stack", {"Gone"}).state, FeedState::unknown);
}

TEST(BetterStack, WhatPeopleSetByHandCountsWhereItIsGraver) {
  std::string text = better_stack("degraded", "operational");
  const std::string none = R"("explicit_status":null)";
  text.replace(text.find(none), none.size(), R"("explicit_status":"downtime")");
  EXPECT_EQ(read(text, "better-stack", {"Search"}).state, FeedState::major);
}

TEST(BetterStack, ReadsReportsWithTheirNewestUpdate) {
  const auto reading = read(
      better_stack("degraded", "degraded", report("degraded", "manual", "null")), "better-stack");
  ASSERT_THAT(reading.items, SizeIs(1));
  const FeedItem& item = reading.items[0];
  EXPECT_EQ(item.title, "Slow search");
  EXPECT_EQ(item.body, "newest");
  EXPECT_EQ(item.state, FeedState::degraded);
  EXPECT_TRUE(item.is_open);
  EXPECT_THAT(item.components, ElementsAre("Search"));
  EXPECT_THAT(read(better_stack("degraded", "degraded", report("degraded", "manual", "null")),
                   "better-stack",
                   {"Login"})
                  .items,
              IsEmpty());
}

TEST(BetterStack, KnowsWhenAReportIsOver) {
  const auto is_open = [](const std::string& state, const std::string& ends) {
    return read(better_stack("operational", "operational", report(state, "manual", ends)),
                "better-stack")
        .items.at(0)
        .is_open;
  };
  EXPECT_FALSE(is_open("resolved", "null"));
  EXPECT_FALSE(is_open("degraded", "\"2025-04-21T11:00:00Z\""));
  EXPECT_TRUE(is_open("degraded", "\"2025-04-21T13:00:00Z\""));
  const auto plan =
      read(better_stack("operational",
                        "operational",
                        report("maintenance", "maintenance", "\"2025-04-21T13:00:00Z\"")),
           "better-stack");
  EXPECT_EQ(plan.items.at(0).state, FeedState::maintenance);
  EXPECT_EQ(plan.items.at(0).ends, parse_time("2025-04-21T13:00:00Z"));
}

TEST(RentedPages, RefuseWebPagesAndOtherDocuments) {
  const FeedScope scope{.now = kNow, .components = {}, .is_own = false};
  for (const auto* format : {"status-io", "better-stack"}) {
    for (const auto* text : {"",
                             "<!doctype html><title>Status</title>",
                             "{}",
                             "[1]",
                             "null",
                             R"({"result":[]})",
                             R"({"result":{"status_overall":100}})",
                             R"({"data":[{"attributes":{"aggregate_state":"operational"}}]})",
                             R"({"data":{"attributes":"operational"},"included":{}})",
                             R"({"page":{"id":"a"},"status":{"indicator":"none"}})"}) {
      EXPECT_FALSE(read_feed(text, "application/json", format, scope)) << format << text;
    }
  }
}

TEST(RentedPages, SurviveMembersOfEveryOtherType) {
  const FeedScope scope{.now = kNow, .components = {"API"}, .is_own = false};
  for (const auto* text :
       {R"({"result":{"status_overall":{"status_code":[]},"status":[1,null,{"containers":[[]]}],)"
        R"("incidents":[7,{"messages":{"a":1},"components_affected":[null]}],"maintenance":[]}})",
        R"({"data":{"attributes":{"aggregate_state":"operational"}},"included":[null,1,"x",[],)"
        R"({"type":"status_report","attributes":[]},{"type":7},)"
        R"({"type":"status_page_resource","attributes":null}]})"}) {
    const auto reading = read_feed(text, "application/json", "", scope);
    ASSERT_TRUE(reading) << reading.error();
    EXPECT_EQ(reading->state, FeedState::unknown) << text;
  }
}

}  // namespace
}  // namespace bw
