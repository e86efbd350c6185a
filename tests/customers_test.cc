// SPDX-License-Identifier: Apache-2.0
#include "daemon/web/customers.h"

#include "daemon/web/json.h"
#include "daemon/web/server.h"
#include "tests/support/sample_snapshot.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>
#include <nlohmann/json.hpp>
#include <string>

namespace bw {
namespace {

using nlohmann::json;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::kSampleNow;
using ::testing::Not;

const ServedFunction& served(const CustomerView& view, std::string_view id) {
  const auto at = std::ranges::find(view.functions, id, &ServedFunction::id);
  EXPECT_NE(at, view.functions.end()) << id;
  return *at;
}

Snapshot::Target& target(Snapshot& snapshot, std::string_view id) {
  return *std::ranges::find(snapshot.targets, id, &Snapshot::Target::id);
}

void fail(Snapshot::Target& one, bool always = true) {
  one.state.is_failing = true;
  one.state.fails_always = always;
  one.state.since = kSampleNow - minutes{12};
  one.state.latest.outcome = Outcome::status_server;
}

void mend(Snapshot::Target& one, Millis ago) {
  one.state.is_failing = false;
  one.state.fails_always = false;
  one.state.is_degraded = false;
  one.state.since = kSampleNow - ago;
  one.state.latest.outcome = Outcome::ok;
}

// The checkout fails in the app and on the website; the platform is blamed.
Snapshot outage() {
  auto snapshot = testing::busy_snapshot();
  std::erase_if(snapshot.incidents, [](const Incident& incident) { return incident.id == 9; });
  fail(target(snapshot, "checkout"));
  fail(target(snapshot, "basket"));
  target(snapshot, "basket").surface = Surface::app;
  mend(target(snapshot, "sign-in"), hours{72});
  return snapshot;
}

Incident& incident_of(Snapshot& snapshot, std::uint64_t id) {
  return *std::ranges::find(snapshot.incidents, id, &Incident::id);
}

TEST(Customers, AreServedAsTheDoorsOfAFunctionAreSeen) {
  auto snapshot = outage();
  const auto view = customer_view(snapshot);
  EXPECT_EQ(served(view, "checkout").service, Service::failing);
  EXPECT_TRUE(served(view, "checkout").is_told);
  EXPECT_EQ(served(view, "checkout").incident, 8U);
  // Which doors are shut goes without saying, unless stores are among them.
  EXPECT_THAT(served(view, "checkout").failing_at, IsEmpty());
  target(snapshot, "checkout").surface = Surface::store;
  EXPECT_THAT(served(customer_view(snapshot), "checkout").failing_at,
              ElementsAre(Surface::app, Surface::store));
  EXPECT_EQ(served(view, "vouchers").service, Service::slow);
  EXPECT_EQ(served(view, "browse").service, Service::working);
  EXPECT_FALSE(served(view, "browse").is_told);
}

TEST(Customers, OneOpenDoorIsSaid) {
  auto snapshot = outage();
  mend(target(snapshot, "checkout"), hours{72});
  auto view = customer_view(snapshot);
  EXPECT_EQ(served(view, "checkout").service, Service::failing);
  EXPECT_THAT(served(view, "checkout").failing_at, ElementsAre(Surface::app));
  EXPECT_THAT(served(view, "checkout").working_at, ElementsAre(Surface::web));
  // Through one door, one of two endpoints: some customers.
  target(snapshot, "basket").surface = Surface::web;
  view = customer_view(snapshot);
  EXPECT_EQ(served(view, "checkout").service, Service::partly);
  EXPECT_THAT(served(view, "checkout").working_at, IsEmpty());
}

TEST(Customers, AFailureNowAndThenIsOneForSome) {
  auto snapshot = outage();
  fail(target(snapshot, "checkout"), false);
  fail(target(snapshot, "basket"), false);
  EXPECT_EQ(served(customer_view(snapshot), "checkout").service, Service::partly);
}

TEST(Customers, NothingCountsAsWorkingThatWasNotSeenWorkingLately) {
  auto snapshot = outage();
  auto& home = target(snapshot, "home");
  const auto browse = [&snapshot] { return served(customer_view(snapshot), "browse").service; };
  EXPECT_EQ(browse(), Service::working);
  home.state.latest.at = kSampleNow - kSeenLately;
  EXPECT_EQ(browse(), Service::working);
  home.state.latest.at -= seconds{1};
  EXPECT_EQ(browse(), Service::unknown);
  home.state.latest.at = kSampleNow;
  home.state.latest.outcome = Outcome::status_server;  // not confirmed yet
  EXPECT_EQ(browse(), Service::unknown);
  home.state = {};
  EXPECT_EQ(browse(), Service::unknown);
}

TEST(Customers, ANameThatResolvesIsNoOpenDoorAndAFailingOneNoShutOne) {
  auto snapshot = outage();
  fail(target(snapshot, "zone"));
  EXPECT_EQ(served(customer_view(snapshot), "browse").service, Service::working);
  // Where nothing else is watched, it is all that is known.
  std::erase_if(snapshot.targets,
                [](const Snapshot::Target& one) { return one.id == "home" || one.id == "search"; });
  EXPECT_EQ(served(customer_view(snapshot), "browse").service, Service::failing);
}

TEST(Customers, AProvidersEndpointShowsThatAFunctionFailsAndNeverThatItWorks) {
  auto snapshot = outage();
  auto& vouchers = target(snapshot, "vouchers");
  mend(vouchers, hours{72});
  vouchers.role = Role::provider;
  EXPECT_EQ(served(customer_view(snapshot), "vouchers").service, Service::unknown);
  fail(vouchers);
  EXPECT_EQ(served(customer_view(snapshot), "vouchers").service, Service::failing);
}

TEST(Customers, HearNothingOfWhatStaffUse) {
  auto snapshot = outage();
  target(snapshot, "vouchers").surface = Surface::staff;
  const auto knows = [&snapshot] {
    const auto view = customer_view(snapshot);
    return std::ranges::find(view.functions, "vouchers", &ServedFunction::id) !=
           view.functions.end();
  };
  EXPECT_FALSE(knows());
  snapshot.functions.at(3).customers.is_shown = true;
  EXPECT_TRUE(knows());
  target(snapshot, "vouchers").surface = Surface::web;
  snapshot.functions.at(3).customers.is_shown = false;
  EXPECT_FALSE(knows());
}

TEST(Customers, AreToldOfNothingThatNoIncidentConfirms) {
  auto snapshot = outage();
  snapshot.incidents.clear();
  EXPECT_FALSE(served(customer_view(snapshot), "checkout").is_told);
  const json notices = json::parse(render_notices_json(snapshot));
  EXPECT_EQ(notices.at("all"), nullptr);
}

TEST(Customers, AreToldOfNoChangeThatTheyCannotNotice) {
  auto snapshot = outage();
  auto& incident = incident_of(snapshot, 8);
  incident.is_integrity = true;
  incident.failing = {};
  incident.functions = {"browse"};
  incident.verdict.level = Level::strongly_suspected;
  EXPECT_FALSE(served(customer_view(snapshot), "browse").is_told);
}

TEST(Customers, AreToldOfARecoveryOnceItHasSettledAndForADay) {
  auto snapshot = outage();
  auto& incident = incident_of(snapshot, 8);
  incident.opened = kSampleNow - hours{1};
  const auto checkout = [&snapshot] { return served(customer_view(snapshot), "checkout"); };
  mend(target(snapshot, "basket"), hours{72});
  mend(target(snapshot, "checkout"), kRecoverySettles - Millis{1'000});
  EXPECT_EQ(checkout().service, Service::slow);
  EXPECT_TRUE(checkout().is_told);
  mend(target(snapshot, "checkout"), kRecoverySettles);
  EXPECT_EQ(checkout().service, Service::working);
  EXPECT_TRUE(checkout().is_told);
  const json notices = json::parse(render_notices_json(snapshot));
  EXPECT_EQ(notices.at("notices").back().at("state"), "resolved");
  incident.closed = kSampleNow - kRecoveryToldFor;
  incident.opened = *incident.closed - hours{1};
  mend(target(snapshot, "checkout"), kRecoveryToldFor);
  EXPECT_TRUE(checkout().is_told);
  incident.closed = *incident.closed - seconds{1};
  EXPECT_FALSE(checkout().is_told);
  // It was affected only by a change: it never failed.
  incident.closed = kSampleNow - minutes{5};
  incident.opened = kSampleNow - minutes{30};
  mend(target(snapshot, "checkout"), hours{72});
  EXPECT_FALSE(checkout().is_told);
}

TEST(Customers, HearOfASupplierOnlyOnceItAdmitsAndTheVerdictIsBeyondDoubt) {
  auto snapshot = outage();
  auto& verdict = incident_of(snapshot, 8).verdict;
  const auto cause = [&snapshot] { return served(customer_view(snapshot), "checkout").cause; };
  verdict.posterior = {};
  verdict.posterior.at(static_cast<std::size_t>(Hypothesis::provider_outage)) = 0.96;
  ASSERT_EQ(verdict.leading, Hypothesis::provider_outage);
  EXPECT_EQ(cause(), CustomerCause::supplier);
  EXPECT_THAT(served(customer_view(snapshot), "checkout").supplier, IsEmpty());
  snapshot.notices.names_providers = true;
  EXPECT_EQ(served(customer_view(snapshot), "checkout").supplier, "Commerce Cloud");

  const auto without = [&](auto spoil) {
    auto kept = snapshot;
    spoil(kept, incident_of(kept, 8));
    return served(customer_view(kept), "checkout").cause == CustomerCause::none;
  };
  EXPECT_TRUE(without([](auto&, auto& one) {
    one.verdict.posterior.at(static_cast<std::size_t>(Hypothesis::provider_outage)) = 0.94;
  }));
  EXPECT_TRUE(without([](auto&, auto& one) { one.verdict.is_decided = false; }));
  EXPECT_TRUE(without([](auto&, auto& one) { one.verdict.level = Level::watch; }));
  EXPECT_TRUE(without([](auto&, auto& one) { one.is_latched = true; }));
  EXPECT_TRUE(without([](auto&, auto& one) { one.verdict.unexplained = {"checkout"}; }));
  EXPECT_TRUE(
      without([](auto& kept, auto&) { kept.providers.at(0).state.feed = FeedState::operational; }));
  EXPECT_TRUE(
      without([](auto& kept, auto&) { kept.providers.at(0).state.feed = FeedState::unknown; }));
  EXPECT_TRUE(without([](auto&, auto& one) { one.verdict.leading = Hypothesis::own_change; }));
}

// Whatever the verdict thinks, its words stay inside.
TEST(Customers, NeverSeeWhatTheVerdictThinks) {
  for (const auto level :
       {Level::outage, Level::watch, Level::suspected, Level::strongly_suspected}) {
    auto snapshot = outage();
    auto& verdict = incident_of(snapshot, 8).verdict;
    verdict.level = level;
    verdict.leading = Hypothesis::ransomware_containment;
    verdict.suspicion = 0.9;
    auto body = render_notices_json(snapshot);
    std::ranges::transform(body, body.begin(), [](unsigned char c) { return std::tolower(c); });
    EXPECT_THAT(body, HasSubstr("online checkout is not available.")) << print(level);
    for (const auto* word :
         {"attack", "cyber", "intrusion", "suspic", "commerce cloud", "elevated errors", "503"})
      EXPECT_THAT(body, Not(HasSubstr(word))) << print(level);
  }
}

TEST(Customers, ADeclaredIncidentIsNamedOnlyWhereSomebodyMustApprove) {
  auto snapshot = outage();
  incident_of(snapshot, 8).verdict.level = Level::declared;
  const json notices = json::parse(render_notices_json(snapshot));
  EXPECT_THAT(notices.at("all").dump(), Not(HasSubstr("cyber")));
  EXPECT_THAT(notices.at("notices").dump(), Not(HasSubstr("cyber")));
  EXPECT_EQ(notices.at("to_approve").at("approver"), "communications");
  EXPECT_THAT(notices.at("to_approve").at("banner"), HasSubstr("[To approve] We are dealing"));
  incident_of(snapshot, 8).closed = kSampleNow - minutes{1};
  EXPECT_EQ(json::parse(render_notices_json(snapshot)).at("to_approve"), nullptr);
}

TEST(Customers, AreToldNothingWhileTheMonitorIsBlind) {
  auto snapshot = outage();
  snapshot.is_blind = true;
  const json notices = json::parse(render_notices_json(snapshot));
  EXPECT_EQ(notices.at("blind"), true);
  EXPECT_EQ(notices.at("all"), nullptr);
  EXPECT_THAT(render_status_page(snapshot), Not(HasSubstr("Drafts for customers")));
}

TEST(Customers, DraftsStandOnThePageToBeCopied) {
  auto snapshot = outage();
  const auto page = render_status_page(snapshot);
  EXPECT_THAT(page, HasSubstr("Drafts for customers"));
  EXPECT_THAT(page,
              HasSubstr("<details id=\"notice-checkout\"><summary>Online checkout</summary>"));
  EXPECT_THAT(page, Not(HasSubstr("notice-to-approve")));
  incident_of(snapshot, 8).verdict.level = Level::declared;
  EXPECT_THAT(render_status_page(snapshot), HasSubstr("only after approval by communications"));
  EXPECT_THAT(render_status_page(testing::calm_snapshot()), Not(HasSubstr("Drafts")));
}

TEST(Customers, StaySafeAndValidWithHostileTitles) {
  const auto snapshot = testing::hostile_snapshot();
  EXPECT_TRUE(json::accept(render_notices_json(snapshot)));
  EXPECT_THAT(render_status_page(snapshot), Not(HasSubstr("<script>alert")));
}

TEST(Customers, ATitleThatBeginsWithANameKeepsItsCapital) {
  auto snapshot = outage();
  snapshot.functions.at(1).title = "PayWell payments";
  const auto body = json::parse(render_notices_json(snapshot));
  EXPECT_EQ(body.at("notices").at(0).at("push").at("title"), "PayWell payments not available");
  EXPECT_EQ(served(customer_view(snapshot), "checkout").words.name, "PayWell payments");
}

}  // namespace
}  // namespace bw
