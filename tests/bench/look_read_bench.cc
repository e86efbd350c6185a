// SPDX-License-Identifier: Apache-2.0
#include "probes/memory.h"
#include "tests/bench/stage.h"

#include <benchmark/benchmark.h>

#include <algorithm>

// One look from its first ask to its finding, the replies given: without a memory, and with one
// that has seen the same replies before.
namespace bw {
namespace {

struct Case {
  const ProbeKind* kind = nullptr;
  Spec spec;
  std::vector<Reply> replies;
  Time now{};
};

Case first_of(std::string_view wanted) {
  const auto stage = bench::set_stage("retailer");
  const auto& watched = stage.config.watched;
  const auto at = std::ranges::find_if(
      watched, [&](const Prober::Watched& each) { return each.spec.kind == wanted; });
  if (at == watched.end()) std::abort();
  Case one{.kind = find_probe_kind(wanted), .spec = at->spec, .replies = {}, .now = {}};
  one.now = stage.world.t0() + std::chrono::hours{12};
  Look look;
  Step step = one.kind->begin(one.spec, look);
  while (const auto* ask = std::get_if<Ask>(&step)) {
    one.replies.push_back(stage.world.answer(*ask, stage.world.vantages().front(), one.now));
    step = one.kind->read(one.spec, look, one.replies.back(), one.now);
  }
  return one;
}

// A shop's front page as large as real ones are.
void enlarge(Case& one) {
  auto& body = one.replies.front().http->body;
  const std::string card =
      "<div class=\"card\"><a href=\"/item/17\"><img src=\"/i/17.jpg\"><h3>Bread and "
      "cheese</h3></a>"
      "<p>Baked this morning, ripened for a year. Order by noon and we deliver today.</p></div>\n";
  const auto at = body.find("</main>");
  std::string cards;
  while (cards.size() < 150'000)
    cards += card;
  body.insert(at == std::string::npos ? body.size() : at, cards);
}

void read(benchmark::State& state, const Case& one, Memory* memory) {
  for ([[maybe_unused]] auto _ : state) {
    Look look;
    look.memory = memory;
    Step step = one.kind->begin(one.spec, look);
    for (const auto& reply : one.replies)
      step = one.kind->read(one.spec, look, reply, one.now);
    benchmark::DoNotOptimize(step);
  }
}

void look_read(benchmark::State& state, const char* kind, bool is_large, bool is_warm) {
  auto one = first_of(kind);
  if (is_large) enlarge(one);
  Memory memory;
  read(state, one, is_warm ? &memory : nullptr);
}

BENCHMARK_CAPTURE(look_read, page_cold, "page", false, false);
BENCHMARK_CAPTURE(look_read, page_warm, "page", false, true);
BENCHMARK_CAPTURE(look_read, page_150_kb_cold, "page", true, false);
BENCHMARK_CAPTURE(look_read, page_150_kb_warm, "page", true, true);
BENCHMARK_CAPTURE(look_read, api_cold, "api", false, false);
BENCHMARK_CAPTURE(look_read, api_warm, "api", false, true);
BENCHMARK_CAPTURE(look_read, feed_cold, "feed", false, false);
BENCHMARK_CAPTURE(look_read, feed_warm, "feed", false, true);
BENCHMARK_CAPTURE(look_read, dns_cold, "dns", false, false);
BENCHMARK_CAPTURE(look_read, dns_warm, "dns", false, true);

}  // namespace
}  // namespace bw
