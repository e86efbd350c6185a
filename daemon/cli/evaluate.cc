// SPDX-License-Identifier: Apache-2.0
#include "daemon/rehearsal/evaluate.h"

#include "daemon/cli/commands.h"
#include "daemon/cli/score_table.h"
#include "daemon/cli/show.h"
#include "daemon/config/evidence.h"
#include "daemon/config/nearest.h"

#include <fmt/format.h>

#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <thread>

namespace bw::cli {
namespace {

namespace fs = std::filesystem;
using nlohmann::ordered_json;
using rehearsal::Score;

// What the book is played at where nothing begins or ends for twelve minutes. Weeks of
// quiet at full pace would take minutes and say nothing else (see README).
constexpr Millis kQuietInterval{1'200'000};
constexpr Millis kWarmUpInterval{10'800'000};

Error cannot(std::string what, std::string where, std::string hint) {
  return {.what = std::move(what), .where = std::move(where), .hint = std::move(hint)};
}

std::expected<std::vector<std::string>, std::vector<Error>> incident_files(
    const std::vector<std::string>& paths) {
  std::vector<std::string> files;
  std::vector<Error> errors;
  for (const auto& path : paths) {
    std::error_code error;
    if (!fs::is_directory(path, error)) {
      if (fs::exists(path, error)) {
        files.push_back(path);
      } else {
        errors.push_back(cannot("no such file or folder", path, "name incidents or their folder"));
      }
      continue;
    }
    for (const auto& entry : fs::directory_iterator(path, error)) {
      if (entry.path().extension() == ".toml") files.push_back(entry.path().string());
    }
  }
  if (!errors.empty()) return std::unexpected(std::move(errors));
  if (files.empty())
    return std::unexpected(std::vector{cannot("no incident files (*.toml)", paths.front(), {})});
  std::ranges::sort(files, {}, [](const std::string& file) { return fs::path(file).filename(); });
  return files;
}

std::string worlds_of(const EvaluateOptions& options) {
  if (!options.world.empty()) return options.world;
  const fs::path first(options.paths.front());
  const auto folder = fs::is_directory(first) ? first : first.parent_path();
  // Also `incidents/dev` beside `incidents/worlds`.
  for (const auto& place : {folder / ".." / "worlds", folder / "worlds"}) {
    if (fs::is_directory(place)) return place.string();
  }
  return (folder / ".." / "worlds").string();
}

// On a terminal one line that is written over; elsewhere one every ten seconds.
class Progress {
 public:
  void show(std::size_t done, std::size_t total) {
    const auto now = std::chrono::steady_clock::now();
    if (!is_terminal_ && done < total && now - last_ < std::chrono::seconds{10}) return;
    last_ = now;
    const auto passed = std::chrono::duration_cast<std::chrono::seconds>(now - begin_).count();
    std::fprintf(stderr,
                 "%sevaluate: %zu of %zu incidents, %lld s%s",
                 is_terminal_ ? "\r" : "",
                 done,
                 total,
                 static_cast<long long>(passed),
                 is_terminal_ && done < total ? "" : "\n");
  }

