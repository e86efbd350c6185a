// SPDX-License-Identifier: Apache-2.0
#include "probes/time.h"

#include <gtest/gtest.h>

namespace bw {
namespace {

TEST(Time, PrintsWhatItParses) {
  for (const auto* text :
       {"2025-04-19T10:00:00Z", "1970-01-01T00:00:00Z", "2024-02-29T23:59:59.250Z"}) {
    const auto at = parse_time(text);
    ASSERT_TRUE(at) << text;
    EXPECT_EQ(print_time(*at), text);
  }
}

TEST(Time, UnderstandsZonesAndFractions) {
  EXPECT_EQ(print_time(parse_time("2025-04-19T11:00:00+01:00").value()), "2025-04-19T10:00:00Z");
  EXPECT_EQ(print_time(parse_time("2025-04-19T10:00:00.123456-00:30").value()),
            "2025-04-19T10:30:00.123Z");
}

TEST(Time, RefusesWhatIsNoTime) {
  for (const auto* text : {"",
                           "2025-04-19",
                           "2025-13-01T00:00:00Z",
                           "2025-02-30T00:00:00Z",
                           "2025-04-19T24:00:00Z",
                           "2025-04-19T10:00:00",
                           "2025-04-19T10:00:00Zx",
                           "2025-04-19T10:00:00."}) {
    EXPECT_FALSE(parse_time(text)) << text;
  }
}

TEST(Duration, NeedsUnits) {
  EXPECT_EQ(parse_duration("1h30m").value(), Millis{5'400'000});
  EXPECT_EQ(parse_duration("250ms").value(), Millis{250});
  EXPECT_EQ(parse_duration("-2d").value(), Millis{-172'800'000});
  for (const auto* text : {"", "-", "30", "s", "1.5h", "5 m", "99999999999999999999d", "40000d"}) {
    EXPECT_FALSE(parse_duration(text)) << text;
  }
}

TEST(Duration, PrintsTwoUnitsForPeople) {
  EXPECT_EQ(print_duration(Millis{45'000}), "45 s");
  EXPECT_EQ(print_duration(Millis{312'000}), "5 min 12 s");
  EXPECT_EQ(print_duration(Millis{19'500'000}), "5 h 25 min");
  EXPECT_EQ(print_duration(Millis{266'400'000}), "3 d 2 h");
}

}  // namespace
}  // namespace bw
