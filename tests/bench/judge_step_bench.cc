// SPDX-License-Identifier: Apache-2.0
#include "daemon/config/evidence.h"
#include "daemon/verdict/judge.h"
#include "tests/bench/stage.h"

#include <benchmark/benchmark.h>

// One input to the judge: on an ordinary day, and while an incident is open.
namespace bw {
namespace {

void judge_step(benchmark::State& state, const char* incident, Millis from, Millis to) {
  const auto stage = bench::set_stage("retailer", incident);
  const auto t0 = stage.world.t0();
  const auto inputs = bench::inputs_of(stage, t0 + from, t0 + to);
  for ([[maybe_unused]] auto _ : state) {
    Judge judge(stage.config.estate, builtin_evidence());
    for (const auto& input : inputs)
      benchmark::DoNotOptimize(judge.step(input));
  }
  const auto steps = state.iterations() * static_cast<benchmark::IterationCount>(inputs.size());
  state.SetItemsProcessed(steps);
}

using std::chrono::hours;
BENCHMARK_CAPTURE(judge_step, ordinary, "", hours{0}, hours{2})->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(
    judge_step, incident, "2025-04-marks-and-spencer-cyber-incident.toml", hours{0}, hours{2})
    ->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace bw
