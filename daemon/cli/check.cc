// SPDX-License-Identifier: Apache-2.0
#include "daemon/cli/commands.h"
#include "daemon/cli/once.h"
#include "daemon/config/config.h"
#include "daemon/config/evidence.h"

#include <cstdio>
#include <nlohmann/json.hpp>

namespace bw::cli {
namespace {

// Looks at every target once, in parallel, and says which do not answer as they should.
int look_at_all(const Config& config, const Common& common) {
  std::vector<TargetIndex> all;
  all.reserve(config.estate.targets.size());
  for (TargetIndex target = 0; target < config.estate.targets.size(); ++target)
    all.push_back(target);
  int status = kFine;
  look_once(config, all, [&](const Prober::Seen& seen) {
    const auto& observation = seen.observation;
    const auto& target = config.estate.targets[observation.target];
    const bool is_bad =
        is_failure(observation.outcome) || observation.outcome == Outcome::monitor_error;
    if (is_bad) status = kFound;
    if (common.is_json) return;
    std::printf(
        "%s  %s  %s\n",
        paint(common, is_bad ? 31 : 32, is_bad ? "FAIL" : "ok  ").c_str(),
        target.id.c_str(),
        is_bad ? (std::string(print(observation.outcome)) + ": " + observation.note).c_str() : "");
    std::fflush(stdout);
  });
  return status;
}

// What is wrong with the configuration or, where that is right, with the weights that it names.
std::vector<Error> problems_of(const std::expected<Config, std::vector<Error>>& config) {
  if (!config) return config.error();
  const auto weights = evidence_of(config->evidence_file);
  return weights ? std::vector<Error>{} : weights.error();
}

void print_problems_json(const std::vector<Error>& errors) {
  nlohmann::ordered_json json{{"ok", errors.empty()},
                              {"problems", nlohmann::ordered_json::array()}};
  for (const auto& error : errors) {
    json["problems"].push_back(
        {{"where", error.where}, {"what", error.what}, {"hint", error.hint}});
  }
  std::printf("%s\n", json.dump(2).c_str());
}

void print_problems(const std::vector<Error>& errors, const std::string& path) {
  print_errors(errors);
  if (errors.empty()) return;
  std::fprintf(stderr,
               "%zu %s in %s\n",
               errors.size(),
               errors.size() == 1 ? "problem" : "problems",
               path.c_str());
}

}  // namespace

int check(const CheckOptions& options, const Common& common) {
  const auto config = load_config(options.config, ConfigSources::from_process());
  const auto errors = problems_of(config);
  if (common.is_json) {
    print_problems_json(errors);
  } else {
    print_problems(errors, options.config);
  }
  if (!errors.empty()) return kFound;
  if (options.does_print) std::printf("%s", print_config(*config).c_str());
  if (!common.is_json && !options.does_print) {
    std::printf("%s: %s, %zu functions, %zu targets, %zu providers, %zu destinations\n",
                options.config.c_str(),
                paint(common, 32, "ok").c_str(),
                config->estate.functions.size(),
                config->estate.targets.size(),
                config->estate.providers.size(),
                config->destinations.size());
  }
  return options.is_online ? look_at_all(*config, common) : kFine;
}

}  // namespace bw::cli
