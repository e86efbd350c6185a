// SPDX-License-Identifier: Apache-2.0
#include "daemon/config/nearest.h"

#include <gtest/gtest.h>

#include <array>
#include <string>
#include <string_view>

namespace bw {
namespace {

constexpr auto kWords = std::to_array<std::string_view>({"interval", "deadline", "needs", "url"});

TEST(Nearest, CountsSwapsInsertionsAndReplacementsAsOneEditEach) {
  EXPECT_EQ(edit_distance("needs", "needs"), 0U);
  EXPECT_EQ(edit_distance("neesd", "needs"), 1U);
  EXPECT_EQ(edit_distance("need", "needs"), 1U);
  EXPECT_EQ(edit_distance("neads", "needs"), 1U);
  EXPECT_EQ(edit_distance("", "url"), 3U);
}

TEST(Nearest, TakesCaseAndHyphensForTheSame) {
  EXPECT_EQ(edit_distance("Expect-Text", "expect_text"), 0U);
}

TEST(Nearest, FindsTheWordThatWasMeant) {
  EXPECT_EQ(nearest("intervall", kWords), "interval");
  EXPECT_EQ(nearest("dedlin", kWords), "deadline");
  EXPECT_EQ(nearest("ulr", kWords), "url");
}

TEST(Nearest, OffersNothingWhenNothingIsNear) {
  EXPECT_EQ(nearest("colour", kWords), "");
  EXPECT_EQ(nearest("x", kWords), "");
  EXPECT_EQ(nearest("", kWords), "");
}

TEST(Nearest, ReadsOnlyTheBeginningOfVeryLongWords) {
  EXPECT_EQ(edit_distance(std::string(10'000, 'a'), std::string(20'000, 'a')), 0U);
}

}  // namespace
}  // namespace bw
