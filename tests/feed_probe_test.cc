// SPDX-License-Identifier: Apache-2.0
#include "probes/catalog.h"

#include <gtest/gtest.h>

namespace bw {
namespace {

const Time kNow = parse_time("2025-04-21T12:00:00Z").value_or(Time{});
constexpr std::string_view kHealthy =
    R"({"page":{"id":"pw"},"status":{"indicator":"none"},"components":[)"
    R"({"id":"c1","name":"API","status":"operational"}]})";
constexpr std::string_view kOutage =
    R"({"page":{"id":"pw"},"status":{"indicator":"critical"},"incidents":[{"id":"i1",)"
    R"("name":"Down","status":"investigating","impact":"critical"}]})";

Spec paywell() {
  Spec spec;
  spec.url = "https://status.paywell.example/api/v2/summary.json";
  spec.feed_provider = "paywell";
  return spec;
}

Reply answer(int status, std::string_view body, std::vector<Header> headers = {}) {
  Reply reply;
  reply.http = HttpReply{};
  reply.http->status = status;
  reply.http->body = body;
  reply.http->headers = std::move(headers);
  return reply;
}
Reply redirect(std::string location) {
  return answer(302, "", {{.name = "location", .value = std::move(location)}});
}

Finding read(const Spec& spec, const Reply& reply) {
  Look look;
  static_cast<void>(kinds::feed.begin(spec, look));
  return std::get<Finding>(kinds::feed.read(spec, look, reply, kNow));
}

TEST(FeedProbe, AsksForDataWithRoomForAnArchive) {
  Look look;
  const auto ask = std::get<HttpAsk>(kinds::feed.begin(paywell(), look).what);
  EXPECT_EQ(ask.url, paywell().url);
  EXPECT_TRUE(find_header(ask.headers, "accept").starts_with("application/json"));
  EXPECT_GE(ask.body_bytes_max, 2U << 20);
}

TEST(FeedProbe, HealthyFeedIsOneItemThatSaysSo) {
  const auto finding = read(paywell(), answer(200, kHealthy));
  EXPECT_EQ(finding.outcome, Outcome::ok) << finding.note;
  EXPECT_EQ(finding.facts.get(Fact::feed_state), "operational");
  EXPECT_EQ(finding.facts.get(Fact::feed_page), "pw");
  EXPECT_EQ(finding.facts.get(Fact::status), "200");
  ASSERT_EQ(finding.items.size(), 1U);
  EXPECT_EQ(finding.items[0].item, "");
  EXPECT_EQ(finding.items[0].provider, "paywell");
  EXPECT_FALSE(finding.items[0].is_open);
}

TEST(FeedProbe, APageOfTroubleIsStillAHealthyFeed) {
  const auto finding = read(paywell(), answer(200, kOutage));
  EXPECT_EQ(finding.outcome, Outcome::ok);
  EXPECT_EQ(finding.facts.get(Fact::feed_state), "major");
  ASSERT_EQ(finding.items.size(), 2U);
  EXPECT_EQ(finding.items[0].item, "i1");
  EXPECT_EQ(finding.items[0].provider, "paywell");
  EXPECT_EQ(finding.items[1].item, "");
  EXPECT_EQ(finding.items[1].state, FeedState::major);
}

TEST(FeedProbe, WhatCannotBeReadIsUnknownAndNeverMajor) {
  struct Case {
    std::string_view body;
    std::string_view note;
  };
  const std::vector<Case> cases = {
      {.body = "<!doctype html><html></html>", .note = "expected a status feed, got a web page"},
      {.body = "", .note = "expected a status feed, got nothing"},
      {.body = kHealthy.substr(0, 60),
       .note = "expected a status feed, got JSON that ends or breaks before its end"}};
  for (const auto& [body, note] : cases) {
    const auto finding = read(paywell(), answer(200, body));
    EXPECT_EQ(finding.outcome, Outcome::feed_unreadable);
    EXPECT_EQ(finding.note, note);
    EXPECT_EQ(finding.facts.get(Fact::feed_state), "unknown");
    ASSERT_EQ(finding.items.size(), 1U);
    EXPECT_EQ(finding.items[0].state, FeedState::unknown);
  }
}

TEST(FeedProbe, ATruncatedDocumentIsNotTrusted) {
  auto reply = answer(200, kHealthy);
  reply.http->is_truncated = true;
  EXPECT_EQ(read(paywell(), reply).outcome, Outcome::feed_unreadable);
}

TEST(FeedProbe, TellsHowTheFeedFailed) {
  EXPECT_EQ(read(paywell(), answer(403, kHealthy)).outcome, Outcome::blocked);
  EXPECT_EQ(read(paywell(), answer(429, "")).outcome, Outcome::blocked);
  EXPECT_EQ(read(paywell(), answer(404, "")).outcome, Outcome::status_client);
  EXPECT_EQ(read(paywell(), answer(503, kHealthy)).outcome, Outcome::status_server);
  EXPECT_EQ(read(paywell(), answer(304, "")).outcome, Outcome::status_unexpected);
  Reply reply;
  reply.failure = Outcome::connect_timeout;
  reply.detail = "198.51.100.7:443 did not answer";
  const auto finding = read(paywell(), reply);
  EXPECT_EQ(finding.outcome, Outcome::connect_timeout);
  EXPECT_EQ(finding.note, "198.51.100.7:443 did not answer");
  EXPECT_EQ(finding.facts.get(Fact::feed_state), "unknown");
}

TEST(FeedProbe, SaysWhichComponentIsGone) {
  auto spec = paywell();
  spec.components = {"API", "Webhooks"};
  const auto finding = read(spec, answer(200, kHealthy));
  EXPECT_EQ(finding.outcome, Outcome::degraded);
  EXPECT_EQ(finding.note, "the feed lists no component \"Webhooks\"");
  EXPECT_EQ(finding.facts.get(Fact::feed_state), "unknown");
}

TEST(FeedProbe, FollowsThreeRedirectsAndNoMore) {
  Look look;
  const auto spec = paywell();
  static_cast<void>(kinds::feed.begin(spec, look));
  for (const auto* path : {"/a", "https://elsewhere.example/b?token=1", "/c"}) {
    auto reply = redirect(path);
    reply.address = parse_address(look.redirects == 0 ? "198.51.100.10" : "10.0.0.1");
    const auto step = kinds::feed.read(spec, look, reply, kNow);
    ASSERT_TRUE(std::holds_alternative<Ask>(step)) << path;
    const auto& lead = std::get<HttpAsk>(std::get<Ask>(step).what).lead;
    EXPECT_TRUE(lead.is_foreign) << path;
    EXPECT_EQ(lead.from, parse_address("198.51.100.10")) << path;
  }
  EXPECT_EQ(look.url, "https://elsewhere.example/c");
  const auto last = std::get<Finding>(kinds::feed.read(spec, look, redirect("/d"), kNow));
  EXPECT_EQ(last.outcome, Outcome::redirect_loop);
  EXPECT_EQ(last.facts.get(Fact::redirects), "https://elsewhere.example");
  EXPECT_EQ(last.facts.get(Fact::final_url), "https://elsewhere.example/c");
}

TEST(FeedProbe, NeverGivesUpEncryptionOrLeavesHttp) {
  for (const auto* location : {"http://status.paywell.example/",
                               "file:///etc/passwd",
                               "gopher://x/",
                               "//elsewhere.example/",
                               "javascript:0"}) {
    EXPECT_EQ(read(paywell(), redirect(location)).outcome, Outcome::status_unexpected) << location;
  }
}

}  // namespace
}  // namespace bw
