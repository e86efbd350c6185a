// SPDX-License-Identifier: Apache-2.0
#include "daemon/rehearsal/log_pass.h"

#include "tests/support/journal_support.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <variant>

namespace bw::rehearsal {
namespace {

class LogPassTest : public testing::Test {
 protected:
  void expect_whole(decltype(Input::what) what) {
    const Input input{.seq = ++seq_, .what = std::move(what)};
    passed_ = pass_.pass(input);
    EXPECT_EQ(whole(passed_), whole(input)) << "input " << input.seq;
  }
  [[nodiscard]] const Facts* facts() const {
    return std::get<Observation>(passed_.what).facts.get();
  }

  LogPass pass_{estate_of(3)};
  std::uint64_t seq_ = 0;
  Input passed_;
};

TEST_F(LogPassTest, KeepsAllKindsOfInputWhole) {
  expect_whole(look(0, second(0), page_facts(0)));
  auto failed = look(2, second(1), page_facts(1));
  failed.outcome = Outcome::connect_timeout;
  failed.party = Party::origin;
  failed.is_second_look = true;
  failed.note = "198.51.100.10:443 did not answer";
  expect_whole(failed);
  expect_whole(Tick{.at = second(2)});
  FeedItem item;
  item.at = second(3);
  item.provider = "paywell";
  item.state = FeedState::partial;
  item.body = std::string(5000, 'b');
  expect_whole(item);
  expect_whole(Announcement{.at = second(4),
                            .kind = "change",
                            .text = "release",
                            .from = second(6),
                            .to = second(7),
                            .functions = {"checkout"}});
  expect_whole(OperatorNote{.at = second(6),
                            .kind = NoteKind::declare,
                            .incident = 7,
                            .target = "",
                            .who = "ann",
                            .text = "ransom note found"});
}

TEST_F(LogPassTest, EqualFactsAreOneObject) {
  expect_whole(look(1, second(0), page_facts(0)));
  const auto* first = facts();
  expect_whole(look(1, second(60), page_facts(1)));
  EXPECT_NE(facts(), first);
  expect_whole(look(1, second(120), page_facts(0)));
  EXPECT_EQ(facts(), first);
}

TEST_F(LogPassTest, SteadyFactsStayOneObjectOverDays) {
  expect_whole(look(1, second(0), page_facts(0)));
  const auto* first = facts();
  for (int day = 1; day < 4; ++day) {
    expect_whole(look(1, second(day * 86'400), page_facts(0)));
    EXPECT_EQ(facts(), first) << "day " << day;
  }
}

}  // namespace
}  // namespace bw::rehearsal
