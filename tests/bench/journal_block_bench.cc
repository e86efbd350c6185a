// SPDX-License-Identifier: Apache-2.0
#include "tests/bench/blocks.h"
#include "tests/bench/stage.h"

#include <benchmark/benchmark.h>

// The journal's codec, without its database: two ordinary hours of a retailer.
namespace bw {
namespace {

std::vector<Input> two_hours() {
  const auto stage = bench::set_stage("retailer");
  const auto t0 = stage.world.t0();
  return bench::inputs_of(stage, t0, t0 + std::chrono::hours{2});
}

void encode(BlockEncoder& encoder, const std::vector<Input>& inputs) {
  for (const auto& input : inputs)
    bench::encode(encoder, input);
}

void report(benchmark::State& state, std::size_t inputs) {
  state.SetItemsProcessed(state.iterations() * static_cast<benchmark::IterationCount>(inputs));
}

void journal_encode(benchmark::State& state) {
  const auto inputs = two_hours();
  for ([[maybe_unused]] auto _ : state) {
    BlockEncoder encoder;
    encoder.begin_after(0);
    encode(encoder, inputs);
    benchmark::DoNotOptimize(encoder.open_bytes().size());
  }
  report(state, inputs.size());
}
BENCHMARK(journal_encode)->Unit(benchmark::kMillisecond);

void journal_decode(benchmark::State& state) {
  const auto inputs = two_hours();
  BlockEncoder encoder;
  encoder.begin_after(0);
  encode(encoder, inputs);
  const bench::Written written(encoder);
  std::size_t read = 0;
  for ([[maybe_unused]] auto _ : state) {
    read = 0;
    written.read([&](const Input&) { ++read; });
  }
  if (read != inputs.size()) std::abort();
  report(state, inputs.size());
}
BENCHMARK(journal_decode)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace bw
