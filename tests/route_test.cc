// SPDX-License-Identifier: Apache-2.0
#include "probes/catalog.h"
#include "probes/record_type.h"
#include "tests/support/sensor_talk.h"

#include <gtest/gtest.h>

#include <map>

namespace bw {
namespace {

Spec shop() {
  Spec spec;
  spec.kind = "route";
  spec.host = "www.shop.example";
  spec.url = "https://stat.routes.example/";
  return spec;
}

Reply resolves_to(const std::vector<std::string>& addresses) {
  Reply reply;
  DnsReply dns;
  dns.type = kTypeA;
  for (const auto& address : addresses)
    dns.answer.push_back({.name = "www.shop.example", .type = kTypeA, .ttl = 60, .data = address});
  reply.dns.push_back(dns);
  return reply;
}

std::string overview(const std::string& prefix, const std::string& origins) {
  return R"({"status":"ok","data":{"announced":true,"resource":")" + prefix + R"(","asns":[)" +
         origins + "]}}";
}

// Answers by the first part of the URL that fits.
test::Talk talk(const Spec& spec,
                const Reply& dns,
                const std::map<std::string, std::string>& pages) {
  return test::talk(kinds::route, spec, Time{}, [&](const Ask& ask) {
    const auto url = test::url_of(ask);
    if (url.empty()) return dns;
    for (const auto& [part, body] : pages) {
      if (url.find(part) != std::string::npos) return test::answered(body);
    }
    return test::answered("", 404);
  });
}

TEST(Route, LooksUpWhoAnnouncesEachNetworkOfTheName) {
  const auto [finding, asks] = talk(
      shop(),
      resolves_to({"198.51.100.10", "198.51.100.11", "203.0.113.7"}),
      {{"resource=198.51.100.10",
        overview("198.51.100.0/24", R"({"asn":64500,"holder":"SHOP-NET - Shop"})")},
       {"resource=203.0.113.7", overview("203.0.112.0/22", R"({"asn":64510,"holder":"EDGE"})")},
       {"resource=AS64500&prefix=198.51.100.0%2F24", R"({"data":{"status":"valid"}})"},
       {"resource=AS64510&prefix=203.0.112.0%2F22", R"({"data":{"status":"unknown"}})"}});
  EXPECT_EQ(finding.outcome, Outcome::ok);
  EXPECT_EQ(finding.facts.get(Fact::routes), "198.51.100.0/24=AS64500 203.0.112.0/22=AS64510");
  EXPECT_EQ(finding.facts.get(Fact::route_states),
            "198.51.100.0/24=AS64500=valid 203.0.112.0/22=AS64510=unknown");
  EXPECT_EQ(finding.facts.get(Fact::route_holders), "AS64500=SHOP-NET AS64510=EDGE");
  ASSERT_EQ(asks.size(), 5U);
  EXPECT_EQ(test::url_of(asks[1]),
            "https://stat.routes.example/data/prefix-overview/data.json?resource=198.51.100.10"
            "&sourceapp=bellwether");
}

TEST(Route, TellsWhoIsNotEntitled) {
  const auto [finding, asks] =
      talk(shop(),
           resolves_to({"198.51.100.10"}),
           {{"resource=198", overview("198.51.100.0/25", R"({"asn":64666,"holder":""})")},
            {"resource=AS64666", R"({"data":{"status":"invalid_length"}})"}});
  EXPECT_EQ(finding.outcome, Outcome::degraded);
  EXPECT_EQ(finding.facts.get(Fact::route_states), "198.51.100.0/25=AS64666=invalid");
  EXPECT_EQ(finding.note,
            "announced by a network that is not entitled to (RPKI): 198.51.100.0/25=AS64666");
}

TEST(Route, TellsWhatNobodyAnnouncesAlsoWhileTheNameLeadsNowhere) {
  auto spec = shop();
  spec.addresses = {"203.0.113.53"};
  Reply dark;
  dark.failure = Outcome::dns_timeout;
  const auto [finding, asks] =
      talk(spec, dark, {{"resource=203.0.113.53", R"({"data":{"announced":false,"asns":[]}})"}});
  EXPECT_EQ(finding.facts.get(Fact::unrouted), "203.0.113.53");
  EXPECT_EQ(finding.facts.get(Fact::routes), "");
  EXPECT_EQ(finding.outcome, Outcome::degraded);
}

TEST(Route, EndsAsTheNameDoesWhereThereIsNothingToLookUp) {
  Reply dark;
  dark.failure = Outcome::dns_nxdomain;
  EXPECT_EQ(talk(shop(), dark, {}).finding.outcome, Outcome::dns_nxdomain);
}

TEST(Route, NeedsNoResolverForAnAddress) {
  auto spec = shop();
  spec.host = "2001:db8::10";
  Look look;
  EXPECT_EQ(test::url_of(kinds::route.begin(spec, look)),
            "https://stat.routes.example/data/prefix-overview/data.json?resource=2001%3Adb8%3A%3A10"
            "&sourceapp=bellwether");
}

TEST(Route, TakesNoOtherDocumentForAnAnswer) {
  for (const std::string_view body :
       {"",
        "<html>",
        "[]",
        "{}",
        R"({"data":[]})",
        R"({"data":{"announced":"yes"}})",
        R"({"data":{"announced":true,"resource":"everything","asns":[]}})",
        R"({"data":{"announced":true,"resource":"1.2.3.4/x","asns":[]}})",
        R"({"data":{"announced":true,"resource":"198.51.100.0/24","asns":[{"asn":"64500"}]}})",
        R"({"data":{"announced":true,"resource":"198.51.100.0/24","asns":[{"asn":-5}]}})"}) {
    const auto [finding, asks] =
        talk(shop(), resolves_to({"198.51.100.10"}), {{"resource", std::string(body)}});
    EXPECT_EQ(finding.outcome, Outcome::json_mismatch) << body;
  }
}

TEST(Route, AsksAboutNoMoreThanItMust) {
  std::vector<std::string> many;
  many.reserve(200);
  for (int i = 0; i < 200; ++i)
    many.push_back("198.51." + std::to_string(i) + ".1");
  std::string origins;
  for (int i = 0; i < 500; ++i)
    origins += (i == 0 ? "" : ",") + std::string(R"({"asn":)") + std::to_string(1 + i) + "}";
  const auto [finding, asks] = talk(shop(),
                                    resolves_to(many),
                                    {{"prefix-overview", overview("198.51.100.0/24", origins)},
                                     {"rpki-validation", R"({"data":{"status":"valid"}})"}});
  EXPECT_EQ(finding.outcome, Outcome::ok);
  EXPECT_LE(asks.size(), 21U);
}

}  // namespace
}  // namespace bw
