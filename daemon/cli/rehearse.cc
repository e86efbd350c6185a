// SPDX-License-Identifier: Apache-2.0
#include "daemon/cli/commands.h"
#include "daemon/cli/show.h"
#include "daemon/config/evidence.h"
#include "daemon/rehearsal/evaluate.h"

#include <fmt/format.h>

#include <cstdio>
#include <filesystem>
#include <nlohmann/json.hpp>

namespace bw::cli {
namespace {

namespace fs = std::filesystem;
using nlohmann::ordered_json;
using rehearsal::World;

fs::path folder_of(const RehearseOptions& options) {
  if (!options.world.empty()) return options.world;
  return fs::path(options.incident).parent_path() / ".." / "worlds" /
         rehearsal::world_of(options.incident);
}

std::string offset(const World& world, Time at) {
  const auto passed = at - world.t0();
  return (passed < Millis{0} ? "-" : "+") + print_duration(passed < Millis{0} ? -passed : passed);
}

void print_line(const World& world, const Told& line, const Estate& estate, const Common& common) {
  std::printf("%s  INC-%llu %s%s%s\n",
              paint(common, 1, offset(world, line.incident->verdict.at)).c_str(),
              static_cast<unsigned long long>(line.incident->id),
              line.event,
              line.what.empty() ? "" : ": ",
              line.what.c_str());
  std::printf("%s", show(line.incident->verdict, &estate, common).c_str());
}

}  // namespace

int rehearse(const RehearseOptions& options, const Common& common) {
  const auto folder = folder_of(options);
  auto world = World::load((folder / "world.toml").string(), options.incident, options.seed);
  if (!world) {
    print_errors(world.error());
    return kCannot;
  }
  const auto config =
      load_config(options.config.empty() ? (folder / "bellwether.toml").string() : options.config,
                  ConfigSources::from_process());
  if (!config) {
    print_errors(config.error());
    return kFound;
  }
  auto json = ordered_json::array();
  const auto judged = rehearsal::play_and_judge(
      *world,
      *config,
      builtin_evidence(),
      {.vantages =
           options.vantage.empty() ? std::vector<std::string>{} : std::vector{options.vantage},
       .quiet_interval = options.quiet_interval},
      {.on_ruling =
           [&](const Ruling& ruling) {
             const auto told = told_of(ruling);
             if (!told) return;
             if (common.is_json) {
               json.push_back({{"event", told->event},
                               {"what", told->what},
                               {"incident", json_of(*told->incident)}});
             } else {
               print_line(*world, *told, config->estate, common);
             }
           },
       .on_note =
           [&](const World::Note& note) {
             if (common.is_json || note.text.empty() ||
                 note.at < world->t0() - std::chrono::hours{1})
               return;
             std::printf(
                 "%s  %s %s\n",
                 paint(common, 1, offset(*world, note.at)).c_str(),
                 paint(common, 90, note.is_start ? "really happens:" : "really over:").c_str(),
                 note.text.c_str());
           }});
  const auto summary = json_of(rehearsal::score(*world, judged));
  if (common.is_json) {
    std::printf("%s\n", ordered_json{{"summary", summary}, {"rulings", json}}.dump(2).c_str());
  } else {
    std::printf("\n%s\n", summary.dump(2).c_str());
  }
  const bool is_cyber_incident = world->truth().label == "cyber";
  return judged.suspected.has_value() == is_cyber_incident ? kFine : kFound;
}

}  // namespace bw::cli
