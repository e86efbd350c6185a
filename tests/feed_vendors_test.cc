// SPDX-License-Identifier: Apache-2.0
#include "probes/feed_document.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

// Formats that one vendor each has made for itself.
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
  auto named = read_feed(text, "", format, scope);
  const auto found = read_feed(text, "", "", scope);
  EXPECT_TRUE(named) << named.error();
  EXPECT_TRUE(found) << found.error();
  if (named && found) {
    EXPECT_EQ(named->items, found->items);
    EXPECT_EQ(named->state, found->state);
  }
  return named.value_or(FeedReading{});
}
FeedState state(const std::string& text,
                std::string_view format,
                std::vector<std::string> components = {}) {
  return read(text, format, std::move(components)).state;
}

std::string stripe_full(const std::string& word, const std::string& warning) {
  return R"({"UptimeStatus":")" + word +
         R"(","message":"Payments are slow","uptimeData":[)"
         R"({"key":"api","title":"API","warning":)" +
         warning + R"(},{"key":"checkout","title":"Stripe Checkout","warning":null}]})";
}

TEST(Stripe, WordsAreStates) {
  const std::vector<std::pair<std::string, FeedState>> cases = {{"up", FeedState::operational},
                                                                {"degraded", FeedState::degraded},
                                                                {"down", FeedState::major},
                                                                {"paused", FeedState::maintenance},
                                                                {"fine", FeedState::unknown}};
  for (const auto& [word, wanted] : cases)
    EXPECT_EQ(state(stripe_full(word, "null"), "stripe"), wanted) << word;
}

TEST(Stripe, WarningsAreOfTheirPart) {
  const std::string text = stripe_full("degraded", "\"latency\"");
  EXPECT_EQ(state(text, "stripe", {"api"}), FeedState::degraded);
  EXPECT_EQ(state(text, "stripe", {"Stripe checkout"}), FeedState::operational);
  EXPECT_EQ(state(text, "stripe", {"Terminal"}), FeedState::unknown);
  // Trouble that no part is warned of may be anywhere.
  EXPECT_EQ(state(stripe_full("down", "null"), "stripe", {"api"}), FeedState::major);
}

TEST(Stripe, ItsMessageIsAnItemOnlyInTrouble) {
  const auto trouble = read(stripe_full("degraded", "null"), "stripe");
  ASSERT_THAT(trouble.items, SizeIs(1));
  EXPECT_EQ(trouble.items[0].title, "Payments are slow");
  EXPECT_TRUE(trouble.items[0].is_open);
  EXPECT_THAT(read(stripe_full("up", "null"), "stripe").items, IsEmpty());
}

std::string stripe_short(const std::string& word, const std::string& time) {
  return R"({"largestatus":")" + word + R"(","message":"-","time":")" + time +
         R"(","statuses":{"api":"up","webhooks":"down","dashboard":7}})";
}

TEST(Stripe, AnOldAllClearIsNone) {
  const std::string today = "April 21, 2025 @ 06:08PM +00:00";
  const std::string old = "February 09, 2024 @ 06:08PM +00:00";
  EXPECT_EQ(state(stripe_short("up", today), "stripe"), FeedState::operational);
  EXPECT_EQ(state(stripe_short("up", old), "stripe"), FeedState::unknown);
  EXPECT_EQ(state(stripe_short("up", old), "stripe", {"api"}), FeedState::unknown);
  EXPECT_EQ(state(stripe_short("up", today), "stripe", {"webhooks"}), FeedState::major);
  EXPECT_EQ(state(stripe_short("up", today), "stripe", {"dashboard"}), FeedState::unknown);
}

TEST(Stripe, ItsAnswerHoldsUntilItIsOld) {
  const FeedScope scope{.now = kNow, .components = {}, .is_own = false};
  const auto text = stripe_short("up", "April 21, 2025 @ 06:08PM +00:00");
  ASSERT_TRUE(read_feed(text, "", "", scope));
  EXPECT_EQ(scope.now.until(),
            parse_time("2025-04-21T00:00:00Z").value_or(Time{}) + kFeedAgeMax + Millis{1});
}

std::string paypal(const std::string& production, const std::string& sandbox) {
  return R"({"result":[{"id":1,"name":"Checkout","category":{"name":"product"},)"
         R"("status":{"production":")" +
         production + R"(","sandbox":")" + sandbox +
         R"("}},{"id":2,"name":"Checkout","category":{"name":"api"},)"
         R"("status":{"production":"Operational","sandbox":"Operational"}}]})";
}

