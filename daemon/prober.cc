// SPDX-License-Identifier: Apache-2.0
#include "daemon/prober.h"

#include "probes/memory.h"

#include <algorithm>
#include <map>
#include <queue>
#include <random>
#include <set>
#include <unordered_map>
#include <utility>

namespace bw {
namespace {

// A look of more exchanges than this is a probe kind that never ends: our bug or their trap.
constexpr int kAsksPerLookMax = 64;
// A newcomer sees something within seconds, whatever the intervals are.
constexpr Millis kFirstLooksWithin{10'000};
constexpr std::size_t kNoteBytesMax = 300;
// Servers close a connection that nobody uses for about a minute; and where looks are rare, a new
// connection costs little and sees more.
constexpr Millis kKeepBetween{30'000};
// What is remembered of replies, over all targets. Where a target's share is too small for the
// reply of a small page, it would cost memory and save nothing.
constexpr std::size_t kMemoryBytesMax = 64 << 20;
constexpr std::size_t kMemoryBytesMin = 4 << 10;

// FNV-1a, stable over restarts and machines, then mixed (splitmix64's end): ids that differ in one
// character must not fall into the same second.
std::uint64_t hash_of(std::string_view text) {
  std::uint64_t hash = 0xcbf29ce484222325ULL;
  for (const char c : text) {
    hash ^= static_cast<unsigned char>(c);
    hash *= 0x100000001b3ULL;
  }
  hash = (hash ^ (hash >> 30)) * 0xbf58476d1ce4e5b9ULL;
  hash = (hash ^ (hash >> 27)) * 0x94d049bb133111ebULL;
  return hash ^ (hash >> 31);
}

// The next instant after `now` whose distance to the epoch is `phase` modulo `interval`.
Time next_in_phase(Time now, Millis interval, Millis phase) {
  const auto since = now.time_since_epoch() - phase;
  auto periods = since / interval;
  return Time{phase + (periods + 1) * interval};
}

void cut(std::string& text, std::size_t bytes_max) {
  if (text.size() <= bytes_max) return;
  auto end = bytes_max;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0) == 0x80)
    --end;
  text.resize(end);
}

}  // namespace

struct Prober::State {
  struct Series {
    const ProbeKind* kind = nullptr;
    const Spec* spec = nullptr;
    std::uint64_t hash = 0;
    Millis configured{};
    Millis interval{};
    Millis phase{};
    std::uint64_t look = 0;  // under way; 0 is none
    std::optional<Time> last_seen;
    bool was_ok = false;  // the last look
    FactsRef facts = std::make_shared<const Facts>();
    std::map<std::string, FeedItem> items;  // as last emitted, by FeedItem::item
    std::unique_ptr<Memory> memory;

    void set_interval_min(Millis interval_min) {
      interval = std::max({configured, interval_min, Millis{1}});
      phase =
          Millis{static_cast<std::int64_t>(hash % static_cast<std::uint64_t>(interval.count()))};
    }
  };
  struct UnderWay {
    TargetIndex target = 0;
    Look look;
    Phases phases;
    int asks = 0;
    bool is_second_look = false;
  };
  using Due = std::pair<Time, TargetIndex>;

  VantageIndex vantage = 0;
  std::vector<Series> series;
  std::priority_queue<Due, std::vector<Due>, std::greater<>> schedule;
  std::unordered_map<std::uint64_t, UnderWay> under_way;
  std::uint64_t last_id = 0;
  std::mt19937_64 nonces{std::random_device{}()};
  bool is_started = false;

  void start(Time now) {
    is_started = true;
    for (TargetIndex target = 0; target < series.size(); ++target) {
      const auto& one = series[target];
      const auto spread = std::min(one.interval, kFirstLooksWithin);
      schedule.emplace(now + Millis{one.phase.count() % std::max<std::int64_t>(spread.count(), 1)},
                       target);
    }
  }

  Ready begin(TargetIndex target, bool is_second_look) {
    auto& one = series[target];
    const auto id = ++last_id;
    auto& way = under_way[id];
    way.target = target;
    way.is_second_look = is_second_look;
    way.asks = 1;
    way.look.memory = one.memory.get();
    way.look.nonce = nonces();
    one.look = id;
    Ready ready{.id = id, .ask = one.kind->begin(*one.spec, way.look), .vantage = vantage};
    choose_connection(ready.ask, way);
    return ready;
  }

  // A kept connection serves while all is well. What confirms, or follows a failure, makes its own.
  void choose_connection(Ask& ask, const UnderWay& way) const {
    auto* http = std::get_if<HttpAsk>(&ask.what);
    if (http == nullptr) return;
    const auto& one = series[way.target];
    const bool is_plain = (http->method == "GET" || http->method == "HEAD") && http->body.empty();
    const bool may_keep =
        is_plain && one.was_ok && !way.is_second_look && one.interval <= kKeepBetween;
    http->handshake_every = may_keep ? one.spec->handshake_every : Millis{0};
  }

