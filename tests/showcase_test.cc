// SPDX-License-Identifier: Apache-2.0
#include "daemon/showcase.h"

#include <gtest/gtest.h>

#include <atomic>
#include <optional>
#include <thread>

namespace bw {
namespace {

Snapshot named(const std::string& organisation) {
  Snapshot snapshot;
  snapshot.organisation = organisation;
  return snapshot;
}

TEST(Showcase, ASnapshotIsMadeOnlyWhenSomebodyLooks) {
  std::optional<Showcase> showcase;
  int asked = 0;
  showcase.emplace([&] {
    EXPECT_TRUE(showcase->is_wanted());
    showcase->show(named(std::to_string(++asked)));
  });
  EXPECT_FALSE(showcase->is_wanted());
  const auto first = showcase->look();
  ASSERT_NE(first, nullptr);
  EXPECT_EQ(first->organisation, "1");
  EXPECT_FALSE(showcase->is_wanted());
  // It is of this quarter of a second: the next one who looks gets the same, or a newer one.
  const auto second = showcase->look();
  EXPECT_EQ(second->organisation, std::to_string(asked));
  EXPECT_EQ(first->organisation, "1") << "what is being read does not change";
}

TEST(Showcase, ReadersWaitForTheLoop) {
  std::optional<Showcase> showcase;
  std::atomic<int> asked = 0;
  showcase.emplace([&] { asked.fetch_add(1), asked.notify_all(); });
  std::thread loop([&] {
    asked.wait(0);
    showcase->show(named("shown"));
  });
  const auto seen = showcase->look();
  loop.join();
  ASSERT_NE(seen, nullptr);
  EXPECT_EQ(seen->organisation, "shown");
}

TEST(Showcase, WhereTheLoopHangsTheLastOneIsShown) {
  bool hangs = false;
  std::optional<Showcase> showcase;
  showcase.emplace([&] {
    if (!hangs) showcase->show(named("before"));
  });
  hangs = true;
  EXPECT_EQ(showcase->look(), nullptr);
  showcase->show(named("before"));
  EXPECT_EQ(showcase->look()->organisation, "before");
}

}  // namespace
}  // namespace bw
