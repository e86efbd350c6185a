// SPDX-License-Identifier: Apache-2.0
#include "daemon/journal/block_decoder.h"
#include "daemon/journal/block_encoder.h"
#include "tests/bench/stage.h"

#include <benchmark/benchmark.h>

#include <map>

// The journal's codec, without its database: two ordinary hours of a retailer.
namespace bw {
namespace {

constexpr std::size_t kTargetsMax = 1000;

std::vector<Input> two_hours() {
  const auto stage = bench::set_stage("retailer");
  const auto t0 = stage.world.t0();
  return bench::inputs_of(stage, t0, t0 + std::chrono::hours{2});
}

void encode(BlockEncoder& encoder, const std::vector<Input>& inputs) {
  for (const auto& input : inputs) {
    const auto* seen = std::get_if<Observation>(&input.what);
    const auto series = seen == nullptr ? 0 : seen->target + seen->vantage * kTargetsMax;
    encoder.add(input, static_cast<SeriesId>(series));
  }
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
  const auto& written = encoder.unwritten();
  std::vector<std::string> words;
  words.reserve(written.words.size());
  for (const auto& word : written.words)
    words.push_back(word.word);
  std::map<std::int64_t, std::string> faces;
  for (const auto& face : written.faces)
    faces[face.key.packed()] = face.bytes;
  auto blocks = written.closed;
  if (const auto* open = encoder.open_block()) blocks.emplace_back(*open, encoder.open_bytes());
  const BlockDecoder::Places places(8 * kTargetsMax, BlockDecoder::Place{});
  std::size_t read = 0;
  for ([[maybe_unused]] auto _ : state) {
    BlockDecoder decoder(
        words, places, [&](const FaceKey& key) -> std::expected<std::string, Error> {
          return faces.at(key.packed());
        });
    read = 0;
    for (const auto& [block, bytes] : blocks) {
      const auto done = decoder.read(block, bytes, 0, [&](Input&&) { return ++read > 0; });
      if (!done) std::abort();
    }
  }
  if (read != inputs.size()) std::abort();
  report(state, inputs.size());
}
BENCHMARK(journal_decode)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace bw
