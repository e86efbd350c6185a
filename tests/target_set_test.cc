// SPDX-License-Identifier: Apache-2.0
#include "daemon/config/config.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

namespace bw {
namespace {

using ::testing::ElementsAre;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::SizeIs;
namespace fs = std::filesystem;

constexpr std::string_view kBase = R"(
[organisation]
name = "Hartley & Moor"
domain = "hartley.example"
[[function]]
id = "browse"
[[function]]
id = "pay"
)";

class TargetSet : public ::testing::Test {
 protected:
  TargetSet() {
    std::string name = (fs::temp_directory_path() / "bellwether-XXXXXX").string();
    directory_ = mkdtemp(name.data());
  }
  ~TargetSet() override { fs::remove_all(directory_); }

  void write(const std::string& name, std::string_view text) const {
    fs::create_directories((directory_ / name).parent_path());
    std::ofstream(directory_ / name, std::ios::binary) << text;
  }
  [[nodiscard]] std::expected<Config, std::vector<Error>> read(std::string_view more) const {
    return parse_config(
        std::string(kBase) + std::string(more), (directory_ / "b.toml").string(), {});
  }
  [[nodiscard]] Config good(std::string_view more) const {
    auto config = read(more);
    if (config) return *std::move(config);
    for (const auto& error : config.error())
      ADD_FAILURE() << print(error);
    return {};
  }
  // What is wrong, with file names as the user wrote them.
  [[nodiscard]] std::vector<std::string> wrong(std::string_view more) const {
    std::vector<std::string> said;
    const auto config = read(more);
    if (config) return said;
    for (const auto& error : config.error()) {
      std::string text = print(error);
      for (std::string::size_type at = 0;
           (at = text.find(directory_.string() + "/")) != std::string::npos;)
        text.erase(at, directory_.string().size() + 1);
      said.push_back(text);
    }
    return said;
  }

