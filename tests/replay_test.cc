// SPDX-License-Identifier: Apache-2.0
// Every rule proves itself on a few minutes of a small shop: where it must speak, and in the
// innocent twin where it must not. The cases are tests/replay/RULE.case.
#include "daemon/verdict/rules/catalog.h"
#include "tests/support/case_file.h"
#include "tests/support/case_player.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <set>

namespace bw {
namespace {

using test::CaseFile;

const std::filesystem::path kFolder = std::filesystem::path(BW_SOURCE_DIR) / "tests" / "replay";

class Replay : public testing::TestWithParam<const Rule*> {
 protected:
  static CaseFile file() {
    return test::load_cases(kFolder / (std::string(GetParam()->name) + ".case"));
  }
};

TEST_P(Replay, SpeaksWhereItMustAndNotInTheInnocentTwin) {
  const auto cases = file();
  for (const auto& problem : cases.problems)
    ADD_FAILURE() << problem;
  std::set<std::string, std::less<>> heard;
  for (const auto& one : cases.cases) {
    const auto played = test::play(cases.name, one);
    for (const auto& problem : played.problems)
      ADD_FAILURE() << problem;
    if (one.must_fire) heard.insert(played.heard.begin(), played.heard.end());
  }
  for (const auto signal : GetParam()->signals) {
    EXPECT_TRUE(heard.contains(signal)) << cases.name << ": no case makes " << signal << " fire";
  }
}

TEST_P(Replay, HasCasesOfBothKindsAboutItself) {
  const auto cases = file();
  const auto fires = std::ranges::count(cases.cases, true, &test::Case::must_fire);
  EXPECT_GT(fires, 0) << cases.name << " has no case in which the rule must fire";
  EXPECT_LT(fires, std::ssize(cases.cases)) << cases.name << " has no innocent twin";
  for (const auto& one : cases.cases) {
    for (const auto& signal : one.signals) {
      const bool is_own =
          signal == GetParam()->name ||
          std::ranges::find(GetParam()->signals, signal) != GetParam()->signals.end();
      EXPECT_TRUE(is_own) << cases.name << ":" << one.number << ": " << signal
                          << " is no signal of this rule";
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Rules,
                         Replay,
                         testing::ValuesIn(all_rules().begin(), all_rules().end()),
                         [](const auto& one) { return std::string(one.param->name); });

TEST(ReplayCases, BelongToARuleOfTheCatalog) {
  for (const auto& entry : std::filesystem::directory_iterator(kFolder)) {
    if (entry.path().extension() != ".case") continue;
    const auto is_its = [&](const Rule* rule) {
      return rule->name == entry.path().stem().string();
    };
    EXPECT_TRUE(std::ranges::any_of(all_rules(), is_its)) << entry.path().filename();
  }
}

std::vector<std::string> problems_of(std::string_view text) {
  auto file = test::read_cases("x.case", text);
  for (const auto& one : file.cases) {
    const auto played = test::play(file.name, one);
    file.problems.insert(file.problems.end(), played.problems.begin(), played.problems.end());
  }
  return file.problems;
}

TEST(ReplayCases, SayWhichLineIsWrong) {
  const struct {
    const char* line;
    const char* problem;
  } slips[]{
      {.line = "fail home-page status_server", .problem = "\"home-page\" is no target"},
      {.line = "fail home status_serverr", .problem = "\"status_serverr\" is no outcome"},
      {.line = "fail home status_server from nowhere", .problem = "\"nowhere\" is no vantage"},
      {.line = "pass 30", .problem = "\"30\" is no duration"},
      {.line = "share home 1.5", .problem = "\"1.5\" is no share"},
      {.line = "pass 1m 2m", .problem = "\"2m\" is one word too many"},
      {.line = "say platforn major \"x\"", .problem = "\"platforn\" is no provider"},
      {.line = "announce party \"x\" for 1h", .problem = "\"party\" is no kind of announcement"},
      {.line = "sleep 1m", .problem = "\"sleep\" is no verb"},
      {.line = "level outage", .problem = "expected outage, found calm"},
      {.line = "cause ddos", .problem = "no incident is open"}};
  for (const auto& slip : slips) {
    const auto problems =
        problems_of(std::string("# a slip\nmust stay quiet staged\n  ") + slip.line);
    ASSERT_EQ(problems.size(), 1U) << slip.line;
    EXPECT_EQ(problems.front(), std::string("x.case:3 (a slip): ") + slip.problem);
  }
}

TEST(ReplayCases, NeedATitleASignalAndClosedQuotes) {
  EXPECT_EQ(problems_of("must fire\n"),
            (std::vector<std::string>{"x.case:1: no signal is named",
                                      "x.case:1: the case has no title: a comment above it"}));
  EXPECT_EQ(problems_of("pass 1m\n").front(), "x.case:1: a line before the first \"must\"");
  EXPECT_EQ(problems_of("# t\nmust stay quiet staged\n  say own \"open\n").front(),
            "x.case:3: a quote is not closed");
}

TEST(ReplayCases, AreFalseWhenTheSignalsAreOtherThanTheyMustBe) {
  const auto silent = problems_of("# nothing happens\nmust fire staged\n  pass 5m\n");
  ASSERT_EQ(silent.size(), 1U);
  EXPECT_TRUE(silent.front().contains("staged was not heard")) << silent.front();
  const auto loud = problems_of(
      "# something does\nmust stay quiet how_it_fails\n  pass 30m\n  fail home status_server\n  "
      "pass 5m\n");
  ASSERT_EQ(loud.size(), 1U);
  EXPECT_TRUE(loud.front().contains("how_it_fails/server_errors was heard")) << loud.front();
}

}  // namespace
}  // namespace bw