  // Only what is new goes on: a feed repeats itself every time. An open incident that is not listed
  // any more is over; a feed that could not be read says nothing.
  static std::vector<FeedItem> news(Series& one,
                                    std::vector<FeedItem> items,
                                    bool is_read,
                                    Time now) {
    std::vector<FeedItem> fresh;
    std::set<std::string> listed;
    for (auto& item : items) {
      listed.insert(item.item);
      const auto known = one.items.find(item.item);
      item.at = known == one.items.end() ? now : known->second.at;
      if (known != one.items.end() && known->second == item) continue;
      item.at = now;
      one.items[item.item] = item;
      fresh.push_back(std::move(item));
    }
    for (auto known = one.items.begin(); is_read && known != one.items.end();) {
      auto& item = known->second;
      if (listed.contains(item.item)) {
        ++known;
        continue;
      }
      if (item.is_open) {
        item.is_open = false;
        item.at = now;
        fresh.push_back(item);
      }
      known = one.items.erase(known);
    }
    return fresh;
  }

  Seen finish(UnderWay& way, Finding finding, Time now) {
    auto& one = series[way.target];
    one.look = 0;
    one.last_seen = now;
    one.was_ok = finding.outcome == Outcome::ok;
    if (*one.facts != finding.facts) {
      one.facts = std::make_shared<const Facts>(std::move(finding.facts));
    }
    cut(finding.note, kNoteBytesMax);
    Seen seen{.observation = {.at = now,
                              .target = way.target,
                              .vantage = vantage,
                              .outcome = finding.outcome,
                              .party = finding.party,
                              .is_second_look = way.is_second_look,
                              .phases = way.phases,
                              .facts = one.facts,
                              .note = std::move(finding.note)},
              .items = news(one, std::move(finding.items), !is_failure(finding.outcome), now),
              .steps = std::move(way.look.walked)};
    return seen;
  }
};

Prober::Prober(const Estate& estate,
               const std::vector<Watched>& watched,
               VantageIndex vantage,
               Millis interval_min)
    : state_(std::make_unique<State>()) {
  state_->vantage = vantage;
  state_->series.reserve(watched.size());
  const auto share =
      std::min(Memory::kBytesMax, kMemoryBytesMax / std::max<std::size_t>(watched.size(), 1));
  for (std::size_t i = 0; i < watched.size(); ++i) {
    auto& one = state_->series.emplace_back();
    one.spec = &watched[i].spec;
    one.kind = find_probe_kind(one.spec->kind);
    if (one.kind == nullptr) std::abort();  // the configuration's check let an unknown kind through
    if (share >= kMemoryBytesMin) one.memory = std::make_unique<Memory>(share);
    one.hash = hash_of(estate.targets[i].id);
    one.configured = watched[i].interval;
    one.set_interval_min(interval_min);
  }
}

Prober::~Prober() = default;

std::vector<Prober::Ready> Prober::due(Time now, std::size_t limit) {
  if (!state_->is_started) state_->start(now);
  std::vector<Ready> ready;
  while (!state_->schedule.empty() && state_->schedule.top().first <= now && ready.size() < limit) {
    const auto target = state_->schedule.top().second;
    state_->schedule.pop();
    const auto& one = state_->series[target];
    // Half an interval at least lies between the first look and the first in phase.
    state_->schedule.emplace(next_in_phase(now + one.interval / 2, one.interval, one.phase),
                             target);
    if (one.look == 0) ready.push_back(state_->begin(target, false));
  }
  return ready;
}

Time Prober::wake() const {
  if (!state_->is_started) return Time::min();
  return state_->schedule.empty() ? Time::max() : state_->schedule.top().first;
}

std::optional<Prober::Ready> Prober::look_now(TargetIndex target, Time) {
  if (state_->series[target].look != 0) return std::nullopt;
  return state_->begin(target, true);
}

Prober::Progress Prober::read(std::uint64_t id, const Reply& reply, Time now) {
  const auto at = state_->under_way.find(id);
  if (at == state_->under_way.end()) return {};
  auto& way = at->second;
  const auto& one = state_->series[way.target];
  way.phases.add(reply.phases);
  auto step = one.kind->read(*one.spec, way.look, reply, now);
  if (auto* ask = std::get_if<Ask>(&step); ask != nullptr) {
    if (++way.asks <= kAsksPerLookMax) {
      state_->choose_connection(*ask, way);
      return {.next = Ready{.id = id, .ask = std::move(*ask), .vantage = state_->vantage},
              .seen = {}};
    }
    step = Finding{.outcome = Outcome::redirect_loop,
                   .party = Party::unknown,
                   .facts = {},
                   .note = "the look did not end after 64 exchanges",
                   .items = {}};
  }
  auto seen = state_->finish(way, std::get<Finding>(std::move(step)), now);
  state_->under_way.erase(at);
  return {.next = {}, .seen = std::move(seen)};
}

void Prober::set_interval_min(Millis interval_min, Time now) {
  decltype(state_->schedule) schedule;
  for (TargetIndex target = 0; target < state_->series.size(); ++target) {
    auto& one = state_->series[target];
    one.set_interval_min(interval_min);
    schedule.emplace(next_in_phase(now, one.interval, one.phase), target);
  }
  if (state_->is_started) state_->schedule = std::move(schedule);
}

std::optional<Time> Prober::last_seen(TargetIndex target) const {
  return state_->series[target].last_seen;
}

}  // namespace bw
