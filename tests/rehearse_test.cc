// SPDX-License-Identifier: Apache-2.0
#include "daemon/rehearsal/rehearse.h"

#include "tests/support/book_case.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

namespace bw {
namespace {

using namespace std::chrono_literals;
using rehearsal::PlayHooks;
using testing::play;

// The shop's name and basket, looked at every minute from London and Frankfurt.
Config small_config() {
  Config config;
  config.estate.organisation = "Hartley & Moor";
  config.estate.vantages = {{.id = "london", .network = "AS64700"},
                            {.id = "frankfurt", .network = "AS64701"}};
  const auto add = [&](std::string_view id, Spec spec) {
    Target target;
    target.id = id;
    target.kind = spec.kind;
    config.estate.targets.push_back(std::move(target));
    config.watched.push_back({.spec = std::move(spec), .interval = 60s});
  };
  Spec basket;
  basket.kind = "api";
  basket.url = "https://api.hartley.example/v2/basket";
  add("basket", std::move(basket));
  Spec name;
  name.kind = "dns";
  name.host = "www.hartley.example";
  add("name", std::move(name));
  return config;
}

constexpr std::string_view kOutage =
    "[[event]]\nat = \"10m\"\nuntil = \"20m\"\non = [\"host:api.hartley.example\"]\n"
    "tcp = \"refuse\"\nnote = \"lights out\"\n"
    "[[event]]\nat = \"-1h\"\nannounce = { kind = \"sale\", text = \"Spring\", to = \"3h\" }\n";

struct Log {
  std::vector<std::string> lines;
  std::vector<Time> times;
  void add(Time at, const std::string& text) {
    lines.push_back(print_time(at) + " " + text);
    times.push_back(at);
  }
};

PlayHooks hooks_into(Log& log) {
  return {.on_seen =
              [&log](const Prober::Seen& seen, Time now) {
                log.add(now,
                        std::to_string(seen.observation.target) + "@" +
                            std::to_string(seen.observation.vantage) + " " +
                            std::string(print(seen.observation.outcome)));
                return PlayHooks::Looks{};
              },
          .on_announcement =
              [&log](const Announcement& announcement, Time now) {
                log.add(now, announcement.text);
                return PlayHooks::Looks{};
              },
          .on_tick =
              [&log](Time now) {
                log.add(now, "tick");
                return PlayHooks::Looks{};
              },
          .on_note = [&log](const rehearsal::World::Note& note) { log.add(note.at, note.text); }};
}

std::ptrdiff_t count(const Log& log, std::string_view what) {
  return std::ranges::count_if(
      log.lines, [&](const std::string& line) { return line.find(what) != std::string::npos; });
}

TEST(Rehearse, PlaysEveryVantageInTimeOrder) {
  const auto world = play("retailer", kOutage);
  Log log;
  const auto counted =
      rehearsal::play(world,
                      small_config(),
                      {.from = world.t0(), .to = world.t0() + 30min, .vantages = {}},
                      hooks_into(log));
  EXPECT_TRUE(std::ranges::is_sorted(log.times));
  EXPECT_EQ(count(log, "tick"), 31);
  EXPECT_EQ(count(log, "Spring"), 1);
  EXPECT_EQ(count(log, "lights out"), 2);
  EXPECT_NEAR(static_cast<double>(count(log, "0@0 ")), 30, 2);
  EXPECT_NEAR(static_cast<double>(count(log, "1@1 ok")), 30, 2);
  EXPECT_NEAR(static_cast<double>(count(log, "0@1 connect_refused")), 10, 1);
  EXPECT_GE(counted.exchanges, counted.looks);
}

TEST(Rehearse, IsTheSameEveryTime) {
  Log one;
  Log two;
  for (auto* log : {&one, &two}) {
    const auto world = play("retailer", kOutage);
    rehearsal::play(world,
                    small_config(),
                    {.from = world.t0(), .to = world.t0() + 30min, .vantages = {}},
                    hooks_into(*log));
  }
  EXPECT_EQ(one.lines, two.lines);
}

TEST(Rehearse, ASecondLookFollowsAtOnce) {
  const auto world = play("retailer", kOutage);
  std::vector<Time> seconds;
  std::vector<Time> firsts;
  PlayHooks hooks;
  hooks.on_seen = [&](const Prober::Seen& seen, Time now) {
    const auto& observation = seen.observation;
    PlayHooks::Looks looks;
    if (observation.is_second_look) {
      seconds.push_back(now);
    } else if (is_failure(observation.outcome)) {
      firsts.push_back(now);
      looks.push_back(
          {.target = observation.target, .vantage = observation.vantage, .why = "confirm"});
    }
    return looks;
  };
  rehearsal::play(world,
                  small_config(),
                  {.from = world.t0(), .to = world.t0() + 15min, .vantages = {"london"}},
                  hooks);
  ASSERT_FALSE(firsts.empty());
  EXPECT_EQ(seconds.size(), firsts.size());
  EXPECT_LT(seconds.front() - firsts.front(), 1s);
}

TEST(Rehearse, WarmUpCondensesTheDaysBefore) {
  const auto world = play("retailer", kOutage);
  Log log;
  const auto counted = rehearsal::play(world,
                                       small_config(),
                                       {.from = world.t0(),
                                        .to = world.t0() + 1min,
                                        .vantages = {"london"},
                                        .warm_up = 24h * 7,
                                        .warm_up_interval = 1h},
                                       hooks_into(log));
  EXPECT_EQ(log.times.front(), world.t0() - 24h * 7);
  EXPECT_GE(counted.looks, 2U * 24 * 7);
  EXPECT_LE(counted.looks, 2U * 24 * 7 + 10);
}

}  // namespace
}  // namespace bw
