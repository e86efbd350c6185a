// SPDX-License-Identifier: Apache-2.0
#include "daemon/web/server.h"
#include "tests/support/sample_snapshot.h"

#include <benchmark/benchmark.h>

// What a scrape costs, by the number of targets.
namespace bw {
namespace {

void metrics_exposition(benchmark::State& state) {
  auto snapshot = testing::busy_snapshot();
  const auto few = snapshot.targets;
  while (snapshot.targets.size() < static_cast<std::size_t>(state.range(0))) {
    auto next = few[snapshot.targets.size() % few.size()];
    next.id += std::to_string(snapshot.targets.size());
    snapshot.targets.push_back(std::move(next));
  }
  std::size_t bytes = 0;
  for ([[maybe_unused]] auto _ : state)
    bytes = render_metrics(snapshot).size();
  state.counters["bytes"] = static_cast<double>(bytes);
}
BENCHMARK(metrics_exposition)->Arg(9)->Arg(500)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace bw