TEST(PayPal, WhatProductionSaysCounts) {
  const std::vector<std::pair<std::string, FeedState>> cases = {
      {"Operational", FeedState::operational},
      {"Informational", FeedState::operational},
      {"Under Maintenance", FeedState::maintenance},
      {"Service Disruption", FeedState::partial},
      {"service_outage", FeedState::major},
      {"Excellent", FeedState::unknown}};
  for (const auto& [word, wanted] : cases) {
    EXPECT_EQ(state(paypal(word, "Operational"), "paypal"), wanted) << word;
    EXPECT_EQ(state(paypal("Operational", word), "paypal"), FeedState::operational) << word;
  }
}

TEST(PayPal, TellsProductsFromApisOfTheSameName) {
  const std::string text = paypal("Service Outage", "Operational");
  EXPECT_EQ(state(text, "paypal", {"Checkout"}), FeedState::major);
  EXPECT_EQ(state(text, "paypal", {"api / Checkout"}), FeedState::operational);
  EXPECT_EQ(state(text, "paypal", {"2"}), FeedState::operational);
  EXPECT_THAT(read(text, "paypal", {"Venmo"}).lacking, ElementsAre("Venmo"));
}

TEST(Algolia, ReadsEachClusterAndThePagesOneWord) {
  const std::string text =
      R"({"status":{"c1-eu":"operational","c2-us":"partial_outage","c3-jp":"splendid"}})";
  EXPECT_EQ(state(text, "algolia"), FeedState::partial);
  EXPECT_EQ(state(text, "algolia", {"C1-EU"}), FeedState::operational);
  EXPECT_EQ(state(text, "algolia", {"c3-jp"}), FeedState::unknown);
  EXPECT_EQ(state(text, "algolia", {"c9-us"}), FeedState::unknown);
  const std::string page = R"({"global":{"status":"major_outage"}})";
  EXPECT_EQ(state(page, "algolia"), FeedState::major);
  EXPECT_EQ(state(page, "algolia", {"c1-eu"}), FeedState::unknown);
}

std::string heroku(const std::string& apps) {
  return R"({"status":[{"system":"Apps","status":")" + apps +
         R"("},{"system":"Data","status":"green"}],"incidents":[{"id":2700,"title":"Dynos",)"
         R"("state":"open","created_at":"2025-04-21T10:00:00Z",)"
         R"("updated_at":"2025-04-21T11:00:00Z"}],"scheduled":[]})";
}

TEST(Heroku, ColoursAreStates) {
  EXPECT_EQ(state(heroku("green"), "heroku"), FeedState::operational);
  EXPECT_EQ(state(heroku("yellow"), "heroku"), FeedState::degraded);
  EXPECT_EQ(state(heroku("red"), "heroku"), FeedState::major);
  EXPECT_EQ(state(heroku("blue"), "heroku"), FeedState::unknown);
  EXPECT_EQ(state(heroku("red"), "heroku", {"Data"}), FeedState::operational);
}

TEST(Heroku, AnIncidentIsAtLeastADegradation) {
  const auto reading = read(heroku("red"), "heroku");
  ASSERT_THAT(reading.items, SizeIs(1));
  EXPECT_EQ(reading.items[0].item, "2700");
  EXPECT_EQ(reading.items[0].state, FeedState::major);
  EXPECT_TRUE(reading.items[0].is_open);
  EXPECT_EQ(read(heroku("green"), "heroku").items.at(0).state, FeedState::degraded);
}

std::string zendesk(const std::string& said, const std::string& service = "false") {
  return R"({"data":[{"id":"10079","type":"incident","attributes":{"name":"Unable to sign in",)"
         R"("status":"monitoring","startedAt":"2025-04-21T09:00:00.000Z",)" +
         said +
         R"(}}],"included":[{"id":"5","type":"incidentService","attributes":)"
         R"({"incidentId":10079,"serviceId":63,"outage":)" +
         service + "}}]}";
}

TEST(Zendesk, AnOutageIsMajorAndAllElseByItsImpact) {
  EXPECT_EQ(state(zendesk(R"("resolvedAt":null,"outage":true)"), "zendesk"), FeedState::major);
  EXPECT_EQ(state(zendesk(R"("resolvedAt":null)", "true"), "zendesk"), FeedState::major);
  EXPECT_EQ(state(zendesk(R"("resolvedAt":null)"), "zendesk"), FeedState::degraded);
  EXPECT_EQ(state(zendesk(R"("resolvedAt":null,"impact":"major")"), "zendesk"), FeedState::partial);
  EXPECT_EQ(state(zendesk(R"("resolvedAt":null,"impact":"odd")"), "zendesk"), FeedState::unknown);
}

