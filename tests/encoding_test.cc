// SPDX-License-Identifier: Apache-2.0
#include "probes/encoding.h"

#include <gtest/gtest.h>

namespace bw {
namespace {

using namespace std::string_view_literals;

TEST(Encoding, ReadsUtf16OfEitherOrderWithAndWithoutMark) {
  EXPECT_EQ(to_utf8("\xfe\xff\0[\0]"sv, ""), "[]");
  EXPECT_EQ(to_utf8("\xff\xfe[\0]\0"sv, ""), "[]");
  EXPECT_EQ(to_utf8("\0[\0]"sv, "application/json;charset=utf-16"), "[]");
  EXPECT_EQ(to_utf8("[\0]\0"sv, ""), "[]");
}

TEST(Encoding, JoinsSurrogatesAndReplacesLoneOnes) {
  EXPECT_EQ(to_utf8("\xfe\xff\xd8\x3d\xdd\x12"sv, ""), "\U0001f512");
  EXPECT_EQ(to_utf8("\xfe\xff\xd8\x3d\0a"sv, ""),
            "\ufffd"
            "a");
  EXPECT_EQ(to_utf8("\xfe\xff\0a\xd8"sv, ""), "a");
}

TEST(Encoding, DropsTheByteOrderMark) {
  EXPECT_EQ(to_utf8("\xef\xbb\xbf{}", ""), "{}");
}

TEST(Encoding, ReadsLatin1WhereItIsDeclared) {
  EXPECT_EQ(to_utf8("caf\xe9", "text/xml; charset=\"ISO-8859-1\""), "caf\u00e9");
  EXPECT_EQ(to_utf8("<?xml version='1.0' encoding='iso-8859-1'?>\xe9", "text/xml"),
            "<?xml version='1.0' encoding='iso-8859-1'?>\u00e9");
}

TEST(Encoding, ReplacesWhatIsNotUtf8) {
  EXPECT_EQ(to_utf8("caf\xe9!", "application/json"), "caf\ufffd!");
  EXPECT_EQ(to_utf8("caf\u00e9", ""), "caf\u00e9");
  EXPECT_EQ(to_utf8("", ""), "");
}

}  // namespace
}  // namespace bw
