// SPDX-License-Identifier: Apache-2.0
#include "daemon/notify/layout.h"
#include "daemon/notify/playbook.h"
#include "tests/golden.h"
#include "tests/notice_samples.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace bw {
namespace {

using samples::notice;
using testing::AllOf;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;
using testing::StartsWith;

TEST(Words, ReadAsAPersonWouldWantThemAtThree) {
  expect_golden("notice-provider-outage.txt", print_plain(notice(Opened{samples::glitch()})));
  expect_golden("notice-undecided.txt", print_plain(notice(Opened{samples::undecided()})));
  expect_golden("notice-suspected.txt",
                print_plain(notice(Changed{.incident = samples::suspected(),
                                           .was = Level::outage,
                                           .what = "gift cards were switched off too"})));
  expect_golden("notice-changed-page.txt", print_plain(notice(Opened{samples::changed_page()})));
  expect_golden("notice-blind.txt", print_plain(notice(Opened{samples::blind()})));
  expect_golden("notice-resolved.txt",
                print_plain(notice(
                    Closed{.incident = samples::closed(samples::glitch(), "2024-05-18T17:09:00Z"),
                           .why = "everything has answered well for 15 min"})));
  expect_golden("notice-resolved-suspected.txt",
                print_plain(notice(Closed{
                    .incident = samples::closed(samples::suspected(), "2025-06-10T08:00:00Z"),
                    .why = "closed by an operator: orders are taken again"})));
}

TEST(Words, SayHowAQuestionAboutAChangeEnded) {
  const auto made =
      notice(Closed{.incident = samples::closed(samples::changed_page(), "2025-06-03T09:14:00Z"),
                    .why = "the change was approved by kim: CHG-4471"});
  EXPECT_EQ(made.headline,
            "Closed: unexpected change on Online checkout, open for 7 h (02:14 UTC to 09:14 UTC)");
  EXPECT_EQ(made.what_changed, "The change was approved by kim: CHG-4471.");
}

TEST(Words, NameTheCauseAndWhoseInTheHeadline) {
  EXPECT_EQ(notice(Opened{samples::glitch()}).headline,
            "Online checkout and Signing in failing since 12:31 UTC: very likely an outage at "
            "Commerce Cloud");
}

TEST(Words, GiveEveryCauseASentenceThatNamesTheCulprit) {
  for (std::size_t i = 0; i < kHypotheses; ++i) {
    auto incident = samples::suspected();
    incident.verdict.leading = static_cast<Hypothesis>(i);
    incident.verdict.culprit = "commerce-cloud";
    incident.verdict.posterior = {};
    samples::give(incident.verdict, incident.verdict.leading, 0.7);
    const auto made = notice(Opened{incident});
    EXPECT_THAT(made.likely, StartsWith("Likely ")) << print(incident.verdict.leading);
    EXPECT_THAT(made.likely, HasSubstr("(70 %)"));
    if (incident.verdict.leading != Hypothesis::monitor_local) {
      EXPECT_THAT(made.likely, HasSubstr("Commerce Cloud"));
    }
  }
}

TEST(Words, SayUndecidedAndWhatWouldSettleIt) {
  const auto made = notice(Opened{samples::undecided()});
  EXPECT_THAT(made.headline, HasSubstr("cause undecided"));
  EXPECT_EQ(made.cause, "undecided");
  EXPECT_THAT(made.likely, StartsWith("Undecided."));
  EXPECT_THAT(made.would_change, Contains(HasSubstr("neighbours behind Commerce Cloud")));
  EXPECT_THAT(made.would_change, Contains(HasSubstr("sensor that is missing")));
  auto incident = samples::undecided();
  incident.verdict.would_change.clear();
  incident.verdict.missing.clear();
  EXPECT_THAT(notice(Opened{incident}).would_change, SizeIs(1));
}

// Below "suspected" the number stands in the suspicion line, and nothing else speaks of attacks,
// even where an attack is the leading cause.
TEST(Words, NeverSpeakOfAnAttackBelowSuspected) {
  for (std::size_t i = kBenign; i < kHypotheses; ++i) {
    for (const auto level : {Level::degraded, Level::outage, Level::watch}) {
      for (const bool is_decided : {false, true}) {
        auto incident = samples::undecided();
        auto& verdict = incident.verdict;
        verdict.level = level;
        verdict.leading = static_cast<Hypothesis>(i);
        verdict.is_decided = is_decided;
        verdict.posterior = {};
        samples::give(verdict, verdict.leading, 0.45);
        verdict.culprit = "commerce-cloud";
        auto made = notice(Opened{incident});
        EXPECT_THAT(made.suspicion_words, HasSubstr("attack"));
        EXPECT_EQ(made.cause, "undecided");
        EXPECT_EQ(made.culprit, "");
        made.suspicion_words.clear();
        made.first_steps
            .clear();  // "keep logs as if it were an attack" is a precaution, not a claim
        const auto text = print_plain(made);
        for (const auto* word :
             {"attack", "cyber", "intrusion", "hijack", "denial", "compromise"}) {
          EXPECT_THAT(text, Not(HasSubstr(word))) << print(verdict.leading);
        }
      }
    }
  }
}

TEST(Words, PreserveEvidenceFirstWhenAnAttackIsSuspected) {
  for (const auto level : {Level::suspected, Level::strongly_suspected, Level::declared}) {
    auto incident = samples::suspected();
    incident.verdict.level = level;
    const auto steps = notice(Opened{incident}).first_steps;
    ASSERT_THAT(steps, SizeIs(kFirstStepsMax));
    EXPECT_THAT(steps.front(), AllOf(HasSubstr("Preserve evidence"), HasSubstr("do not reboot")));
    EXPECT_THAT(steps[1], HasSubstr("outside the affected systems"));
    EXPECT_THAT(steps[2], HasSubstr("Isolate"));
    EXPECT_THAT(steps.back(), AllOf(HasSubstr("72 h"), HasSubstr("Art. 33"), HasSubstr("NIS2")));
  }
}

TEST(Words, GiveEveryCauseAPlay) {
  const auto estate = samples::shop();
  for (std::size_t i = 0; i < kHypotheses; ++i) {
    Incident incident;
    auto& verdict = incident.verdict;
    verdict.leading = static_cast<Hypothesis>(i);
    verdict.is_decided = true;
    verdict.level = is_cyber(verdict.leading) ? Level::suspected : Level::outage;
    for (const auto* culprit : {"", "own", "commerce-cloud"}) {
      verdict.culprit = culprit;
      const auto steps = first_steps(estate, incident);
      EXPECT_GE(steps.size(), 3U);
      EXPECT_LE(steps.size(), kFirstStepsMax);
      EXPECT_THAT(steps, Not(Contains(HasSubstr("{"))));
    }
  }
  Incident undecided;
  undecided.verdict.level = Level::suspected;
  EXPECT_THAT(first_steps(estate, undecided), SizeIs(kFirstStepsMax));
}

TEST(Words, ListAsWorkingOnlyWhatIsWatchedAndInNoIncident) {
  const auto made = compose_notice(samples::shop(), Opened{samples::glitch()}, "", {"gift-cards"});
  EXPECT_THAT(made->working,
              ElementsAre("Browsing the website", "Contactless and card payments in stores"));
  EXPECT_EQ(made->customers,
            "Failing: Online checkout and Signing in. Still working: Browsing the website, "
            "Contactless and card payments in stores.");
  EXPECT_EQ(made->link, "");
  const auto blind = notice(Opened{samples::blind()});
  EXPECT_THAT(blind.working, IsEmpty());
  EXPECT_THAT(blind.customers, StartsWith("Unknown"));
}

TEST(Words, TellRaisedLevelsApartFromOtherNews) {
  auto incident = samples::suspected();
  const auto raised = notice(Changed{.incident = incident, .was = Level::outage, .what = ""});
  EXPECT_EQ(raised.kind, NoticeKind::escalated);
  EXPECT_EQ(raised.what_changed, "Level raised from outage to suspected cyber incident.");
  const auto same = notice(Changed{.incident = incident, .was = Level::suspected, .what = "x"});
  EXPECT_EQ(same.kind, NoticeKind::updated);
  EXPECT_EQ(same.what_changed, "X.");
  incident.verdict.level = Level::outage;
  const auto lowered =
      notice(Changed{.incident = incident, .was = Level::suspected, .what = "it was planned"});
  EXPECT_EQ(lowered.kind, NoticeKind::updated);
  EXPECT_EQ(lowered.what_changed,
            "Level lowered from suspected cyber incident to outage. It was planned.");
  EXPECT_EQ(lowered.peak, Level::suspected);
}

TEST(Words, SayThatASuspicionStaysWhenItsNumberFalls) {
  auto incident = samples::suspected();
  incident.verdict.suspicion = 0.3;
  EXPECT_THAT(notice(Opened{incident}).suspicion_words, HasSubstr("stays marked as suspected"));
  incident.verdict.level = Level::declared;
  EXPECT_EQ(notice(Opened{incident}).suspicion_words,
            "Declared a cyber incident: no longer an estimate.");
}

TEST(Words, HaveAKeyThatAReplayMakesAgain) {
  EXPECT_EQ(notice(Opened{samples::glitch()}).key, "inc-7/1234/opened");
  EXPECT_EQ(notice(Opened{samples::glitch()}).link, "https://status.hartley.example/#inc-7");
  EXPECT_FALSE(compose_notice(samples::shop(), SecondLook{}, ""));
}

TEST(Words, KeepForeignTextOnOneLineAndWithinLimits) {
  auto incident = samples::glitch();
  incident.verdict.because = {samples::reason(
      "page says \"line one\nline two\x1b[31m\xE2\x80\xAE" + std::string(9'000, 'x'), 1)};
  const auto made = notice(Opened{incident});
  ASSERT_THAT(made.reasons, SizeIs(1));
  EXPECT_LE(made.reasons.front().size(), 404U);
  EXPECT_THAT(made.reasons.front(), StartsWith("Page says \"line one line two"));
  EXPECT_THAT(made.reasons.front(), Not(HasSubstr("\x1b")));
}

TEST(Words, UseTheBandsOfIcd203) {
  EXPECT_EQ(estimate_in_words(0.0), "almost no chance");
  EXPECT_EQ(estimate_in_words(0.05), "very unlikely");
  EXPECT_EQ(estimate_in_words(0.2), "unlikely");
  EXPECT_EQ(estimate_in_words(0.5), "roughly even");
  EXPECT_EQ(estimate_in_words(0.55), "likely");
  EXPECT_EQ(estimate_in_words(0.8), "very likely");
  EXPECT_EQ(estimate_in_words(0.95), "almost certain");
  EXPECT_EQ(estimate_in_words(1.0), "almost certain");
  EXPECT_THAT(notice(Opened{samples::glitch()}).suspicion_words,
              "Almost no chance of an attack (1 %).");
}

TEST(Words, LeaveTheNamesOfTargetsAsTheyAre) {
  EXPECT_THAT(notice(Opened{samples::changed_page()}).reasons.front(),
              StartsWith("checkout-page "));
}

TEST(Words, SayOfAReasonUntilWhenItWasSo) {
  auto incident = samples::glitch();
  incident.verdict.because.front().claim = "the page says nothing of use";
  incident.verdict.because.front().ended = incident.verdict.at - std::chrono::minutes{7};
  const auto made = notice(Opened{incident});
  EXPECT_THAT(made.reasons.front(), StartsWith("The page says nothing of use (until "));
  EXPECT_THAT(made.reasons.front(), HasSubstr(" UTC)"));
}

TEST(Words, UpdatesSayWhatChangedAndNotEverythingAgain) {
  const auto made = notice(Changed{
      .incident = samples::glitch(), .was = Level::outage, .what = "one more neighbour fails"});
  const auto text = print_plain(made);
  EXPECT_THAT(text, HasSubstr("What changed: One more neighbour fails."));
  EXPECT_THAT(text, Not(HasSubstr("What to do first")));
}

TEST(Words, TestNoticesSayThatNothingIsWrong) {
  const auto made = compose_test_notice(samples::shop(), "", samples::at("2025-01-01T00:00:00Z"));
  EXPECT_EQ(made.kind, NoticeKind::test);
  EXPECT_EQ(print_plain(made),
            "Test from bellwether: nothing is wrong at Hartley, incidents will be told here");
}

TEST(Layout, CutsAtAWordAndNeverInsideACharacterOrAnEntity) {
  EXPECT_EQ(shorten("short", 5), "short");
  EXPECT_EQ(shorten("one two three", 12), "one two…");
  EXPECT_EQ(shorten("one two three", 10), "one two…");
  EXPECT_EQ(shorten("onetwothree", 8), "onetw…");
  EXPECT_EQ(shorten("ääää", 6), "ä…");
  EXPECT_EQ(shorten("abcdef&amp;g", 11), "abcdef…");
  EXPECT_EQ(shorten("abcdef", 2), "");
  for (std::size_t limit = 3; limit < 60; ++limit) {
    EXPECT_LE(shorten("one & two &amp; three äöü four five six seven eight nine", limit).size(),
              limit);
  }
}

}  // namespace
}  // namespace bw
