// SPDX-License-Identifier: Apache-2.0
#include "daemon/notify/outbox.h"

#include "tests/notice_samples.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace bw {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

using State = Parcel::State;

Time at(int seconds) {
  return Time{Seconds{1'700'000'000 + seconds}};
}

Notice news(NoticeKind kind,
            std::uint64_t incident,
            std::uint64_t seq,
            Level level = Level::outage) {
  Notice notice;
  notice.kind = kind;
  notice.incident = incident;
  notice.seq = seq;
  notice.key = "inc-" + std::to_string(incident) + "/" + std::to_string(seq) + "/" +
               std::string(print(kind));
  notice.level = level;
  notice.headline = "seq " + std::to_string(seq);
  notice.what_changed = "change " + std::to_string(seq) + ".";
  notice.functions = {"checkout"};
  return notice;
}
Notice opened(std::uint64_t incident, std::uint64_t seq, Level level = Level::outage) {
  return news(NoticeKind::opened, incident, seq, level);
}
Notice escalated(std::uint64_t incident, std::uint64_t seq, Level level = Level::suspected) {
  return news(NoticeKind::escalated, incident, seq, level);
}
Notice updated(std::uint64_t incident, std::uint64_t seq) {
  return news(NoticeKind::updated, incident, seq);
}
Notice resolved(std::uint64_t incident, std::uint64_t seq) {
  return news(NoticeKind::resolved, incident, seq, Level::calm);
}

Destination destination(std::string id, std::string kind) {
  auto made = samples::to("https://receiver.example/" + id);
  made.id = std::move(id);
  made.kind = std::move(kind);
  return made;
}

// Destinations "chat" (all) and "security" (suspected only), or others.
struct Desk {
  std::vector<Destination> destinations{destination("chat", "slack")};
  std::vector<Route> routes{{.destinations = {"chat"},
                             .functions = {},
                             .level_min = Level::degraded,
                             .is_cyber_only = false,
                             .sends_resolved = true}};
  Outbox outbox{destinations, routes};

  // Sends what is due and lets it arrive; the keys of what was sent.
  std::vector<std::string> deliver(Time now) { return answer(now, Delivered{}); }
  std::vector<std::string> answer(Time now, const Delivery& result) {
    std::vector<std::string> keys;
    for (const auto& send : outbox.due(now)) {
      keys.push_back(send.key);
      last = outbox.settle(send.key, result, now);
    }
    return keys;
  }
  std::vector<Parcel> last;  // changed by the latest settle
};

const TryAgain kDown{.after = std::nullopt, .why = "refused the connection"};

TEST(Outbox, SendsOneAtATimeInOrderAndOnceASecond) {
  Desk desk;
  EXPECT_THAT(desk.outbox.add(opened(1, 1), at(0)), SizeIs(1));
  EXPECT_THAT(desk.outbox.add(opened(2, 2), at(0)), SizeIs(1));
  EXPECT_EQ(desk.outbox.wake(), at(0));
  const auto first = desk.outbox.due(at(0));
  ASSERT_THAT(first, SizeIs(1));
  EXPECT_EQ(first[0].key, "inc-1/1/opened@chat");
  EXPECT_EQ(first[0].destination->id, "chat");
  EXPECT_THAT(first[0].asks, SizeIs(1));
  EXPECT_THAT(desk.outbox.due(at(5)), IsEmpty());
  EXPECT_EQ(desk.outbox.wake(), Time::max());
  const auto changed = desk.outbox.settle(first[0].key, Delivered{}, at(0));
  ASSERT_THAT(changed, SizeIs(1));
  EXPECT_EQ(changed[0].state, State::delivered);
  EXPECT_EQ(changed[0].attempts, 1);
  EXPECT_EQ(desk.outbox.wake(), at(1));
  EXPECT_THAT(desk.outbox.due(at(0)), IsEmpty());
  EXPECT_THAT(desk.deliver(at(1)), ElementsAre("inc-2/2/opened@chat"));
  EXPECT_EQ(desk.outbox.health()["chat"].delivered, 2U);
  EXPECT_EQ(desk.outbox.wake(), Time::max());
}

TEST(Outbox, AddsAKnownNoticeOnlyOnce) {
  Desk desk;
  EXPECT_THAT(desk.outbox.add(opened(1, 1), at(0)), SizeIs(1));
  EXPECT_THAT(desk.outbox.add(opened(1, 1), at(0)), IsEmpty());
  desk.deliver(at(0));
  EXPECT_THAT(desk.outbox.add(opened(1, 1), at(9)), IsEmpty());
}

TEST(Outbox, WaitsLongerAndLongerAndThenAgainLittle) {
  Desk desk;
  (void)desk.outbox.add(opened(1, 1), at(0));
  Time now = at(0);
  std::vector<std::int64_t> waits;
  for (int i = 0; i < 10; ++i) {
    ASSERT_THAT(desk.answer(now, kDown), SizeIs(1));
    ASSERT_THAT(desk.last, SizeIs(1));
    EXPECT_EQ(desk.last[0].state, State::pending);
    EXPECT_EQ(desk.last[0].next_at, desk.outbox.wake());
    waits.push_back((desk.outbox.wake() - now).count());
    now = desk.outbox.wake();
  }
  for (std::size_t i = 0; i < waits.size(); ++i) {
    const auto wait = std::min<std::int64_t>(5'000LL << i, 600'000);
    EXPECT_GE(waits[i], wait * 4 / 5) << i;
    EXPECT_LE(waits[i], wait * 6 / 5) << i;
  }
  EXPECT_FALSE(desk.outbox.health()["chat"].is_reachable);
  EXPECT_EQ(desk.outbox.health()["chat"].last_error, "refused the connection");
  EXPECT_THAT(desk.deliver(now), SizeIs(1));
  EXPECT_TRUE(desk.outbox.health()["chat"].is_reachable);
  (void)desk.outbox.add(opened(2, 2), now + Seconds{1});
  EXPECT_THAT(desk.answer(now + Seconds{1}, kDown), SizeIs(1));
  EXPECT_LE(desk.outbox.wake(), now + Seconds{8});
}

TEST(Outbox, HonoursWhatTheServiceAsksFor) {
  Desk desk;
  (void)desk.outbox.add(opened(1, 1), at(0));
  desk.answer(at(0), TryAgain{.after = Seconds{90}, .why = "429"});
  EXPECT_EQ(desk.outbox.wake(), at(90));
  desk.answer(at(90), TryAgain{.after = std::chrono::hours{48}, .why = "429"});
  EXPECT_EQ(desk.outbox.wake(), at(90 + 3600));
}

TEST(Outbox, ARefusalIsFinalAndDoesNotHoldUpOthers) {
  Desk desk;
  (void)desk.outbox.add(opened(1, 1), at(0));
  (void)desk.outbox.add(opened(2, 2), at(0));
  desk.answer(at(0), Refused{.why = "channel_not_found"});
  EXPECT_EQ(desk.last[0].state, State::refused);
  EXPECT_EQ(desk.outbox.health()["chat"].refused, 1U);
  EXPECT_THAT(desk.deliver(at(1)), ElementsAre("inc-2/2/opened@chat"));
}

TEST(Outbox, FoldsABurstOfUpdatesIntoOneMessage) {
  Desk desk;
  (void)desk.outbox.add(opened(1, 1), at(0));
  desk.deliver(at(0));
  (void)desk.outbox.add(updated(1, 2), at(10));
  const auto changed = desk.outbox.add(updated(1, 3), at(50));
  ASSERT_THAT(changed, SizeIs(2));
  EXPECT_EQ(changed[0].notice.what_changed, "change 2. change 3.");
  EXPECT_EQ(changed[0].notice.headline, "seq 3");
  EXPECT_EQ(changed[1].key, "inc-1/2/updated@chat");
  EXPECT_EQ(changed[1].state, State::folded);
  EXPECT_EQ(desk.outbox.wake(), at(60));
  EXPECT_THAT(desk.deliver(at(59)), IsEmpty());
  EXPECT_THAT(desk.deliver(at(60)), ElementsAre("inc-1/3/updated@chat"));
}

TEST(Outbox, AWaitingUpdateHoldsUpNobodyElse) {
  Desk desk;
  (void)desk.outbox.add(opened(1, 1), at(0));
  desk.deliver(at(0));
  (void)desk.outbox.add(updated(1, 2), at(5));
  (void)desk.outbox.add(opened(2, 3), at(6));
  EXPECT_THAT(desk.deliver(at(6)), ElementsAre("inc-2/3/opened@chat"));
}

TEST(Outbox, TellsANewLevelAtOnceAndTakesTheWaitingUpdateAlong) {
  Desk desk;
  (void)desk.outbox.add(opened(1, 1), at(0));
  desk.deliver(at(0));
  (void)desk.outbox.add(updated(1, 2), at(5));
  (void)desk.outbox.add(escalated(1, 3), at(6));
  const auto sent = desk.outbox.due(at(6));
  ASSERT_THAT(sent, SizeIs(1));
  EXPECT_EQ(sent[0].key, "inc-1/3/escalated@chat");
  EXPECT_THAT(sent[0].asks[0].body, HasSubstr("change 2. change 3."));
}

TEST(Outbox, NewsBeforeTheFirstMessageWentOutMakeOneFirstMessage) {
  Desk desk;
  (void)desk.outbox.add(opened(9, 1), at(0));
  (void)desk.outbox.due(at(0));  // under way: holds up what follows
  (void)desk.outbox.add(opened(1, 2), at(0));
  const auto changed = desk.outbox.add(escalated(1, 3), at(1));
  ASSERT_THAT(changed, SizeIs(2));
  EXPECT_EQ(changed[0].notice.kind, NoticeKind::opened);
  EXPECT_EQ(changed[0].notice.level, Level::suspected);
  EXPECT_EQ(changed[0].created, at(0));
}

TEST(Outbox, NeverChangesWhatMayHaveArrived) {
  Desk desk;
  (void)desk.outbox.add(opened(1, 1), at(0));
  desk.answer(at(0), kDown);
  const auto changed = desk.outbox.add(escalated(1, 2), at(1));
  EXPECT_THAT(changed, SizeIs(1));
  EXPECT_THAT(desk.deliver(at(20)), ElementsAre("inc-1/1/opened@chat"));
  EXPECT_THAT(desk.deliver(at(21)), ElementsAre("inc-1/2/escalated@chat"));
}

TEST(Outbox, TheEndFollowsAndTakesOnlyUpdatesAlong) {
  Desk desk;
  (void)desk.outbox.add(opened(1, 1), at(0));
  desk.answer(at(0), kDown);
  (void)desk.outbox.add(escalated(1, 2), at(1));
  (void)desk.outbox.add(updated(1, 3), at(2));
  (void)desk.outbox.add(resolved(1, 4), at(3));
  std::vector<std::string> keys;
  for (int second = 20; second < 40; ++second) {
    for (auto& key : desk.deliver(at(second)))
      keys.push_back(key);
  }
  // The update took the escalation's place, kind and changes; the end stayed behind it.
  EXPECT_THAT(keys,
              ElementsAre("inc-1/1/opened@chat", "inc-1/3/updated@chat", "inc-1/4/resolved@chat"));
}

TEST(Outbox, SaysNothingOfTheEndWhereTheStartWasNotTold) {
  Desk desk;
  EXPECT_THAT(desk.outbox.add(resolved(1, 9), at(0)), IsEmpty());
  (void)desk.outbox.add(opened(2, 10), at(0));
  (void)desk.outbox.add(resolved(2, 11), at(0));
  desk.answer(at(0), Refused{.why = "channel_is_archived"});
  ASSERT_THAT(desk.last, SizeIs(2));
  EXPECT_EQ(desk.last[1].key, "inc-2/11/resolved@chat");
  EXPECT_EQ(desk.last[1].state, State::folded);
  EXPECT_THAT(desk.deliver(at(10)), IsEmpty());
}

TEST(Outbox, TheNextMessageBecomesTheFirstWhereTheFirstWasRefused) {
  Desk desk;
  (void)desk.outbox.add(opened(1, 1), at(0));
  (void)desk.outbox.due(at(0));
  (void)desk.outbox.add(escalated(1, 2), at(1));
  const auto changed =
      desk.outbox.settle("inc-1/1/opened@chat", Refused{.why = "invalid_payload"}, at(1));
  ASSERT_THAT(changed, SizeIs(2));
  EXPECT_EQ(changed[1].notice.kind, NoticeKind::opened);
}

TEST(Outbox, AnUpdateThatBecomesTheFirstMessageWaitsNoLonger) {
  Desk desk;
  (void)desk.outbox.add(opened(1, 1), at(0));
  (void)desk.outbox.due(at(0));
  (void)desk.outbox.add(updated(1, 2), at(1));
  (void)desk.outbox.settle("inc-1/1/opened@chat", Refused{.why = "invalid_payload"}, at(1));
  (void)desk.outbox.add(resolved(1, 3), at(2));
  EXPECT_THAT(desk.deliver(at(2)), ElementsAre("inc-1/2/updated@chat"));
  EXPECT_THAT(desk.deliver(at(3)), ElementsAre("inc-1/3/resolved@chat"));
}

TEST(Outbox, RoutesByFunctionLevelAndSuspicion) {
  Desk desk;
  desk.destinations = {destination("chat", "slack"),
                       destination("security", "slack"),
                       destination("stores", "slack"),
                       destination("bad", "pigeon")};
  desk.routes = {{.destinations = {"chat", "bad"},
                  .functions = {},
                  .level_min = Level::outage,
                  .is_cyber_only = false,
                  .sends_resolved = true},
                 {.destinations = {"security"},
                  .functions = {},
                  .level_min = Level::degraded,
                  .is_cyber_only = true,
                  .sends_resolved = true},
                 {.destinations = {"stores"},
                  .functions = {"store-payments"},
                  .level_min = Level::degraded,
                  .is_cyber_only = false,
                  .sends_resolved = false}};
  desk.outbox.reconfigure(desk.destinations, desk.routes);
  const auto told = [&](const Notice& notice) {
    std::vector<std::string> ids;
    for (const auto& parcel : desk.outbox.add(notice, at(0))) {
      if (parcel.state == State::pending) ids.push_back(parcel.destination);
    }
    return ids;
  };
  EXPECT_THAT(told(opened(1, 1, Level::degraded)), IsEmpty());
  EXPECT_THAT(told(escalated(1, 2, Level::outage)), ElementsAre("chat"));
  EXPECT_THAT(told(escalated(1, 3, Level::suspected)), ElementsAre("chat", "security"));
  // Whoever was told hears how it goes on, whatever the level.
  auto lower = updated(1, 4);
  lower.level = Level::degraded;
  EXPECT_THAT(told(lower), ElementsAre("chat", "security"));
  EXPECT_THAT(told(resolved(1, 5)), ElementsAre("chat", "security"));
  auto stores = opened(2, 6, Level::degraded);
  stores.functions = {"store-payments", "checkout"};
  EXPECT_THAT(told(stores), ElementsAre("stores"));
  EXPECT_THAT(told(resolved(2, 7)), IsEmpty());  // sends_resolved = false
  EXPECT_THAT(told(opened(3, 8, Level::blind)), ElementsAre("chat"));
  auto test = news(NoticeKind::test, 0, 0, Level::calm);
  test.key = "test/1";
  EXPECT_THAT(told(test), ElementsAre("chat", "security", "stores"));
}

TEST(Outbox, TheFirstMessageToADestinationIsAnOpening) {
  Desk desk;
  desk.routes[0].level_min = Level::suspected;
  (void)desk.outbox.add(opened(1, 1), at(0));
  const auto changed = desk.outbox.add(escalated(1, 2), at(1));
  ASSERT_THAT(changed, SizeIs(1));
  EXPECT_EQ(changed[0].notice.kind, NoticeKind::opened);
  EXPECT_EQ(changed[0].key, "inc-1/2/escalated@chat");
}

TEST(Outbox, GivesUpAfterThreeDaysAndSaysSo) {
  Desk desk;
  (void)desk.outbox.add(opened(1, 1), at(0));
  (void)desk.outbox.add(resolved(1, 2), at(1));
  Time now = at(0);
  while (now - at(0) < kGiveUpAfter) {
    ASSERT_THAT(desk.answer(now, kDown), SizeIs(1));
    now = desk.outbox.wake();
  }
  desk.answer(now, kDown);
  EXPECT_EQ(desk.last[0].state, State::given_up);
  EXPECT_EQ(desk.last[0].last_error, "refused the connection");
  EXPECT_EQ(desk.outbox.health()["chat"].given_up, 1U);
  EXPECT_EQ(desk.outbox.health()["chat"].pending, 0U);  // its end goes with it
}

TEST(Outbox, DeliversAfterADayWithoutReceiver) {
  Desk desk;
  (void)desk.outbox.add(opened(1, 1), at(0));
  Time now = at(0);
  std::uint64_t seq = 2;
  while (now < at(86'400)) {
    ASSERT_THAT(desk.answer(now, kDown), SizeIs(1));
    (void)desk.outbox.add(updated(1, seq++), now);
    now = desk.outbox.wake();
  }
  (void)desk.outbox.add(resolved(1, seq), now);
  EXPECT_EQ(desk.outbox.health()["chat"].pending, 2U);
  EXPECT_THAT(desk.deliver(now), ElementsAre("inc-1/1/opened@chat"));
  EXPECT_THAT(desk.deliver(now + Seconds{1}), SizeIs(1));
  EXPECT_EQ(desk.outbox.health()["chat"].pending, 0U);
}

TEST(Outbox, OneMessageThatChokesTheServiceDoesNotSilenceTheRest) {
  Desk desk;
  (void)desk.outbox.add(opened(1, 1), at(0));
  (void)desk.outbox.add(opened(2, 2), at(0));
  std::vector<std::string> delivered;
  State poison = State::pending;
  for (int turn = 0; turn < 40 && poison == State::pending; ++turn) {
    const Time now = desk.outbox.wake();
    for (const auto& send : desk.outbox.due(now)) {
      const bool is_poison = send.key == "inc-1/1/opened@chat";
      const auto changed = desk.outbox.settle(
          send.key,
          is_poison ? Delivery{TryAgain{.after = {}, .why = "500 rollup_error"}} : Delivered{},
          now);
      if (is_poison) poison = changed[0].state;
      if (!is_poison) delivered.push_back(send.key);
    }
  }
  EXPECT_EQ(poison, State::given_up);
  EXPECT_THAT(delivered, ElementsAre("inc-2/2/opened@chat"));
}

TEST(Outbox, AFullLaneFoldsWhatIsOverAndThenGivesUp) {
  Desk desk;
  (void)desk.outbox.add(opened(1, 1), at(0));
  desk.answer(at(0), kDown);
  for (std::uint64_t i = 2; i <= kPendingMax / 2 + 1; ++i) {
    (void)desk.outbox.add(opened(i, 10 * i), at(1));
    (void)desk.outbox.add(resolved(i, 10 * i + 1), at(1));
  }
  const auto health = [&] { return desk.outbox.health()["chat"]; };
  EXPECT_LE(health().pending, kPendingMax);
  EXPECT_EQ(health().given_up, 0U);
  for (std::uint64_t i = 0; i < kPendingMax; ++i)
    (void)desk.outbox.add(opened(10'000 + i, i), at(2));
  EXPECT_EQ(health().pending, kPendingMax);
  EXPECT_GT(health().given_up, 0U);
  EXPECT_THAT(health().last_error, HasSubstr("too many messages"));
}

TEST(Outbox, AReloadGoesOnWithTheDestinationsThatStay) {
  Desk desk;
  (void)desk.outbox.add(opened(1, 1), at(0));
  (void)desk.outbox.due(at(0));  // its answer will not come
  auto after = desk.outbox;
  const std::vector<Destination> destinations{destination("chat", "slack"),
                                              destination("new", "slack")};
  after.reconfigure(destinations, desk.routes);
  const auto sends = after.due(at(2));
  ASSERT_THAT(sends, SizeIs(1));
  EXPECT_EQ(sends[0].key, "inc-1/1/opened@chat");
  EXPECT_EQ(sends[0].destination, &destinations[0]);
}

// --- Alertmanager: what must be told again ---

struct Alerts : Desk {
  Alerts() {
    destinations = {destination("chat", "alertmanager")};
    outbox.reconfigure(destinations, routes);
  }
  std::vector<nlohmann::json> sent(Time now) {
    std::vector<nlohmann::json> alerts;
    for (const auto& send : outbox.due(now)) {
      for (const auto& ask : send.asks)
        alerts.push_back(nlohmann::json::parse(ask.body)[0]);
      last = outbox.settle(send.key, Delivered{}, now);
    }
    return alerts;
  }
};

TEST(Outbox, TellsStandingAlertsAgainEveryMinuteUntilTheyAreOver) {
  Alerts desk;
  (void)desk.outbox.add(opened(1, 1), at(0));
  EXPECT_THAT(desk.sent(at(0)), SizeIs(1));
  EXPECT_EQ(desk.last[0].state, State::standing);
  EXPECT_EQ(desk.outbox.wake(), at(60));
  const auto again = desk.sent(at(60));
  ASSERT_THAT(again, SizeIs(1));
  EXPECT_EQ(again[0]["endsAt"], print_time(at(60 + 240)));
  EXPECT_THAT(desk.last, IsEmpty());
  auto end = resolved(1, 2);
  end.at = at(70);
  (void)desk.outbox.add(end, at(70));
  const auto ended = desk.sent(at(70));
  ASSERT_THAT(ended, SizeIs(1));
  EXPECT_EQ(ended[0]["endsAt"], print_time(at(70)));
  EXPECT_EQ(ended[0]["labels"], again[0]["labels"]);  // else it would end another alert
  int times = 0;
  for (Time now = desk.outbox.wake(); now != Time::max(); now = desk.outbox.wake()) {
    const auto told = desk.sent(now);
    ASSERT_THAT(told, SizeIs(1));
    EXPECT_EQ(told[0]["endsAt"], print_time(at(70)));
    EXPECT_LE(now, at(70 + 360));
    ++times;
  }
  EXPECT_GE(times, 5);
  EXPECT_EQ(desk.last[0].state, State::delivered);
}

TEST(Outbox, EndsTheOldAlertWhenItsLabelsChange) {
  Alerts desk;
  (void)desk.outbox.add(opened(1, 1), at(0));
  desk.sent(at(0));
  (void)desk.outbox.add(escalated(1, 2), at(30));
  const auto alerts = desk.sent(at(30));
  ASSERT_THAT(alerts, SizeIs(2));
  EXPECT_EQ(alerts[0]["labels"]["level"], "suspected");
  EXPECT_EQ(alerts[0]["endsAt"], print_time(at(30 + 240)));
  EXPECT_EQ(alerts[1]["labels"]["level"], "outage");
  EXPECT_EQ(alerts[1]["endsAt"], print_time(at(30)));
  ASSERT_THAT(desk.last, SizeIs(2));
  EXPECT_EQ(desk.last[0].state, State::standing);
  EXPECT_EQ(desk.last[1].state, State::delivered);
  EXPECT_THAT(desk.sent(at(90)), SizeIs(1));
}

TEST(Outbox, TellsStandingAlertsAgainAfterARestart) {
  Alerts before;
  (void)before.outbox.add(opened(1, 1), at(0));
  before.sent(at(0));
  Alerts after;
  after.outbox.restore(before.last);
  const auto alerts = after.sent(at(200));
  ASSERT_THAT(alerts, SizeIs(1));
  EXPECT_EQ(alerts[0]["labels"]["incident"], "INC-1");
  EXPECT_THAT(after.outbox.add(opened(1, 1), at(201)), IsEmpty());
  EXPECT_THAT(after.outbox.add(resolved(1, 2), at(202)), SizeIs(1));
}

TEST(Outbox, StopsTellingWhereTheEndIsNotWanted) {
  Alerts desk;
  desk.routes[0].sends_resolved = false;
  (void)desk.outbox.add(opened(1, 1), at(0));
  desk.sent(at(0));
  const auto changed = desk.outbox.add(resolved(1, 2), at(10));
  ASSERT_THAT(changed, SizeIs(1));
  EXPECT_EQ(changed[0].state, State::delivered);
  EXPECT_EQ(desk.outbox.wake(), Time::max());
}

// --- kill -9 ---

// A daemon with a journal and a receiver, killed at a chosen step. A step is one parcel stored or
// one message received.
class Crashing {
 public:
  explicit Crashing(int steps) : steps_(steps) {}

  // The whole life: told in order, restarted after the crash, told again from the start (the
  // journal replays rulings), driven until nothing waits. True where the crash came in time.
  bool run() {
    const bool has_crashed = !live();
    steps_ = -1;
    if (has_crashed) live();
    return has_crashed;
  }
  std::vector<Notice> received;

 private:
  bool step() {
    const bool goes_on = steps_ != 0;
    if (steps_ > 0) --steps_;
    return goes_on;
  }
  bool store(const std::vector<Parcel>& parcels) {
    for (const auto& parcel : parcels) {
      if (!step()) return false;
      journal_[parcel.key] = parcel;
    }
    return true;
  }
  bool drive(Outbox& outbox, Time until) {
    for (Time now = std::max(now_, outbox.wake()); now <= until;
         now = std::max(now_, outbox.wake())) {
      now_ = now;
      for (const auto& send : outbox.due(now)) {
        const bool is_down = now < at(40);
        const Parcel sent = journal_.at(send.key);
        if (!is_down) {
          if (!step()) return false;
          received.push_back(sent.notice);
          received.back().key = send.key;
        }
        const Delivery result = is_down ? Delivery{kDown} : Delivered{};
        if (!store(outbox.settle(send.key, result, now))) return false;
      }
    }
    now_ = std::max(now_, std::min(until, at(100'000)));
    return true;
  }
  bool live() {
    Desk desk;
    std::vector<Parcel> stored;
    stored.reserve(journal_.size());
    for (const auto& [key, parcel] : journal_)
      stored.push_back(parcel);
    desk.outbox.restore(stored);
    now_ = std::max(now_, at(0));
    const std::vector<std::pair<int, Notice>> rulings{{0, opened(1, 1)},
                                                      {5, updated(1, 2)},
                                                      {8, opened(2, 3)},
                                                      {20, escalated(1, 4)},
                                                      {50, updated(1, 5)},
                                                      {55, updated(1, 6)},
                                                      {56, resolved(2, 7)},
                                                      {130, escalated(1, 8)},
                                                      {131, resolved(1, 9)},
                                                      {140, opened(3, 10)},
                                                      {141, resolved(3, 11)}};
    for (const auto& [second, notice] : rulings) {
      if (!drive(desk.outbox, at(second))) return false;
      if (!store(desk.outbox.add(notice, now_))) return false;
    }
    return drive(desk.outbox, at(100'000));
  }

  int steps_;
  Time now_{};
  std::map<std::string, Parcel> journal_;
};

void expect_all_told(const std::vector<Notice>& received) {
  std::map<std::string, int> times;
  std::map<std::uint64_t, std::vector<NoticeKind>> kinds;
  std::string words;
  for (const auto& notice : received) {
    if (++times[notice.key] > 1) continue;  // a receiver can tell by the key
    kinds[notice.incident].push_back(notice.kind);
    words += notice.what_changed + " ";
  }
  for (const auto& [key, count] : times)
    EXPECT_LE(count, 2) << key;
  for (const std::uint64_t incident : {1U, 2U, 3U}) {
    ASSERT_FALSE(kinds[incident].empty());
    EXPECT_EQ(kinds[incident].front(), NoticeKind::opened);
    EXPECT_EQ(kinds[incident].back(), NoticeKind::resolved);
    EXPECT_EQ(std::ranges::count(kinds[incident], NoticeKind::resolved), 1);
  }
  for (const auto* change : {"change 4.", "change 8."})
    EXPECT_THAT(words, HasSubstr(change));
}

TEST(Outbox, LosesNothingWhereverItIsKilled) {
  int crashes = 0;
  for (int step = 0;; ++step) {
    Crashing life(step);
    const bool has_crashed = life.run();
    SCOPED_TRACE("killed before step " + std::to_string(step));
    expect_all_told(life.received);
    if (!has_crashed) break;
    ++crashes;
  }
  EXPECT_GT(crashes, 20);
}

TEST(Outbox, RemembersFromKeysAloneWhatWasTold) {
  Desk desk;
  Parcel bare;
  bare.key = "inc-7/1234/opened@chat";
  bare.destination = "chat";
  bare.state = State::delivered;
  desk.outbox.restore({bare});
  EXPECT_THAT(desk.outbox.add(opened(7, 1234), at(0)), IsEmpty());
  EXPECT_THAT(desk.outbox.add(resolved(7, 1300), at(0)), SizeIs(1));
  EXPECT_EQ(parse_notice_key("test/1@chat").incident, 0U);
  EXPECT_EQ(parse_notice_key("inc-7/1300/resolved@chat").seq, 1300U);
  EXPECT_TRUE(parse_notice_key("inc-7/1300/resolved@chat").is_end);
}

}  // namespace
}  // namespace bw
