// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "daemon/config/config.h"
#include "daemon/rehearsal/rehearse.h"

#include <cstdlib>
#include <string>
#include <utility>
#include <vector>

// A world of the book and the configuration that watches it, for benchmarks.
namespace bw::bench {

struct Stage {
  rehearsal::World world;
  Config config;
};

inline Stage set_stage(const std::string& name, const std::string& incident = "") {
  const std::string tests = BW_SOURCE_DIR "/tests/";
  const auto folder = tests + "worlds/" + name;
  auto world = rehearsal::World::load(folder + "/world.toml",
                                      incident.empty() ? "" : tests + "incidents/" + incident);
  auto config = load_config(folder + "/bellwether.toml",
                            ConfigSources::standing_in(rehearsal::kCanaryPassword));
  if (!world || !config) std::abort();
  return {.world = std::move(*world), .config = std::move(*config)};
}

// What a judge would be told of the stretch, in order.
inline std::vector<Input> inputs_of(const Stage& stage, Time from, Time to) {
  std::vector<Input> inputs;
  const auto add = [&](auto what) {
    inputs.push_back({.seq = inputs.size() + 1, .what = std::move(what)});
    return std::vector<SecondLook>{};
  };
  static_cast<void>(
      rehearsal::play(stage.world,
                      stage.config,
                      {.from = from, .to = to},
                      {.on_seen =
                           [&](const Prober::Seen& seen, Time) {
                             for (const auto& item : seen.items)
                               add(item);
                             return add(seen.observation);
                           },
                       .on_announcement = [&](const Announcement& what, Time) { return add(what); },
                       .on_tick = [&](Time now) { return add(Tick{.at = now}); },
                       .on_note = {}}));
  return inputs;
}

}  // namespace bw::bench
