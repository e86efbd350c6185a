// SPDX-License-Identifier: Apache-2.0
#include "daemon/app.h"
#include "daemon/cli/commands.h"
#include "daemon/cli/show.h"
#include "daemon/notify/words.h"
#include "daemon/rehearsal/stage.h"
#include "daemon/rehearsal/world.h"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <csignal>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <thread>

namespace bw::cli {
namespace {

namespace fs = std::filesystem;
using rehearsal::Stage;
using rehearsal::World;

// What the demo plays: an incident, from how long before its onset, until when.
struct Act {
  std::string incident;
  std::string heading;
  Millis before{};
  Millis until{};
};

std::vector<Act> acts() {
  using std::chrono::hours;
  using std::chrono::minutes;
  return {{.incident = "2024-05-marks-and-spencer-provider-glitch",
           .heading = "A Saturday in May: website and app go down. Rumours fly.",
           .before = minutes{25},
           .until = minutes{400}},
          {.incident = "2025-04-marks-and-spencer-cyber-incident",
           .heading = "Easter: contactless, then collection, then gift cards, each like a glitch.",
           .before = hours{10},
           .until = hours{148}}};
}

// What was seen of one act, for the summary.
struct Outcome {
  double suspicion_max = 0;
  std::optional<Time> suspected;  // level suspected or above
  std::optional<Time> provider_named;
  std::string culprit;
  std::string cause;
  int messages = 0;
};

void watch(Outcome& outcome, const Ruling& ruling, std::string_view culprit) {
  const Incident* incident = nullptr;
  if (const auto* opened = std::get_if<Opened>(&ruling)) incident = &opened->incident;
  if (const auto* changed = std::get_if<Changed>(&ruling)) incident = &changed->incident;
  if (incident == nullptr) return;
  const auto& verdict = incident->verdict;
  outcome.suspicion_max = std::max(outcome.suspicion_max, verdict.suspicion);
  if (is_suspicious(verdict.level) && !outcome.suspected) outcome.suspected = verdict.at;
  if (!verdict.is_decided) return;
  outcome.cause = print(verdict.leading);
  outcome.culprit = verdict.culprit;
  if (verdict.culprit == culprit && verdict.leading == Hypothesis::provider_outage &&
      !outcome.provider_named) {
    outcome.provider_named = verdict.at;
  }
}

std::string since(const World& world, Time at) {
  const auto passed = at - world.t0();
  return passed < Millis{0} ? "before" : "+" + print_duration(passed);
}

void print_notice(const World& world, const Notice& notice, const Common& common) {
  const std::string text = print_plain(notice);
  std::string framed;
  std::size_t from = 0;
  while (from < text.size()) {
    const auto end = std::min(text.find('\n', from), text.size());
    framed += "    | " + text.substr(from, end - from) + "\n";
    from = end + 1;
  }
  std::printf(
      "%s  %s\n%s",
      paint(common, 1, since(world, notice.at)).c_str(),
      paint(
          common, color_of(notice.level), "chat message (" + std::string(print(notice.kind)) + ")")
          .c_str(),
      framed.c_str());
  std::fflush(stdout);
}

// Writes the demo's configuration with `folder` in the place of @DIR@.
std::expected<std::string, Error> set_up(const DemoOptions& options, const fs::path& folder) {
  const auto from = fs::path(options.from) / "config" / "demo" / "bellwether.toml";
  std::ifstream file(from, std::ios::binary);
  std::string text((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  if (!file) {
    return std::unexpected(
        Error{.what = "the demo's configuration cannot be read",
              .where = from.string(),
              .hint = "start it as ./run demo, or give --from the project's folder"});
  }
  constexpr std::string_view kPlace = "@DIR@";
  for (auto at = text.find(kPlace); at != std::string::npos; at = text.find(kPlace, at)) {
    text.replace(at, kPlace.size(), folder.string());
  }
  std::error_code failed;
  fs::create_directories(folder / "state", failed);
  auto path = (folder / "bellwether.toml").string();
  if (!failed) std::ofstream(path, std::ios::binary) << text;
  if (failed || !fs::exists(path)) {
    return std::unexpected(Error{.what = "the demo's folder cannot be written: " + failed.message(),
                                 .where = folder.string(),
                                 .hint = "set TMPDIR to a place with room"});
  }
  return path;
}

class Player {
 public:
  Player(const DemoOptions& options, const Common& common) : options_(options), common_(common) {}

  std::expected<Outcome, std::vector<Error>> play(const Act& act) {
    const auto book = fs::path(options_.from) / "tests";
    auto world = World::load((book / "worlds" / "retailer" / "world.toml").string(),
                             (book / "incidents" / (act.incident + ".toml")).string());
    if (!world) return std::unexpected(world.error());
    const auto length = act.before + act.until;
    const double rate = static_cast<double>(length.count()) / 1000.0 / options_.seconds;
    const Clock clock(world->t0() - act.before, rate);
    const auto folder =
        fs::temp_directory_path() / fmt::format("bellwether-demo-{}", getpid()) / act.incident;
    const auto config = set_up(options_, folder);
    if (!config) return std::unexpected(std::vector{config.error()});
    auto stage = Stage::open(*world,
                             clock,
                             {.dns_port = 18053,
                              .http_port = 18080,
                              .https_port = 18443,
                              .directory = folder.string(),
                              .latency_scale = 0.1});
    if (!stage) return std::unexpected(std::vector{stage.error()});
    announce(act, *world, rate);
    auto outcome = watch_it(act, *world, clock, *config, rate);
    std::error_code ignored;
    fs::remove_all(folder, ignored);
    return outcome;
  }

 private:
  void announce(const Act& act, const World& world, double rate) const {
    std::printf(
        "\n%s\n%s\n%s\n",
        paint(common_, 1, act.heading).c_str(),
        std::string(world.title()).c_str(),
        fmt::format(
            "A second here is {} there; the shop and its providers are real servers on loopback.",
            print_duration(Millis{static_cast<std::int64_t>(rate * 1000)}))
            .c_str());
    std::fflush(stdout);
  }

  std::expected<Outcome, std::vector<Error>> watch_it(const Act& act,
                                                      const World& world,
                                                      const Clock& clock,
                                                      const std::string& config,
                                                      double rate) {
    Outcome outcome;
    App* running = nullptr;
    AppSettings settings{
        .config_path = config,
        .sources = ConfigSources::from_process(),
        .clock = clock,
        .interval_min = Millis{static_cast<std::int64_t>(400 * rate)},
        .hooks = {.on_ruling =
                      [&](const Ruling& ruling) { watch(outcome, ruling, world.truth().culprit); },
                  .on_notice =
                      [&](const Notice& notice) {
                        ++outcome.messages;
                        print_notice(world, notice, common_);
                      },
                  .on_turn =
                      [&](Time now) {
                        print_notes(world, now);
                        if (now >= world.t0() + act.until) running->stop();
                      },
                  .take_announcements = [&](Time from,
                                            Time to) { return world.announcements(from, to); }},
        .on_started = [&](std::uint16_t port) {
          std::printf("status page http://127.0.0.1:%u/  metrics http://127.0.0.1:%u/metrics\n\n",
                      port,
                      port);
          std::fflush(stdout);
        }};
    printed_until_ = world.t0() - act.before;
    auto app = App::open(std::move(settings));
    if (!app) return std::unexpected(app.error());
    running = app->get();
    running->run();
    was_interrupted_ = running->was_interrupted();
    return outcome;
  }

  void print_notes(const World& world, Time now) {
    for (const auto& note : world.notes(printed_until_, now)) {
      if (note.text.empty()) continue;
      std::printf("%s  %s %s\n",
                  paint(common_, 1, since(world, note.at)).c_str(),
                  paint(common_, 90, note.is_start ? "really happens:" : "really over:").c_str(),
                  note.text.c_str());
    }
    std::fflush(stdout);
    printed_until_ = now;
  }

  const DemoOptions& options_;
  const Common& common_;
  Time printed_until_{};

 public:
  bool was_interrupted_ = false;
};

// The acts to play: all, or the one whose incident is `wanted`.
std::vector<Act> acts_of(std::string_view wanted) {
  auto chosen = acts();
  if (!wanted.empty()) {
    std::erase_if(chosen, [&](const Act& act) { return act.incident != wanted; });
  }
  return chosen;
}

// A provider's glitch must not look like an attack; an attack must, before the damage is done.
bool is_as_it_should(const World& world, const Outcome& outcome) {
  if (world.truth().label == "benign") return outcome.provider_named && !outcome.suspected;
  // Ordering is suspended 6 days and 3 hours into the second incident.
  const auto suspended = world.t0() + std::chrono::hours{6 * 24 + 3};
  return outcome.suspected && *outcome.suspected < suspended;
}

std::string at_or_never(const World& world, const std::optional<Time>& at) {
  return at ? since(world, *at) : "never";
}

std::string summarize(const World& world,
                      const Act& act,
                      const Outcome& outcome,
                      bool is_good,
                      const Common& common) {
  return fmt::format(
      "{}  {}\n    named a provider outage: {}; suspected an attack: {}; highest suspicion "
      "{:.0f} %; {} messages; in the end: {}{}\n",
      paint(common, is_good ? 32 : 31, is_good ? "right" : "wrong"),
      act.incident,
      at_or_never(world, outcome.provider_named),
      at_or_never(world, outcome.suspected),
      outcome.suspicion_max * 100,
      outcome.messages,
      outcome.cause,
      outcome.culprit.empty() ? "" : " (" + outcome.culprit + ")");
}

}  // namespace

int demo(const DemoOptions& options, const Common& common) {
  spdlog::set_level(spdlog::level::off);  // the terminal belongs to the story
  Player player(options, common);
  bool is_right = true;
  std::string summary;
  do {
    for (const auto& act : acts_of(options.incident)) {
      const auto outcome = player.play(act);
      if (!outcome) {
        print_errors(outcome.error());
        return kCannot;
      }
      if (player.was_interrupted_) return kFine;
      const auto world = World::load(options.from + "/tests/worlds/retailer/world.toml",
                                     options.from + "/tests/incidents/" + act.incident + ".toml");
      const bool is_good = is_as_it_should(*world, *outcome);
      is_right = is_right && is_good;
      summary += summarize(*world, act, *outcome, is_good, common);
    }
  } while (!options.is_once);
  std::printf("\n%s", summary.c_str());
  return is_right ? kFine : kFound;
}

}  // namespace bw::cli
