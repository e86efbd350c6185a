// SPDX-License-Identifier: Apache-2.0
#include "probes/archive.h"

#include <gtest/gtest.h>

#include <limits>

namespace bw {
namespace {

struct Sample {
  std::int64_t number = 0;
  std::string text;
  std::map<std::string, std::vector<int>> lists;
  std::optional<double> ratio;
  bool operator==(const Sample&) const = default;
};
template <class A>
void describe(A& a, Sample& sample) {
  a(sample.number, sample.text, sample.lists, sample.ratio);
}

TEST(Archive, ReadsBackWhatItWrote) {
  const Sample sample{.number = std::numeric_limits<std::int64_t>::min(),
                      .text = std::string("a\0b", 3),
                      .lists = {{"one", {1, -2, 300}}, {"", {}}},
                      .ratio = 0.25};
  ArchiveWriter writer;
  writer(sample);
  Sample back;
  ArchiveReader reader(writer.bytes());
  reader(back);
  EXPECT_TRUE(reader.done());
  EXPECT_EQ(back, sample);
}

TEST(Archive, EveryTruncationIsNoticed) {
  ArchiveWriter writer;
  writer(Sample{.number = 5, .text = "text", .lists = {{"k", {1, 2}}}, .ratio = 1.5});
  for (std::size_t size = 0; size < writer.bytes().size(); ++size) {
    Sample back;
    ArchiveReader reader(std::string_view(writer.bytes()).substr(0, size));
    reader(back);
    EXPECT_FALSE(reader.ok()) << size;
  }
}

TEST(Archive, LengthsThatLieAllocateNothing) {
  const std::string lie = "\xff\xff\xff\xff\x7f";
  std::vector<std::string> list;
  ArchiveReader reader(lie);
  reader(list);
  EXPECT_FALSE(reader.ok());
  EXPECT_TRUE(list.empty());
}

struct Older {
  int number = 0;
};
template <class A>
void describe(A& a, Older& older) {
  a.record([&older](auto& r) { r(older.number); });
}
struct Newer {
  int number = 0;
  std::string appended = "default";
};
template <class A>
void describe(A& a, Newer& newer) {
  a.record([&newer](auto& r) { r(newer.number, newer.appended); });
}

TEST(Archive, RecordsMayGainFieldsAtTheirEnd) {
  ArchiveWriter older;
  older(std::vector<Older>{{1}, {2}});
  std::vector<Newer> newer;
  ArchiveReader forward(older.bytes());
  forward(newer);
  EXPECT_TRUE(forward.done());
  ASSERT_EQ(newer.size(), 2U);
  EXPECT_EQ(newer[1].number, 2);
  EXPECT_EQ(newer[1].appended, "default");

  ArchiveWriter writer;
  writer(std::vector<Newer>{{.number = 1, .appended = "a"}, {.number = 2, .appended = "b"}});
  std::vector<Older> back;
  ArchiveReader backward(writer.bytes());
  backward(back);
  EXPECT_TRUE(backward.done());
  ASSERT_EQ(back.size(), 2U);
  EXPECT_EQ(back[1].number, 2);
}

TEST(Archive, ARecordCutInsideAFieldIsNoticed) {
  ArchiveWriter writer;
  writer(Newer{.number = 1, .appended = "text"});
  std::string bytes = writer.take();
  bytes.pop_back();
  bytes.front() = static_cast<char>(bytes.front() - 1);  // its length, so that only the text is cut
  Newer back;
  ArchiveReader reader(bytes);
  reader(back);
  EXPECT_FALSE(reader.ok());
}

TEST(Archive, SmallNumbersAreOneByte) {
  ArchiveWriter writer;
  writer(std::int64_t{-3}, std::uint32_t{100}, std::chrono::milliseconds{20});
  EXPECT_EQ(writer.bytes().size(), 3U);
}

}  // namespace
}  // namespace bw
