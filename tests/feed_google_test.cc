// SPDX-License-Identifier: Apache-2.0
#include "probes/feed_document.h"

#include <gtest/gtest.h>

namespace bw {
namespace {

const Time kNow = parse_time("2025-04-21T12:00:00Z").value_or(Time{});

FeedReading read(const std::string& text,
                 std::vector<std::string> components = {},
                 std::string_view format = "google-cloud") {
  auto reading = read_feed(text,
                           "application/json",
                           format,
                           {.now = kNow, .components = std::move(components), .is_own = false});
  EXPECT_TRUE(reading) << reading.error();
  return reading.value_or(FeedReading{});
}

std::string incident(const std::string& impact, const std::string& end) {
  return R"({"id":"g1","number":"1","begin":"2025-04-21T10:00:00+00:00",)" + end +
         R"("modified":"2025-04-21T11:00:00+00:00","external_desc":"Errors in compute",)"
         R"("status_impact":")" +
         impact +
         R"(","severity":"low","service_key":"zall","service_name":" Multiple Products",)"
         R"("affected_products":[{"title":" Compute","id":"p7"},{"title":"Database","id":"p8"}],)"
         R"("most_recent_update":{"status":"AVAILABLE","text":"We are rolling back."}})";
}

TEST(GoogleCloud, OpenIncidentsMakeTheState) {
  const auto reading = read("[" + incident("SERVICE_OUTAGE", "") + "]");
  EXPECT_EQ(reading.state, FeedState::major);
  ASSERT_EQ(reading.items.size(), 1U);
  EXPECT_TRUE(reading.items[0].is_open);
  EXPECT_EQ(reading.items[0].body, "We are rolling back.");
  EXPECT_EQ(reading.items[0].components, (std::vector<std::string>{"Compute", "Database"}));
  EXPECT_EQ(read("[" + incident("SERVICE_DISRUPTION", "") + "]").state, FeedState::partial);
  EXPECT_EQ(read("[" + incident("SERVICE_INFORMATION", "") + "]").state, FeedState::degraded);
  EXPECT_EQ(read("[" + incident("SERVICE_SPLENDOUR", "") + "]").state, FeedState::unknown);
}

TEST(GoogleCloud, AnArchiveOfClosedIncidentsIsOperational) {
  const auto recent =
      read("[" + incident("SERVICE_OUTAGE", R"("end":"2025-04-21T11:00:00+00:00",)") + "]");
  EXPECT_EQ(recent.state, FeedState::operational);
  ASSERT_EQ(recent.items.size(), 1U);
  EXPECT_FALSE(recent.items[0].is_open);
  EXPECT_EQ(read("[]").state, FeedState::operational);
}

TEST(GoogleCloud, MultipleProductsAreMatchedByWhatTheyAre) {
  const auto text = "[" + incident("SERVICE_OUTAGE", "") + "]";
  EXPECT_EQ(read(text, {"compute"}).state, FeedState::major);
  EXPECT_EQ(read(text, {"p8"}).items.size(), 1U);
  EXPECT_EQ(read(text, {"Storage"}).state, FeedState::operational);
  EXPECT_TRUE(read(text, {"Storage"}).items.empty());
}

TEST(GoogleCloud, IsRecognisedByItsContentAndNothingElseIsRead) {
  EXPECT_EQ(read("[" + incident("SERVICE_OUTAGE", "") + "]", {}, "").state, FeedState::major);
  const FeedScope scope{.now = kNow, .components = {}, .is_own = false};
  EXPECT_FALSE(read_feed("[1,2]", "application/json", "google-cloud", scope));
  EXPECT_FALSE(read_feed("{}", "application/json", "google-cloud", scope));
  EXPECT_FALSE(read_feed("[]", "application/json", "", scope));
  EXPECT_FALSE(read_feed("[" + incident("SERVICE_OUTAGE", ""), "application/json", "", scope));
}

}  // namespace
}  // namespace bw