  fs::path directory_;
};

std::vector<std::string> ids(const Config& config) {
  std::vector<std::string> ids;
  for (const auto& target : config.estate.targets)
    ids.push_back(target.id);
  return ids;
}

TEST_F(TargetSet, FilesHoldTargetsOfTheirOwn) {
  write("targets/b.toml", R"([[target]]
id = "basket"
kind = "page"
function = "pay"
url = "https://shop.example/basket"
)");
  write("targets/a.toml", R"([[target]]
id = "home"
kind = "page"
function = "browse"
url = "https://shop.example/"
)");
  const auto config = good("[[target_set]]\nfiles = \"targets/*.toml\"\n");
  EXPECT_THAT(ids(config), ElementsAre("home", "basket"));
  EXPECT_THAT(config.watched, SizeIs(2));
}

TEST_F(TargetSet, AMistakeIsNamedWithTheFileThatHasIt) {
  write("more.toml", R"([[target]]
id = "home"
kind = "page"
function = "brows"
url = "https://shop.example/"
[[targt]]
)");
  EXPECT_THAT(
      wrong("[[target_set]]\nfiles = \"more.toml\"\n"),
      ElementsAre(
          HasSubstr("more.toml:4:12: target \"home\": \"function\" names \"brows\", which is "
                    "no function; did you mean \"browse\"?"),
          HasSubstr("more.toml:6:")));
}

TEST_F(TargetSet, AnIdThatAnotherFileHasTakenIsNamedThere) {
  const std::string target =
      "[[target]]\nid = \"home\"\nkind = \"page\"\nfunction = \"browse\"\nurl = "
      "\"https://a.example/\"\n";
  write("a.toml", target);
  write("b.toml", target);
  EXPECT_THAT(wrong("[[target_set]]\nfiles = [\"a.toml\", \"b.toml\"]\n"),
              ElementsAre(HasSubstr("the id \"home\" is already taken, at a.toml:2:6")));
}

TEST_F(TargetSet, AListFillsTheSetsKeys) {
  write("urls.txt",
        "# shops\nhttps://one.example/\n\n  https://two.example:8443/bag  # the bag\r\n");
  const auto config = good(
      "[[target_set]]\nlist = \"urls.txt\"\nkind = \"page\"\nfunction = \"browse\"\n"
      "interval = \"2m\"\n");
  EXPECT_THAT(ids(config), ElementsAre("one.example", "two.example-8443-bag"));
  EXPECT_EQ(config.watched[1].spec.url, "https://two.example:8443/bag");
  EXPECT_EQ(config.watched[1].interval, Millis{120'000});
}

TEST_F(TargetSet, FileSdBringsLabels) {
  write("sd/shops.json", R"([
    {"targets": ["one.example", "two.example"], "labels": {"does": "browse", "env": "live"}},
    {"targets": ["pay.example"], "labels": {"does": "pay", "env": "test"}}])");
  const auto config = good(
      "[[target_set]]\nfile_sd = \"sd/*.json\"\nkind = \"page\"\nid = \"{{env}}.{{ target }}\"\n"
      "function = \"{{does}}\"\nurl = \"https://{{target}}/status\"\n"
      "headers = { \"X-Env\" = \"{{env}}\", \"X-Json\" = '{{\"a\": 1}}' }\n");
  EXPECT_THAT(ids(config), ElementsAre("live.one.example", "live.two.example", "test.pay.example"));
  EXPECT_EQ(config.estate.targets[2].function, "pay");
  EXPECT_EQ(config.watched[0].spec.url, "https://one.example/status");
  ASSERT_THAT(config.watched[2].spec.headers, SizeIs(2));
  EXPECT_EQ(config.watched[2].spec.headers[0].value, "test");
  EXPECT_EQ(config.watched[2].spec.headers[1].value, R"({{"a": 1}})");
}

TEST_F(TargetSet, AddressesWithPortsAreHostAndPort) {
  write("sd.json", R"([{"targets": ["10.0.0.1:9100", "[2001:db8::1]"]}])");
  const auto config =
      read("[[target_set]]\nfile_sd = \"sd.json\"\nkind = \"tcp\"\nfunction = \"pay\"\n");
  ASSERT_FALSE(config);  // the second has no port
  write("sd.json", R"([{"targets": ["10.0.0.1:9100"]}])");
  const auto right =
      good("[[target_set]]\nfile_sd = \"sd.json\"\nkind = \"tcp\"\nfunction = \"pay\"\n");
  ASSERT_THAT(right.watched, SizeIs(1));
  EXPECT_EQ(right.watched[0].spec.host, "10.0.0.1");
  EXPECT_EQ(right.watched[0].spec.port, 9100);
}

TEST_F(TargetSet, AnUnknownLabelAndBrokenFilesAreSaid) {
  write("sd.json", R"([{"targets": ["one.example"], "labels": {"service": "browse"}}])");
  EXPECT_THAT(
      wrong("[[target_set]]\nfile_sd = \"sd.json\"\nkind = \"dns\"\nfunction = \"{{servise}}\"\n"),
      ::testing::Contains(
          HasSubstr("\"one.example\" has no label \"servise\"; did you mean \"service\"?")));
  write("sd.json", "[\n  {\"targets\": [\"a\"],,}]");
  EXPECT_THAT(wrong("[[target_set]]\nfile_sd = \"sd.json\"\nkind = \"dns\"\nfunction = \"pay\"\n"),
              ElementsAre(HasSubstr("sd.json:2:22: ")));
  write("sd.json", R"({"targets": []})");
  EXPECT_THAT(wrong("[[target_set]]\nfile_sd = \"sd.json\"\nkind = \"dns\"\nfunction = \"pay\"\n"),
              ElementsAre(HasSubstr("a file_sd document is a list of groups")));
  EXPECT_THAT(wrong("[[target_set]]\nlist = \"none-*.txt\"\n"),
              ElementsAre(HasSubstr("no file is called \"none-*.txt\"")));
  EXPECT_THAT(wrong("[[target_set]]\nkind = \"page\"\n"),
              ElementsAre(HasSubstr("a set says where its targets are")));
  write("a.txt", "https://a.example/ and more\n");
  EXPECT_THAT(wrong("[[target_set]]\nlist = \"a.txt\"\nfile_sd = \"sd.json\"\n"),
              ElementsAre(HasSubstr("exclude each other")));
  EXPECT_THAT(wrong("[[target_set]]\nlist = \"a.txt\"\nkind = \"page\"\nfunction = \"pay\"\n"),
              ElementsAre(HasSubstr("a.txt:1:1: ")));
}

TEST_F(TargetSet, AMistakeOfTheSetIsNotRepeatedForEveryAddress) {
  std::string list;
  for (int i = 0; i < 1000; ++i)
    list += "https://shop-" + std::to_string(i) + ".example/\n";
  write("urls.txt", list);
  const auto said =
      wrong("[[target_set]]\nlist = \"urls.txt\"\nkind = \"page\"\nfunction = \"brows\"\n");
  EXPECT_THAT(said, SizeIs(10));
  EXPECT_THAT(said.front(), EndsWith("did you mean \"browse\"?"));
}

TEST_F(TargetSet, LongAddressesHaveIdsOfTheirOwn) {
  const std::string path(100, 'x');
  write("urls.txt", "https://a.example/" + path + "1\nhttps://a.example/" + path + "2\n");
  const auto config =
      good("[[target_set]]\nlist = \"urls.txt\"\nkind = \"page\"\nfunction = \"pay\"\n");
  ASSERT_THAT(ids(config), SizeIs(2));
  EXPECT_NE(ids(config)[0], ids(config)[1]);
}

TEST_F(TargetSet, ChangesInItsFilesChangeTheDigest) {
  const std::string set =
      "[[target_set]]\nlist = \"urls.txt\"\nkind = \"page\"\nfunction = \"pay\"\n";
  write("urls.txt", "https://a.example/\n");
  const auto before = good(set).digest;
  write("urls.txt", "https://b.example/\n");
  EXPECT_NE(good(set).digest, before);
}

}  // namespace
}  // namespace bw
