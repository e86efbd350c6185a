// SPDX-License-Identifier: Apache-2.0
#include "daemon/web/statuspage.h"

#include "daemon/web/public_page.h"
#include "probes/feed_document.h"
#include "tests/support/desk.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace bw {
namespace {

using nlohmann::json;
using std::chrono::hours;
using std::chrono::minutes;
using testing::Desk;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::kSampleNow;
using ::testing::Not;
using ::testing::SizeIs;

FeedReading read(const std::string& text, std::vector<std::string> components = {}) {
  const FeedScope scope{.now = kSampleNow, .components = std::move(components), .is_own = false};
  auto reading = read_feed(text, "application/json; charset=utf-8", "statuspage", scope);
  EXPECT_TRUE(reading) << reading.error();
  return reading.value_or(FeedReading{});
}

Snapshot::Target& target(Snapshot& snapshot, std::string_view id) {
  return *std::ranges::find(snapshot.targets, id, &Snapshot::Target::id);
}

Incident& incident_of(Snapshot& snapshot, std::uint64_t id) {
  return *std::ranges::find(snapshot.incidents, id, &Incident::id);
}

// The checkout is out since 12 minutes, vouchers are slow; an attack is strongly suspected.
Snapshot outage() {
  auto snapshot = testing::busy_snapshot();
  std::erase_if(snapshot.incidents, [](const Incident& incident) { return incident.id == 9; });
  for (const auto* id : {"checkout", "basket"}) {
    auto& state = target(snapshot, id).state;
    state.is_failing = true;
    state.fails_always = true;
    state.since = kSampleNow - minutes{12};
  }
  target(snapshot, "vouchers").state.since = kSampleNow - minutes{4};
  auto& sign_in = target(snapshot, "sign-in").state;
  sign_in.is_failing = false;
  sign_in.latest.outcome = Outcome::ok;
  sign_in.since = kSampleNow - hours{72};
  auto& incident = incident_of(snapshot, 8);
  incident.peak = Level::strongly_suspected;
  incident.verdict.level = Level::strongly_suspected;
  incident.verdict.leading = Hypothesis::ransomware_containment;
  incident.verdict.suspicion = 0.92;
  return snapshot;
}

// Everything works again; the incident is over.
Snapshot recovered() {
  auto snapshot = outage();
  for (const auto* id : {"checkout", "basket", "vouchers"}) {
    auto& state = target(snapshot, id).state;
    state.is_failing = state.is_degraded = state.fails_always = false;
    state.latest.outcome = Outcome::ok;
    state.since = kSampleNow - minutes{30};
  }
  auto& incident = incident_of(snapshot, 8);
  incident.opened = kSampleNow - hours{2};
  incident.closed = kSampleNow - minutes{20};
  return snapshot;
}

TEST(StatuspageApi, OurOwnReaderReadsWhatFails) {
  const auto reading = read(render_statuspage_summary(outage()));
  EXPECT_EQ(reading.page, "hedgerow");
  EXPECT_EQ(reading.state, FeedState::major);  // the checkout is critical
  ASSERT_THAT(reading.items, SizeIs(1));
  const auto& item = reading.items.front();
  EXPECT_EQ(item.item, "inc-8");
  EXPECT_TRUE(item.is_open);
  EXPECT_EQ(item.state, FeedState::major);
  EXPECT_THAT(item.components, ElementsAre("Online checkout", "Gift cards and vouchers"));
  EXPECT_EQ(item.started, kSampleNow - minutes{12});
  EXPECT_THAT(item.body, HasSubstr("Online checkout is not available"));
}

TEST(StatuspageApi, OurOwnReaderTellsComponentsApart) {
  const auto state = [](const char* component) {
    return read(render_statuspage_summary(outage()), {component}).state;
  };
  EXPECT_EQ(state("Online checkout"), FeedState::major);
  EXPECT_EQ(state("vouchers"), FeedState::degraded);
  EXPECT_EQ(state("Browsing and search"), FeedState::operational);
  EXPECT_EQ(read(render_statuspage_components(outage()), {"checkout"}).state, FeedState::major);
  EXPECT_EQ(read(render_statuspage_status(outage())).state, FeedState::major);
  EXPECT_EQ(read(render_statuspage_unresolved(outage())).state, FeedState::major);
}

TEST(StatuspageApi, OurOwnReaderReadsThatItIsOver) {
  const auto snapshot = recovered();
  EXPECT_EQ(read(render_statuspage_summary(snapshot)).state, FeedState::operational);
  EXPECT_THAT(read(render_statuspage_summary(snapshot)).items, IsEmpty());
  const auto reading = read(render_statuspage_incidents(snapshot));
  ASSERT_THAT(reading.items, SizeIs(1));
  EXPECT_FALSE(reading.items.front().is_open);
  EXPECT_THAT(reading.items.front().body, HasSubstr("working normally again"));
  EXPECT_EQ(read(render_statuspage_summary(testing::calm_snapshot())).state,
            FeedState::operational);
}

TEST(StatuspageApi, AnIncidentGoesThroughItsStages) {
  const auto incident = [](const Snapshot& snapshot) {
    return json::parse(render_statuspage_incidents(snapshot)).at("incidents").at(0);
  };
  auto snapshot = outage();
  EXPECT_EQ(incident(snapshot).at("status"), "investigating");
  auto& verdict = incident_of(snapshot, 8).verdict;
  verdict.level = Level::outage;
  verdict.leading = Hypothesis::planned_maintenance;
  verdict.posterior = {};
  verdict.posterior.at(static_cast<std::size_t>(verdict.leading)) = 0.97;
  verdict.unexplained = {};
  EXPECT_EQ(incident(snapshot).at("status"), "identified");
  EXPECT_EQ(incident(snapshot).at("impact"), "maintenance");
  EXPECT_EQ(read(render_statuspage_summary(snapshot), {"checkout"}).state, FeedState::maintenance);
  snapshot = recovered();
  incident_of(snapshot, 8).closed.reset();
  EXPECT_EQ(incident(snapshot).at("status"), "monitoring");
  EXPECT_EQ(incident(snapshot).at("resolved_at"), nullptr);
  EXPECT_EQ(incident(recovered()).at("status"), "resolved");
  EXPECT_EQ(incident(recovered()).at("resolved_at"), print_time(kSampleNow - minutes{20}));
}

// Everything in these documents is for everybody.
TEST(StatuspageApi, HoldsNothingThatCustomersDoNotNotice) {
  auto snapshot = outage();
  for (const auto level :
       {Level::watch, Level::suspected, Level::strongly_suspected, Level::declared}) {
    incident_of(snapshot, 8).verdict.level = level;
    for (auto body : {render_statuspage_summary(snapshot),
                      render_statuspage_incidents(snapshot),
                      render_statuspage_components(snapshot)}) {
      std::ranges::transform(body, body.begin(), [](unsigned char c) { return std::tolower(c); });
      for (const auto* word : {"attack",
                               "cyber",
                               "suspic",
                               "suspect",
                               "ransom",
                               "intrusion",
                               "approve",
                               "commerce",
                               "paywell",
                               "503",
                               "hedgerow.example",
                               "decibans",
                               "inc-7",
                               "elevated"}) {
        EXPECT_THAT(body, Not(HasSubstr(word))) << print(level);
      }
    }
  }
}

TEST(StatuspageApi, AChangeThatNobodyNoticesIsNoIncident) {
  auto snapshot = testing::calm_snapshot();
  auto suspicious = testing::busy_snapshot().incidents.front();
  suspicious.functions = {"browse"};
  suspicious.failing = {};
  snapshot.incidents.insert(snapshot.incidents.begin(), suspicious);
  const json summary = json::parse(render_statuspage_summary(snapshot));
  EXPECT_THAT(summary.at("incidents"), IsEmpty());
  EXPECT_EQ(summary.at("status").at("indicator"), "none");
  EXPECT_EQ(summary.at("status").at("description"), "All Systems Operational");
}

// That an incident began before anything failed would tell that there was more to it.
TEST(StatuspageApi, DoesNotSayThatItBeganBeforeCustomersNoticed) {
  auto snapshot = outage();
  incident_of(snapshot, 8).opened = kSampleNow - hours{9};
  EXPECT_EQ(read(render_statuspage_summary(snapshot)).items.front().started,
            kSampleNow - minutes{12});
}

TEST(StatuspageApi, LeavesOutWhatIsNotKnownAndSaysNothingWhileBlind) {
  auto snapshot = testing::calm_snapshot();
  target(snapshot, "vouchers").state = {};
  const json summary = json::parse(render_statuspage_summary(snapshot));
  EXPECT_THAT(summary.at("components"), SizeIs(3));
  EXPECT_EQ(summary.at("status").at("description"), "No Known Problems");
  EXPECT_EQ(read(summary.dump(), {"vouchers"}).state, FeedState::unknown);
  Desk desk(snapshot);
  EXPECT_EQ(desk.get("/api/v2/summary.json").status, 200);
  snapshot.is_blind = true;
  Desk blind(snapshot);
  for (const auto* path :
       {"summary", "status", "components", "incidents", "incidents/unresolved"}) {
    const auto reply = blind.get(std::string("/api/v2/") + path + ".json");
    EXPECT_EQ(reply.status, 503) << path;
    EXPECT_EQ(find_header(reply.headers, "Retry-After"), "60");
  }
  Desk starting(testing::starting_snapshot());
  EXPECT_EQ(starting.get("/api/v2/status.json").status, 503);
}

TEST(PublicPage, ShowsWhatCustomersNoticeAndNoMore) {
  auto snapshot = outage();
  for (const auto level : {Level::strongly_suspected, Level::declared}) {
    incident_of(snapshot, 8).verdict.level = level;
    const auto page = render_public_page(snapshot);
    EXPECT_THAT(page, HasSubstr("<h2>Online checkout not available</h2>"));
    EXPECT_THAT(page, HasSubstr("<b>Signing in</b><span class=\"state\">Available</span>"));
    for (const auto* word : {"attack",
                             "cyber",
                             "uspic",
                             "uspected",
                             "ransom",
                             "Commerce Cloud",
                             "<script",
                             " href=\"/"})
      EXPECT_THAT(page, Not(HasSubstr(word))) << print(level);
  }
}

TEST(PublicPage, SaysThatAllIsWellOnlyWhereAllWasSeen) {
  auto snapshot = testing::calm_snapshot();
  EXPECT_THAT(render_public_page(snapshot), HasSubstr("<h1>All our services are available</h1>"));
  target(snapshot, "vouchers").state = {};
  const auto page = render_public_page(snapshot);
  EXPECT_THAT(page, HasSubstr("<h1>We know of no problems</h1>"));
  EXPECT_THAT(page, HasSubstr("Not known at present"));
  Desk desk(snapshot);
  EXPECT_EQ(desk.get("/public").status, 200);
  snapshot.is_blind = true;
  Desk blind(snapshot);
  EXPECT_EQ(blind.get("/public").status, 503);
}

TEST(PublicPage, EscapesWhatOthersWrote) {
  EXPECT_THAT(render_public_page(testing::hostile_snapshot()), Not(HasSubstr("<script>")));
}

// The keys that readers of Statuspage's API rely on.
TEST(StatuspageApi, HasTheFieldsOfTheOriginal) {
  const json summary = json::parse(render_statuspage_summary(outage()));
  for (const auto* key : {"id", "name", "url", "time_zone", "updated_at"})
    EXPECT_TRUE(summary.at("page").contains(key)) << key;
  for (const auto* key : {"id",
                          "name",
                          "status",
                          "group",
                          "group_id",
                          "position",
                          "showcase",
                          "only_show_if_degraded",
                          "start_date",
                          "updated_at",
                          "page_id"})
    EXPECT_TRUE(summary.at("components").at(0).contains(key)) << key;
  for (const auto* key : {"id",
                          "name",
                          "status",
                          "impact",
                          "created_at",
                          "started_at",
                          "updated_at",
                          "monitoring_at",
                          "resolved_at",
                          "shortlink",
                          "incident_updates",
                          "components"})
    EXPECT_TRUE(summary.at("incidents").at(0).contains(key)) << key;
  for (const auto* key : {"id", "status", "body", "display_at", "affected_components"})
    EXPECT_TRUE(summary.at("incidents").at(0).at("incident_updates").at(0).contains(key)) << key;
  EXPECT_TRUE(summary.at("scheduled_maintenances").is_array());
  EXPECT_TRUE(json::accept(render_statuspage_summary(testing::hostile_snapshot())));
}

// Nothing in it changes while nothing happens: who asks again gets 304.
TEST(StatuspageApi, StaysTheSameWhileNothingHappens) {
  auto snapshot = outage();
  const auto before = render_statuspage_summary(snapshot);
  snapshot.at += std::chrono::seconds{30};
  EXPECT_EQ(render_statuspage_summary(snapshot), before);
}

}  // namespace
}  // namespace bw
