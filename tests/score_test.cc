// SPDX-License-Identifier: Apache-2.0
#include "daemon/rehearsal/score.h"

#include "daemon/config/evidence.h"
#include "daemon/rehearsal/evaluate.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

namespace bw::rehearsal {
namespace {

using std::chrono::hours;

Score attack(double suspicion, std::optional<Millis> suspected) {
  Score score;
  score.id = "attack";
  score.label = "cyber";
  score.cause = "wiper";
  score.culprit = "own";
  score.tell = hours{1};
  score.decide_by = hours{4};
  score.suspicion = suspicion;
  score.suspected_at = suspected;
  return score;
}

Score outage(double suspicion) {
  Score score;
  score.id = "outage";
  score.label = "benign";
  score.cause = "flash_crowd";
  score.culprit = "own";
  score.decide_by = hours{4};
  score.suspicion = suspicion;
  score.is_decided = true;
  score.cause_named = "own_capacity";
  score.culprit_named = "own";
  return score;
}

TEST(Score, AHitIsSuspicionAtOrBeforeTheTime) {
  EXPECT_TRUE(attack(0.9, hours{4}).is_hit());
  EXPECT_FALSE(attack(0.9, hours{4} + Millis{1}).is_hit());
  EXPECT_FALSE(attack(0.4, {}).is_hit());
  EXPECT_EQ(attack(0.4, {}).fault(), "missed");
  EXPECT_EQ(attack(0.9, hours{5}).fault(), "too late");
}

TEST(Score, WhatIsNoAttackIsAFalseAlarmWheneverSuspected) {
  auto one = outage(0.1);
  EXPECT_EQ(one.fault(), "");
  one.suspected_at = hours{90};
  EXPECT_EQ(one.fault(), "false alarm");
  one.label = "invisible";
  EXPECT_TRUE(one.is_false_alarm());
}

TEST(Score, TheBooksCausesAreReadAsHypotheses) {
  EXPECT_EQ(hypothesis_of("wiper"), Hypothesis::ransomware_containment);
  EXPECT_EQ(hypothesis_of("supply_chain_script"), Hypothesis::skimmer);
  EXPECT_EQ(hypothesis_of("flash_crowd"), Hypothesis::own_capacity);
  EXPECT_EQ(hypothesis_of("none"), std::nullopt);
  auto one = attack(0.9, hours{1});
  one.is_decided = true;
  one.cause_named = "ransomware_containment";
  one.culprit_named = "msp";
  EXPECT_EQ(one.fault(), "other culprit");
}

TEST(Score, UndecidedCountsForNeitherSide) {
  auto one = outage(0.3);
  one.is_decided = false;
  const auto sum = summarize({one, attack(0.8, hours{2})});
  EXPECT_EQ(sum.undecided, 2U);
  EXPECT_EQ(sum.decided, 0U);
  EXPECT_EQ(sum.hits, 1U);
  EXPECT_EQ(sum.median_delay, hours{1});
}

TEST(Score, LossesAreOfTheSuspicionAtTheTime) {
  const auto sum = summarize({outage(0.2), attack(0.6, {})});
  EXPECT_NEAR(sum.brier, (0.04 + 0.16) / 2, 1e-12);
  EXPECT_NEAR(sum.log_loss, -(std::log(0.8) + std::log(0.6)) / 2, 1e-12);
  EXPECT_NEAR(sum.base_rate_log_loss, std::log(2), 1e-12);
  EXPECT_EQ(sum.reliability[2].incidents, 1U);
  EXPECT_EQ(sum.reliability[3].cyber, 1U);
}

TEST(Score, APriorIsShiftedAsAWhole) {
  const auto& base = builtin_evidence();
  const auto varied = vary(base, 0.11, 1);
  double cyber = 0;
  double all = 0;
  for (std::size_t h = 0; h < kHypotheses; ++h) {
    const double share = std::pow(10, varied.prior.at(h) / 10.0);
    all += share;
    if (h >= kBenign) cyber += share;
  }
  EXPECT_NEAR(cyber / all, 0.11, 0.015);  // whole decibans
  EXPECT_EQ(vary(base, 0.05, 0).signals.begin()->second.weights, Weights{});
}

TEST(Evaluate, TheSameWhateverTheThreads) {
  const std::string tests = BW_SOURCE_DIR "/tests/";
  const std::vector<std::string> files{tests + "incidents/2017-07-marketo-domain.toml",
                                       tests + "incidents/2022-05-megaphone-certificate.toml"};
  EvaluateSettings settings{.worlds = tests + "worlds",
                            .weights = {builtin_evidence()},
                            .judge = {.vantages = {"london"},
                                      .warm_up = hours{6},
                                      .warm_up_interval = hours{1},
                                      .before = Millis{600'000},
                                      .quiet_interval = Millis{3'600'000}},
                            .threads = 1};
  std::vector<std::size_t> seen;
  const auto alone = evaluate(files, settings, [&](std::size_t done, std::size_t total) {
    EXPECT_EQ(total, 2U);
    seen.push_back(done);
  });
  settings.threads = 2;
  const auto together = evaluate(files, settings, {});
  ASSERT_TRUE(alone && together);
  EXPECT_THAT(seen, ::testing::ElementsAre(1U, 2U));
  for (std::size_t i = 0; i < files.size(); ++i) {
    EXPECT_EQ((*alone)[0][i].looks, (*together)[0][i].looks);
    EXPECT_EQ((*alone)[0][i].suspicion, (*together)[0][i].suspicion);
    EXPECT_EQ((*alone)[0][i].messages, (*together)[0][i].messages);
  }
}

TEST(Evaluate, EveryProblemWithTheFilesAtOnce) {
  const auto scores =
      evaluate({"/nowhere/a.toml", "/nowhere/b.toml"},
               {.worlds = "/nowhere", .weights = {builtin_evidence()}, .judge = {}, .threads = 1},
               {});
  ASSERT_FALSE(scores);
  EXPECT_GE(scores.error().size(), 2U);
}

}  // namespace
}  // namespace bw::rehearsal
