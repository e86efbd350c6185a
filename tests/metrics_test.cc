// SPDX-License-Identifier: Apache-2.0
#include "daemon/web/process_metrics.h"
#include "daemon/web/server.h"
#include "tests/support/run.h"
#include "tests/support/sample_snapshot.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <sstream>
#include <string>

namespace bw {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

bool has_line(const std::string& text, const std::string& line) {
  return ("\n" + text).find("\n" + line + "\n") != std::string::npos;
}

TEST(Metrics, SayWhetherEachTargetWorksAndHowLongThatTook) {
  const std::string text = render_metrics(testing::busy_snapshot());
  EXPECT_TRUE(
      has_line(text, R"(bellwether_probe_success{target="home",function="browse",kind="page"} 1)"));
  EXPECT_TRUE(has_line(
      text, R"(bellwether_probe_success{target="checkout",function="checkout",kind="page"} 0)"));
  EXPECT_TRUE(has_line(text, R"(bellwether_probe_duration_seconds{target="home"} 0.122)"));
  EXPECT_TRUE(has_line(
      text, R"(bellwether_probe_phase_duration_seconds{target="home",phase="tls"} 0.024)"));
  EXPECT_TRUE(has_line(text, R"(bellwether_probe_http_status_code{target="checkout"} 503)"));
  EXPECT_TRUE(
      has_line(text, R"(bellwether_probe_outcome{target="checkout",outcome="status_server"} 1)"));
  EXPECT_TRUE(has_line(text, R"(bellwether_target_failing{target="checkout"} 1)"));
  EXPECT_TRUE(has_line(text, R"(bellwether_probe_failures_total{target="checkout"} 2)"));
}

TEST(Metrics, LeaveOutWhatWasNotReachedOrNeverSeen) {
  const std::string text = render_metrics(testing::busy_snapshot());
  EXPECT_THAT(text, Not(HasSubstr(R"(duration_seconds{target="zone",phase="tls"})")));
  EXPECT_THAT(text, Not(HasSubstr(R"(status_code{target="zone"})")));
  EXPECT_THAT(text, Not(HasSubstr(R"(expiry_timestamp_seconds{target="zone"})")));
  const std::string starting = render_metrics(testing::starting_snapshot());
  EXPECT_THAT(starting, Not(HasSubstr(R"(success{target="checkout")")));
  EXPECT_TRUE(has_line(starting, R"(bellwether_probe_looks_total{target="checkout"} 0)"));
  EXPECT_TRUE(has_line(starting, "bellwether_ready 0"));
}

TEST(Metrics, TimeTheStepsOfJourneys) {
  Snapshot snapshot = testing::calm_snapshot();
  snapshot.targets.front().steps = {{.name = "basket", .took = Micros{120'000}},
                                    {.name = "pay \"card\"", .took = Micros{1'500'000}}};
  const std::string text = render_metrics(snapshot);
  EXPECT_TRUE(
      has_line(text, R"(bellwether_journey_step_seconds{target="home",step="basket"} 0.12)"));
  EXPECT_TRUE(
      has_line(text, R"(bellwether_journey_step_seconds{target="home",step="pay \"card\""} 1.5)"));
}

TEST(Metrics, CountALookThatWeCouldNotMakeAsNoSuccess) {
  Snapshot snapshot = testing::calm_snapshot();
  snapshot.targets.front().state.latest.outcome = Outcome::monitor_error;
  EXPECT_TRUE(
      has_line(render_metrics(snapshot),
               R"(bellwether_probe_success{target="home",function="browse",kind="page"} 0)"));
}

TEST(Metrics, TellTheVerdictOneHotAndAsANumber) {
  const std::string text = render_metrics(testing::busy_snapshot());
  EXPECT_TRUE(has_line(text, R"(bellwether_verdict{function="account",level="suspected"} 1)"));
  EXPECT_TRUE(has_line(text, R"(bellwether_verdict{function="account",level="calm"} 0)"));
  EXPECT_TRUE(has_line(text, R"(bellwether_verdict_level{function="account"} 4)"));
  EXPECT_TRUE(has_line(text, R"(bellwether_verdict_level{function="checkout"} 2)"));
  EXPECT_TRUE(has_line(text, R"(bellwether_function_suspicion_ratio{function="account"} 0.72)"));
  EXPECT_TRUE(has_line(text, R"(bellwether_function_suspicion_ratio{function="checkout"} 0.04)"));
  EXPECT_TRUE(has_line(text, "bellwether_suspicion_ratio 0.72"));
  EXPECT_TRUE(has_line(text, "bellwether_incidents_open 2"));
  EXPECT_TRUE(has_line(text, "bellwether_incidents_unacknowledged 1"));
}

TEST(Metrics, GiveTheProbabilitiesOfTheIncidentThatMattersMost) {
  EXPECT_TRUE(
      has_line(render_metrics(testing::busy_snapshot()),
               R"(bellwether_hypothesis_ratio{hypothesis="account_attack",attack="true"} 0.55)"));
  EXPECT_TRUE(
      has_line(render_metrics(testing::calm_snapshot()),
               R"(bellwether_hypothesis_ratio{hypothesis="account_attack",attack="true"} 0)"));
}

TEST(Metrics, NameTheCulpritOnlyWhileItsIncidentIsOpen) {
  const std::string busy = render_metrics(testing::busy_snapshot());
  EXPECT_TRUE(has_line(busy, R"(bellwether_culprit{provider="commerce"} 1)"));
  EXPECT_TRUE(has_line(busy, R"(bellwether_culprit{provider="own"} 0)"));
  EXPECT_TRUE(has_line(busy, R"(bellwether_provider_state{provider="commerce",state="major"} 1)"));
  EXPECT_TRUE(has_line(busy, R"(bellwether_provider_failing{provider="commerce"} 1)"));
  const std::string calm = render_metrics(testing::calm_snapshot());
  EXPECT_TRUE(has_line(calm, R"(bellwether_culprit{provider="commerce"} 0)"));
}

TEST(Metrics, TellTheDaemonsOwnHealth) {
  const std::string text = render_metrics(testing::busy_snapshot());
  EXPECT_TRUE(has_line(text, R"(bellwether_build_info{version="0.1.0"} 1)"));
  EXPECT_TRUE(has_line(text, "bellwether_config_last_reload_successful 1"));
  EXPECT_TRUE(has_line(text, "bellwether_loop_longest_turn_seconds 0.0042"));
  EXPECT_TRUE(has_line(text, R"(bellwether_outbox_pending{destination="pager"} 2)"));
  EXPECT_TRUE(has_line(text, R"(bellwether_outbox_reachable{destination="pager"} 0)"));
  EXPECT_TRUE(has_line(text, "bellwether_second_looks_total 21"));
}

// Ids come from the configuration and are tame; should one not be, the format must still hold.
TEST(Metrics, EscapeLabelValues) {
  Snapshot snapshot = testing::calm_snapshot();
  snapshot.targets.front().id = "a\"b\\c\nd";
  snapshot.functions.front().id = "a\"b\\c\nd";
  const std::string text = render_metrics(snapshot);
  EXPECT_TRUE(has_line(text, R"(bellwether_probe_looks_total{target="a\"b\\c\nd"} 1000)"));
  EXPECT_TRUE(has_line(text, R"(bellwether_verdict_level{function="a\"b\\c\nd"} 0)"));
}

TEST(Metrics, HaveNothingFromTheWireInTheirLabels) {
  EXPECT_THAT(render_metrics(testing::hostile_snapshot()), Not(HasSubstr("script")));
}

TEST(Metrics, DeclareEveryFamilyOnceBeforeItsSamples) {
  std::istringstream lines(render_metrics(testing::busy_snapshot()));
  std::set<std::string> declared;
  std::string family;
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words(line);
    std::string hash;
    std::string keyword;
    if (line.starts_with("# TYPE ")) {
      words >> hash >> keyword >> family;
      EXPECT_TRUE(declared.insert(family).second) << family;
    } else if (!line.starts_with("#")) {
      EXPECT_EQ(line.substr(0, line.find_first_of("{ ")), family);
    }
  }
  EXPECT_GT(declared.size(), 40U);
}

// The real linter of Debian's package `prometheus`.
TEST(Metrics, PassPromtool) {
  const std::string file = std::string(BW_BINARY_DIR) + "/metrics_test.prom";
  testing::write_file(file, render_metrics(testing::busy_snapshot()) + render_process_metrics());
  const auto ran = testing::run("promtool check metrics < '" + file + "'");
  EXPECT_EQ(ran.status, 0) << "is the package prometheus installed?";
  EXPECT_EQ(ran.output, "");
}

}  // namespace
}  // namespace bw
