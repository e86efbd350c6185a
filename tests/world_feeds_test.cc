// SPDX-License-Identifier: Apache-2.0
#include "probes/feed_document.h"
#include "tests/support/book_case.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace bw {
namespace {

using namespace std::chrono_literals;
using Json = nlohmann::json;
using testing::get;
using ::testing::HasSubstr;
using testing::look;
using ::testing::Not;
using testing::play;

// Two revisions of one incident and a maintenance, in the feed of `owner`.
std::string feed_events(std::string_view owner, std::string_view component) {
  const std::string head = "[[event]]\non = [\"feed:" + std::string(owner) + "\"]\n";
  const std::string of = "component = \"" + std::string(component) + "\", ";
  return head + "at = \"1h\"\nuntil = \"2h\"\nfeed = { indicator = \"major\", " + of +
         "status = \"major_outage\", stage = \"investigating\", title = \"Errors & delays\", body "
         "= \"We are looking.\" }\n" +
         head + "at = \"2h\"\nuntil = \"3h\"\nfeed = { indicator = \"minor\", " + of +
         "status = \"degraded_performance\", stage = \"monitoring\", title = \"Errors & delays\", "
         "body = \"A fix is in place.\" }\n" +
         head + "at = \"4h\"\nfeed = { maintenance = \"Disk swap\", from = \"5h\", to = \"6h\" }\n";
}

std::string body(const rehearsal::World& world, std::string_view url, Millis offset) {
  const auto reply = look(world, get(url), offset);
  EXPECT_TRUE(reply.http) << print(reply.failure);
  return reply.http ? reply.http->body : "{}";
}

TEST(WorldFeeds, AStatuspageTellsItsIncidentRevisionByRevision) {
  constexpr std::string_view kUrl = "https://status.commercecloud.example/api/v2/summary.json";
  const auto world = play("retailer", feed_events("commerce-cloud", "Storefront"));
  const auto at = [&](Millis offset) { return Json::parse(body(world, kUrl, offset)); };

  EXPECT_EQ(at(10min)["status"]["indicator"], "none");
  EXPECT_TRUE(at(10min)["incidents"].empty());
  const auto first = at(90min);
  EXPECT_EQ(first["status"]["indicator"], "major");
  EXPECT_EQ(first["components"][0]["status"], "major_outage");
  EXPECT_EQ(first["incidents"][0]["status"], "investigating");
  const auto second = at(150min);
  EXPECT_EQ(second["incidents"].size(), 1U);
  EXPECT_EQ(second["incidents"][0]["id"], first["incidents"][0]["id"]);
  EXPECT_EQ(second["incidents"][0]["incident_updates"].size(), 2U);
  EXPECT_EQ(second["incidents"][0]["incident_updates"][0]["body"], "A fix is in place.");
  EXPECT_EQ(second["status"]["indicator"], "minor");
  EXPECT_TRUE(at(200min)["incidents"].empty());
  EXPECT_EQ(at(270min)["scheduled_maintenances"][0]["status"], "scheduled");
  EXPECT_EQ(at(330min)["scheduled_maintenances"][0]["status"], "in_progress");
  EXPECT_EQ(at(330min)["status"]["indicator"], "maintenance");
  EXPECT_EQ(at(330min)["page"]["id"], first["page"]["id"]);
}

TEST(WorldFeeds, RssAndAtomKeepALog) {
  const auto rss = play("retailer", feed_events("tagwise", ""));
  constexpr std::string_view kRss = "https://status.tagwise.example/history.rss";
  EXPECT_THAT(body(rss, kRss, 10min), Not(HasSubstr("<item>")));
  EXPECT_THAT(body(rss, kRss, 150min), HasSubstr("<title>Errors &amp; delays</title>"));
  EXPECT_THAT(body(rss, kRss, 150min), HasSubstr("A fix is in place."));
  EXPECT_THAT(body(rss, kRss, 200min), HasSubstr("Resolved"));
  const auto atom = play("retailer", feed_events("parcelink", ""));
  constexpr std::string_view kAtom = "https://parcelink.example/status.atom";
  EXPECT_THAT(body(atom, kAtom, 150min), HasSubstr("<entry>"));
  EXPECT_THAT(body(atom, kAtom, 150min), HasSubstr("<updated>2025-03-04T14:00:00Z</updated>"));
}

TEST(WorldFeeds, ANewsroomTakesDownWhatItNoLongerSays) {
  const auto world =
      play("retailer",
           "[[event]]\nat = \"1h\"\nuntil = \"2h\"\non = [\"feed:own\"]\nfeed = { title "
           "= \"Website\", body = \"We are sorry.\" }\n");
  constexpr std::string_view kUrl = "https://newsroom.hartley.example/feed.rss";
  EXPECT_THAT(body(world, kUrl, 90min), HasSubstr("We are sorry."));
  EXPECT_THAT(body(world, kUrl, 3h), Not(HasSubstr("We are sorry.")));
}

TEST(WorldFeeds, EveryPlatformSpeaksItsOwnWords) {
  const auto google = play("retailer", feed_events("nimbus", "Compute"));
  const auto archive =
      Json::parse(body(google, "https://status.nimbus.example/incidents.json", 90min));
  EXPECT_EQ(archive[0]["status_impact"], "SERVICE_OUTAGE");
  EXPECT_FALSE(archive[0].contains("end"));

  const auto instatus = play("bank", feed_events("wayfold", "Name servers"));
  const auto summary =
      Json::parse(body(instatus, "https://status.wayfold.example/summary.json", 90min));
  EXPECT_EQ(summary["page"]["status"], "HASISSUES");
  EXPECT_EQ(summary["activeIncidents"][0]["impact"], "MAJOROUTAGE");

  const auto trust = play("airline", feed_events("paxloom", "Reservations"));
  const auto instance =
      Json::parse(body(trust, "https://api.status.paxloom.example/v1/instances/EU7/status", 90min));
  EXPECT_EQ(instance["key"], "EU7");
  EXPECT_EQ(instance["status"], "MAJOR_INCIDENT_CORE");

  const auto slack = play("airline", feed_events("keyfern", "Sign-in"));
  const auto current =
      Json::parse(body(slack, "https://status.keyfern.example/api/v2.0.0/current", 90min));
  EXPECT_EQ(current["status"], "active");
  EXPECT_EQ(current["active_incidents"][0]["type"], "outage");

  const auto incident_io = play("airline", feed_events("pixelwort", "Consent banner"));
  const auto proxy = Json::parse(
      body(incident_io, "https://status.pixelwort.example/proxy/status.pixelwort.example", 90min));
  EXPECT_EQ(proxy["summary"]["affected_components"][0]["status"], "full_outage");
}

TEST(WorldFeeds, AmazonSpeaksUtf16) {
  const auto world = play("bank", feed_events("cirrolane", "Load Balancers"));
  const auto text = body(world, "https://health.cirrolane.example/public/currentevents", 90min);
  ASSERT_GT(text.size(), 10U);
  EXPECT_EQ(text.substr(0, 2), "\xfe\xff");
  std::string narrow;
  for (std::size_t i = 3; i < text.size(); i += 2)
    narrow += text[i];
  EXPECT_EQ(Json::parse(narrow)[0]["status"], "3");
}

struct Platform {
  std::string_view world;
  std::string_view owner;
  std::string_view component;
  std::string_view url;
  std::string_view format;
};
constexpr Platform kPlatforms[] = {
    {.world = "retailer",
     .owner = "paywell",
     .component = "Wallets",
     .url = "https://status.paywell.example/api/v2/summary.json",
     .format = "statuspage"},
    {.world = "retailer",
     .owner = "tagwise",
     .component = "",
     .url = "https://status.tagwise.example/history.rss",
     .format = "rss"},
    {.world = "retailer",
     .owner = "parcelink",
     .component = "",
     .url = "https://parcelink.example/status.atom",
     .format = "atom"},
    {.world = "retailer",
     .owner = "nimbus",
     .component = "Compute",
     .url = "https://status.nimbus.example/incidents.json",
     .format = "google-cloud"},
    {.world = "bank",
     .owner = "wayfold",
     .component = "Name servers",
     .url = "https://status.wayfold.example/summary.json",
     .format = "instatus"},
    {.world = "bank",
     .owner = "cirrolane",
     .component = "Load Balancers",
     .url = "https://health.cirrolane.example/public/currentevents",
     .format = "aws"},
    {.world = "bank",
     .owner = "consentfold",
     .component = "Directory",
     .url = "https://status.consentfold.example/api/v2/summary.json",
     .format = "incident-io"},
    {.world = "airline",
     .owner = "pixelwort",
     .component = "Consent banner",
     .url = "https://status.pixelwort.example/proxy/status.pixelwort.example",
     .format = "incident-io"},
    {.world = "airline",
     .owner = "paxloom",
     .component = "Reservations",
     .url = "https://api.status.paxloom.example/v1/instances/EU7/status",
     .format = "salesforce-trust"},
    {.world = "airline",
     .owner = "keyfern",
     .component = "Sign-in",
     .url = "https://status.keyfern.example/api/v2.0.0/current",
     .format = "slack"},
};

TEST(WorldFeeds, TheProbesReadEveryPlatform) {
  for (const auto& platform : kPlatforms) {
    const auto world = play(platform.world, feed_events(platform.owner, platform.component));
    const auto read_at = [&](Millis offset) {
      const auto reply = look(world, get(platform.url), offset);
      const auto reading = read_feed(reply.http->body,
                                     find_header(reply.http->headers, "content-type"),
                                     platform.format,
                                     {.now = world.t0() + offset, .components = {}});
      EXPECT_TRUE(reading) << platform.url << ": " << reading.error();
      return reading.value_or(FeedReading{});
    };
    const auto open_items = [&](Millis offset) {
      auto items = read_at(offset).items;
      std::erase_if(items, [](const FeedItem& item) { return !item.is_open; });
      return items;
    };
    EXPECT_TRUE(open_items(10min).empty()) << platform.url;
    const auto items = open_items(90min);
    ASSERT_EQ(items.size(), 1U) << platform.url;
    EXPECT_EQ(items[0].title, "Errors & delays") << platform.url;
    EXPECT_THAT(items[0].body, HasSubstr("We are looking.")) << platform.url;
    EXPECT_TRUE(open_items(200min).empty()) << platform.url;
  }
}

TEST(WorldFeeds, TheFeedItselfCanFail) {
  const auto world = play("retailer",
                          "[[event]]\nat = \"0s\"\non = [\"feed:paywell\"]\n"
                          "tcp = \"timeout\"\n");
  EXPECT_EQ(look(world, get("https://status.paywell.example/api/v2/summary.json"), 1min).failure,
            Outcome::connect_timeout);
}

TEST(WorldFeeds, OneProviderPostsANoticeAboutOnceInTenDays) {
  const auto world = play("retailer", "");
  constexpr std::string_view kStatuspages[] = {
      "https://www.edgeworksstatus.example/api/v2/summary.json",
      "https://status.zonecraft.example/api/v2/summary.json",
      "https://status.commercecloud.example/api/v2/summary.json",
      "https://status.paywell.example/api/v2/summary.json",
      "https://status.signport.example/api/v2/summary.json",
      "https://status.findly.example/api/v2/summary.json",
      "https://status.pingbird.example/api/v2/summary.json"};
  int noticed = 0;
  for (const auto url : kStatuspages) {
    bool was_there = false;
    for (int hour = 0; hour < 24 * 100; hour += 3) {
      const auto reply = look(world, get(url), std::chrono::hours{hour});
      if (!reply.http) continue;
      const auto json = Json::parse(reply.http->body);
      const bool is_there = !json["incidents"].empty() || !json["scheduled_maintenances"].empty();
      if (is_there && !was_there) ++noticed;
      was_there = is_there;
    }
  }
  EXPECT_GE(noticed, 3);
  EXPECT_LE(noticed, 10);
}

}  // namespace
}  // namespace bw
