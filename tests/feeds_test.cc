// SPDX-License-Identifier: Apache-2.0
#include "daemon/config/feeds.h"

#include "daemon/config/config.h"
#include "daemon/config/target_keys.h"
#include "probes/feed_document.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <string>

namespace bw {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using ::testing::StartsWith;

std::string all(const std::vector<Error>& errors) {
  std::string text;
  for (const auto& error : errors)
    text += print(error) + "\n";
  return text;
}

// The directory as it stands in the tree, whether or not it has been compiled in.
std::vector<KnownFeed> directory() {
  std::ifstream file(BW_SOURCE_DIR "/config/feeds.toml", std::ios::binary);
  const std::string text((std::istreambuf_iterator<char>(file)), {});
  auto feeds = parse_feeds(text, "config/feeds.toml");
  EXPECT_TRUE(feeds) << (feeds ? "" : all(feeds.error()));
  return std::move(feeds).value_or(std::vector<KnownFeed>{});
}

TEST(Feeds, TheDirectoryHoldsAtLeastSixtyThatWereVerified) {
  const auto feeds = directory();
  EXPECT_GE(std::ranges::count_if(feeds, &KnownFeed::is_verified), 60);
  EXPECT_EQ(feeds.size(), builtin_feeds().size());
}

TEST(Feeds, EveryEntryIsWhole) {
  std::string before;
  for (const auto& feed : directory()) {
    EXPECT_LT(before, feed.name);
    EXPECT_THAT(feed.url, StartsWith("https://")) << feed.name;
    EXPECT_TRUE(is_feed_format(feed.format)) << feed.name;
    EXPECT_FALSE(feed.source.empty()) << feed.name;
    EXPECT_FALSE(feed.title.empty()) << feed.name;
    before = feed.name;
  }
}

// One address may be two providers' (a cloud and its CDN), but then each names its part.
TEST(Feeds, NoAddressStandsTwiceForTheSameThing) {
  auto feeds = directory();
  std::ranges::sort(
      feeds, {}, [](const KnownFeed& feed) { return std::pair(feed.url, feed.components); });
  const auto twice = std::ranges::adjacent_find(
      feeds, {}, [](const KnownFeed& feed) { return std::pair(feed.url, feed.components); });
  EXPECT_TRUE(twice == feeds.end()) << twice->name;
}

TEST(Feeds, AreFoundByNameOnly) {
  ASSERT_NE(find_known_feed("stripe"), nullptr);
  EXPECT_EQ(find_known_feed("stripe")->title, "Stripe");
  EXPECT_EQ(find_known_feed("Stripe"), nullptr);
  EXPECT_EQ(find_known_feed(""), nullptr);
  EXPECT_EQ(find_known_feed("~"), nullptr);
  EXPECT_THAT(known_feed_names(), SizeIs(builtin_feeds().size()));
}

constexpr std::string_view kGood = R"([[feed]]
name = "paywell"
title = "PayWell"
role = "payments"
url = "https://status.paywell.example/api/v2/summary.json"
format = "statuspage"
source = "PayWell's manual"
)";

std::string with(std::string_view from, std::string_view to) {
  std::string text(kGood);
  text.replace(text.find(from), from.size(), to);
  return text;
}

TEST(Feeds, AnEntryIsReadWithWhatItLeavesOut) {
  const auto feeds =
      parse_feeds(std::string(kGood) + "components = [\"API\"]\nchecked = \"2026-08-24\"\n", "f");
  ASSERT_TRUE(feeds) << all(feeds.error());
  ASSERT_THAT(*feeds, SizeIs(1));
  EXPECT_THAT(feeds->front().components, ElementsAre("API"));
  EXPECT_EQ(feeds->front().checked, "2026-08-24");
  EXPECT_TRUE(feeds->front().is_verified);
  EXPECT_THAT(parse_feeds("", "f").value_or(std::vector<KnownFeed>(1)), IsEmpty());
}

