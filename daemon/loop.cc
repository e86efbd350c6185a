// SPDX-License-Identifier: Apache-2.0
#include "daemon/loop.h"

#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <utility>
#include <vector>

namespace bw {
namespace {

using std::chrono::duration_cast;

// A turn that has lasted this long leaves the rest to the next; some of each is always done.
constexpr Micros kTurnBudget{10'000};
constexpr int kEventsPerWait = 256;
// The loop looks at its clocks this often even when nothing wakes it.
constexpr Micros kSleepMax{60'000'000};

// Without its own descriptors the daemon cannot run at all: our bug, or a machine that is lost.
int require(int result, const char* what) {
  if (result < 0) {
    std::perror(what);
    std::abort();
  }
  return result;
}

Micros cpu_time() {
  timespec used{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &used);
  return Seconds{used.tv_sec} + Micros{used.tv_nsec / 1000};
}

struct Watched {
  std::uint32_t generation = 0;  // tells an event of this watch from one of an earlier watch
  bool is_watched = false;
  std::function<void(std::uint32_t)> on_event;
};

struct TimerSlot {
  std::uint32_t generation = 1;
  bool is_wall = false;
  std::size_t position = 0;  // in its heap
  std::function<void()> on_time;
};

struct HeapEntry {
  std::int64_t when = 0;
  std::uint64_t order = 0;  // of setting: breaks ties
  std::uint32_t slot = 0;
  bool operator<(const HeapEntry& other) const {
    return when != other.when ? when < other.when : order < other.order;
  }
};

// A binary heap whose entries know their place, so that a timer that is cancelled is gone: most
// are deadlines, and most deadlines are never reached.
class TimerHeap {
 public:
  explicit TimerHeap(std::vector<TimerSlot>& slots) : slots_(slots) {}

  [[nodiscard]] bool empty() const { return entries_.empty(); }
  [[nodiscard]] const HeapEntry& first() const { return entries_.front(); }

  void push(const HeapEntry& entry) {
    entries_.push_back(entry);
    rise(entries_.size() - 1);
  }

  void remove(std::size_t position) {
    const HeapEntry last = entries_.back();
    entries_.pop_back();
    if (position == entries_.size()) return;
    put(position, last);
    rise(position);
    sink(slots_[last.slot].position);
  }

 private:
  void put(std::size_t position, const HeapEntry& entry) {
    entries_[position] = entry;
    slots_[entry.slot].position = position;
  }

  void rise(std::size_t position) {
    const HeapEntry entry = entries_[position];
    while (position > 0) {
      const std::size_t parent = (position - 1) / 2;
      if (!(entry < entries_[parent])) break;
      put(position, entries_[parent]);
      position = parent;
    }
    put(position, entry);
  }

  void sink(std::size_t position) {
    const HeapEntry entry = entries_[position];
    while (true) {
      std::size_t child = 2 * position + 1;
      if (child >= entries_.size()) break;
      if (child + 1 < entries_.size() && entries_[child + 1] < entries_[child]) ++child;
      if (!(entries_[child] < entry)) break;
      put(position, entries_[child]);
      position = child;
    }
    put(position, entry);
  }

  std::vector<TimerSlot>& slots_;
  std::vector<HeapEntry> entries_;
};

std::int64_t ticks(Steady at) {
  return at.time_since_epoch().count();
}

}  // namespace

struct Loop::State {
  explicit State(Clock the_clock)
      : clock(the_clock),
        epoll(require(epoll_create1(EPOLL_CLOEXEC), "epoll_create1")),
        wake_fd(require(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK), "eventfd")),
        clock_fd(
            require(timerfd_create(CLOCK_REALTIME, TFD_CLOEXEC | TFD_NONBLOCK), "timerfd_create")) {
    turn = sample();
  }

  [[nodiscard]] Turn sample() const {
    const Steady steady = std::chrono::steady_clock::now();
    return {.now = clock.at(steady), .steady = steady};
  }

  // The timer itself is a century away; what wakes the loop is somebody setting the clock.
  void arm_clock_watch() const {
    itimerspec never{};
    never.it_value.tv_sec = 100LL * 365 * 86'400 + time(nullptr);
    timerfd_settime(clock_fd, TFD_TIMER_ABSTIME | TFD_TIMER_CANCEL_ON_SET, &never, nullptr);
  }

  TimerHeap& heap(bool is_wall) { return is_wall ? wall : real; }

