// SPDX-License-Identifier: Apache-2.0
#include "probes/feed_document.h"
#include "probes/feed_prose.h"

#include <gtest/gtest.h>

namespace bw {
namespace {

const Time kNow = parse_time("2025-04-21T12:00:00Z").value_or(Time{});
constexpr std::string_view kToday = "Mon, 21 Apr 2025 11:00:00 GMT";

FeedReading read(const std::string& text,
                 const FeedScope& scope = {.now = kNow, .components = {}, .is_own = false},
                 std::string_view format = "rss") {
  auto reading = read_feed(text, "application/rss+xml", format, scope);
  EXPECT_TRUE(reading) << reading.error();
  return reading.value_or(FeedReading{});
}

std::string item(const std::string& guid,
                 const std::string& title,
                 const std::string& body,
                 std::string_view date = kToday) {
  return "<item><title>" + title + "</title><description>" + body + "</description><pubDate>" +
         std::string(date) + "</pubDate><guid isPermaLink=\"false\">" + guid + "</guid></item>";
}
std::string rss(const std::string& items) {
  return "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<rss "
         "version=\"2.0\"><channel><title>T</title>"
         "<link>https://status.tagwise.example/history.rss</link>" +
         items + "</channel></rss>";
}
std::string atom(const std::string& entries) {
  return "<feed "
         "xmlns=\"http://www.w3.org/2005/Atom\"><id>tag:parcelink,2011:f</id><title>P</title>" +
         entries + "</feed>";
}

TEST(Prose, ReadsTheNewestOfSeveralUpdates) {
  const auto prose = read_prose(
      "Card payments",
      "<p><small>Apr 21, 11:00 UTC</small><br><strong>Resolved</strong> - All is well.</p>"
      "<p><small>Apr 21, 10:00 UTC</small><br><strong>Investigating</strong> - A major "
      "outage.</p>");
  EXPECT_FALSE(prose.is_open);
  EXPECT_EQ(prose.body, "Resolved - All is well.");
  EXPECT_EQ(prose.state, FeedState::unknown);
}

TEST(Prose, ReadsStagesFromTitles) {
  for (const auto* title : {"Resolved: Card payments",
                            "[Resolved] Card payments",
                            "Card payments (resolved)",
                            "RESOLVED - Card payments"}) {
    const auto prose = read_prose(title, "Text.");
    EXPECT_FALSE(prose.is_open) << title;
    EXPECT_EQ(prose.title, "Card payments") << title;
  }
  EXPECT_TRUE(read_prose("How we resolved our differences", "").is_open);
}

TEST(Prose, ReadsHowBadItIs) {
  const std::vector<std::pair<std::string, FeedState>> cases = {
      {"Major outage of the API", FeedState::major},
      {"Partial outage of the API", FeedState::partial},
      {"Elevated error rates", FeedState::degraded},
      {"Degraded performance", FeedState::degraded},
      {"Service Disruption: EU", FeedState::partial},
      {"Scheduled maintenance of the API", FeedState::maintenance},
      {"Identified: trouble with logins", FeedState::degraded},
      {"A word from our founders", FeedState::unknown}};
  for (const auto& [title, state] : cases)
    EXPECT_EQ(read_prose(title, "").state, state) << title;
}

TEST(Prose, UnresolvedIsNotResolved) {
  EXPECT_TRUE(read_prose("API", "The issue has not been resolved yet.").is_open);
  EXPECT_TRUE(read_prose("API", "Until this is resolved, be careful.").is_open);
  EXPECT_FALSE(read_prose("API", "The issue has been resolved.").is_open);
}

TEST(Rss, AnOpenIncidentMakesTheState) {
  const auto reading = read(rss(item("g1", "API", "Investigating - There is a major outage.")));
  EXPECT_EQ(reading.state, FeedState::major);
  EXPECT_EQ(reading.page, "https://status.tagwise.example/history.rss");
  ASSERT_EQ(reading.items.size(), 1U);
  EXPECT_EQ(reading.items[0].item, "g1");
  EXPECT_TRUE(reading.items[0].is_open);
  EXPECT_EQ(reading.items[0].started, parse_time("2025-04-21T11:00:00Z"));
}

TEST(Rss, NoIncidentIsOperational) {
  EXPECT_EQ(read(rss("")).state, FeedState::operational);
  EXPECT_EQ(read(rss(item("g1", "API: major outage", "Resolved - Over."))).state,
            FeedState::operational);
}

TEST(Rss, AnOpenEntryInUnknownWordsIsUnknown) {
  EXPECT_EQ(read(rss(item("g1", "Strange days", "Something is afoot."))).state, FeedState::unknown);
}

TEST(Rss, FoldsRevisionsOfOneIdAndTakesTheNewest) {
  const auto reading =
      read(rss(item("g1", "API degraded", "Investigating.", "Mon, 21 Apr 2025 09:00:00 GMT") +
               item("g1", "API degraded", "Resolved - Over.", "Mon, 21 Apr 2025 10:00:00 GMT") +
               item("g1", "API degraded", "Monitoring.", "Mon, 21 Apr 2025 09:30:00 GMT")));
  ASSERT_EQ(reading.items.size(), 1U);
  EXPECT_FALSE(reading.items[0].is_open);
  EXPECT_EQ(reading.items[0].started, parse_time("2025-04-21T09:00:00Z"));
  EXPECT_EQ(reading.state, FeedState::operational);
}

TEST(Rss, AResolvedEntryOfItsOwnEndsTheOneBefore) {
  const auto reading =
      read(rss(item("a", "Card payments", "Investigating", "Mon, 21 Apr 2025 09:00:00 GMT") +
               item("b", "Resolved: Card payments", "Over.", "Mon, 21 Apr 2025 10:00:00 GMT")));
  EXPECT_EQ(reading.state, FeedState::operational);
  for (const auto& one : reading.items)
    EXPECT_FALSE(one.is_open);
}

TEST(Rss, GroupsUpdatesThatCarryTheirTimeInTheId) {
  const auto reading = read(rss(item("https://s.example/#ec2-us-east-1_1386000001",
                                     "EC2",
                                     "Investigating - x",
                                     "Mon, 21 Apr 2025 09:00:00 GMT") +
                                item("https://s.example/#ec2-us-east-1_1386000900",
                                     "EC2",
                                     "The service is operating normally.",
                                     "Mon, 21 Apr 2025 10:00:00 GMT")));
  ASSERT_EQ(reading.items.size(), 1U);
  EXPECT_EQ(reading.items[0].item, "https://s.example/#ec2-us-east-1");
  EXPECT_FALSE(reading.items[0].is_open);
}

TEST(Rss, ForgetsTheOldAndClosesTheStale) {
  const auto reading = read(rss(item("a", "API outage", "x", "Mon, 01 Apr 2025 09:00:00 GMT") +
                                item("b", "API outage two", "x", "Wed, 16 Apr 2025 09:00:00 GMT")));
  ASSERT_EQ(reading.items.size(), 1U);
  EXPECT_EQ(reading.items[0].item, "b");
  EXPECT_FALSE(reading.items[0].is_open);
}

TEST(Rss, ReadsTheWindowOfAMaintenance) {
  const auto text =
      rss(item("m",
               "Scheduled maintenance",
               "&lt;p&gt;From 2025-04-22T01:00:00Z to 2025-04-22T03:00:00Z.&lt;/p&gt;"
               "&lt;p&gt;&lt;small&gt;x&lt;/small&gt;&lt;br&gt;&lt;strong&gt;Scheduled&lt;/"
               "strong&gt; - y&lt;/p&gt;"));
  const auto reading = read(text);
  ASSERT_EQ(reading.items.size(), 1U);
  EXPECT_EQ(reading.items[0].state, FeedState::maintenance);
  EXPECT_EQ(reading.items[0].started, parse_time("2025-04-22T01:00:00Z"));
  EXPECT_EQ(reading.items[0].ends, parse_time("2025-04-22T03:00:00Z"));
  EXPECT_TRUE(reading.items[0].is_open);
  EXPECT_EQ(reading.state, FeedState::operational);
}

TEST(Rss, OurOwnNewsroomMakesStatements) {
  const auto reading =
      read(rss(item("n1", "Cyber incident", "We paused orders; a major outage.") +
               item("n2", "Spring collection", "Now in shops.", "Wed, 16 Apr 2025 09:00:00 GMT")),
           {.now = kNow, .components = {}, .is_own = true});
  EXPECT_EQ(reading.state, FeedState::unknown);
  ASSERT_EQ(reading.items.size(), 2U);
  EXPECT_EQ(reading.items[0].state, FeedState::unknown);
  EXPECT_TRUE(reading.items[0].is_open);
  EXPECT_FALSE(reading.items[1].is_open);
}

TEST(Rss, ComponentsAreLookedForInTheWords) {
  const auto text =
      rss(item("a", "Edge nodes: major outage", "x") + item("b", "Logs delayed", "y"));
  const auto reading = read(text, {.now = kNow, .components = {"Edge Nodes"}, .is_own = false});
  ASSERT_EQ(reading.items.size(), 1U);
  EXPECT_EQ(reading.items[0].item, "a");
}

TEST(Atom, UpdatedBeatsPublished) {
  const auto reading =
      read(atom("<entry><id>e1</id><title>API</title><published>2025-04-01T09:00:00Z</published>"
                "<updated>2025-04-21T11:00:00Z</updated>"
                "<content type=\"html\">&lt;strong&gt;Identified&lt;/strong&gt; - partial "
                "outage</content>"
                "</entry>"),
           {},
           "atom");
  EXPECT_EQ(reading.page, "tag:parcelink,2011:f");
  EXPECT_EQ(reading.state, FeedState::partial);
  ASSERT_EQ(reading.items.size(), 1U);
  EXPECT_EQ(reading.items[0].started, parse_time("2025-04-01T09:00:00Z"));
}

TEST(Atom, ReadsMarkupThatIsNotEscaped) {
  const auto reading =
      read(atom("<entry><id>e</id><title>API</title><updated>2025-04-21T11:00:00Z</updated>"
                "<content type=\"xhtml\"><div><b>Monitoring</b> - <i>slow</i> again</div></content>"
                "</entry>"),
           {},
           "");
  EXPECT_EQ(reading.items.at(0).body, "Monitoring - slow again");
}

TEST(Rss, ExpandsNoEntities) {
  const std::string bomb =
      "<!DOCTYPE rss [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;&a;&a;&a;&a;\">"
      "<!ENTITY x SYSTEM \"file:///etc/passwd\">]>" +
      rss(item("g", "t &b;", "&x;")).substr(39);
  const auto reading = read(bomb);
  EXPECT_EQ(reading.items.at(0).title, "t &b;");
  EXPECT_EQ(reading.items.at(0).body, "&x;");
}

TEST(Rss, IsUnreadableWhereItIsSomethingElse) {
  const std::string whole = rss(item("g", "t", "b"));
  const FeedScope scope{.now = kNow, .components = {}, .is_own = false};
  const std::vector<std::string> wrong = {"",
                                          "<html><body/></html>",
                                          "<opml></opml>",
                                          "<rss></rss>",
                                          whole.substr(0, whole.size() - 9),
                                          "<rss><channel>",
                                          "{\"page\":{}}",
                                          "plain words"};
  for (const auto& text : wrong)
    EXPECT_FALSE(read_feed(text, "", "rss", scope)) << text;
}

TEST(Rss, RefusesATreeThatWouldCostFarMoreThanItsText) {
  std::string many;
  for (int i = 0; i < 100'001; ++i)
    many += "<a/>";
  const FeedScope scope{.now = kNow, .components = {}, .is_own = false};
  EXPECT_FALSE(read_feed(rss(many), "", "rss", scope));
}

TEST(Rss, SurvivesDeepNesting) {
  std::string deep;
  for (int i = 0; i < 40'000; ++i)
    deep += "<a>";
  std::string shallow;
  for (int i = 0; i < 40'000; ++i)
    shallow += "</a>";
  EXPECT_EQ(read(rss("<item><title>t</title><description>" + deep + "x" + shallow +
                     "</description></item>"))
                .items.size(),
            1U);
}

}  // namespace
}  // namespace bw
