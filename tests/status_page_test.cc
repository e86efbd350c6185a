// SPDX-License-Identifier: Apache-2.0
#include "daemon/web/server.h"
#include "tests/support/sample_snapshot.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>

namespace bw {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;
using ::testing::Not;

TEST(StatusJson, TellsWhatIsWrongWhoseItIsAndWhy) {
  const json status = json::parse(render_status_json(testing::busy_snapshot()));
  EXPECT_EQ(status.at("at"), "2024-05-18T12:12:00Z");
  EXPECT_EQ(status.at("level"), "suspected");
  EXPECT_EQ(status.at("suspicion"), 0.72);
  EXPECT_EQ(status.at("functions").at(1).at("level"), "outage");
  EXPECT_EQ(status.at("functions").at(1).at("incidents"), json::array({8}));
  EXPECT_EQ(status.at("providers").at(0).at("feed_state"), "major");
  EXPECT_EQ(status.at("providers").at(0).at("culprit"), true);
  const json& target = status.at("targets").at(2);
  EXPECT_EQ(target.at("latest").at("outcome"), "status_server");
  EXPECT_EQ(target.at("latest").at("status"), 503);
  EXPECT_EQ(target.at("latest").at("phases").at("tls"), 0.024);
  const json& incident = status.at("incidents").at(1);
  EXPECT_EQ(incident.at("open"), true);
  EXPECT_EQ(incident.at("closed"), nullptr);
  EXPECT_EQ(incident.at("verdict").at("culprit_name"), "Commerce Cloud");
  EXPECT_EQ(incident.at("verdict").at("cause"), "provider_outage");
  EXPECT_EQ(incident.at("verdict").at("because").at(0).at("decibans"), 14);
  EXPECT_EQ(status.at("health").at("outbox").at("pager").at("reachable"), false);
}

TEST(StatusJson, StaysValidWithHostileText) {
  for (const auto& body : {render_status_json(testing::hostile_snapshot()),
                           render_status_json(testing::starting_snapshot())}) {
    EXPECT_TRUE(json::accept(body));
  }
}

TEST(StatusPage, ShowsTheVerdictWithItsReasons) {
  const std::string page = render_status_page(testing::busy_snapshot());
  EXPECT_THAT(page, HasSubstr("id=\"inc-8\""));
  EXPECT_THAT(page,
              HasSubstr("Commerce Cloud reports a major outage: &quot;Elevated errors&quot;"));
  EXPECT_THAT(page, HasSubstr("vouchers slowed down without needing Commerce Cloud"));
  EXPECT_THAT(page, HasSubstr("Commerce Cloud answering while checkout still fails"));
  EXPECT_THAT(page, HasSubstr("likely the culprit"));
  EXPECT_THAT(page, HasSubstr("72 %"));
  EXPECT_THAT(page, HasSubstr("answered 503 after 0.1 s"));
  EXPECT_THAT(page, HasSubstr("127.0.0.1:9 refused the connection"));
}

TEST(StatusPage, SaysOnACalmDayThatAllWorks) {
  const std::string page = render_status_page(testing::calm_snapshot());
  EXPECT_THAT(page, HasSubstr("<h1>All 4 functions work.</h1>"));
  EXPECT_THAT(page, Not(HasSubstr("Open incidents")));
  EXPECT_THAT(page, HasSubstr("INC-7"));
}

TEST(StatusPage, ClaimsNothingWhileItCannotSee) {
  Snapshot snapshot = testing::calm_snapshot();
  snapshot.is_blind = true;
  EXPECT_THAT(render_status_page(snapshot), HasSubstr("<h1>We cannot see"));
  EXPECT_THAT(render_status_page(testing::starting_snapshot()), HasSubstr("<h1>Starting"));
}

TEST(StatusPage, EscapesWhatOthersWrote) {
  const std::string page = render_status_page(testing::hostile_snapshot());
  EXPECT_THAT(page, HasSubstr("&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;&quot;&amp;"));
  EXPECT_THAT(page, Not(HasSubstr("<script>alert")));
  EXPECT_THAT(page, Not(HasSubstr("\x01")));
  EXPECT_THAT(page, Not(HasSubstr("\xff")));
}

TEST(StatusPage, NeedsNothingFromElsewhereAndNoStyleAttributes) {
  const std::string page = render_status_page(testing::busy_snapshot());
  EXPECT_THAT(page, Not(HasSubstr(" style=")));
  EXPECT_THAT(page, Not(HasSubstr("<link rel=\"stylesheet")));
  EXPECT_THAT(page, Not(HasSubstr(" src=")));
  EXPECT_THAT(page, HasSubstr("<noscript><meta http-equiv=\"refresh\""));
}

TEST(StatusPage, ShowsTheWorstTargetsWhenThereAreTooMany) {
  Snapshot snapshot = testing::busy_snapshot();
  for (int i = 0; i < 400; ++i) {
    auto copy = testing::calm_snapshot().targets.front();
    copy.id = "copy-" + std::to_string(i);
    snapshot.targets.insert(snapshot.targets.begin(), copy);
  }
  const std::string page = render_status_page(snapshot);
  EXPECT_THAT(page, HasSubstr("And 109 more"));
  EXPECT_THAT(page, HasSubstr("the wrong password was accepted"));
}
}  // namespace
}  // namespace bw