  Timer set(bool is_wall, std::int64_t when, std::function<void()> on_time) {
    std::uint32_t index = 0;
    if (free_slots.empty()) {
      index = static_cast<std::uint32_t>(slots.size());
      slots.emplace_back();
    } else {
      index = free_slots.back();
      free_slots.pop_back();
    }
    slots[index].is_wall = is_wall;
    slots[index].on_time = std::move(on_time);
    heap(is_wall).push({.when = when, .order = ++order, .slot = index});
    return (Timer{slots[index].generation} << 32U) | index;
  }

  std::function<void()> take(std::uint32_t index) {
    TimerSlot& slot = slots[index];
    heap(slot.is_wall).remove(slot.position);
    ++slot.generation;
    if (slot.generation == 0) slot.generation = 1;
    free_slots.push_back(index);
    return std::exchange(slot.on_time, nullptr);
  }

  [[nodiscard]] Micros sleep_limit(Micros limit) const {
    if (!real.empty()) {
      const auto left = std::chrono::nanoseconds{real.first().when - ticks(turn.steady)};
      limit = std::min(limit, std::chrono::ceil<Micros>(left));
    }
    if (!wall.empty()) limit = std::min(limit, clock.until(Time{Millis{wall.first().when}}));
    return std::max(limit, Micros{0});
  }

  void sleep(Micros limit) {
    const timespec wait{.tv_sec = limit.count() / 1'000'000,
                        .tv_nsec = limit.count() % 1'000'000 * 1000};
    int count = epoll_pwait2(epoll, ready.data(), kEventsPerWait, &wait, nullptr);
    if (count < 0 && (errno == ENOSYS || errno == EPERM)) {  // old sandboxes
      const auto millis = std::chrono::ceil<Millis>(limit).count();
      count = epoll_wait(epoll, ready.data(), kEventsPerWait, static_cast<int>(millis));
    }
    next_ready = 0;
    ready_count = std::max(count, 0);
  }

  [[nodiscard]] bool is_spent() const {
    return std::chrono::steady_clock::now() - turn.steady >= kTurnBudget;
  }

  // Those that are due; one that is set meanwhile is due after this turn's instant.
  void run_timers(bool is_wall, std::int64_t now) {
    const TimerHeap& timers = heap(is_wall);
    while (!timers.empty() && timers.first().when <= now) {
      take(timers.first().slot)();
      if (is_spent()) break;
    }
  }

