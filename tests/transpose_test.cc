// SPDX-License-Identifier: Apache-2.0
#include "daemon/rehearsal/transpose.h"

#include "daemon/config/evidence.h"
#include "daemon/rehearsal/judged.h"
#include "tests/support/book_case.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

namespace bw {
namespace {

using rehearsal::Transposed;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::Not;
using ::testing::Pair;

// A bookshop that shares nothing with the book's worlds but what it does.
constexpr std::string_view kMine = R"(
[organisation]
name = "Corner Books"
domain = "cornerbooks.test"
calendar = true
[[function]]
id = "shop"
title = "Looking at books"
[[function]]
id = "pay"
title = "Buying a book"
[[function]]
id = "tokens"
title = "Book tokens and gift vouchers"
[[provider]]
id = "fastcdn"
name = "FastCDN"
role = "cdn"
networks = ["203.0.113.0/24"]
[[provider]]
id = "cards"
name = "Cards R Us"
role = "payments"
[[provider]]
id = "shopsys"
name = "ShopSys"
role = "platform"
[provider.feed]
url = "https://status.shopsys.test/api/v2/summary.json"
format = "statuspage"
[[target]]
id = "home"
kind = "page"
function = "shop"
url = "https://www.cornerbooks.test/"
needs = ["fastcdn"]
expect_text = "Open until eight"
interval = "45s"
[[target]]
id = "buy"
kind = "page"
function = "pay"
url = "https://www.cornerbooks.test/buy"
needs = ["fastcdn", "cards", "shopsys"]
sensitive = true
[[target]]
id = "app-buy"
kind = "api"
function = "pay"
surface = "app"
url = "https://api.cornerbooks.test/buy"
needs = ["fastcdn", "cards", "shopsys"]
[[target]]
id = "tokens"
kind = "api"
function = "tokens"
url = "https://api.cornerbooks.test/tokens"
[[target]]
id = "queue-length"
kind = "prometheus"
url = "http://127.0.0.1:9090"
query = "queue_length"
[[control]]
url = "https://www.elsewhere.test/"
)";

constexpr std::string_view kSignIn = R"(
[[function]]
id = "sign-in"
title = "Signing in"
[[target]]
id = "sign-in"
kind = "login"
function = "sign-in"
url = "https://www.cornerbooks.test/signin"
needs = ["fastcdn"]
)";

Config read(std::string_view text) {
  auto config =
      parse_config(text, "mine.toml", ConfigSources::standing_in(rehearsal::kCanaryPassword));
  EXPECT_TRUE(config.has_value()) << (config ? "" : print(config.error().front()));
  return config.value_or(Config{});
}

Config books() {
  return testing::world_config("retailer");
}

std::string where(const Transposed& cast, std::string_view mine) {
  const auto at = std::ranges::find(cast.pairs, mine, &Transposed::Pair::mine);
  return at == cast.pairs.end() ? "nowhere" : at->where;
}

TEST(Transpose, PutsAJourneyWhereThePageOfItsFunctionIs) {
  auto mine = read(std::string(kMine) + R"(
[[target]]
id = "buying"
kind = "journey"
function = "pay"
needs = ["fastcdn", "cards", "shopsys"]
sensitive = true
[[target.step]]
name = "basket"
url = "https://www.cornerbooks.test/basket"
)");
  std::erase_if(mine.watched,
                [&](const Prober::Watched& one) { return one.spec.url.ends_with("/buy"); });
  std::erase_if(mine.estate.targets,
                [](const Target& target) { return target.id == "buy" || target.id == "app-buy"; });
  const auto cast = rehearsal::transpose(mine, books());
  EXPECT_EQ(where(cast, "buying"), "https://www.hartley.example/checkout");
}

TEST(Transpose, PutsEachTargetWhereItsLikeIs) {
  const auto cast = rehearsal::transpose(read(kMine), books());
  EXPECT_EQ(where(cast, "home"), "https://www.hartley.example/");
  EXPECT_EQ(where(cast, "buy"), "https://www.hartley.example/checkout");
  EXPECT_EQ(where(cast, "app-buy"), "https://api.hartley.example/v2/checkout/options");
  EXPECT_EQ(where(cast, "tokens"), "https://stores.hartley.example/giftcard/balance");
  // What a query of theirs means is not known.
  EXPECT_THAT(cast.left_out, ElementsAre("queue-length"));
  EXPECT_THAT(cast.unwatched, Contains("Click & Collect"));
  EXPECT_THAT(cast.unwatched, Not(Contains("Gift cards and vouchers")));
  EXPECT_THAT(cast.providers, Contains(Pair("commerce-cloud", "shopsys")));
  EXPECT_THAT(cast.strangers, Contains("Tagwise"));
  EXPECT_EQ(rehearsal::mine_of(cast, "paywell"), "cards");
  EXPECT_EQ(rehearsal::mine_of(cast, "tagwise"), "tagwise");
}