TEST(Zendesk, IsOverOnceItIsResolvedWhateverItsStatusSays) {
  const auto reading =
      read(zendesk(R"("resolvedAt":"2025-04-21T10:00:00.000Z","outage":true)"), "zendesk");
  EXPECT_EQ(reading.state, FeedState::operational);
  ASSERT_THAT(reading.items, SizeIs(1));
  EXPECT_FALSE(reading.items[0].is_open);
}

TEST(Zendesk, KnowsServicesByNumberOnly) {
  const std::string text = zendesk(R"("resolvedAt":null,"outage":true)");
  EXPECT_EQ(state(text, "zendesk", {"63"}), FeedState::major);
  EXPECT_EQ(state(text, "zendesk", {"64"}), FeedState::operational);
  const auto named = read(text, "zendesk", {"Support"});
  EXPECT_EQ(named.state, FeedState::unknown);
  EXPECT_THAT(named.lacking, ElementsAre("Support"));
  EXPECT_EQ(state(R"({"data":[],"included":[]})", "zendesk"), FeedState::operational);
}

std::string azure(const std::string& items) {
  return R"(<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel>)"
         R"(<title>Azure Status</title><link>https://azure.status.microsoft/en-us/status/</link>)" +
         items + "</channel></rss>";
}
std::string entry(const std::string& title, const std::string& body) {
  return "<item><guid>a</guid><title>" + title + "</title><description>" + body +
         "</description><pubDate>Mon, 21 Apr 2025 11:00:00 Z</pubDate></item>";
}

TEST(Azure, AnEntryIsAtBestADegradation) {
  EXPECT_EQ(state(azure(""), "azure-rss"), FeedState::operational);
  const auto vague =
      read(azure(entry("Virtual Machines - West Europe", "We are aware.")), "azure-rss");
  EXPECT_EQ(vague.state, FeedState::degraded);
  EXPECT_EQ(vague.items.at(0).state, FeedState::degraded);
  EXPECT_EQ(state(azure(entry("Major outage", "Front Door.")), "azure-rss"), FeedState::major);
  EXPECT_EQ(state(azure(entry("Resolved: Front Door", "Over.")), "azure-rss"),
            FeedState::operational);
}

TEST(Azure, OtherFeedsOfTheSameProseStayUnknown) {
  std::string text = azure(entry("Virtual Machines", "We are aware."));
  const std::string link = "azure.status.microsoft";
  text.replace(text.find(link), link.size(), "status.vendor.example");
  const FeedScope scope{.now = kNow, .components = {}, .is_own = false};
  EXPECT_EQ(read_feed(text, "", "", scope).value_or(FeedReading{}).state, FeedState::unknown);
  EXPECT_EQ(read_feed(text, "", "rss", scope).value_or(FeedReading{}).state, FeedState::unknown);
}

TEST(Vendors, RefuseDocumentsOfAnotherShape) {
  const FeedScope scope{.now = kNow, .components = {}, .is_own = false};
  for (const auto* format : {"stripe", "paypal", "algolia", "heroku", "zendesk", "azure-rss"}) {
    for (const auto* text : {"",
                             "<!doctype html><html></html>",
                             "<html></html>",
                             "{}",
                             "[1]",
                             "null",
                             "{\"a\":",
                             R"({"result":[{"status":"Operational"}]})",
                             R"({"status":{}})",
                             R"({"status":["green"]})",
                             R"({"data":[{"id":"1","attributes":{}}]})"}) {
      EXPECT_FALSE(read_feed(text, "application/json", format, scope)) << format << text;
    }
    EXPECT_FALSE(read_feed(R"({"status":{"c1":"operational"}})", "text/html", format, scope));
  }
}

TEST(Vendors, GiveNoAllClearForMembersOfOtherTypes) {
  const FeedScope scope{.now = kNow, .components = {"API"}, .is_own = false};
  for (const auto* text :
       {R"({"UptimeStatus":"up","uptimeData":[null,1,[],{"key":{}}],"message":[],"time":9})",
        R"({"largestatus":"up","statuses":{"api ":{}},"time":"@ , ,"})",
        R"({"result":[{"category":{},"status":{"production":[]}}]})",
        R"({"status":{"a":"operational","b":"\u0000"}})",
        R"({"status":[{"system":"Apps","status":"green"}],"incidents":[null,[],{"id":{}}]})",
        R"({"data":[{"id":"1","attributes":{"resolvedAt":[]}}],"included":[null,{"type":1}]})"}) {
    const auto reading = read_feed(text, "application/json", "", scope);
    ASSERT_TRUE(reading) << text << reading.error();
    EXPECT_NE(reading->state, FeedState::operational) << text;
  }
}

}  // namespace
}  // namespace bw
