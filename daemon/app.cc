// SPDX-License-Identifier: Apache-2.0
#include "daemon/app.h"

#include "daemon/config/evidence.h"
#include "daemon/notify_systemd.h"
#include "daemon/showcase.h"
#include "daemon/snapshot_of.h"
#include "daemon/web/server.h"

#include <spdlog/spdlog.h>

#include <sys/signalfd.h>
#include <unistd.h>

#include <atomic>
#include <csignal>
#include <deque>
#include <filesystem>
#include <mutex>
#include <variant>

namespace bw {
namespace {

constexpr Millis kHooksEvery{250};
// Some three milliseconds' work.
constexpr std::size_t kTargetsPerTurn = 2'000;
constexpr std::size_t kOperatorQueueMax = 1000;

sigset_t own_signals() {
  sigset_t wanted;
  sigemptyset(&wanted);
  for (const int number : {SIGTERM, SIGINT, SIGHUP})
    sigaddset(&wanted, number);
  return wanted;
}

// What people say through the web server's threads, until the loop takes it.
class OperatorQueue {
 public:
  using Word = std::variant<OperatorNote, Announcement>;
  void put(Word word) {
    const std::lock_guard lock(mutex_);
    if (words_.size() < kOperatorQueueMax) words_.push_back(std::move(word));
  }
  std::deque<Word> take() {
    const std::lock_guard lock(mutex_);
    return std::exchange(words_, {});
  }

 private:
  std::mutex mutex_;
  std::deque<Word> words_;
};

struct Loaded {
  Config config;
  EvidenceWeights weights;
};

std::expected<Loaded, std::vector<Error>> load(const AppSettings& settings) {
  auto config = load_config(settings.config_path, settings.sources);
  if (!config) return std::unexpected(config.error());
  auto weights = evidence_of(config->evidence_file);
  if (!weights) return std::unexpected(weights.error());
  return Loaded{.config = *std::move(config), .weights = *std::move(weights)};
}

class RunningApp : public App {
 public:
  explicit RunningApp(AppSettings settings)
      : settings_(std::move(settings)), loop_(settings_.clock) {}

  ~RunningApp() override {
    web_.reset();   // no thread reads a snapshot any more
    desk_.reset();  // no reply has anywhere to go
    net_.reset();
    journal_.reset();  // writes what is queued
    if (signals_ >= 0) close(signals_);
  }
  RunningApp(const RunningApp&) = delete;
  RunningApp& operator=(const RunningApp&) = delete;

  std::expected<void, std::vector<Error>> start() {
    // 1. The configuration and the weights: all their problems at once, or none.
    auto loaded = load(settings_);
    if (!loaded) return std::unexpected(loaded.error());
    health_.config_digest = loaded->config.digest;
    const auto web_settings = loaded->config.web;

    // 2. The journal, and what it remembers. Before any thread begins, the signals are blocked: the
    //    kernel gives them to a thread that does not block them, and that ends the process.
    const sigset_t wanted = own_signals();
    pthread_sigmask(SIG_BLOCK, &wanted, nullptr);
    if (auto opened = open_journal(loaded->config); !opened)
      return std::unexpected(std::vector{opened.error()});

    // 3. The network, and the desk that does the work.
    net_ = std::make_unique<Net>(loop_, loaded->config.net);
    desk_ = std::make_unique<Desk>(std::move(loaded->config),
                                   std::move(loaded->weights),
                                   edges(),
                                   settings_.hooks,
                                   settings_.interval_min);
    if (auto restored = restore(); !restored) return std::unexpected(std::vector{restored.error()});

    // 4. What is seen from outside.
    health_.started = health_.last_reload = loop_.clock().now();
    auto web = WebServer::start(web_settings.listen, web_hooks(web_settings.external_url));
    if (!web) return std::unexpected(std::vector{web.error()});
    web_ = *std::move(web);

    // 5. Signals and wake-ups; then the first looks.
    watch_signals();
    loop_.on_wake([this] { on_wake(); });
    return {};
  }

  void run() override {
    desk_->start();
    if (settings_.hooks.on_turn || settings_.hooks.take_announcements) run_hooks();
    feed_watchdog();
    systemd::ready(status_line());
    spdlog::info("event=started targets={} listen={} port={}",
                 desk_->config().estate.targets.size(),
                 desk_->config().web.listen,
                 web_->port());
    if (settings_.on_started) settings_.on_started(web_->port());
    loop_.run();
    systemd::stopping();
    desk_->put_checkpoint();
    spdlog::info("event=stopped observations={}", desk_->counts().observations);
  }

  void stop() override {
    is_stopping_ = true;
    loop_.wake();
  }

  [[nodiscard]] bool was_interrupted() const override { return was_interrupted_; }

 private:
  Desk::Edges edges() { return {.loop = loop_, .transport = *net_, .journal = *journal_}; }
  [[nodiscard]] static std::string journal_path(const Config& config) {
    return (std::filesystem::path(config.state_directory) / "journal.db").string();
  }

  std::expected<void, Error> open_journal(const Config& config) {
    std::error_code failed;
    std::filesystem::create_directories(config.state_directory, failed);
    if (failed) {
      return std::unexpected(
          Error{.what = "the state directory cannot be made: " + failed.message(),
                .where = config.state_directory,
                .hint = "set state_directory to a place that this user may write"});
    }
    auto journal = Journal::open({.path = journal_path(config),
                                  .age_max = config.retention.age,
                                  .bytes_max = config.retention.bytes_max},
                                 config.estate,
                                 [this] { loop_.wake(); });
    if (!journal) return std::unexpected(journal.error());
    journal_ = *std::move(journal);
    return {};
  }

