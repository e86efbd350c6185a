// SPDX-License-Identifier: Apache-2.0
#include "daemon/config/evidence.h"
#include "daemon/verdict/judge.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>

// An estate of thousands: a review of everything after each of thousands of failures would be
// quadratic.
namespace bw {
namespace {

constexpr std::size_t kTargets = 1207;
constexpr Millis kPace{6};  // one millisecond for each 200 targets
constexpr Time kBegin{std::chrono::hours{24 * 365 * 50}};

class LargeEstate : public ::testing::Test {
 protected:
  LargeEstate() {
    estate_.organisation = "Hartley & Moor";
    estate_.functions.push_back({.id = "browse", .title = "Browsing", .is_critical = true});
    estate_.vantages.push_back({.id = "here", .network = "AS64700"});
    for (std::size_t i = 0; i < kTargets; ++i) {
      Target target;
      target.id = "t" + std::to_string(i);
      target.kind = "page";
      target.function = "browse";
      estate_.targets.push_back(target);
    }
    Target control;
    control.id = "control";
    control.kind = "page";
    control.role = Role::control;
    estate_.targets.push_back(control);
  }

  // Every target once, within `length`.
  void look(Judge& judge, Outcome outcome, Millis length) {
    for (TargetIndex target = 0; target < estate_.targets.size(); ++target) {
      Observation seen;
      seen.target = target;
      seen.at = now_ + length * target / static_cast<std::int64_t>(estate_.targets.size());
      seen.outcome = target == kTargets ? Outcome::ok : outcome;
      seen.phases.wait = Micros{20'000};
      seen.facts = facts_;
      step(judge, seen);
    }
    now_ += length;
  }
  void step(Judge& judge, auto what) {
    for (auto& ruling : judge.step({.seq = ++seq_, .what = std::move(what)})) {
      if (!std::holds_alternative<SecondLook>(ruling)) ++told_;
    }
  }
  void settle(Judge& judge) {
    for (int i = 0; i < 20; ++i)
      look(judge, Outcome::ok, Millis{60'000});
  }

  Estate estate_;
  FactsRef facts_ = std::make_shared<const Facts>();
  Time now_ = kBegin;
  std::uint64_t seq_ = 0;
  int told_ = 0;
};

TEST_F(LargeEstate, IsReviewedAtItsOwnPace) {
  Judge judge(estate_, builtin_evidence());
  settle(judge);
  EXPECT_EQ(judge.tick_every(), Millis{60'000});
  look(judge, Outcome::status_server, Millis{500});
  look(judge, Outcome::status_server, Millis{500});
  // Its last failures are not in the verdict yet, and it says when it wants to be asked again.
  ASSERT_EQ(judge.tick_every(), kPace);
  now_ += kPace;
  step(judge, Tick{.at = now_});
  EXPECT_GT(judge.tick_every(), kPace);
  ASSERT_FALSE(judge.incidents().empty());
  EXPECT_EQ(judge.incidents().front().verdict.level, Level::outage);
  EXPECT_EQ(judge.function_state("browse").failing_share, 1.0);
  EXPECT_EQ(told_, 1);
}

TEST_F(LargeEstate, ACheckpointBetweenAFailureAndItsReviewLosesNothing) {
  Judge whole(estate_, builtin_evidence());
  settle(whole);
  look(whole, Outcome::status_server, Millis{500});
  ASSERT_EQ(whole.tick_every(), kPace);
  Judge resumed(estate_, builtin_evidence());
  ASSERT_TRUE(resumed.restore(whole.checkpoint()));
  EXPECT_EQ(resumed.tick_every(), kPace);
  const auto now = now_;
  const auto seq = seq_;
  look(whole, Outcome::status_server, Millis{500});
  now_ = now;
  seq_ = seq;
  look(resumed, Outcome::status_server, Millis{500});
  EXPECT_EQ(resumed.checkpoint(), whole.checkpoint());
}

}  // namespace
}  // namespace bw
