// SPDX-License-Identifier: Apache-2.0
#include "daemon/verdict/judge.h"

#include "tests/support/theatre.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

namespace bw {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using test::Theatre;
using testing::ElementsAre;

void fail_all(Theatre& theatre,
              std::initializer_list<const char*> targets,
              Outcome outcome = Outcome::status_server) {
  for (const auto* target : targets)
    theatre.fail(target, outcome);
}

// Addresses, name servers, authority and key are somebody else's from now on.
void move_to_strangers(Theatre& theatre, std::initializer_list<const char*> targets) {
  for (const auto* id : targets) {
    auto facts = theatre.facts(id);
    facts.set(Fact::networks, "203.0.113.0/24");
    facts.set(Fact::name_servers, "ns1.stranger.example");
    facts.set(Fact::cert_issuer, "O=Fast Free CA");
    facts.set(Fact::cert_key, "bb");
    theatre.show(id, {.facts = facts, .note = {}});
  }
}

TEST(Judge, StaysSilentOnANormalDayWithSlips) {
  Theatre theatre;
  theatre.show("home",
               {.outcome = Outcome::reply_timeout, .facts = {}, .note = "slip", .share = 0.002});
  theatre.pass(hours{24});
  EXPECT_EQ(theatre.told(), 0U);
  EXPECT_FALSE(theatre.is_open());
  for (const auto& incident : theatre.judge().incidents()) {
    for (const auto& reason : incident.verdict.because)
      ADD_FAILURE() << reason.rule << ": " << reason.claim;
  }
}

TEST(Judge, NamesTheProviderThatExplainsAllThatFails) {
  Theatre theatre;
  theatre.pass(minutes{30});
  fail_all(theatre, {"product", "checkout", "app-basket", "app-collect", "platform-health"});
  theatre.pass(minutes{5});
  const auto incident = theatre.incident();
  EXPECT_EQ(incident.verdict.leading, Hypothesis::provider_outage);
  EXPECT_TRUE(incident.verdict.is_decided);
  EXPECT_EQ(incident.verdict.culprit, "platform");
  EXPECT_EQ(incident.verdict.level, Level::outage);
  EXPECT_LT(theatre.suspicion_max(), 0.10);
}

TEST(Judge, NamesTheProvidersProviderWhenThatFailsToo) {
  Theatre theatre;
  theatre.pass(minutes{30});
  fail_all(theatre,
           {"product", "checkout", "app-basket", "app-collect", "platform-health", "cloud-health"});
  theatre.pass(minutes{5});
  EXPECT_EQ(theatre.incident().verdict.culprit, "cloud");
}

TEST(Judge, TellsWhoseItIsWhenOnlyThatHasChanged) {
  Theatre theatre;
  theatre.pass(minutes{30});
  fail_all(theatre, {"product", "checkout", "app-basket", "app-collect", "platform-health"});
  theatre.pass(minutes{10});
  ASSERT_EQ(theatre.incident().verdict.culprit, "platform");
  theatre.fail("cloud-health", Outcome::status_server);
  theatre.pass(hours{1});
  ASSERT_EQ(theatre.incident().verdict.culprit, "cloud");
  std::vector<std::string> told;
  for (const auto& ruling : theatre.rulings()) {
    if (const auto* changed = std::get_if<Changed>(&ruling)) told.push_back(changed->what);
  }
  EXPECT_THAT(told, testing::Contains("the fault now most likely lies with Big Cloud"));
}

TEST(Judge, BlamesItsOwnWhenTheProvidersAnswer) {
  Theatre theatre;
  theatre.pass(minutes{30});
  theatre.fail("store-pos", Outcome::status_server);
  theatre.pass(minutes{5});
  EXPECT_EQ(theatre.incident().verdict.culprit, kOwn);
  EXPECT_TRUE(theatre.has_signal("shared_provider/providers_answer"));
}

TEST(Judge, BlamesNoProviderForARedirectToTheInside) {
  Theatre theatre;
  theatre.pass(minutes{30});
  fail_all(theatre, {"product", "checkout"}, Outcome::leads_inside);
  theatre.pass(minutes{5});
  EXPECT_EQ(theatre.incident().verdict.culprit, kOwn);
}

TEST(Judge, OpensWithinSecondsByLookingAgain) {
  Theatre theatre;
  theatre.pass(minutes{30});
  const auto broken = theatre.now();
  theatre.fail("store-gift", Outcome::status_server);
  theatre.pass(minutes{1});
  ASSERT_TRUE(theatre.is_open());
  EXPECT_LT(theatre.incident().verdict.at - broken, Millis{61'000});
  EXPECT_EQ(theatre.told(), 1U);
}

TEST(Judge, OneSlipThatASecondLookDoesNotConfirmIsNothing) {
  Theatre theatre;
  theatre.pass(minutes{30});
  // One failing look only: the second look is the next draw, which is healthy.
  theatre.show("home",
               {.outcome = Outcome::reply_reset, .facts = {}, .note = "slip", .share = 0.001});
  theatre.pass(minutes{30});
  EXPECT_FALSE(theatre.is_open());
}

TEST(Judge, TellsATargetThatFailsAtEveryLookFromOneThatFailsNowAndThen) {
  Theatre theatre;
  const auto state = [&theatre](const char* id) {
    return theatre.judge().target_state(theatre.estate().target(id).value(), 0);
  };
  theatre.pass(minutes{30});
  EXPECT_FALSE(state("checkout").fails_always);
  theatre.fail("checkout", Outcome::status_server);
  theatre.show("product", {.outcome = Outcome::status_server, .note = "it fails", .share = 0.55});
  theatre.pass(hours{2});
  EXPECT_TRUE(state("checkout").is_failing);
  EXPECT_TRUE(state("checkout").fails_always);
  EXPECT_TRUE(state("product").is_failing);
  EXPECT_FALSE(state("product").fails_always);
  theatre.heal("*");
  theatre.pass(hours{1});
  EXPECT_FALSE(state("checkout").is_failing);
  EXPECT_FALSE(state("checkout").fails_always);
}

TEST(Judge, SaysItIsBlindInsteadOfBlamingTheShop) {
  Theatre theatre;
  theatre.pass(minutes{30});
  for (const auto& target : theatre.estate().targets)
    theatre.fail(target.id, Outcome::connect_timeout);
  theatre.pass(minutes{5});
  EXPECT_TRUE(theatre.judge().is_blind(0));
  EXPECT_EQ(theatre.incident().verdict.level, Level::blind);
  EXPECT_EQ(theatre.judge().function_state("browse").level, Level::blind);
  theatre.heal("*");
  theatre.pass(minutes{30});
  EXPECT_FALSE(theatre.is_open());
}

TEST(Judge, HoldsNothingAgainstTheShopThatItMetWhileItWasBlind) {
  Theatre theatre;
  theatre.pass(minutes{30});
  std::vector<Observation> answers;  // of the control sites, on a good day
  for (const auto& input : theatre.inputs()) {
    const auto* seen = std::get_if<Observation>(&input.what);
    if (seen == nullptr || theatre.estate().targets[seen->target].role != Role::control) continue;
    answers.push_back(*seen);
  }
  for (const auto& target : theatre.estate().targets)
    theatre.fail(target.id, Outcome::connect_timeout);
  theatre.pass(minutes{5});
  ASSERT_TRUE(theatre.judge().is_blind(0));
  // They answer again, and nobody has looked at the shop since.
  auto seq = theatre.inputs().back().seq;
  for (auto& answer : answers) {
    answer.at = theatre.now();
    static_cast<void>(theatre.judge().step({.seq = ++seq, .what = answer}));
  }
  const Tick tick{.at = theatre.now() + minutes{1}};
  static_cast<void>(theatre.judge().step({.seq = ++seq, .what = tick}));
  ASSERT_FALSE(theatre.judge().is_blind(0));
  EXPECT_EQ(theatre.judge().incidents().front().verdict.level, Level::calm);
  EXPECT_EQ(theatre.judge().function_state("browse").level, Level::calm);
}

TEST(Judge, SuspectsWhatSpreadsInStagesAndIsSwitchedOff) {
  Theatre theatre;
  theatre.pass(minutes{30});
  theatre.show("store-pos",
               {.outcome = Outcome::status_server, .facts = {}, .note = "502", .share = 0.6});
  theatre.pass(hours{6});
  EXPECT_LT(theatre.incident().verdict.suspicion, 0.2);
  theatre.show("store-collect",
               {.outcome = Outcome::status_server, .facts = {}, .note = "500", .share = 0.7});
  theatre.pass(hours{20});
  theatre.fail("store-gift", Outcome::function_withdrawn, "disabled");
  theatre.pass(hours{2});
  const auto incident = theatre.incident();
  EXPECT_TRUE(is_suspicious(incident.verdict.level))
      << print(incident.verdict.level) << " " << incident.verdict.suspicion;
  EXPECT_EQ(incident.verdict.leading, Hypothesis::ransomware_containment);
  EXPECT_EQ(incident.verdict.culprit, kOwn);
  EXPECT_TRUE(incident.is_latched);
}

TEST(Judge, AJourneyThroughPagesShowsThatTheyCanBeBrowsed) {
  auto estate = test::shop();
  for (auto& one : estate.targets) {
    if (one.kind == "page" && !one.is_sensitive) one.kind = "journey";
  }
  Theatre theatre(std::move(estate));
  theatre.pass(minutes{30});
  theatre.fail("checkout", Outcome::function_withdrawn, "paused");
  theatre.fail("app-basket", Outcome::function_withdrawn, "paused");
  theatre.pass(minutes{10});
  EXPECT_TRUE(theatre.has_signal("withdrawn/browse_on_buy_off"));
}

TEST(Judge, AWeekendUpdateThatBreaksThreeFunctionsAtOnceIsNotSuspected) {
  Theatre theatre;
  theatre.pass(minutes{30});
  theatre.announce({.kind = "change",
                    .text = "overnight release",
                    .from = theatre.now() - hours{2},
                    .to = theatre.now() + hours{1}});
  fail_all(theatre, {"store-pos", "store-collect", "store-gift"});
  theatre.pass(hours{9});
  EXPECT_FALSE(is_suspicious(theatre.incident().peak));
  EXPECT_EQ(theatre.incident().verdict.leading, Hypothesis::own_change);
  EXPECT_LT(theatre.suspicion_max(), 0.5);
}

TEST(Judge, AnnouncedMaintenanceIsCalledSo) {
  Theatre theatre;
  theatre.announce({.kind = "maintenance",
                    .text = "database move",
                    .from = theatre.now(),
                    .to = theatre.now() + hours{3}});
  theatre.pass(minutes{30});
  auto facts = theatre.facts("home");
  facts.set(Fact::body_class, "maintenance");
  facts.set(Fact::text, "We are carrying out planned maintenance");
  for (const auto* id : {"home", "product", "checkout", "app-home"}) {
    theatre.show(id,
                 {.outcome = Outcome::status_server, .facts = facts, .note = "503 maintenance"});
  }
  theatre.pass(minutes{10});
  EXPECT_EQ(theatre.incident().verdict.leading, Hypothesis::planned_maintenance);
  EXPECT_LT(theatre.suspicion_max(), 0.2);
  EXPECT_EQ(theatre.incident().verdict.level, Level::degraded);  // nobody is got out of bed
  theatre.pass(hours{4});
  EXPECT_EQ(theatre.incident().verdict.level, Level::outage);  // it has run over
}

TEST(Judge, NamesTheProviderWhileEverythingIsStillOnlySlow) {
  Theatre theatre;
  theatre.pass(hours{1});
  for (const auto* id : {"product", "checkout", "app-basket", "app-collect", "platform-health"}) {
    theatre.show(id, {.outcome = Outcome::degraded, .facts = theatre.facts(id), .note = "slow"});
  }
  theatre.pass(minutes{10});
  const auto incident = theatre.incident();
  EXPECT_EQ(incident.verdict.level, Level::degraded);
  EXPECT_EQ(incident.verdict.leading, Hypothesis::provider_outage);
  EXPECT_EQ(incident.verdict.culprit, "platform");
}

TEST(Judge, TellsOfAnOutageThatBeginsWhileAQuestionIsOpen) {
  Theatre theatre;
  theatre.pass(minutes{30});
  auto facts = theatre.facts("vpn");
  facts.set(Fact::networks, "203.0.113.0/24");
  theatre.show("vpn", {.facts = facts, .note = {}});
  theatre.pass(hours{2});
  ASSERT_EQ(theatre.told(), 1U);
  fail_all(theatre, {"product", "checkout", "app-basket", "app-collect", "platform-health"});
  theatre.pass(minutes{2});
  const auto& rulings = theatre.rulings();
  const auto worse = std::ranges::find_if(rulings, [](const Ruling& ruling) {
    const auto* changed = std::get_if<Changed>(&ruling);
    return changed != nullptr && changed->is_worse &&
           changed->incident.verdict.level == Level::outage;
  });
  EXPECT_NE(worse, rulings.end());
}

TEST(Judge, AnExpiredCertificateIsCalledSo) {
  Theatre theatre;
  theatre.pass(minutes{30});
  for (const auto* id : {"home", "product", "checkout", "signin"}) {
    auto facts = theatre.facts(id);
    facts.set(Fact::cert_not_after, "2025-03-03T09:30:00Z");
    theatre.show(id, {.outcome = Outcome::tls_expired, .facts = facts, .note = "expired"});
  }
  theatre.pass(minutes{5});
  EXPECT_EQ(theatre.incident().verdict.leading, Hypothesis::cert_expiry);
  EXPECT_EQ(theatre.incident().verdict.culprit, kOwn);
}

TEST(Judge, ADefacedPageIsSuspectedWithinTwoMinutes) {
  Theatre theatre;
  theatre.pass(minutes{30});
  auto facts = theatre.facts("home");
  facts.set(Fact::body_class, "foreign");
  facts.set(Fact::words, "defacement");
  facts.set(Fact::text, "hacked by nobody");
  theatre.show("home", {.outcome = Outcome::content_foreign, .facts = facts, .note = "not ours"});
  theatre.pass(minutes{2});
  EXPECT_TRUE(is_suspicious(theatre.incident().verdict.level));
  EXPECT_EQ(theatre.incident().verdict.leading, Hypothesis::defacement);
}

TEST(Judge, AHijackedNameIsSuspectedWithoutAnyOutage) {
  Theatre theatre;
  theatre.pass(minutes{30});
  move_to_strangers(theatre, {"home", "product", "checkout", "signin"});
  theatre.pass(minutes{5});
  EXPECT_TRUE(is_suspicious(theatre.incident().verdict.level));
  EXPECT_EQ(theatre.incident().verdict.leading, Hypothesis::dns_hijack);
}

TEST(Judge, AnAddressMoveAloneOnlyAsksForApproval) {
  Theatre theatre;
  theatre.pass(minutes{30});
  auto facts = theatre.facts("vpn");
  facts.set(Fact::networks, "203.0.113.0/24");
  theatre.show("vpn", {.facts = facts, .note = {}});
  theatre.pass(minutes{5});
  EXPECT_EQ(theatre.incident().verdict.level, Level::watch);
  EXPECT_LT(theatre.suspicion_max(), 0.2);
  EXPECT_THAT(theatre.incident().unapproved, ElementsAre("vpn"));
  theatre.note(
      {.kind = NoteKind::approve_change, .target = "vpn", .who = "op", .text = "CHG-4471"});
  EXPECT_FALSE(theatre.is_open());
  const auto& closed = std::get<Closed>(theatre.rulings().back());
  EXPECT_EQ(closed.why, "the change was approved by op: CHG-4471");
}

TEST(Judge, AMoveThatLooksLikeAHijackEndsWhenAllOfItIsApproved) {
  Theatre theatre;
  theatre.pass(minutes{30});
  const auto moved = {"home", "product", "checkout", "signin"};
  move_to_strangers(theatre, moved);
  theatre.pass(minutes{10});
  ASSERT_TRUE(theatre.incident().is_latched);
  for (const auto* id : moved) {
    EXPECT_TRUE(theatre.is_open());
    theatre.note({.kind = NoteKind::approve_change, .target = id, .who = "op", .text = "CHG-7"});
  }
  EXPECT_FALSE(theatre.is_open());
}

TEST(Judge, SaysOfAReasonThatItIsNoLongerSo) {
  Theatre theatre;
  theatre.pass(minutes{30});
  auto facts = theatre.facts("product");
  facts.set(Fact::body_class, "holding");
  facts.set(Fact::text, "we will be back soon");
  theatre.fail("checkout", Outcome::status_server);
  theatre.show("product",
               {.outcome = Outcome::status_server, .facts = facts, .note = "holding page"});
  theatre.pass(minutes{5});
  const auto reasons = [&](bool has_ended) {
    const auto verdict = theatre.incident().verdict;
    auto all = verdict.because;
    all.insert(all.end(), verdict.against.begin(), verdict.against.end());
    return std::ranges::count_if(
        all, [&](const Reason& reason) { return reason.ended.has_value() == has_ended; });
  };
  EXPECT_EQ(reasons(true), 0);
  const auto shown_until = theatre.now();
  theatre.heal("product");
  theatre.pass(minutes{10});
  EXPECT_GT(reasons(true), 0);
  EXPECT_GT(reasons(false), 0);
  for (const auto& reason : theatre.incident().verdict.because) {
    EXPECT_LE(reason.ended.value_or(shown_until), shown_until + minutes{2}) << reason.claim;
  }
}

TEST(Judge, ARenewedKeyOfTheSameAuthorityIsNothing) {
  Theatre theatre;
  theatre.pass(minutes{30});
  auto facts = theatre.facts("home");
  facts.set(Fact::cert_key, "cc");
  theatre.show("home", {.facts = facts, .note = {}});
  theatre.pass(minutes{30});
  EXPECT_EQ(theatre.told(), 0U);
}

TEST(Judge, ReopensWithinHoldInsteadOfTellingTwice) {
  Theatre theatre;
  theatre.pass(minutes{30});
  for (int i = 0; i < 5; ++i) {
    theatre.fail("store-gift", Outcome::status_server);
    theatre.pass(minutes{3});
    theatre.heal("*");
    theatre.pass(minutes{4});
  }
  EXPECT_EQ(theatre.told(), 1U);
  theatre.pass(minutes{20});
  EXPECT_FALSE(theatre.is_open());
  EXPECT_TRUE(std::holds_alternative<Closed>(theatre.rulings().back()));
}

// A story with most of what the judge knows in it.
Theatre story() {
  Theatre theatre;
  theatre.pass(minutes{40});
  fail_all(theatre, {"product", "checkout", "app-basket", "platform-health"});
  theatre.say({.provider = "platform",
               .item = "p1",
               .state = FeedState::major,
               .title = "Elevated errors"});
  theatre.pass(minutes{20});
  theatre.heal("*");
  theatre.announce(
      {.kind = "change", .text = "release", .from = theatre.now(), .to = theatre.now() + hours{1}});
  theatre.pass(minutes{30});
  theatre.fail("store-gift", Outcome::function_withdrawn);
  auto facts = theatre.facts("checkout");
  facts.set(Fact::script_origins, "https://static.shop.example https://new.example");
  theatre.show("checkout", {.facts = facts, .note = {}});
  theatre.pass(minutes{30});
  theatre.note({.kind = NoteKind::acknowledge, .incident = 2, .who = "op"});
  theatre.pass(minutes{10});
  return theatre;
}

TEST(Judge, TheSameInputsGiveTheSameBytes) {
  const auto theatre = story();
  Judge again(theatre.estate(), theatre.weights());
  std::size_t rulings = 0;
  for (const auto& input : theatre.inputs()) {
    for (const auto& ruling : again.step(input))
      rulings += std::holds_alternative<SecondLook>(ruling) ? 0U : 1U;
  }
  EXPECT_TRUE(again.checkpoint() == theatre.judge().checkpoint());
  EXPECT_EQ(rulings, theatre.rulings().size());
}

TEST(Judge, ACheckpointAndTheTailAreTheWhole) {
  const auto theatre = story();
  const auto& inputs = theatre.inputs();
  for (std::size_t cut = 0; cut <= inputs.size(); cut += inputs.size() / 23) {
    Judge first(theatre.estate(), theatre.weights());
    for (std::size_t i = 0; i < cut; ++i)
      static_cast<void>(first.step(inputs[i]));
    Judge second(theatre.estate(), theatre.weights());
    ASSERT_TRUE(second.restore(first.checkpoint())) << cut;
    for (std::size_t i = cut; i < inputs.size(); ++i)
      static_cast<void>(second.step(inputs[i]));
    EXPECT_TRUE(second.checkpoint() == theatre.judge().checkpoint()) << cut;
  }
}

TEST(Judge, ACheckpointSurvivesTargetsThatComeAndGo) {
  const auto theatre = story();
  auto estate = theatre.estate();
  std::erase_if(estate.targets, [](const Target& target) { return target.id == "home"; });
  std::swap(estate.targets.front(), estate.targets.back());
  Judge judge(estate, theatre.weights());
  ASSERT_TRUE(judge.restore(theatre.judge().checkpoint()));
  EXPECT_TRUE(judge.target_state(*estate.target("store-gift"), 0).is_failing);
  EXPECT_FALSE(judge.target_state(*estate.target("control-one"), 0).is_failing);
}

TEST(Judge, DamagedCheckpointsAreRefused) {
  const auto theatre = story();
  const auto bytes = theatre.judge().checkpoint();
  Judge judge(theatre.estate(), theatre.weights());
  for (std::size_t size = 0; size < bytes.size(); size += 97) {
    EXPECT_FALSE(judge.restore(std::string_view(bytes).substr(0, size)));
  }
}

}  // namespace
}  // namespace bw
