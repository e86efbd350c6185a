// SPDX-License-Identifier: Apache-2.0
#include "probes/certificate.h"

#include <gtest/gtest.h>

namespace bw {
namespace {

Chain shop_chain() {
  Certificate leaf;
  leaf.subject = "CN=www.shop.example";
  leaf.issuer = "O=Meridian, CN=Meridian TLS CA 2";
  leaf.key_sha256 = std::string(64, 'a');
  leaf.fingerprint_sha256 = std::string(64, 'b');
  leaf.names = {"WWW.shop.example", "shop.example", "shop.example"};
  leaf.not_before = parse_time("2025-01-01T00:00:00Z").value_or(Time{});
  leaf.not_after = parse_time("2025-04-01T00:00:00Z").value_or(Time{});
  Certificate above;
  above.issuer = "CN=Root";
  return {.presented = {leaf, above}, .why = {}, .version = "TLS 1.3", .cipher = {}};
}

TEST(Certificate, DescribesTheLeaf) {
  Facts facts;
  add_certificate_facts(shop_chain(), facts);
  EXPECT_EQ(facts.get(Fact::cert_issuer), "O=Meridian, CN=Meridian TLS CA 2");
  EXPECT_EQ(facts.get(Fact::cert_key), std::string(64, 'a'));
  EXPECT_EQ(facts.get(Fact::cert_fingerprint), std::string(64, 'b'));
  EXPECT_EQ(facts.get(Fact::cert_names), "shop.example www.shop.example");
  EXPECT_EQ(facts.get(Fact::cert_not_before), "2025-01-01T00:00:00Z");
  EXPECT_EQ(facts.get(Fact::cert_not_after), "2025-04-01T00:00:00Z");
  EXPECT_EQ(facts.get(Fact::tls_version), "TLS 1.3");
}

TEST(Certificate, KeepsHostileNamesFromLookingLikeSeveral) {
  auto chain = shop_chain();
  chain.presented[0].names = {"evil.example other.example\n"};
  Facts facts;
  add_certificate_facts(chain, facts);
  EXPECT_EQ(facts.get(Fact::cert_names), "evil.exampleother.example");
}

TEST(Certificate, SaysNothingOfAHandshakeThatShowedNone) {
  Facts facts;
  add_certificate_facts(Chain{}, facts);
  EXPECT_TRUE(facts.empty());
}

}  // namespace
}  // namespace bw
