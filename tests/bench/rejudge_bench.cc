// SPDX-License-Identifier: Apache-2.0
#include "daemon/config/evidence.h"
#include "daemon/verdict/judge.h"
#include "tests/bench/blocks.h"
#include "tests/bench/stage.h"

#include <benchmark/benchmark.h>

#include <optional>

// What `replay` does with a day of 400 targets that are looked at every minute: an ordinary hour of
// a retailer, as often as it takes, read from the journal's blocks and judged.
namespace bw {
namespace {

constexpr std::size_t kTargets = 400;
constexpr Millis kLength{std::chrono::hours{1}};
constexpr Millis kInterval{std::chrono::minutes{1}};

struct Hour {
  Estate estate;              // kTargets of them
  std::vector<Input> inputs;  // one vantage's, one look a target and minute, and ticks
};

Hour an_hour() {
  auto stage = bench::set_stage("retailer");
  auto& estate = stage.config.estate;
  const auto t0 = stage.world.t0();
  const auto seen = bench::inputs_of(stage, t0, t0 + kLength);
  const std::size_t few = estate.targets.size();
  for (std::size_t i = few; i < kTargets; ++i) {
    estate.targets.push_back(estate.targets[i % few]);
    estate.targets.back().id += "-" + std::to_string(i);
  }
  estate.targets.resize(kTargets);
  std::vector<std::optional<Observation>> latest(few);
  for (const auto& input : seen) {
    const auto* observation = std::get_if<Observation>(&input.what);
    if (observation != nullptr && !latest[observation->target])
      latest[observation->target] = *observation;
  }
  Hour hour{.estate = std::move(estate), .inputs = {}};
  for (Time at = t0; at < t0 + kLength; at += kInterval) {
    for (std::size_t i = 0; i < kTargets; ++i) {
      if (!latest[i % few]) continue;
      auto observation = *latest[i % few];
      observation.target = static_cast<TargetIndex>(i);
      observation.vantage = 0;
      observation.at = at + Millis{i * kInterval.count() / kTargets};
      hour.inputs.push_back({.seq = 0, .what = std::move(observation)});
    }
    hour.inputs.push_back({.seq = 0, .what = Tick{.at = at + kInterval - Millis{1}}});
  }
  return hour;
}

void rejudge_day(benchmark::State& state) {
  const auto hour = an_hour();
  BlockEncoder encoder;
  encoder.begin_after(0);
  std::uint64_t seq = 0;
  for (int i = 0; i < 24; ++i) {
    for (auto input : hour.inputs) {
      input.seq = ++seq;
      std::visit(
          [&](auto& what) {
            if constexpr (requires { what.at; }) what.at += i * kLength;
          },
          input.what);
      bench::encode(encoder, input);
    }
  }
  const bench::Written day(encoder);
  for ([[maybe_unused]] auto _ : state) {
    Judge judge(hour.estate, builtin_evidence());
    day.read([&](const Input& input) { benchmark::DoNotOptimize(judge.step(input)); });
    if (!judge.incidents().empty()) std::abort();
  }
  state.SetItemsProcessed(state.iterations() * static_cast<benchmark::IterationCount>(seq));
}
BENCHMARK(rejudge_day)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace bw
