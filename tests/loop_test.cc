// SPDX-License-Identifier: Apache-2.0
#include "daemon/loop.h"

#include <gtest/gtest.h>

#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <thread>
#include <vector>

namespace bw {
namespace {

using namespace std::chrono_literals;

constexpr Time kOrigin{Millis{1'745'056'800'000}};

class Pair {
 public:
  Pair() { EXPECT_EQ(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends_.data()), 0); }
  ~Pair() {
    close(ends_[0]);
    close(ends_[1]);
  }
  Pair(const Pair&) = delete;
  Pair& operator=(const Pair&) = delete;
  [[nodiscard]] int ours() const { return ends_[0]; }
  void send(char c) const { EXPECT_EQ(write(ends_[1], &c, 1), 1); }
  void hang_up() const { shutdown(ends_[1], SHUT_RDWR); }

 private:
  std::array<int, 2> ends_{};
};

void burn(Micros time) {
  const auto end = std::chrono::steady_clock::now() + time;
  while (std::chrono::steady_clock::now() < end) {
  }
}

TEST(Loop, TimersFireInTheOrderOfTheirTimes) {
  Loop loop{Clock{}};
  std::vector<int> fired;
  loop.after(3ms, [&] { fired.push_back(3); });
  loop.after(1ms, [&] { fired.push_back(1); });
  loop.after(2ms, [&] { fired.push_back(2); });
  loop.after(5ms, [&] { loop.stop(); });
  loop.run();
  EXPECT_EQ(fired, (std::vector{1, 2, 3}));
}

TEST(Loop, ManyTimersWithCancellationsKeepTheirOrder) {
  Loop loop{Clock{kOrigin, 180'000'000}};  // fifty hours a millisecond
  std::vector<int> fired;
  std::vector<Loop::Timer> timers;
  for (int i = 0; i < 1000; ++i) {
    const int hour = i * 379 % 1000 + 2000;
    timers.push_back(
        loop.at(kOrigin + std::chrono::hours{hour}, [&fired, hour] { fired.push_back(hour); }));
  }
  for (std::size_t i = 0; i < timers.size(); i += 3)
    loop.cancel(timers[i]);
  loop.at(kOrigin + std::chrono::hours{3100}, [&] { loop.stop(); });
  loop.run();
  EXPECT_EQ(fired.size(), 666U);
  EXPECT_TRUE(std::ranges::is_sorted(fired));
}

TEST(Loop, CancelledTimerNeverFiresAndItsNumberIsNotTakenForAnother) {
  Loop loop{Clock{}};
  int fired = 0;
  const auto first = loop.after(0us, [&] { fired += 100; });
  loop.cancel(first);
  loop.after(0us, [&] { ++fired; });
  loop.cancel(first);
  loop.cancel(0);
  while (fired == 0)
    loop.run_once(10ms);
  EXPECT_EQ(fired, 1);
}

TEST(Loop, TimerMayCancelAnotherThatIsDueInTheSameTurn) {
  Loop loop{Clock{}};
  int fired = 0;
  Loop::Timer second = 0;
  loop.after(0us, [&] {
    ++fired;
    loop.cancel(second);
  });
  second = loop.after(0us, [&] { fired += 100; });
  loop.after(2ms, [&] { loop.stop(); });
  loop.run();
  EXPECT_EQ(fired, 1);
}

TEST(Loop, TimerThatSetsItselfAgainDoesNotHoldTheTurn) {
  Loop loop{Clock{}};
  int fired = 0;
  std::function<void()> again = [&] {
    ++fired;
    loop.after(0us, again);
  };
  loop.after(0us, again);
  const Pair pair;
  pair.send('x');
  bool is_read = false;
  loop.watch(pair.ours(), Loop::readable, [&](std::uint32_t) {
    is_read = true;
    loop.unwatch(pair.ours());
  });
  for (int i = 0; i < 10 && !is_read; ++i)
    loop.run_once(10ms);
  EXPECT_TRUE(is_read);
  EXPECT_LE(static_cast<std::uint64_t>(fired), loop.turns());
}

TEST(Loop, WallTimersFollowAClockThatRunsFast) {
  Loop loop{Clock{kOrigin, 3'600'000}};  // an hour a millisecond
  std::vector<Time> fired;
  loop.at(kOrigin + std::chrono::hours{10}, [&] {
    fired.push_back(loop.turn().now);
    loop.stop();
  });
  loop.at(kOrigin + std::chrono::hours{5}, [&] { fired.push_back(loop.turn().now); });
  loop.at(kOrigin - std::chrono::hours{5}, [&] { fired.push_back(loop.turn().now); });
  const auto begun = std::chrono::steady_clock::now();
  loop.run();
  ASSERT_EQ(fired.size(), 3U);
  EXPECT_GE(fired[1], kOrigin + std::chrono::hours{5});
  EXPECT_GE(fired[2], kOrigin + std::chrono::hours{10});
  EXPECT_LT(std::chrono::steady_clock::now() - begun, 5s);
}

TEST(Loop, MachineClockServesWallTimers) {
  Loop loop{Clock{}};
  const Time when = loop.turn().now + 3ms;
  loop.at(when, [&] { loop.stop(); });
  loop.run();
  EXPECT_GE(loop.turn().now, when);
}

TEST(Loop, WatchingIsLevelTriggeredAndReplacedByWatchingAgain) {
  Loop loop{Clock{}};
  const Pair pair;
  int first = 0;
  int second = 0;
  loop.watch(pair.ours(), Loop::readable, [&](std::uint32_t) { ++first; });
  pair.send('x');
  loop.run_once(1s);
  loop.run_once(1s);
  EXPECT_EQ(first, 2);
  loop.watch(pair.ours(), Loop::readable | Loop::writable, [&](std::uint32_t events) {
    EXPECT_EQ(events, Loop::readable | Loop::writable);
    ++second;
  });
  loop.run_once(1s);
  EXPECT_EQ(first, 2);
  EXPECT_EQ(second, 1);
  loop.unwatch(pair.ours());
  loop.run_once(0us);
  EXPECT_EQ(second, 1);
}

TEST(Loop, CallbackMayReplaceAndRemoveItself) {
  Loop loop{Clock{}};
  const Pair pair;
  int calls = 0;
  loop.watch(pair.ours(), Loop::writable, [&](std::uint32_t) {
    loop.watch(pair.ours(), Loop::writable, [&](std::uint32_t) {
      ++calls;
      loop.unwatch(pair.ours());
    });
  });
  for (int i = 0; i < 5; ++i)
    loop.run_once(0us);
  EXPECT_EQ(calls, 1);
}

TEST(Loop, HangUpIsReportedToWhoeverReadsOrWrites) {
  Loop loop{Clock{}};
  const Pair pair;
  std::uint32_t seen = 0;
  loop.watch(pair.ours(), Loop::readable, [&](std::uint32_t events) { seen |= events; });
  pair.hang_up();
  loop.run_once(1s);
  EXPECT_NE(seen & Loop::readable, 0U);
}

TEST(Loop, DescriptorClosedWithoutNoticeCanBeWatchedAgainUnderItsNumber) {
  Loop loop{Clock{}};
  const int fd = dup(STDERR_FILENO);
  std::array<int, 2> pipe_ends{};
  ASSERT_EQ(pipe(pipe_ends.data()), 0);
  ASSERT_EQ(dup2(pipe_ends[0], fd), fd);
  loop.watch(fd, Loop::readable, [](std::uint32_t) { FAIL(); });
  close(fd);
  ASSERT_EQ(dup2(pipe_ends[0], fd), fd);
  bool is_read = false;
  loop.watch(fd, Loop::readable, [&](std::uint32_t) { is_read = true; });
  ASSERT_EQ(write(pipe_ends[1], "x", 1), 1);
  loop.run_once(1s);
  EXPECT_TRUE(is_read);
  loop.unwatch(fd);
  close(fd);
  close(pipe_ends[0]);
  close(pipe_ends[1]);
}

TEST(Loop, WakesFromAnotherThread) {
  Loop loop{Clock{}};
  loop.on_wake([&] { loop.stop(); });
  std::thread other([&] { loop.wake(); });
  loop.run();
  other.join();
  EXPECT_GE(loop.turns(), 1U);
}

TEST(Loop, ABusyTurnEndsAndLeavesTheRestToTheNext) {
  Loop loop{Clock{}};
  const std::vector<Pair> pairs(20);
  int served = 0;
  for (const Pair& pair : pairs) {
    loop.watch(pair.ours(), Loop::writable, [&](std::uint32_t) {
      ++served;
      burn(4ms);
      loop.unwatch(pair.ours());
    });
  }
  bool is_fired = false;
  loop.after(1ms, [&] { is_fired = true; });
  loop.run_once(0us);
  EXPECT_LE(served, 4);
  loop.run_once(0us);
  EXPECT_TRUE(is_fired) << "timers come between two helpings of events";
  EXPECT_LT(served, 10);
  for (int i = 0; i < 20; ++i)
    loop.run_once(0us);
  EXPECT_EQ(served, 20);
}

TEST(Loop, MeasuresItsLongestTurn) {
  Loop loop{Clock{}};
  loop.after(0us, [] { burn(5ms); });
  loop.run_once(10ms);
  loop.run_once(0us);
  loop.run_once(0us);
  EXPECT_GE(loop.longest_turn(), 5ms);
  EXPECT_GE(loop.take_longest_turn(), 5ms);
  EXPECT_LT(loop.take_longest_turn(), 5ms);
  EXPECT_GE(loop.longest_turn(), 5ms);
  EXPECT_GT(loop.longest_turn_cpu(), 0ms);
  EXPECT_LE(loop.longest_turn_cpu(), loop.longest_turn() + 1ms);
}

}  // namespace
}  // namespace bw