TEST(Transpose, LetsACanarySignInAndOthersOnlyLook) {
  const auto username_of = [](std::string_view account) {
    const auto mine = std::string(kMine) + std::string(kSignIn) + std::string(account);
    const auto cast = rehearsal::transpose(read(mine), books());
    EXPECT_EQ(where(cast, "sign-in"), "https://www.hartley.example/signin");
    return cast.config.watched.at(*cast.config.estate.target("sign-in")).spec.username;
  };
  EXPECT_EQ(username_of("username = \"me\"\npassword = \"${SECRET}\"\n"), "canary@hartley.example");
  EXPECT_EQ(username_of(""), "");
}

TEST(Transpose, KeepsWhatIsToldAndTakesWhatIsSeen) {
  const auto cast = rehearsal::transpose(read(kMine), books());
  const auto& estate = cast.config.estate;
  EXPECT_EQ(estate.organisation, "Corner Books");
  EXPECT_EQ(estate.domain, "hartley.example");
  const auto home = estate.target("home");
  ASSERT_TRUE(home.has_value());
  EXPECT_EQ(estate.targets[*home].function, "shop");
  EXPECT_EQ(estate.targets[*home].host, "www.hartley.example");
  EXPECT_THAT(estate.targets[*home].needs, ElementsAre("fastcdn"));
  const auto& watched = cast.config.watched[*home];
  EXPECT_EQ(watched.interval, std::chrono::seconds{45});
  EXPECT_NE(watched.spec.expect_text, "Open until eight");
  ASSERT_NE(estate.provider("fastcdn"), nullptr);
  EXPECT_THAT(estate.provider("fastcdn")->networks, Not(Contains("203.0.113.0/24")));
}

TEST(Transpose, RewordsTheCalendarForItsFunctions) {
  auto cast = rehearsal::transpose(read(kMine), books());
  Announcement all;
  EXPECT_TRUE(rehearsal::reword(cast, all));
  Announcement gifts{.functions = {"gift-cards", "staff"}};
  EXPECT_TRUE(rehearsal::reword(cast, gifts));
  EXPECT_THAT(gifts.functions, ElementsAre("tokens"));
  Announcement staff{.functions = {"staff"}};
  EXPECT_FALSE(rehearsal::reword(cast, staff));
  cast.config.estate.has_calendar = false;
  EXPECT_FALSE(rehearsal::reword(cast, all));
}

TEST(Transpose, TellsTheWorldsOwnConfigurationFromAStrangers) {
  const auto world = testing::play("retailer", "");
  EXPECT_TRUE(rehearsal::is_at_home(books(), world));
  EXPECT_FALSE(rehearsal::is_at_home(read(kMine), world));
}

// The book's platform fails, silently at first and then by its own word: theirs is named for it.
TEST(Transpose, LetsAProviderThatConfessesBeNamed) {
  const auto world = testing::play(
      "retailer",
      "[[event]]\nat = \"0s\"\non = [\"provider:commerce-cloud\"]\nhttp = { status = 503 }\n"
      "[[event]]\nat = \"40m\"\non = [\"feed:commerce-cloud\"]\n"
      "feed = { indicator = \"major\", title = \"Order API down\", stage = \"identified\" }\n");
  const auto cast = rehearsal::transpose(read(kMine), books());
  std::string culprit;
  const auto judged = rehearsal::play_and_judge(
      world,
      cast.config,
      builtin_evidence(),
      {.warm_up = std::chrono::hours{48}, .quiet_interval = std::chrono::minutes{20}},
      {.on_ruling =
           [&](const Ruling& ruling) {
             if (const auto* changed = std::get_if<Changed>(&ruling))
               culprit = changed->incident.verdict.culprit;
           },
       .on_note = {},
       .rewords = {}});
  EXPECT_EQ(culprit, "shopsys");
  EXPECT_LT(judged.suspicion_max, 0.2);
}

}  // namespace
}  // namespace bw