  void run_events() {
    while (next_ready < ready_count) {
      const epoll_event& event = ready[static_cast<std::size_t>(next_ready++)];
      const auto fd = static_cast<std::size_t>(event.data.u64 & 0xffff'ffffU);
      dispatch(fd, static_cast<std::uint32_t>(event.data.u64 >> 32U), event.events);
      if (is_spent()) break;
    }
  }

  void dispatch(std::size_t fd, std::uint32_t generation, std::uint32_t happened) {
    if (fd >= watches.size() || !watches[fd].is_watched) return;
    if (watches[fd].generation != generation) return;
    std::uint32_t events = 0;
    // An error or a hang-up is found by reading or writing.
    const bool is_over = (happened & (EPOLLERR | EPOLLHUP)) != 0;
    if (is_over || (happened & (EPOLLIN | EPOLLRDHUP)) != 0) events |= readable;
    if (is_over || (happened & EPOLLOUT) != 0) events |= writable;
    // Outside while it runs: it may unwatch or replace itself.
    auto on_event = std::exchange(watches[fd].on_event, nullptr);
    on_event(events);
    if (watches[fd].is_watched && watches[fd].generation == generation) {
      watches[fd].on_event = std::move(on_event);
    }
  }

  void run_turn(Micros limit) {
    if (next_ready >= ready_count) {
      turn = sample();
      sleep(sleep_limit(std::min(limit, kSleepMax)));
    }
    turn = sample();
    const Micros cpu = cpu_time();
    run_timers(false, ticks(turn.steady));
    run_timers(true, turn.now.time_since_epoch().count());
    run_events();
    ++turns;
    const auto wall_time = duration_cast<Micros>(std::chrono::steady_clock::now() - turn.steady);
    longest = std::max(longest, wall_time);
    longest_taken = std::max(longest_taken, wall_time);
    longest_cpu = std::max(longest_cpu, cpu_time() - cpu);
  }

  Clock clock;
  int epoll;
  int wake_fd;
  int clock_fd;
  Turn turn;
  std::vector<Watched> watches;  // by descriptor
  std::vector<TimerSlot> slots;
  std::vector<std::uint32_t> free_slots;
  TimerHeap real{slots};
  TimerHeap wall{slots};
  std::uint64_t order = 0;
  std::array<epoll_event, kEventsPerWait> ready{};
  int next_ready = 0;
  int ready_count = 0;
  std::function<void()> on_wake;
  bool is_stopping = false;
  std::uint64_t turns = 0;
  Micros longest{0};
  Micros longest_taken{0};
  Micros longest_cpu{0};
};

Loop::Loop(Clock clock) : state_(std::make_unique<State>(clock)) {
  watch(state_->wake_fd, readable, [this](std::uint32_t) {
    std::uint64_t count = 0;
    if (read(state_->wake_fd, &count, sizeof count) != sizeof count) return;
    if (state_->on_wake) state_->on_wake();
  });
  state_->arm_clock_watch();
  watch(state_->clock_fd, readable, [this](std::uint32_t) { state_->arm_clock_watch(); });
}

Loop::~Loop() {
  close(state_->clock_fd);
  close(state_->wake_fd);
  close(state_->epoll);
}

const Clock& Loop::clock() const {
  return state_->clock;
}
const Loop::Turn& Loop::turn() const {
  return state_->turn;
}

void Loop::watch(int fd, std::uint32_t events, std::function<void(std::uint32_t)> on_event) {
  const auto index = static_cast<std::size_t>(fd);
  if (index >= state_->watches.size()) state_->watches.resize(index + 1);
  Watched& watched = state_->watches[index];
  ++watched.generation;
  epoll_event event{};
  if ((events & readable) != 0) event.events |= EPOLLIN | EPOLLRDHUP;
  if ((events & writable) != 0) event.events |= EPOLLOUT;
  event.data.u64 = (std::uint64_t{watched.generation} << 32U) | static_cast<std::uint32_t>(fd);
  int result = -1;
  if (watched.is_watched) result = epoll_ctl(state_->epoll, EPOLL_CTL_MOD, fd, &event);
  // A descriptor that was closed left the epoll set by itself, and its number came back.
  if (result < 0) result = epoll_ctl(state_->epoll, EPOLL_CTL_ADD, fd, &event);
  require(result, "epoll_ctl");
  watched.is_watched = true;
  watched.on_event = std::move(on_event);
}

void Loop::unwatch(int fd) {
  const auto index = static_cast<std::size_t>(fd);
  if (index >= state_->watches.size() || !state_->watches[index].is_watched) return;
  Watched& watched = state_->watches[index];
  ++watched.generation;
  watched.is_watched = false;
  watched.on_event = nullptr;
  epoll_ctl(state_->epoll, EPOLL_CTL_DEL, fd, nullptr);  // fails for one that is closed: gone too
}

Loop::Timer Loop::after(Micros delay, std::function<void()> on_time) {
  const Steady when = std::chrono::steady_clock::now() + std::max(delay, Micros{0});
  // Later than this turn's instant, even where the clock has not moved since.
  return state_->set(
      false, std::max(ticks(when), ticks(state_->turn.steady) + 1), std::move(on_time));
}

Loop::Timer Loop::at(Time when, std::function<void()> on_time) {
  if (when <= state_->turn.now) return after(Micros{0}, std::move(on_time));
  return state_->set(true, when.time_since_epoch().count(), std::move(on_time));
}

void Loop::cancel(Timer timer) {
  const auto index = static_cast<std::uint32_t>(timer & 0xffff'ffffU);
  if (timer == 0 || index >= state_->slots.size()) return;
  if (state_->slots[index].generation != timer >> 32U) return;
  state_->take(index);
}

void Loop::on_wake(std::function<void()> on_wake) {
  state_->on_wake = std::move(on_wake);
}

void Loop::wake() {
  const std::uint64_t one = 1;
  // Fails only when the counter is full: then the loop is about to wake anyway.
  [[maybe_unused]] const auto written = write(state_->wake_fd, &one, sizeof one);
}

void Loop::run() {
  state_->is_stopping = false;
  while (!state_->is_stopping)
    state_->run_turn(kSleepMax);
}

void Loop::run_once(Micros limit) {
  state_->run_turn(limit);
}
void Loop::stop() {
  state_->is_stopping = true;
}
Micros Loop::longest_turn() const {
  return state_->longest;
}
Micros Loop::take_longest_turn() {
  return std::exchange(state_->longest_taken, Micros{0});
}
Micros Loop::longest_turn_cpu() const {
  return state_->longest_cpu;
}
std::uint64_t Loop::turns() const {
  return state_->turns;
}

}  // namespace bw
