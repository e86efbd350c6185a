// SPDX-License-Identifier: Apache-2.0
#include "daemon/rehearsal/rehearse.h"
#include "tests/support/book_case.h"

#include <gtest/gtest.h>

#include <map>
#include <string>

namespace bw {
namespace {

using namespace std::chrono_literals;

// How often each target of the world's own configuration looked otherwise than healthy.
std::map<std::string, int> unhealthy_looks(std::string_view world_name) {
  const auto world = testing::play(world_name, "");
  const auto config = testing::world_config(world_name);
  std::map<std::string, int> counts;
  rehearsal::PlayHooks hooks;
  hooks.on_seen = [&](const Prober::Seen& seen, Time) {
    const auto& observation = seen.observation;
    const auto body = observation.facts->get(Fact::body_class);
    if (observation.outcome != Outcome::ok || (!body.empty() && body != "normal")) {
      ++counts[config.estate.targets[observation.target].id + " " +
               std::string(print(observation.outcome)) + " " + std::string(body) + " " +
               observation.note];
    }
    return rehearsal::PlayHooks::Looks{};
  };
  rehearsal::play(
      world, config, {.from = world.t0(), .to = world.t0() + 10min, .vantages = {"london"}}, hooks);
  return counts;
}

class NormalDay : public ::testing::TestWithParam<const char*> {};

TEST_P(NormalDay, LooksHealthyToEveryProbe) {
  int unhealthy = 0;
  for (const auto& [what, count] : unhealthy_looks(GetParam())) {
    unhealthy += count;
    EXPECT_LE(count, 1) << what;  // one request in 5,000 fails by itself
  }
  EXPECT_LE(unhealthy, 2);
}

INSTANTIATE_TEST_SUITE_P(
    Worlds,
    NormalDay,
    ::testing::Values("airline", "bank", "exchange", "publicservice", "retailer", "saas"),
    [](const auto& world) { return std::string(world.param); });

}  // namespace
}  // namespace bw
