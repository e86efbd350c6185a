// SPDX-License-Identifier: Apache-2.0
#include "daemon/cli/commands.h"
#include "daemon/cli/once.h"
#include "daemon/config/nearest.h"

#include <cstdio>
#include <nlohmann/json.hpp>

namespace bw::cli {
namespace {

using nlohmann::ordered_json;

constexpr auto kPhaseNames =
    std::to_array<const char*>({"resolve", "connect", "tls", "wait", "transfer"});

std::array<Micros, 5> list_of(const Phases& phases) {
  return {phases.resolve, phases.connect, phases.tls, phases.wait, phases.transfer};
}

ordered_json json_of(const Target& target, const Prober::Seen& seen) {
  const auto& observation = seen.observation;
  ordered_json json{{"target", target.id},
                    {"kind", target.kind},
                    {"at", print_time(observation.at)},
                    {"outcome", print(observation.outcome)},
                    {"party", print(observation.party)},
                    {"note", observation.note},
                    {"phases_s", ordered_json::object()},
                    {"steps", ordered_json::array()},
                    {"facts", ordered_json::object()},
                    {"items", ordered_json::array()}};
  const auto phases = list_of(observation.phases);
  for (std::size_t i = 0; i < phases.size(); ++i) {
    if (phases.at(i) != kNotReached)
      json["phases_s"][kPhaseNames.at(i)] = static_cast<double>(phases.at(i).count()) / 1e6;
  }
  for (const auto& step : seen.steps) {
    json["steps"].push_back(
        {{"name", step.name}, {"seconds", static_cast<double>(step.took.count()) / 1e6}});
  }
  for (const auto& [fact, value] : observation.facts->all())
    json["facts"][std::string(print(fact))] = value;
  for (const auto& item : seen.items) {
    json["items"].push_back({{"item", item.item},
                             {"state", print(item.state)},
                             {"open", item.is_open},
                             {"title", item.title},
                             {"body", item.body}});
  }
  return json;
}

void print_human(const Target& target, const Prober::Seen& seen, const Common& common) {
  const auto& observation = seen.observation;
  const bool is_bad =
      is_failure(observation.outcome) || observation.outcome == Outcome::monitor_error;
  std::printf("%s (%s): %s",
              target.id.c_str(),
              target.kind.c_str(),
              paint(common, is_bad ? 31 : 32, std::string(print(observation.outcome))).c_str());
  if (is_bad) std::printf(", by %s", std::string(print(observation.party)).c_str());
  std::printf("\n");
  if (!observation.note.empty()) std::printf("  %s\n", observation.note.c_str());
  const auto phases = list_of(observation.phases);
  std::printf("  phases");
  for (std::size_t i = 0; i < phases.size(); ++i) {
    if (phases.at(i) == kNotReached) continue;
    std::printf("  %s %.1f ms", kPhaseNames.at(i), static_cast<double>(phases.at(i).count()) / 1e3);
  }
  std::printf("  total %.1f ms\n", static_cast<double>(observation.phases.total().count()) / 1e3);
  for (std::size_t i = 0; i < seen.steps.size(); ++i) {
    const auto& step = seen.steps.at(i);
    std::printf("  step %zu  %s %.1f ms\n",
                i + 1,
                step.name.c_str(),
                static_cast<double>(step.took.count()) / 1e3);
  }
  for (const auto& [fact, value] : observation.facts->all()) {
    std::printf("  %-18s %s\n", std::string(print(fact)).c_str(), value.c_str());
  }
  for (const auto& item : seen.items) {
    std::printf("  %s %s: %s\n",
                item.is_open ? "open  " : "closed",
                std::string(print(item.state)).c_str(),
                item.title.empty() ? "(the page's own state)" : item.title.c_str());
  }
}

}  // namespace

int probe(const ProbeOptions& options, const Common& common) {
  const auto config = load_config(options.config, ConfigSources::from_process());
  if (!config) {
    print_errors(config.error());
    return kFound;
  }
  const auto target = config->estate.target(options.target);
  if (!target) {
    std::vector<std::string_view> known;
    for (const auto& one : config->estate.targets)
      known.emplace_back(one.id);
    const auto near = nearest(options.target, known);
    print_errors(
        {Error{.what = "there is no target \"" + options.target + "\"",
               .where = options.config,
               .hint = near.empty() ? "" : "did you mean \"" + std::string(near) + "\"?"}});
    return kUsage;
  }
  int status = kFine;
  look_once(*config, {*target}, [&](const Prober::Seen& seen) {
    const auto& one = config->estate.targets[*target];
    if (common.is_json) {
      std::printf(
          "%s\n",
          json_of(one, seen).dump(2, ' ', false, ordered_json::error_handler_t::replace).c_str());
    } else {
      print_human(one, seen, common);
    }
    if (is_failure(seen.observation.outcome) || seen.observation.outcome == Outcome::monitor_error)
      status = kFound;
  });
  return status;
}

}  // namespace bw::cli
