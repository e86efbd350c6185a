// SPDX-License-Identifier: Apache-2.0
#include "probes/text.h"

#include <gtest/gtest.h>

namespace bw {
namespace {

TEST(Text, FoldsWhiteSpaceOfEveryKindToOneSpace) {
  EXPECT_EQ(fold("  We are\r\n\tinvestigating\u00a0\u2028an issue \n", 100),
            "We are investigating an issue");
  EXPECT_EQ(fold(" \n\t ", 100), "");
}

TEST(Text, FoldCutsBetweenCharactersAndNeverEndsInASpace) {
  EXPECT_EQ(fold("caf\u00e9 au lait", 4), "caf");
  EXPECT_EQ(fold("caf\u00e9 au lait", 6), "caf\u00e9");
  EXPECT_EQ(fold("caf\u00e9 au lait", 7), "caf\u00e9 a");
  EXPECT_EQ(fold("abc", 0), "");
}

TEST(Text, FoldDropsWhatIsNotUtf8) {
  EXPECT_EQ(fold("a\xff\xfe"
                 "b\xc3",
                 100),
            "ab");
  EXPECT_EQ(fold("a\xc0\xaf"
                 "b\xed\xa0\x80"
                 "c\xf4\x90\x80\x80"
                 "d",
                 100),
            "abcd");
}

TEST(Text, FoldDropsMarksThatReverseTheReadingOfAMessage) {
  EXPECT_EQ(fold("resolved \u202egnitagitsevni\u202c", 100), "resolved gnitagitsevni");
  EXPECT_EQ(fold(std::string_view("a\0b\x1b[31m", 8), 100), "ab[31m");
}

TEST(Text, TokenHoldsNoWhiteSpace) {
  EXPECT_EQ(token(" a b\u00a0c\n"), "abc");
}

TEST(Text, AppendsWhatFirstCharReads) {
  for (const char32_t code : {U'a', U'\u00e9', U'\u20ac', U'\U0001f512'}) {
    std::string text;
    append_char(text, code);
    EXPECT_EQ(first_char(text).code, code);
    EXPECT_EQ(first_char(text).bytes, text.size());
  }
  std::string text;
  append_char(text, 0xd800);
  EXPECT_EQ(text, "\ufffd");
}

TEST(Text, PrintableIsAscii) {
  EXPECT_EQ(printable("220 mx\r\n\xff", 9), "220 mx...");
}

TEST(Text, TrimsAndLowers) {
  EXPECT_EQ(trim("\t a b \r\n"), "a b");
  EXPECT_EQ(lower("ExAmple\u00c9"), "example\u00c9");
}

}  // namespace
}  // namespace bw