TEST(Feeds, EveryMistakeInTheDirectoryIsTold) {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {with("https://", "http://"), "f:5:7: feed \"paywell\": \"url\" must begin with https://"},
      {with("https://status", "status"), "f:5:7: feed \"paywell\": \"url\" "},
      {with("statuspage\"", "statuspag\""), "did you mean \"statuspage\"?"},
      {with("payments", "payment"), "did you mean \"payments\"?"},
      {with("title = \"PayWell\"\n", ""), "\"title\" is missing"},
      {with("source = \"PayWell's manual\"\n", ""), "\"source\" is missing"},
      {with("format = \"statuspage\"\n", ""), "\"format\" is missing"},
      {with("source =", "sourse ="), "unknown key \"sourse\"; did you mean \"source\"?"},
      {with("\"paywell\"", "\"pay well\""), "it cannot be a name"},
      {std::string(kGood) + "checked = \"2026-13-01\"\n", "is not a day; write it as"},
      {std::string(kGood) + std::string(kGood), "it stands here twice"},
      {std::string(kGood) + with("\"paywell\"", "\"edgeworks\""), "it stands after \"paywell\""},
      {"[[feeds]]\n", "unknown key \"feeds\"; did you mean \"feed\"?"},
      {"feed = 7\n", "must be a list of tables"},
      {"[[feed", "f:1:"}};
  for (const auto& [text, message] : cases) {
    const auto feeds = parse_feeds(text, "f");
    ASSERT_FALSE(feeds) << text;
    EXPECT_THAT(all(feeds.error()), HasSubstr(message)) << text;
  }
}

constexpr std::string_view kBase = R"([organisation]
name = "Hartley & Moor"
domain = "hartley.example"
[[function]]
id = "browse"
[[target]]
id = "home"
kind = "page"
function = "browse"
url = "https://www.hartley.example/"
[defaults]
interval = "30s"
deadline = "7s"
slow = "2s"
[[provider]]
)";

std::expected<Config, std::vector<Error>> parse(const std::string& provider) {
  return parse_config(std::string(kBase) + provider, "b.toml", {});
}

TEST(Feeds, ANameMeansWhatItsTableWouldSay) {
  const auto* cdn = find_known_feed("amazon-cloudfront");
  ASSERT_NE(cdn, nullptr);
  const auto named = parse("id = \"edge\"\nfeed = \"amazon-cloudfront\"\n");
  const auto written = parse("id = \"edge\"\nname = \"" + cdn->title + "\"\nrole = \"" + cdn->role +
                             "\"\n[provider.feed]\nurl = \"" + cdn->url + "\"\nformat = \"" +
                             cdn->format + "\"\ncomponents = [\"cloudfront\"]\n");
  ASSERT_TRUE(named) << all(named.error());
  ASSERT_TRUE(written) << all(written.error());
  EXPECT_EQ(print_config(*named), print_config(*written));
  EXPECT_EQ(named->watched.back().spec.deadline, written->watched.back().spec.deadline);
  EXPECT_EQ(named->watched.back().spec.body_bytes_max, written->watched.back().spec.body_bytes_max);
  EXPECT_EQ(named->watched.back().spec.feed_provider, "edge");
  EXPECT_TRUE(named->estate.providers.front().has_feed);
}

TEST(Feeds, WhatTheFileSaysOfTheProviderStands) {
  const auto config =
      parse("id = \"till\"\nname = \"Our till\"\nrole = \"other\"\nfeed = \"stripe\"\n");
  ASSERT_TRUE(config) << all(config.error());
  EXPECT_EQ(config->estate.providers.front().name, "Our till");
  EXPECT_EQ(config->estate.providers.front().role, "other");
  const auto bare = parse("id = \"till\"\nfeed = \"stripe\"\n");
  ASSERT_TRUE(bare) << all(bare.error());
  EXPECT_EQ(bare->estate.providers.front().name, "Stripe");
  EXPECT_EQ(bare->estate.providers.front().role, "payments");
}

TEST(Feeds, AProviderWithoutIdGetsNoTarget) {
  const auto config = parse("feed = \"stripe\"\n");
  ASSERT_FALSE(config);
  EXPECT_THAT(config.error(), SizeIs(1));
}

}  // namespace
}  // namespace bw
