// SPDX-License-Identifier: Apache-2.0
#include "probes/date.h"

#include <gtest/gtest.h>

namespace bw {
namespace {

std::string read(std::string_view text) {
  const auto at = parse_date(text);
  return at ? print_time(*at) : "nothing";
}

TEST(Date, ReadsMailDatesInTheirManyForms) {
  EXPECT_EQ(read("Sat, 19 Apr 2025 10:00:00 +0100"), "2025-04-19T09:00:00Z");
  EXPECT_EQ(read("Sat, 19 Apr 2025 10:00:00 GMT"), "2025-04-19T10:00:00Z");
  EXPECT_EQ(read("19 Apr 2025 10:00 PDT"), "2025-04-19T17:00:00Z");
  EXPECT_EQ(read("  Sat,19 Apr 25 10:00:00 -0330 "), "2025-04-19T13:30:00Z");
  EXPECT_EQ(read("Sun, 06 Nov 94 08:49:37 UT"), "1994-11-06T08:49:37Z");
  EXPECT_EQ(read("Tuesday, 29 February 2028 23:59:60 Z"), "2028-03-01T00:00:00Z");
  EXPECT_EQ(read("Sat, 19 Apr 2025 10:00:00"), "2025-04-19T10:00:00Z");
}

TEST(Date, ReadsInternetDatesToo) {
  EXPECT_EQ(read("2025-04-19T10:00:00.000-07:00"), "2025-04-19T17:00:00Z");
  EXPECT_EQ(read("2020-01-01T00:00:00.000+0000"), "2020-01-01T00:00:00Z");
}

TEST(Date, RefusesWhatIsNoDate) {
  for (const auto* text : {"",
                           "Sat",
                           "31 Apr 2025 10:00:00 GMT",
                           "19 Foo 2025 10:00:00 GMT",
                           "19 Apr 2025 24:00 GMT",
                           "19 Apr 2025 10:00:00:00 GMT",
                           "19 Apr 2025 10:00:00 +01",
                           "19 Apr 2025 10:00:00 +0160",
                           "19 Apr 99999 10:00:00 GMT",
                           "-19 Apr 2025 10:00:00 GMT",
                           "19 Apr 2025 1O:00 GMT"}) {
    EXPECT_EQ(read(text), "nothing") << text;
  }
  EXPECT_EQ(read(std::string(100'000, '1')), "nothing");
}

}  // namespace
}  // namespace bw
