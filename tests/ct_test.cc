// SPDX-License-Identifier: Apache-2.0
#include "probes/catalog.h"
#include "tests/support/sensor_talk.h"

#include <gtest/gtest.h>

namespace bw {
namespace {

const Time kNow = parse_time("2025-04-25T00:00:00Z").value_or(Time{});

Spec shop() {
  Spec spec;
  spec.kind = "ct";
  spec.host = "shop.example";
  spec.url = "https://ct.monitor.example";
  return spec;
}

std::string issuance(int id,
                     const std::string& issuer,
                     const std::string& names,
                     const std::string& ends = "2025-07-01T00:00:00Z") {
  return R"({"id":")" + std::to_string(id) + R"(","tbs_sha256":"ab","dns_names":[)" + names +
         R"(],"pubkey_sha256":"cd","issuer":{"friendly_name":"F","name":")" + issuer +
         R"(","pubkey_sha256":"ef"},"not_before":"2025-04-02T00:00:00Z","not_after":")" + ends +
         R"(","revoked":false})";
}

test::Talk talk(const Spec& spec, const std::vector<std::string>& pages) {
  std::size_t page = 0;
  return test::talk(kinds::ct, spec, kNow, [&](const Ask&) {
    return test::answered(page < pages.size() ? pages[page++] : "[]");
  });
}

TEST(Ct, ReadsTheAuthoritiesOfEveryPage) {
  const auto [finding, asks] = talk(
      shop(),
      {"[" + issuance(7, "C=US, O=Good CA, CN=G3", R"("www.shop.example","SHOP.example")") + "]",
       "[" + issuance(9, R"(C=US, O=\"Trust, Inc.\", CN=T1)", R"("*.pay.shop.example")") + "]"});
  EXPECT_EQ(finding.outcome, Outcome::ok);
  EXPECT_EQ(finding.facts.get(Fact::logged_issuers), "Good_CA Trust,_Inc.");
  EXPECT_EQ(finding.facts.get(Fact::issuances),
            "Good_CA|2025-04-02T00:00:00Z|www.shop.example,shop.example "
            "Trust,_Inc.|2025-04-02T00:00:00Z|*.pay.shop.example");
  ASSERT_EQ(asks.size(), 3U);
  EXPECT_EQ(test::url_of(asks[0]),
            "https://ct.monitor.example/v1/issuances?domain=shop.example&include_subdomains=true"
            "&expand=dns_names&expand=issuer");
  EXPECT_EQ(test::url_of(asks[2]), test::url_of(asks[0]) + "&after=9");
}

TEST(Ct, ReadsNothingOfOthersNamesAndOfWhatHasEnded) {
  const auto [finding, asks] =
      talk(shop(),
           {"[" + issuance(1, "O=Stranger", R"("notshop.example","shop.example.evil.example")") +
            "," + issuance(2, "O=Old CA", R"("shop.example")", "2025-04-24T00:00:00Z") + "]"});
  EXPECT_EQ(finding.outcome, Outcome::ok);
  EXPECT_TRUE(finding.facts.empty());
}

TEST(Ct, KnowsAnAuthorityWithoutOrganisationByItsName) {
  const auto [finding, asks] = talk(shop(), {"[" + issuance(1, "", R"("shop.example")") + "]"});
  EXPECT_EQ(finding.facts.get(Fact::logged_issuers), "F");
}

TEST(Ct, TellsOnlyTheNewestOneByOne) {
  std::string page = "[";
  for (int i = 1; i <= 90; ++i) {
    page +=
        (i == 1 ? "" : ",") +
        issuance(
            i,
            "O=CA" + std::to_string(i),
            R"("a.shop.example","b.shop.example","c.shop.example","d.shop.example","e.shop.example")");
  }
  const auto [finding, asks] = talk(shop(), {page + "]"});
  EXPECT_EQ(members(finding.facts.get(Fact::issuances)).size(), 8U);
  EXPECT_EQ(members(finding.facts.get(Fact::logged_issuers)).size(), 64U);
  EXPECT_NE(finding.facts.get(Fact::issuances).find("d.shop.example,+1"), std::string_view::npos);
}

TEST(Ct, SaysWhenItDoesNotSeeTheNewest) {
  const auto [finding, asks] = talk(
      shop(), std::vector<std::string>(40, "[" + issuance(1, "O=CA", R"("shop.example")") + "]"));
  EXPECT_EQ(finding.outcome, Outcome::degraded);
  EXPECT_EQ(asks.size(), 16U);
}

TEST(Ct, TakesNoOtherDocumentForAList) {
  for (const std::string_view body :
       {"", "<html>", "{}", "7", R"([{"id":{}}])", R"([7])", R"([{"dns_names":"shop.example"}])"}) {
    EXPECT_EQ(talk(shop(), {std::string(body)}).finding.outcome, Outcome::json_mismatch) << body;
  }
}

TEST(Ct, MembersNeverBreakTheSet) {
  const auto [finding, asks] =
      talk(shop(), {"[" + issuance(1, R"(O=A B\nC|D)", R"("x y|z,w.shop.example")") + "]"});
  EXPECT_EQ(members(finding.facts.get(Fact::logged_issuers)).size(), 1U);
  EXPECT_EQ(members(finding.facts.get(Fact::issuances)).size(), 1U);
}

}  // namespace
}  // namespace bw
