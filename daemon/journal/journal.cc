// SPDX-License-Identifier: Apache-2.0
#include "daemon/journal/journal.h"

#include "daemon/clock.h"
#include "daemon/journal/backlog.h"
#include "daemon/journal/schema.h"
#include "daemon/journal/store.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <map>
#include <mutex>
#include <thread>
#include <utility>

namespace bw {
namespace {

// Inputs in one transaction: about 100 KB of blocks, some milliseconds.
constexpr std::size_t kBatchMax = 4096;
// With so many waiting, lingering for more would win nothing.
constexpr std::size_t kLingerMax = 1024;
constexpr Millis kRetryFirst{100};
constexpr Millis kRetryMax{5'000};
// At the end nobody waits for the disk to come back.
constexpr int kLastTries = 3;

// Gives each (target, vantage) of the current estate its series, and knows how it looked last. For
// the thread that appends.
class SeriesBook {
 public:
  struct Found {
    SeriesId id = 0;
    std::optional<LoggedSeries> added;  // where the file does not know it yet
    bool is_steady = false;             // the same outcome and facts as the time before
  };

  explicit SeriesBook(const std::vector<LoggedSeries>& known) {
    for (const LoggedSeries& series : known) {
      ids_.emplace(std::pair(series.target, series.vantage), series.id);
    }
  }
  void use(const Estate& estate) {
    targets_.clear();
    vantages_.clear();
    for (const auto& target : estate.targets)
      targets_.push_back(target.id);
    for (const auto& vantage : estate.vantages)
      vantages_.push_back(vantage.id);
    slots_.assign(targets_.size() * vantages_.size(), {});
  }
  [[nodiscard]] Found find(const Observation& observation) {
    Slot& slot = slots_.at((observation.target * vantages_.size()) + observation.vantage);
    Found found;
    if (!slot.id) {
      const std::string& target = targets_.at(observation.target);
      const std::string& vantage = vantages_.at(observation.vantage);
      const auto next = static_cast<SeriesId>(ids_.size());
      const auto [at, is_new] = ids_.try_emplace(std::pair(target, vantage), next);
      slot.id = at->second;
      if (is_new) found.added = LoggedSeries{.id = next, .target = target, .vantage = vantage};
    }
    found.id = *slot.id;
    found.is_steady = slot.facts != nullptr && slot.facts == observation.facts &&
                      slot.outcome == observation.outcome;
    slot.facts = observation.facts;
    slot.outcome = observation.outcome;
    return found;
  }

 private:
  struct Slot {
    std::optional<SeriesId> id;
    FactsRef facts;
    Outcome outcome = Outcome::ok;
  };
  std::map<std::pair<std::string, std::string>, SeriesId> ids_;
  std::vector<std::string> targets_;
  std::vector<std::string> vantages_;
  std::vector<Slot> slots_;  // by target, then vantage
};

class SqliteJournal final : public Journal {
 public:
  SqliteJournal(JournalSettings settings,
                FileLock lock,
                Store store,
                std::function<void()> on_progress)
      : settings_(std::move(settings)),
        lock_(std::move(lock)),
        store_(std::move(store)),
        on_progress_(std::move(on_progress)),
        book_(store_.known_series()),
        next_seq_(store_.last_seq() + 1),
        backlog_(std::max<std::size_t>(settings_.queued_max, 1)),
        committed_(store_.last_seq()),
        bytes_(store_.bytes()) {}

  SqliteJournal(const SqliteJournal&) = delete;
  SqliteJournal& operator=(const SqliteJournal&) = delete;
  ~SqliteJournal() override {
    {
      const std::scoped_lock guard(mutex_);
      is_stopping_ = true;
    }
    ready_.notify_one();
    if (writer_.joinable()) writer_.join();
  }
  void start() {
    writer_ = std::thread([this] { run(); });
  }

  void use(const Estate& estate) override { book_.use(estate); }
  std::uint64_t append(Input input) override;
  std::uint64_t committed() const override { return committed_.load(); }
  bool is_healthy() const override { return is_healthy_.load() && !is_stuck(); }
  std::string trouble() const override;
  void put_checkpoint(std::uint64_t seq, std::string bytes) override {
    put(JournalReader::Checkpoint{.seq = seq, .bytes = std::move(bytes)});
  }
  void put_verdict(RecordedVerdict verdict) override { put(std::move(verdict)); }
  void put_parcel(Parcel parcel) override { put(std::move(parcel)); }
  void keep(Time from, Time to) override { put(Keep{.from = from, .to = to}); }
  std::uint64_t puts() const override {
    const std::scoped_lock guard(mutex_);
    return backlog_.puts();
  }
  std::uint64_t puts_committed() const override { return puts_committed_.load(); }
  Stats stats() const override;

 private:
  void put(Chore chore);
  void run();
  [[nodiscard]] bool wait_for_work(std::unique_lock<std::mutex>& guard);
  [[nodiscard]] bool write();
  void wait_to_retry(std::unique_lock<std::mutex>& guard);
  [[nodiscard]] bool is_stuck() const;

  const JournalSettings settings_;
  FileLock lock_;
  Store store_;  // the writer's, once it runs
  std::function<void()> on_progress_;

  // The appending thread's.
  SeriesBook book_;
  std::uint64_t next_seq_;

  mutable std::mutex mutex_;
  std::condition_variable ready_;
  Backlog backlog_;         // guarded by mutex_, like all down to trouble_
  Steady waiting_since_{};  // when the backlog stopped being empty
  bool is_stopping_ = false;
  std::uint64_t appended_ = 0;
  std::string trouble_;

  std::atomic<std::uint64_t> committed_;
  std::atomic<std::uint64_t> puts_committed_{0};
  std::atomic<bool> is_healthy_{true};
  std::atomic<std::int64_t> writing_since_{0};  // steady clock's count; 0: not writing
  std::atomic<std::uint64_t> bytes_;
  std::atomic<std::int64_t> last_commit_{0};  // microseconds
  Millis retry_after_{kRetryFirst};           // the writer's
  std::thread writer_;
};

std::uint64_t SqliteJournal::append(Input input) {
  const std::uint64_t seq = input.seq = next_seq_++;
  Entry entry{.input = std::move(input), .series = 0};
  auto worth = Backlog::Worth::words;
  std::optional<LoggedSeries> added;
  if (const auto* observation = std::get_if<Observation>(&entry.input.what)) {
    auto found = book_.find(*observation);
    worth = found.is_steady ? Backlog::Worth::steady : Backlog::Worth::observation;
    entry.series = found.id;
    added = std::move(found.added);
  } else if (std::holds_alternative<Tick>(entry.input.what)) {
    worth = Backlog::Worth::steady;
  }
  bool is_news = false;  // to the writer, who may sleep or linger
  {
    const std::scoped_lock guard(mutex_);
    const bool was_steady = backlog_.is_steady();
    const bool was_empty = backlog_.empty();
    if (was_empty) waiting_since_ = std::chrono::steady_clock::now();
    if (added) backlog_.add(*std::move(added));
    backlog_.add(std::move(entry), worth);
    ++appended_;
    is_news = was_empty || was_steady != backlog_.is_steady() || backlog_.inputs() == kLingerMax;
  }
  if (is_news) ready_.notify_one();
  return seq;
}

void SqliteJournal::put(Chore chore) {
  {
    const std::scoped_lock guard(mutex_);
    backlog_.add(std::move(chore));
  }
  ready_.notify_one();
}

std::string SqliteJournal::trouble() const {
  {
    const std::scoped_lock guard(mutex_);
    if (!trouble_.empty()) return trouble_;
  }
  if (is_stuck()) {
    return settings_.path + ": journal: the disk has not answered for over " +
           print_duration(settings_.slow_commit);
  }
  return {};
}

Journal::Stats SqliteJournal::stats() const {
  const std::scoped_lock guard(mutex_);
  return {.inputs = appended_,
          .bytes = bytes_.load(),
          .queued = backlog_.inputs(),
          .dropped = backlog_.dropped(),
          .last_commit = Micros(last_commit_.load())};
}

void SqliteJournal::run() {
  std::unique_lock guard(mutex_);
  int failures_at_end = 0;
  while (wait_for_work(guard)) {
    // What a failed transaction held is tried again as it is; the rest waits where it is bounded.
    Batch batch;
    if (!store_.has_unwritten()) batch = backlog_.take(kBatchMax);
    guard.unlock();
    store_.take(std::move(batch));
    const bool is_written = write();
    guard.lock();
    if (is_written) {
      retry_after_ = kRetryFirst;
      continue;
    }
    if (is_stopping_ && ++failures_at_end >= kLastTries) {
      spdlog::error("event=journal_lost after_seq={} to_seq={} error=\"{}\"",
                    committed_.load(),
                    backlog_.last_seq(),
                    trouble_);
      break;
    }
    wait_to_retry(guard);
  }
  guard.unlock();
  store_.close();
}

// False when it is over: all is written and nobody will put more.
bool SqliteJournal::wait_for_work(std::unique_lock<std::mutex>& guard) {
  while (!is_stopping_) {
    if (store_.has_unwritten() || store_.is_retention_due()) return true;
    if (backlog_.empty()) {
      ready_.wait(guard);
      continue;
    }
    const Steady due = waiting_since_ + settings_.linger;
    if (!backlog_.is_steady() || backlog_.inputs() >= kLingerMax ||
        std::chrono::steady_clock::now() >= due) {
      return true;
    }
    ready_.wait_until(guard, due);
  }
  return store_.has_unwritten() || !backlog_.empty();
}

// One transaction, and where it is due one of forgetting.
bool SqliteJournal::write() {
  const Steady begin = std::chrono::steady_clock::now();
  writing_since_ = begin.time_since_epoch().count();
  std::expected<void, Error> done;
  if (store_.has_unwritten()) done = store_.write();
  if (done && store_.is_retention_due()) done = store_.retain();
  const auto took = std::chrono::duration_cast<Micros>(std::chrono::steady_clock::now() - begin);
  writing_since_ = 0;
  last_commit_ = took.count();
  bytes_ = store_.bytes();
  std::string trouble;
  if (!done) {
    trouble = print(done.error());
  } else if (took > settings_.slow_commit) {
    trouble = settings_.path + ": journal: writing took " +
              print_duration(std::chrono::duration_cast<Millis>(took)) + "; the disk is slow";
  }
  {
    const std::scoped_lock guard(mutex_);
    trouble_ = trouble;
  }
  // In this order: who sees it unhealthy finds why, and who sees it committed finds it healthy.
  const bool was_healthy = is_healthy_.exchange(trouble.empty());
  const bool has_inputs = committed_.exchange(store_.written_seq()) != store_.written_seq();
  const bool has_puts = puts_committed_.exchange(store_.written_puts()) != store_.written_puts();
  if (was_healthy && !trouble.empty()) {
    spdlog::error("event=journal_unhealthy error=\"{}\"", trouble);
  } else if (!was_healthy && trouble.empty()) {
    spdlog::info("event=journal_recovered committed={}", committed_.load());
  }
  const bool is_progress = has_inputs || has_puts || was_healthy != trouble.empty();
  if (is_progress && on_progress_) on_progress_();
  return done.has_value();
}

void SqliteJournal::wait_to_retry(std::unique_lock<std::mutex>& guard) {
  ready_.wait_for(guard, retry_after_, [this] { return is_stopping_; });
  retry_after_ = std::min(retry_after_ * 2, kRetryMax);
}

bool SqliteJournal::is_stuck() const {
  const std::int64_t since = writing_since_.load();
  if (since == 0) return false;
  const Steady begin{Steady::duration(since)};
  return std::chrono::steady_clock::now() - begin > settings_.slow_commit;
}

}  // namespace

std::expected<std::unique_ptr<Journal>, Error> Journal::open(JournalSettings settings,
                                                             const Estate& estate,
                                                             std::function<void()> on_progress) {
  auto lock = FileLock::take(settings.path + ".lock");
  if (!lock) return std::unexpected(std::move(lock).error());
  auto store =
      Store::open(settings.path, {.age_max = settings.age_max, .bytes_max = settings.bytes_max});
  if (!store) return std::unexpected(std::move(store).error());
  auto journal = std::make_unique<SqliteJournal>(
      std::move(settings), *std::move(lock), *std::move(store), std::move(on_progress));
  journal->use(estate);
  journal->start();
  return journal;
}

}  // namespace bw