  std::expected<void, Error> restore() {
    auto reader = JournalReader::open(journal_path(desk_->config()));
    if (!reader) return std::unexpected(reader.error());
    return desk_->restore(**reader);
  }

  WebHooks web_hooks(const std::string& external_url) {
    return {
        .snapshot = [this] { return showcase_.look(); },
        .note = [this](OperatorNote note) { operator_queue_.put(std::move(note)), loop_.wake(); },
        .announce =
            [this](Announcement announcement) {
              operator_queue_.put(std::move(announcement)), loop_.wake();
            },
        .external_url = external_url};
  }

  void on_wake() {
    if (is_stopping_) return loop_.stop();
    for (auto& word : operator_queue_.take()) {
      std::visit([this](auto& what) { desk_->take(std::move(what)); }, word);
    }
    desk_->judge();
    if (showcase_.is_wanted() && !draft_) publish();
  }

  void watch_signals() {
    const sigset_t wanted = own_signals();
    signals_ = signalfd(-1, &wanted, SFD_CLOEXEC | SFD_NONBLOCK);
    if (signals_ < 0) std::abort();
    loop_.watch(signals_, Loop::readable, [this](std::uint32_t) {
      signalfd_siginfo signal{};
      while (read(signals_, &signal, sizeof signal) == static_cast<ssize_t>(sizeof signal)) {
        if (signal.ssi_signo == SIGHUP) {
          reload();
        } else {
          was_interrupted_ = true;
          loop_.stop();
        }
      }
    });
  }

  // The old configuration stays at work when the new one has a problem.
  void reload() {
    systemd::reloading();
    auto loaded = load(settings_);
    health_.is_reload_ok = loaded.has_value();
    if (!loaded) {
      for (const auto& error : loaded.error())
        spdlog::error("event=reload_refused problem=\"{}\"", print(error));
    } else {
      health_.config_digest = loaded->config.digest;
      health_.last_reload = loop_.turn().now;
      auto next = std::make_unique<Desk>(std::move(loaded->config),
                                         std::move(loaded->weights),
                                         edges(),
                                         settings_.hooks,
                                         settings_.interval_min);
      journal_->use(next->config().estate);
      next->take_over(*desk_);
      draft_.reset();  // of the old desk; its next turn begins anew
      desk_ = std::move(next);
      desk_->start();
      spdlog::info("event=reloaded targets={}", desk_->config().estate.targets.size());
    }
    systemd::ready(status_line());
  }

  // Of a rehearsal's terminal; a daemon has none, and sleeps until there is something to do.
  void run_hooks() {
    const auto now = loop_.turn().now;
    if (settings_.hooks.take_announcements) {
      for (auto& announcement : settings_.hooks.take_announcements(announced_until_, now))
        desk_->take(std::move(announcement));
      announced_until_ = now;
    }
    if (settings_.hooks.on_turn) settings_.hooks.on_turn(now);
    loop_.after(kHooksEvery, [this] { run_hooks(); });
  }

  // Some targets a turn, then the rest.
  void publish() {
    if (!draft_) draft_.emplace(*desk_);
    if (!draft_->add_targets(kTargetsPerTurn)) {
      loop_.after(Micros{0}, [this] { publish(); });
      return;
    }
    health_.longest_turn = loop_.longest_turn();
    health_.longest_turn_cpu = loop_.longest_turn_cpu();
    health_.turns = loop_.turns();
    health_.net = net_->stats();
    health_.journal = journal_->stats();
    health_.is_journal_healthy = journal_->is_healthy();
    health_.journal_trouble = journal_->trouble();
    showcase_.show(std::move(*draft_).finish(health_, loop_.clock().now()));
    draft_.reset();
  }

  // Only after real progress: the loop turned, and looks came in if any were due.
  void feed_watchdog() {
    const auto interval = systemd::watchdog_interval();
    if (!interval) return;
    const auto observations = desk_->counts().observations;
    if (observations > fed_observations_ || net_->stats().in_flight == 0) systemd::feed_watchdog();
    fed_observations_ = observations;
    systemd::status(status_line());
    loop_.after(*interval / 2, [this] { feed_watchdog(); });
  }

  [[nodiscard]] std::string status_line() const {
    const auto& incidents = desk_->judge_state().incidents();
    const std::string line =
        "watching " + std::to_string(desk_->config().estate.targets.size()) + " targets; ";
    if (incidents.empty() || incidents.front().closed) return line + "calm";
    return line + "INC-" + std::to_string(incidents.front().id) + " " +
           std::string(print(incidents.front().verdict.level));
  }

  AppSettings settings_;
  Loop loop_;
  std::unique_ptr<Journal> journal_;
  std::unique_ptr<Net> net_;
  std::unique_ptr<Desk> desk_;
  std::unique_ptr<WebServer> web_;
  Showcase showcase_{[this] { loop_.wake(); }};
  std::optional<SnapshotDraft> draft_;  // under way
  OperatorQueue operator_queue_;
  Snapshot::Health health_;
  std::atomic<bool> is_stopping_ = false;
  bool was_interrupted_ = false;
  Time announced_until_{};
  std::uint64_t fed_observations_ = 0;
  int signals_ = -1;
};

}  // namespace

std::expected<std::unique_ptr<App>, std::vector<Error>> App::open(AppSettings settings) {
  auto app = std::make_unique<RunningApp>(std::move(settings));
  if (auto started = app->start(); !started) return std::unexpected(started.error());
  return app;
}

}  // namespace bw
