// SPDX-License-Identifier: Apache-2.0
#include "daemon/config/document.h"
#include "daemon/config/values.h"

#include <gtest/gtest.h>

#include <string>

namespace bw::config {
namespace {

TEST(ConfigValues, ReadsSizesWithTheirUnitsOnly) {
  EXPECT_EQ(parse_size("2GiB"), 2ULL << 30);
  EXPECT_EQ(parse_size("500MB"), 500'000'000U);
  EXPECT_EQ(parse_size("7B"), 7U);
  for (const auto* text : {"", "2", "GiB", "2 GiB", "-1GiB", "1.5GiB", "2GIB", "99999999999TiB"}) {
    EXPECT_EQ(parse_size(text), std::nullopt) << text;
  }
  EXPECT_EQ(print_size(2ULL << 30), "2GiB");
  EXPECT_EQ(print_size(1500), "1500B");
}

TEST(ConfigValues, WritesDurationsInTheLargestExactUnit) {
  EXPECT_EQ(print_setting(Millis{90'000}), "90s");
  EXPECT_EQ(print_setting(Millis{120'000}), "2m");
  EXPECT_EQ(print_setting(Millis{86'400'000}), "1d");
  EXPECT_EQ(print_setting(Millis{1'001}), "1001ms");
  EXPECT_EQ(print_setting(Millis{0}), "0ms");
}

TEST(ConfigValues, FindsHostAndPortOfAUrl) {
  const auto plain = inspect_url("HTTPS://Shop.Example/basket?x=1").url;
  ASSERT_TRUE(plain);
  EXPECT_EQ(plain->host, "shop.example");
  EXPECT_EQ(plain->port, 443);
  const auto v6 = inspect_url("http://[2001:db8::1]:8080").url;
  ASSERT_TRUE(v6);
  EXPECT_EQ(v6->host, "2001:db8::1");
  EXPECT_EQ(v6->port, 8080);
}

TEST(ConfigValues, SaysWhatIsWrongWithAUrl) {
  EXPECT_EQ(inspect_url("shop.example").wrong,
            "is not an absolute URL: it must begin with https:// or http://");
  EXPECT_EQ(inspect_url("ftp://shop.example").wrong, "must begin with https:// or http://");
  EXPECT_EQ(inspect_url("https://").wrong, "has no valid host");
  EXPECT_EQ(inspect_url("https://[::1").wrong, "has no valid host");
  EXPECT_EQ(inspect_url("https://[192.0.2.1]/").wrong, "has no valid host");
  EXPECT_EQ(inspect_url("https://a@b/").wrong,
            "holds user info before \"@\": a password there ends in logs");
  EXPECT_EQ(inspect_url("https://b:0/").wrong, "has a port that is not between 1 and 65535");
  EXPECT_EQ(inspect_url("https://b:65536/").wrong, "has a port that is not between 1 and 65535");
  EXPECT_EQ(inspect_url("https://b/#x").wrong,
            "holds a fragment (\"#\"), which is never sent to a server");
  EXPECT_EQ(inspect_url("https://b/ c").wrong, "holds a space or a control character");
  EXPECT_EQ(inspect_url("https://b/" + std::string(3000, 'a')).wrong, "is longer than 2,048 bytes");
}

TEST(ConfigValues, KnowsHostNamesFromOtherThings) {
  for (const auto* host : {"shop.example",
                           "localhost",
                           "_dmarc.shop.example",
                           "xn--e1afmkfd.example",
                           "192.0.2.1",
                           "2001:db8::1",
                           "a.b.",
                           "3com.example"}) {
    EXPECT_TRUE(is_host(host)) << host;
  }
  for (const auto* text : {"",
                           ".",
                           "a..b",
                           "-a.example",
                           "a-.example",
                           "a b",
                           "a/b",
                           "a:80",
                           "192.0.2.256",
                           "1.2.3",
                           "ä.example"}) {
    EXPECT_FALSE(is_host(text)) << text;
  }
  EXPECT_FALSE(is_host(std::string(64, 'a') + ".example"));
}

TEST(ConfigValues, ReadsAddressesWithPorts) {
  EXPECT_TRUE(is_endpoint("192.0.2.53", false));
  EXPECT_TRUE(is_endpoint("192.0.2.53:5353", false));
  EXPECT_TRUE(is_endpoint("2001:db8::53", false));
  EXPECT_TRUE(is_endpoint("[2001:db8::53]:53", false));
  EXPECT_TRUE(is_endpoint("127.0.0.1:0", true));
  EXPECT_FALSE(is_endpoint("127.0.0.1", true));
  EXPECT_FALSE(is_endpoint("192.0.2.53:0", false));
  EXPECT_FALSE(is_endpoint("192.0.2.53:x", false));
  EXPECT_FALSE(is_endpoint("ns1.example:53", false));
  EXPECT_FALSE(is_endpoint("[192.0.2.53]:53", false));
}

TEST(ConfigValues, ReadsNetworksOfBothFamilies) {
  EXPECT_TRUE(is_network("198.51.100.0/24"));
  EXPECT_TRUE(is_network("2001:db8::/48"));
  EXPECT_FALSE(is_network("198.51.100.0/33"));
  EXPECT_FALSE(is_network("198.51.100.0"));
  EXPECT_FALSE(is_network("198.51.100.0/"));
  EXPECT_FALSE(is_network("shop.example/24"));
}

TEST(ConfigDocument, KeepsTheOrderAndPlaceOfKeys) {
  const auto document =
      parse_document("b = 1\n[a]\n  z = \"x\"\n  c = 2024-05-25T12:00:00+01:00\n");
  const auto* root = std::get_if<Node>(&document);
  ASSERT_NE(root, nullptr);
  const auto& table = std::get<Table>(root->value);
  ASSERT_EQ(table.size(), 2U);
  EXPECT_EQ(table[0].key, "b");
  const auto& inner = std::get<Table>(table[1].node.value);
  ASSERT_EQ(inner.size(), 2U);
  EXPECT_EQ(inner[0].key, "z");
  EXPECT_EQ(inner[0].at, (Position{.line = 3, .column = 3}));
  EXPECT_EQ(inner[0].node.at, (Position{.line = 3, .column = 7}));
  EXPECT_EQ(std::get<Time>(inner[1].node.value), parse_time("2024-05-25T11:00:00Z"));
}

TEST(ConfigDocument, PointsAtTheFirstSyntaxError) {
  const auto document = parse_document("a = 1\nb = \n");
  const auto* error = std::get_if<SyntaxError>(&document);
  ASSERT_NE(error, nullptr);
  EXPECT_EQ(error->at.line, 2U);
}

}  // namespace
}  // namespace bw::config
