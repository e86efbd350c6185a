// SPDX-License-Identifier: Apache-2.0
#include "probes/url.h"

#include <gtest/gtest.h>

namespace bw {
namespace {

std::string parsed(std::string_view text) {
  const auto url = parse_url(text);
  return url ? print(*url) : "none";
}
std::string resolved(std::string_view base, std::string_view reference) {
  const auto url = resolve_url(parse_url(base).value(), reference);
  return url ? print(*url) : "none";
}

TEST(Url, ReadsWhatBrowsersRead) {
  EXPECT_EQ(parsed("https://Shop.Example"), "https://shop.example/");
  EXPECT_EQ(parsed("HTTP://shop.example:80/a/../b?q=1#frag"), "http://shop.example/b?q=1");
  EXPECT_EQ(parsed("  https:\\\\shop.example\\x\n"), "https://shop.example/x");
  EXPECT_EQ(parsed("https://shop.example:8443?x"), "https://shop.example:8443/?x");
  EXPECT_EQ(parsed("https://[2001:DB8::1]:444/"), "https://[2001:db8::1]:444/");
  EXPECT_EQ(parsed("https://shop.example./"), "https://shop.example/");
  EXPECT_EQ(parsed("https://shop.example/a b"), "https://shop.example/a%20b");
}

TEST(Url, RefusesWhatIsNoWebAddress) {
  for (const auto* text : {"",
                           "shop.example",
                           "//shop.example",
                           "ftp://shop.example/",
                           "https:/shop.example",
                           "https://",
                           "https://user@shop.example/",
                           "https://shop.example@evil.example/",
                           "https://shop.example:0/",
                           "https://shop.example:99999/",
                           "https://shop.example:8x/",
                           "https://[::1",
                           "https://[::1]x/",
                           "https://[shop]/",
                           "https://a b/",
                           "https://./",
                           "javascript:alert(1)"}) {
    EXPECT_EQ(parsed(text), "none") << text;
  }
  EXPECT_EQ(parsed("https://shop.example/" + std::string(kUrlBytesMax, 'a')), "none");
}

// RFC 3986 section 5.4, with the path of its examples.
TEST(Url, ResolvesReferencesAgainstTheDocument) {
  constexpr auto kBase = "http://a/b/c/d;p?q";
  EXPECT_EQ(resolved(kBase, "g"), "http://a/b/c/g");
  EXPECT_EQ(resolved(kBase, "./g/"), "http://a/b/c/g/");
  EXPECT_EQ(resolved(kBase, "/g"), "http://a/g");
  EXPECT_EQ(resolved(kBase, "//g"), "http://g/");
  EXPECT_EQ(resolved(kBase, "?y"), "http://a/b/c/d;p?y");
  EXPECT_EQ(resolved(kBase, "g?y#s"), "http://a/b/c/g?y");
  EXPECT_EQ(resolved(kBase, ""), "http://a/b/c/d;p?q");
  EXPECT_EQ(resolved(kBase, "#s"), "http://a/b/c/d;p?q");
  EXPECT_EQ(resolved(kBase, ".."), "http://a/b/");
  EXPECT_EQ(resolved(kBase, "../../../g"), "http://a/g");
  EXPECT_EQ(resolved(kBase, "%2e%2E/g"), "http://a/b/g");
  EXPECT_EQ(resolved(kBase, "https://evil.example/x"), "https://evil.example/x");
  EXPECT_EQ(resolved(kBase, "data:text/html,x"), "none");
  EXPECT_EQ(resolved(kBase, "java\nscript:alert(1)"), "none");
  EXPECT_EQ(resolved(kBase, "\\\\evil.example\\x"), "http://evil.example/x");
}

TEST(Url, TellsOriginsAndDropsQueries) {
  const auto url = parse_url("https://shop.example:443/pay?card=4111").value();
  EXPECT_EQ(origin_of(url), "https://shop.example");
  EXPECT_EQ(without_query(url), "https://shop.example/pay");
  EXPECT_EQ(origin_of(parse_url("http://shop.example:443/").value()), "http://shop.example:443");
}

TEST(Url, KnowsOneSiteFromAnother) {
  const auto same = [](std::string_view a, std::string_view b) {
    return is_same_site(parse_url(a).value(), parse_url(b).value());
  };
  EXPECT_TRUE(same("https://www.shop.example/", "http://login.shop.example:8080/"));
  EXPECT_TRUE(same("https://shop.example/", "https://www.shop.example/"));
  EXPECT_TRUE(same("https://www.shop.co.uk/", "https://pay.shop.co.uk/"));
  EXPECT_FALSE(same("https://shop.co.uk/", "https://evil.co.uk/"));
  EXPECT_FALSE(same("https://www.shop.example/", "https://www.shop.example.evil.example/"));
  EXPECT_FALSE(same("https://notshop.example/", "https://shop.example/"));
  EXPECT_FALSE(same("http://10.0.0.1/", "http://192.0.0.1/"));
  EXPECT_TRUE(same("http://127.0.0.1:81/", "http://127.0.0.1:82/"));
}

}  // namespace
}  // namespace bw
