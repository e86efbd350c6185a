// SPDX-License-Identifier: Apache-2.0
#include "daemon/web/process_metrics.h"
#include "daemon/web/server.h"
#include "tests/support/dashboards.h"
#include "tests/support/run.h"
#include "tests/support/sample_snapshot.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <regex>
#include <set>
#include <string>

// What is shipped beside the program, judged by the tools that read it. promtool is in Debian's
// package prometheus, systemd-analyze in systemd.
namespace bw {
namespace {

using ::testing::HasSubstr;
using testing::run;

const std::string kSource = BW_SOURCE_DIR;
const std::string kRules = kSource + "/grafana/prometheus/bellwether.rules.yml";

std::set<std::string> exported() {
  const std::string text = render_metrics(testing::busy_snapshot()) + render_process_metrics();
  std::set<std::string> names;
  const std::regex sample("\n([a-z_]+)[{ ]");
  for (std::sregex_iterator at(text.begin(), text.end(), sample), end; at != end; ++at) {
    names.insert((*at)[1]);
  }
  return names;
}

void expect_only_exported(const std::string& expr, const std::string& where) {
  static const std::set<std::string> kNames = exported();
  const std::regex metric("\\b(bellwether|process)_[a-z0-9_]+");
  for (std::sregex_iterator at(expr.begin(), expr.end(), metric), end; at != end; ++at) {
    EXPECT_TRUE(kNames.contains(at->str())) << where << ": nothing exports " << at->str();
  }
}

TEST(PrometheusRules, PassPromtoolsLint) {
  const auto ran = run("promtool check rules --lint=all --lint-fatal '" + kRules + "'");
  EXPECT_EQ(ran.status, 0) << ran.output;
}

TEST(PrometheusRules, FireAsTheirTestsSay) {
  const auto ran =
      run("promtool test rules '" + kSource + "/grafana/prometheus/bellwether.rules.test.yml'");
  EXPECT_EQ(ran.status, 0) << ran.output;
}

TEST(PrometheusRules, UseOnlyMetricsThatAreExported) {
  const std::string rules = testing::read_file(kRules);
  const std::regex expr("expr: (.*)");
  int count = 0;
  for (std::sregex_iterator at(rules.begin(), rules.end(), expr), end; at != end; ++at, ++count) {
    expect_only_exported((*at)[1], "rules");
  }
  EXPECT_GT(count, 20);
}

TEST(PrometheusRules, AreEachTestedAndHaveARunbookEntry) {
  const std::string rules = testing::read_file(kRules);
  const std::string tests =
      testing::read_file(kSource + "/grafana/prometheus/bellwether.rules.test.yml");
  const std::string runbook = testing::read_file(kSource + "/grafana/prometheus/runbook.md");
  const std::regex alert("- alert: (\\w+)");
  for (std::sregex_iterator at(rules.begin(), rules.end(), alert), end; at != end; ++at) {
    const std::string name = (*at)[1];
    std::string anchor = name;
    for (char& c : anchor)
      c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    EXPECT_THAT(tests, HasSubstr("alertname: " + name));
    EXPECT_THAT(runbook, HasSubstr("\n## " + name + "\n"));
    EXPECT_THAT(rules, HasSubstr("runbook.md#" + anchor + "\n"));
  }
}

TEST(Dashboards, UseOnlyMetricsThatAreExported) {
  const auto queries = testing::dashboard_queries();
  EXPECT_GT(queries.size(), 40U);
  for (const auto& query : queries)
    expect_only_exported(query.expr, query.where);
}

TEST(Dashboards, HoldOnlyExpressionsThatPrometheusReads) {
  nlohmann::json rules = nlohmann::json::array();
  for (const auto& query : testing::dashboard_queries()) {
    rules.push_back({{"record", "query:" + std::to_string(rules.size())}, {"expr", query.expr}});
  }
  // JSON is YAML.
  const std::string file = std::string(BW_BINARY_DIR) + "/dashboard-queries.yml";
  const nlohmann::json group{{"name", "dashboards"}, {"rules", rules}};
  testing::write_file(file, nlohmann::json{{"groups", {group}}}.dump());
  const auto ran = run("promtool check rules '" + file + "'");
  EXPECT_EQ(ran.status, 0) << ran.output;
}

TEST(Dashboards, LetPeopleChooseTheDataSourceAndHaveDistinctPanels) {
  const auto files = testing::dashboard_files();
  EXPECT_EQ(files.size(), 2U);
  std::set<std::string> uids;
  for (const auto& file : files) {
    const auto board = nlohmann::json::parse(testing::read_file(file));
    EXPECT_EQ(board.at("schemaVersion"), 42);
    EXPECT_TRUE(uids.insert(board.at("uid").get<std::string>()).second);
    EXPECT_EQ(board.at("templating").at("list").at(0).at("type"), "datasource");
    std::set<int> ids;
    for (const auto& panel : board.at("panels")) {
      EXPECT_TRUE(ids.insert(panel.at("id").get<int>()).second) << panel.at("title");
      if (panel.at("type") == "row") continue;
      EXPECT_EQ(panel.at("datasource").at("uid"), "${datasource}") << panel.at("title");
    }
  }
}

// The scale is 0 to 100 here, 0 to 10 in the tool's words: 15 is "1.5".
TEST(SystemdUnit, IsHardenedToOnePointFive) {
  const auto ran = run("systemd-analyze security --offline=true --threshold=15 --no-pager '" +
                       kSource + "/systemd/bellwether.service'");
  EXPECT_EQ(ran.status, 0) << ran.output;
}

}  // namespace
}  // namespace bw
