// SPDX-License-Identifier: Apache-2.0
#include "daemon/prober.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

namespace bw {
namespace {

constexpr Time kStart{std::chrono::sys_days{std::chrono::year{2025} / 3 / 3}};

struct Watch {
  Estate estate;
  std::vector<Prober::Watched> watched;

  explicit Watch(std::size_t targets, const std::string& kind = "api") {
    estate.vantages = {{.id = "here", .network = "AS1"}};
    for (std::size_t i = 0; i < targets; ++i) {
      Target target;
      target.id = "t" + std::to_string(i);
      target.kind = kind;
      estate.targets.push_back(target);
      Prober::Watched one;
      one.spec.kind = kind;
      one.spec.url = "https://www.example/" + std::to_string(i);
      one.spec.feed_provider = "them";
      one.interval = Millis{60'000};
      watched.push_back(one);
    }
  }
};

Reply json_reply(const std::string& body) {
  HttpReply http;
  http.status = 200;
  http.headers = {{.name = "Content-Type", .value = "application/json"}};
  http.body = body;
  Reply reply;
  reply.http = std::move(http);
  return reply;
}

TEST(Prober, LooksAtEverythingWithinTenSecondsOfTheStart) {
  const Watch watch(50);
  Prober prober(watch.estate, watch.watched, 0);
  std::size_t begun = 0;
  for (int second = 0; second <= 10; ++second)
    begun += prober.due(kStart + Millis{second * 1000}).size();
  EXPECT_EQ(begun, 50U);
}

TEST(Prober, SaysHowLongTheStepsOfAJourneyTook) {
  Watch watch(1, "journey");
  for (const auto* name : {"basket", "checkout"}) {
    JourneyStep step;
    step.name = name;
    step.request.url = "https://www.example/" + step.name;
    watch.watched.front().spec.steps.push_back(std::move(step));
  }
  Prober prober(watch.estate, watch.watched, 0);
  auto reply = json_reply("{}");
  reply.phases.wait = Micros{70'000};
  const auto first = prober.look_now(0, kStart);
  ASSERT_TRUE(first);
  const auto second = prober.read(first->id, reply, kStart);
  ASSERT_TRUE(second.next);
  reply.http->status = 503;
  const auto last = prober.read(second.next->id, reply, kStart);
  ASSERT_TRUE(last.seen);
  EXPECT_EQ(last.seen->observation.outcome, Outcome::status_server);
  EXPECT_EQ(last.seen->observation.phases.wait, Micros{140'000});
  ASSERT_EQ(last.seen->steps.size(), 2U);
  EXPECT_EQ(last.seen->steps[1].name, "checkout");
  EXPECT_EQ(last.seen->steps[1].took, Micros{70'000});
}

// How the looks at one target that follow `first` would connect.
Millis second_connection(Millis interval, const std::string& first, bool is_second_look = false) {
  Watch watch(1);
  watch.watched.front().interval = interval;
  watch.watched.front().spec.handshake_every = Millis{300'000};
  watch.watched.front().spec.expect_json = {{"status", "ok"}};
  Prober prober(watch.estate, watch.watched, 0);
  Time now = kStart + Millis{10'000};
  auto begun = prober.due(kStart);
  if (begun.empty()) begun = prober.due(now);
  EXPECT_EQ(std::get<HttpAsk>(begun.front().ask.what).handshake_every, Millis{0})
      << "nothing is known yet";
  static_cast<void>(prober.read(begun.front().id, json_reply(first), now));
  now += 2 * interval;
  const auto next = is_second_look ? prober.look_now(0, now) : prober.due(now).front();
  return std::get<HttpAsk>(next.value_or(Prober::Ready{}).ask.what).handshake_every;
}

TEST(Prober, LetsAConnectionBeKeptBetweenFrequentLooksWhileAllIsWell) {
  const std::string well = R"({"status":"ok"})";
  EXPECT_EQ(second_connection(Millis{30'000}, well), Millis{300'000});
  EXPECT_EQ(second_connection(Millis{31'000}, well), Millis{0}) << "looks are rare";
  EXPECT_EQ(second_connection(Millis{30'000}, "{}"), Millis{0}) << "something failed";
  EXPECT_EQ(second_connection(Millis{30'000}, well, true), Millis{0}) << "a second look confirms";
}

TEST(Prober, SpreadsLaterLooksOverTheInterval) {
  const Watch watch(120);
  Prober prober(watch.estate, watch.watched, 0);
  for (const int second : {0, 10}) {
    for (const auto& ready : prober.due(kStart + Millis{second * 1000})) {
      static_cast<void>(prober.read(ready.id, json_reply("{}"), kStart));
    }
  }
  std::size_t most = 0;
  std::size_t all = 0;
  for (int second = 11; second <= 130; ++second) {
    const auto due = prober.due(kStart + Millis{second * 1000});
    for (const auto& ready : due)
      static_cast<void>(prober.read(ready.id, json_reply("{}"), kStart));
    most = std::max(most, due.size());
    all += due.size();
  }
  EXPECT_GE(all, 120U);
  EXPECT_LE(most, 12U);  // 2 a second on average
}

TEST(Prober, DoesNotBeginALookBeforeTheLastOneEnded) {
  const Watch watch(1);
  Prober prober(watch.estate, watch.watched, 0);
  std::vector<Prober::Ready> first = prober.due(kStart);
  for (auto& ready : prober.due(kStart + Millis{10'000}))
    first.push_back(std::move(ready));
  ASSERT_EQ(first.size(), 1U);
  EXPECT_TRUE(prober.due(kStart + Millis{600'000}).empty());
  EXPECT_FALSE(prober.look_now(0, kStart));
  EXPECT_TRUE(prober.read(first[0].id, json_reply("{}"), kStart).seen);
  EXPECT_TRUE(prober.look_now(0, kStart));
}

TEST(Prober, UnchangedFactsAreTheSameObject) {
  const Watch watch(1);
  Prober prober(watch.estate, watch.watched, 0);
  std::set<const Facts*> seen;
  for (int i = 0; i < 3; ++i) {
    const auto ready = prober.look_now(0, kStart);
    seen.insert(
        prober.read(ready->id, json_reply("{\"a\":1}"), kStart).seen->observation.facts.get());
  }
  EXPECT_EQ(seen.size(), 1U);
}

std::string feed(const std::string& incidents) {
  return R"({"page":{"id":"p","name":"Them"},"status":{"indicator":"none","description":""},)"
         R"("components":[],"scheduled_maintenances":[],"incidents":[)" +
         incidents + "]}";
}

TEST(Prober, AFeedThatRepeatsItselfIsNoNewsAndAnIncidentThatVanishesIsOver) {
  const Watch watch(1, "feed");
  Prober prober(watch.estate, watch.watched, 0);
  const std::string incident =
      R"({"id":"i1","name":"Errors","status":"investigating","impact":"major","incident_updates":[]})";
  const auto look = [&](const std::string& body) {
    const auto ready = prober.look_now(0, kStart);
    return prober.read(ready->id, json_reply(body), kStart).seen->items;
  };
  EXPECT_EQ(look(feed(incident)).size(), 2U);  // the incident and the page
  EXPECT_TRUE(look(feed(incident)).empty());
  const auto after = look(feed(""));
  const auto closed = std::ranges::find(after, "i1", &FeedItem::item);
  ASSERT_NE(closed, after.end());
  EXPECT_FALSE(closed->is_open);
  EXPECT_TRUE(look("<html>not a feed</html>").size() <= 1U);  // the page's state, now unknown
}

}  // namespace
}  // namespace bw