 private:
  bool is_terminal_ = isatty(STDERR_FILENO) != 0;
  std::chrono::steady_clock::time_point begin_ = std::chrono::steady_clock::now();
  std::chrono::steady_clock::time_point last_ = begin_;
};

struct Variant {
  double cyber = 0;
  double factor = 1;
};
constexpr auto kVariants = std::to_array<Variant>({{.cyber = 0.025, .factor = 0.7},
                                                   {.cyber = 0.025, .factor = 1.0},
                                                   {.cyber = 0.025, .factor = 1.3},
                                                   {.cyber = 0.05, .factor = 0.7},
                                                   {.cyber = 0.05, .factor = 1.3},
                                                   {.cyber = 0.11, .factor = 0.7},
                                                   {.cyber = 0.11, .factor = 1.0},
                                                   {.cyber = 0.11, .factor = 1.3}});

std::vector<EvidenceWeights> weights_of(const EvaluateOptions& options) {
  std::vector<EvidenceWeights> weights{builtin_evidence()};
  if (!options.has_sensitivity) return weights;
  for (const auto& variant : kVariants)
    weights.push_back(rehearsal::vary(weights.front(), variant.cyber, variant.factor));
  return weights;
}

ordered_json json_of_all(const std::vector<std::vector<Score>>& scores) {
  auto rows = ordered_json::array();
  for (const auto& one : scores.front())
    rows.push_back(json_of(one));
  ordered_json json{{"incidents", rows}, {"summary", summary_json(scores.front())}};
  for (std::size_t v = 1; v < scores.size(); ++v) {
    const auto& variant = kVariants.at(v - 1);
    json["sensitivity"].push_back({{"prior", variant.cyber},
                                   {"weights", variant.factor},
                                   {"summary", summary_json(scores[v])}});
  }
  return json;
}

void print_sensitivity(const std::vector<std::vector<Score>>& scores) {
  std::printf("\n%-8s %-8s %6s %13s %8s %8s\n",
              "prior",
              "weights",
              "hits",
              "false alarms",
              "Brier",
              "log loss");
  for (std::size_t v = 1; v < scores.size(); ++v) {
    const auto& variant = kVariants.at(v - 1);
    const auto summary = rehearsal::summarize(scores[v]);
    std::printf("%-8s %-8s %6s %13zu %8.3f %8.3f\n",
                fmt::format("{:.1f} %", variant.cyber * 100).c_str(),
                fmt::format("x{:.1f}", variant.factor).c_str(),
                fmt::format("{}/{}", summary.hits, summary.cyber).c_str(),
                summary.false_alarms,
                summary.brier,
                summary.log_loss);
  }
}

int explain_one(const EvaluateOptions& options,
                const std::vector<std::string>& files,
                const Common& common) {
  std::vector<std::string> ids;
  for (const auto& file : files) {
    ids.push_back(fs::path(file).stem().string());
    if (ids.back() != options.explain) continue;
    RehearseOptions one;
    one.incident = file;
    one.world = (fs::path(worlds_of(options)) / rehearsal::world_of(file)).string();
    one.vantage = options.vantage;
    one.quiet_interval = options.is_full ? Millis{0} : kQuietInterval;
    return rehearse(one, common);
  }
  const std::vector<std::string_view> views(ids.begin(), ids.end());
  const auto near = nearest(options.explain, views);
  std::fprintf(stderr,
               "bellwether: no incident \"%s\"%s\n",
               options.explain.c_str(),
               near.empty() ? "" : ("; did you mean \"" + std::string(near) + "\"?").c_str());
  return kUsage;
}

int write_report(const std::string& path, const std::vector<Score>& scores) {
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  file << report_of(scores);
  file.close();
  if (file) return kFine;
  print_errors({cannot("the report cannot be written", path, "is its folder there?")});
  return kCannot;
}

int check_goals(const std::vector<Score>& scores) {
  bool are_met = true;
  for (const auto& goal : goals_of(scores)) {
    are_met = are_met && goal.is_met;
    std::fprintf(stderr,
                 "%-8s %-36s %-16s %s\n",
                 goal.is_met ? "met" : "NOT MET",
                 goal.name.c_str(),
                 goal.figure.c_str(),
                 goal.wanted.c_str());
  }
  return are_met ? kFine : kFound;
}

}  // namespace

int evaluate(const EvaluateOptions& options, const Common& common) {
  const auto files = incident_files(options.paths);
  if (!files) {
    print_errors(files.error());
    return kCannot;
  }
  if (!options.explain.empty()) return explain_one(options, *files, common);
  rehearsal::EvaluateSettings settings{.worlds = worlds_of(options),
                                       .weights = weights_of(options),
                                       .judge = {},
                                       .threads = options.jobs};
  if (settings.threads == 0) settings.threads = std::max(1U, std::thread::hardware_concurrency());
  if (!options.vantage.empty()) settings.judge.vantages = {options.vantage};
  if (!options.is_full) {
    settings.judge.quiet_interval = kQuietInterval;
    settings.judge.warm_up_interval = kWarmUpInterval;
  }
  Progress progress;
  const auto scores = rehearsal::evaluate(
      *files, settings, [&](std::size_t done, std::size_t total) { progress.show(done, total); });
  if (!scores) {
    print_errors(scores.error());
    return kFound;
  }
  if (common.is_json) {
    std::printf("%s\n", json_of_all(*scores).dump(2).c_str());
  } else {
    std::printf("%s", table_of(scores->front(), common).c_str());
    if (options.has_sensitivity) print_sensitivity(*scores);
  }
  if (!options.report.empty()) {
    if (const int status = write_report(options.report, scores->front()); status != kFine)
      return status;
  }
  return options.must_hold ? check_goals(scores->front()) : kFine;
}

}  // namespace bw::cli
