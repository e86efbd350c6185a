// SPDX-License-Identifier: Apache-2.0
#include "tests/support/book_case.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>

namespace bw {
namespace {

using rehearsal::World;
using ::testing::HasSubstr;
using testing::incident_text;
using testing::problems_of;
using testing::world_path;
using testing::write_file;

std::string all(const std::vector<Error>& problems) {
  std::string text;
  for (const auto& problem : problems)
    text += print(problem) + "\n";
  return text;
}

TEST(WorldFiles, EveryIncidentOfTheBookLoads) {
  int count = 0;
  for (const auto& entry : std::filesystem::directory_iterator(BW_SOURCE_DIR "/tests/incidents")) {
    if (entry.path().extension() != ".toml") continue;
    ++count;
    std::ifstream file(entry.path());
    std::string line;
    while (std::getline(file, line) && !line.starts_with("world = \"")) {
    }
    ASSERT_GT(line.size(), 10U) << entry.path();
    const auto world = line.substr(9, line.find('"', 9) - 9);
    const auto loaded = World::load(world_path(world), entry.path().string());
    EXPECT_TRUE(loaded) << all(loaded.error());
  }
  EXPECT_GE(count, 70);
}

TEST(WorldFiles, NormalLifeNeedsNoIncident) {
  const auto world = World::load(world_path("retailer"), {});
  ASSERT_TRUE(world) << all(world.error());
  EXPECT_EQ(world->world_name(), "retailer");
  EXPECT_EQ(world->truth().cause, "none");
  EXPECT_EQ(world->vantages(), (std::vector<std::string>{"london", "frankfurt", "virginia"}));
}

TEST(WorldFiles, TheTruthIsReadForScoring) {
  const auto world = World::load(
      world_path("retailer"), testing::incident_path("2025-04-marks-and-spencer-cyber-incident"));
  ASSERT_TRUE(world) << all(world.error());
  EXPECT_EQ(world->truth().label, "cyber");
  EXPECT_EQ(world->truth().culprit, "own");
  EXPECT_EQ(world->truth().tell, std::chrono::hours{30});
  EXPECT_EQ(world->truth().decide_by, std::chrono::hours{72});
  EXPECT_EQ(print_time(world->t0()), "2025-04-19T10:00:00Z");
  EXPECT_EQ(world->end(), world->t0() + std::chrono::hours{24 * 9});
}

struct Mistake {
  std::string_view events;
  std::string_view says;
};
constexpr auto kMistakes = std::to_array<Mistake>({
    {.events = "[[event]]\nat = \"0s\"\non = [\"all\"]\nhttp = { satus = 503 }\n",
     .says = "case.toml:15:10: unknown key \"satus\""},
    {.events = "[[event]]\nat = \"0s\"\nonn = [\"all\"]\non = [\"all\"]\ntcp = \"refuse\"\n",
     .says = "case.toml:14:1: unknown key \"onn\""},
    {.events = "[[event]]\nat = \"0s\"\non = [\"host:www.elsewhere.example\"]\ntcp = \"refuse\"\n",
     .says = R"("host:www.elsewhere.example" matches nothing in world "retailer")"},
    {.events = "[[event]]\nat = \"0s\"\non = [\"hosts:*\"]\ntcp = \"refuse\"\n",
     .says = "matches nothing"},
    {.events = "[[event]]\nat = \"0s\"\non = [\"all\"]\ntcp = \"drop\"\n",
     .says = R"("tcp" is "drop"; one of refuse, timeout, reset)"},
    {.events = "[[event]]\nat = \"0s\"\non = [\"all\"]\n",
     .says = "exactly one fault, this one has 0"},
    {.events = "[[event]]\nat = \"0s\"\non = [\"all\"]\ntcp = \"reset\"\nlogin = \"challenge\"\n",
     .says = "exactly one fault, this one has 2"},
    {.events = "[[event]]\nat = \"0s\"\ntcp = \"reset\"\n", .says = R"(a "tcp" fault needs "on")"},
    {.events = "[[event]]\nat = \"2h\"\nuntil = \"1h\"\non = [\"all\"]\ntcp = \"reset\"\n",
     .says = R"("until" is not after "at")"},
    {.events = "[[event]]\nat = \"-11d\"\non = [\"all\"]\ntcp = \"reset\"\n",
     .says = "more than ten days before t0"},
    {.events = "[[event]]\nat = \"0s\"\non = [\"all\"]\nshare = 1.5\ntcp = \"reset\"\n",
     .says = "\"share\" is a fraction"},
    {.events = "[[event]]\nat = \"0s\"\non = [\"all\"]\nfrom = [\"paris\"]\ntcp = \"reset\"\n",
     .says = "there is no vantage \"paris\""},
    {.events = "[[event]]\nat = \"soon\"\non = [\"all\"]\ntcp = \"reset\"\n",
     .says = "\"soon\" is not a duration"},
    {.events = "[[event]]\nat = \"0s\"\non = [\"all\"]\ndns = { a = [\"nowhere\"] }\n",
     .says = "\"nowhere\" is not an IP address"},
    {.events = "[[event]]\nat = \"0s\"\non = [\"all\"]\nhttp = { slow = \"very\" }\n",
     .says = "\"slow\" is not a number"},
    {.events = "[[event]]\nat = \"0s\"\non = [\"all\"]\npage = { add_script = \"//\" }\n",
     .says = "case.toml:15:23: \"//\" is not a URL"},
    {.events = "[[event]]\nat = \"0s\"\non = [\"all\"]\npage = { add_iframe = "
               "\"https://a@b.example/\" }\n",
     .says = "\"https://a@b.example/\" is not a URL"},
});

TEST(WorldFiles, EachMistakeIsNamedWithItsPlace) {
  for (const auto& mistake : kMistakes) {
    EXPECT_THAT(all(problems_of("retailer", mistake.events)), HasSubstr(std::string(mistake.says)))
        << mistake.events;
  }
}

TEST(WorldFiles, AllProblemsComeAtOnce) {
  const auto problems = problems_of("retailer", R"([[event]]
at = "0s"
on = ["url:https://nowhere.example/"]
http = { stat = 1 }
[[event]]
at = "0s"
share = 0
on = ["feed:neighbour"]
tls = { key = "old" }
)");
  EXPECT_EQ(problems.size(), 5U) << all(problems);
}

TEST(WorldFiles, AnIncidentOfAnotherWorldIsRefused) {
  const auto path = write_file("case", incident_text("bank", ""));
  const auto loaded = World::load(world_path("retailer"), path);
  ASSERT_FALSE(loaded);
  EXPECT_THAT(all(loaded.error()), HasSubstr("this incident happens in world \"bank\""));
}

TEST(WorldFiles, AWorldThatContradictsItselfIsRefused) {
  const auto path = write_file("tiny", R"([org]
name = "Tiny"
domain = "tiny.example"
timezone = "UTC"
trading = "9-17"
[[owner]]
id = "own"
name = "Tiny"
role = "boss"
needs = ["ghost"]
[[endpoint]]
url = "https://www.tiny.example/"
function = "none"
kind = "page"
latency = "100ms"
scripts = ["//"]
form_action = "//:x/"
)");
  const auto loaded = World::load(path, {});
  ASSERT_FALSE(loaded);
  const auto text = all(loaded.error());
  EXPECT_THAT(text, HasSubstr("tiny.toml:5:"));
  EXPECT_THAT(text, HasSubstr("\"role\" is \"boss\""));
  EXPECT_THAT(text, HasSubstr("unknown owner \"ghost\""));
  EXPECT_THAT(text, HasSubstr("there is no [[host]] www.tiny.example"));
  EXPECT_THAT(text, HasSubstr("unknown function \"none\""));
  EXPECT_THAT(text, HasSubstr("\"//\" is not a URL"));
  EXPECT_THAT(text, HasSubstr("\"//:x/\" is not a URL"));
  EXPECT_THAT(text, HasSubstr("there is no [[vantage]]"));
}

TEST(WorldFiles, WhatIsNotTomlIsOneProblem) {
  const auto loaded = World::load(write_file("bad", "[org\n"), {});
  ASSERT_FALSE(loaded);
  EXPECT_EQ(loaded.error().size(), 1U);
  EXPECT_THAT(print(loaded.error().front()), HasSubstr("bad.toml:1:"));
  const auto missing = World::load("/nowhere/world.toml", {});
  ASSERT_FALSE(missing);
  EXPECT_THAT(print(missing.error().front()), HasSubstr("cannot be read"));
}

}  // namespace
}  // namespace bw
