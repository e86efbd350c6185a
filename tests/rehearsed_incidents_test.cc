// SPDX-License-Identifier: Apache-2.0
// The two incidents that bellwether exists for, through the same parsers, probes and judge as in
// production, on a virtual clock.
#include "daemon/config/evidence.h"
#include "daemon/rehearsal/judged.h"
#include "tests/support/book_case.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace bw {
namespace {

using rehearsal::World;
using std::chrono::hours;
using std::chrono::minutes;

struct Rehearsed {
  World world;
  rehearsal::Judged judged;
};

// Seen from London, every target at least `interval` apart (days at full rate take too long here).
Rehearsed rehearse(const std::string& incident, Millis interval) {
  const std::string tests = BW_SOURCE_DIR "/tests/";
  auto world =
      World::load(tests + "worlds/retailer/world.toml", tests + "incidents/" + incident + ".toml");
  EXPECT_TRUE(world) << print(world.error().front());
  auto config = testing::world_config("retailer");
  for (auto& watched : config.watched)
    watched.interval = std::max(watched.interval, interval);
  const auto judged = rehearsal::play_and_judge(
      *world,
      config,
      builtin_evidence(),
      {.vantages = {"london"}, .warm_up = hours{24}, .before = minutes{30}},
      {});
  return {.world = *std::move(world), .judged = judged};
}

TEST(RehearsedIncidents, AProvidersGlitchIsCalledSoAndNeverSuspected) {
  const auto [world, judged] = rehearse("2024-05-marks-and-spencer-provider-glitch", minutes{2});
  ASSERT_TRUE(judged.at_decide_by);
  EXPECT_EQ(judged.at_decide_by->verdict.leading, Hypothesis::provider_outage);
  EXPECT_EQ(judged.at_decide_by->verdict.culprit, "commerce-cloud");
  EXPECT_FALSE(judged.suspected);
  EXPECT_LE(judged.suspicion_max, 0.10);
  ASSERT_TRUE(judged.cause_named);
  EXPECT_LE(*judged.cause_named - world.t0(), minutes{30});
  EXPECT_LE(judged.messages, 8U);
}

TEST(RehearsedIncidents, AnEasterOfStagedFailuresIsSuspectedBeforeOrderingIsSuspended) {
  const auto [world, judged] = rehearse("2025-04-marks-and-spencer-cyber-incident", minutes{30});
  ASSERT_TRUE(judged.suspected);
  EXPECT_LT(*judged.suspected - world.t0(), hours{72});
  ASSERT_TRUE(judged.at_decide_by);
  EXPECT_EQ(judged.at_decide_by->verdict.leading, Hypothesis::ransomware_containment);
  EXPECT_EQ(judged.at_decide_by->verdict.culprit, kOwn);
}

}  // namespace
}  // namespace bw
