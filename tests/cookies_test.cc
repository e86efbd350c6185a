// SPDX-License-Identifier: Apache-2.0
#include "probes/cookies.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace bw {
namespace {

constexpr Time kNow{Millis{1'745'056'800'000}};  // 2025-04-19T10:00:00Z

Url at(std::string_view text) {
  return parse_url(text).value();
}

CookieJar jar_of(const std::vector<std::string>& lines,
                 std::string_view from = "https://www.hartley.example/basket/items") {
  std::vector<Header> headers;
  for (const auto& line : lines)
    headers.push_back({.name = "set-cookie", .value = line});
  CookieJar jar;
  jar.keep(at(from), headers, kNow);
  return jar;
}

TEST(Cookies, GoBackToTheHostThatSetThemAndNoOther) {
  const auto jar = jar_of({"sid=1; Path=/"});
  EXPECT_EQ(jar.line_for(at("https://www.hartley.example/checkout")), "sid=1");
  EXPECT_EQ(jar.line_for(at("https://hartley.example/")), "");
  EXPECT_EQ(jar.line_for(at("https://login.hartley.example/")), "");
  EXPECT_EQ(jar.line_for(at("https://www.hartley.example.evil.example/")), "");
}

TEST(Cookies, OfADomainGoToTheHostsBelowIt) {
  const auto jar = jar_of({"sid=1; Domain=.Hartley.example; Path=/"});
  EXPECT_EQ(jar.line_for(at("https://login.hartley.example/")), "sid=1");
  EXPECT_EQ(jar.line_for(at("https://hartley.example/")), "sid=1");
  EXPECT_EQ(jar.line_for(at("https://nothartley.example/")), "");
}

TEST(Cookies, NobodySetsThemForAnotherSite) {
  EXPECT_TRUE(jar_of({"a=1; Domain=evil.example"}).all().empty());
  EXPECT_TRUE(jar_of({"a=1; Domain=login.hartley.example"}).all().empty());
  EXPECT_TRUE(jar_of({"a=1; Domain=example"}).all().empty()) << "a suffix that others share";
  EXPECT_TRUE(jar_of({"a=1; Domain=co.uk"}, "https://www.hartley.co.uk/").all().empty());
  EXPECT_TRUE(jar_of({"a=1; Domain=0.0.1"}, "http://127.0.0.1/").all().empty());
  EXPECT_EQ(jar_of({"a=1; Domain=127.0.0.1"}, "http://127.0.0.1/").all().size(), 1U);
}

TEST(Cookies, KeepToTheirPath) {
  const auto jar = jar_of({"wide=1; Path=/", "deep=1; Path=/basket", "own=1", "odd=1; Path=x"});
  EXPECT_EQ(jar.line_for(at("https://www.hartley.example/basket/pay")),
            "deep=1; own=1; odd=1; wide=1");
  EXPECT_EQ(jar.line_for(at("https://www.hartley.example/baskets")), "wide=1");
}

TEST(Cookies, SecureOnesNeedHttpsBothWays) {
  const auto jar = jar_of({"sid=1; Path=/; Secure; HttpOnly; SameSite=Lax"});
  EXPECT_EQ(jar.line_for(at("https://www.hartley.example/")), "sid=1");
  EXPECT_EQ(jar.line_for(at("http://www.hartley.example/")), "");
  EXPECT_TRUE(jar_of({"sid=1; Secure"}, "http://www.hartley.example/").all().empty());
}

TEST(Cookies, EndWhenTheySay) {
  EXPECT_TRUE(jar_of({"a=1; Max-Age=0",
                      "b=1; max-age=-5",
                      "c=1; Expires=Thu, 01 Jan 1970 00:00:00 GMT",
                      "d=1; expires=Sat, 19-Apr-25 09:59:59 GMT"})
                  .all()
                  .empty());
  auto jar = jar_of({"short=1; Max-Age=60; Expires=Thu, 01 Jan 1970 00:00:00 GMT",
                     "long=1; Expires=Sun, 20 Apr 2025 10:00:00 GMT",
                     "session=1",
                     "odd=1; Max-Age=soon; Expires=whenever",
                     "huge=1; Max-Age=99999999999999999999999"});
  EXPECT_EQ(jar.all().size(), 5U);
  jar.keep(at("https://www.hartley.example/"), {}, kNow + std::chrono::seconds{60});
  EXPECT_EQ(jar.line_for(at("https://www.hartley.example/basket/items")),
            "long=1; session=1; odd=1; huge=1");
  jar.keep(at("https://www.hartley.example/"), {}, kNow + std::chrono::days{401});
  EXPECT_EQ(jar.line_for(at("https://www.hartley.example/basket/items")), "session=1; odd=1");
}

TEST(Cookies, ANewValueTakesTheOldOnesPlace) {
  const auto jar = jar_of({"a=1; Path=/", "b=1; Path=/", "a=2; Path=/", "a=other"});
  EXPECT_EQ(jar.line_for(at("https://www.hartley.example/")), "a=2; b=1");
  const auto without = jar_of({"a=1; Path=/", "b=1; Path=/", "a=; Path=/; Max-Age=0"});
  EXPECT_EQ(without.line_for(at("https://www.hartley.example/")), "b=1");
}

TEST(Cookies, WhatIsNoCookieIsNone) {
  EXPECT_TRUE(
      jar_of({"", ";", "=", "=1", "name", "; a=1", "a=\x01", "a=b\r\nX: y", std::string("a=\0", 3)})
          .all()
          .empty());
  EXPECT_TRUE(jar_of({"a=" + std::string(kCookieBytesMax, 'x')}).all().empty());
  const auto jar = jar_of({"  a = \"1 = 1\" ; path = /"});
  EXPECT_EQ(jar.line_for(at("https://www.hartley.example/")), "a=\"1 = 1\"");
}

TEST(Cookies, ABombOfThemFillsNothing) {
  std::vector<std::string> lines;
  for (int i = 0; i < 1000; ++i)
    lines.push_back("c" + std::to_string(i) + "=" + std::string(4000, 'x') + "; Path=/");
  const auto large = jar_of(lines);
  EXPECT_LE(large.line_for(at("https://www.hartley.example/")).size(), CookieJar::kBytesMax);
  EXPECT_EQ(large.all().back().name, "c999") << "the oldest ones go";
  for (auto& line : lines)
    line = line.substr(0, line.find('=')) + "=1; Path=/";
  EXPECT_EQ(jar_of(lines).all().size(), CookieJar::kCookiesOfDomainMax);
}

TEST(Cookies, ABombOfAStrangersLeavesOursWhereTheyAre) {
  auto jar = jar_of({"sid=1; Path=/"});
  std::vector<Header> bomb;
  for (int i = 0; i < 1000; ++i)
    bomb.push_back(
        {.name = "Set-Cookie", .value = "c" + std::to_string(i) + "=" + std::string(4000, 'x')});
  jar.keep(at("https://tags.example/"), bomb, kNow);
  EXPECT_EQ(jar.line_for(at("https://www.hartley.example/")), "sid=1");
}

}  // namespace
}  // namespace bw
