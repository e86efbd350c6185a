// SPDX-License-Identifier: Apache-2.0
#include "probes/catalog.h"
#include "tests/support/sensor_talk.h"

#include <gtest/gtest.h>

namespace bw {
namespace {

const Time kNow = parse_time("2025-04-25T00:00:00Z").value_or(Time{});

// As a registry answers, cut to what is read (RFC 9083 section 5.3 and its appendix).
constexpr std::string_view kRecord = R"({
  "rdapConformance": ["rdap_level_0", "icann_rdap_response_profile_0"],
  "objectClassName": "domain", "handle": "2138514_DOMAIN_COM-VRSN", "ldhName": "SHOP.EXAMPLE",
  "status": ["client delete prohibited", "client transfer prohibited", "server transfer prohibited"],
  "entities": [
    {"objectClassName": "entity", "handle": "292", "roles": ["registrar"],
     "publicIds": [{"type": "IANA Registrar ID", "identifier": "292"}],
     "vcardArray": ["vcard", [["version", {}, "text", "4.0"], ["fn", {}, "text", "Anvil Registry Services"]]],
     "entities": [{"objectClassName": "entity", "roles": ["abuse"],
                   "vcardArray": ["vcard", [["fn", {}, "text", ""]]]}]}],
  "events": [
    {"eventAction": "registration", "eventDate": "1997-09-15T04:00:00Z"},
    {"eventAction": "expiration", "eventDate": "2028-09-14T04:00:00Z"},
    {"eventAction": "last changed", "eventDate": "2019-09-09T15:39:04Z"}],
  "secureDNS": {"delegationSigned": false},
  "nameservers": [
    {"objectClassName": "nameserver", "ldhName": "NS2.ZONE.EXAMPLE."},
    {"objectClassName": "nameserver", "ldhName": "ns1.zone.example"}]})";

Spec shop() {
  Spec spec;
  spec.kind = "rdap";
  spec.host = "shop.example";
  return spec;
}

Finding read(const Spec& spec, std::string body, int status = 200) {
  return test::talk(
             kinds::rdap, spec, kNow, [&](const Ask&) { return test::answered(body, status); })
      .finding;
}

TEST(Rdap, AsksTheConfiguredRegistryOrOneThatRedirects) {
  Look look;
  EXPECT_EQ(test::url_of(kinds::rdap.begin(shop(), look)), "https://rdap.org/domain/shop.example");
  auto spec = shop();
  spec.url = "https://rdap.registry.example/v1/";
  const auto ask = kinds::rdap.begin(spec, look);
  EXPECT_EQ(test::url_of(ask), "https://rdap.registry.example/v1/domain/shop.example");
  EXPECT_EQ(find_header(std::get<HttpAsk>(ask.what).headers, "accept"), "application/rdap+json");
}

TEST(Rdap, ReadsWhoKeepsTheRegistrationAndHow) {
  const auto finding = read(shop(), std::string(kRecord));
  EXPECT_EQ(finding.outcome, Outcome::ok);
  const auto& facts = finding.facts;
  EXPECT_EQ(facts.get(Fact::registrar), "Anvil Registry Services");
  EXPECT_EQ(facts.get(Fact::registry_status),
            "client-delete-prohibited client-transfer-prohibited server-transfer-prohibited");
  EXPECT_EQ(facts.get(Fact::registry_unlocked), "update");
  EXPECT_EQ(facts.get(Fact::delegation), "ns1.zone.example ns2.zone.example");
  EXPECT_EQ(facts.get(Fact::registry_expires), "2028-09-14T04:00:00Z");
  EXPECT_EQ(facts.get(Fact::registry_changed), "2019-09-09T15:39:04Z");
  EXPECT_EQ(facts.get(Fact::delegation_signed), "no");
  // Where the registry itself stands is nothing about us.
  EXPECT_EQ(facts.get(Fact::networks), "");
}

TEST(Rdap, ReadsStatusesHoweverTheyAreWritten) {
  const auto finding = read(shop(), R"({"objectClassName":"domain","ldhName":"shop.example",
      "status":["clientHold","SERVER TRANSFER PROHIBITED","Pending Transfer"]})");
  EXPECT_EQ(finding.facts.get(Fact::registry_status),
            "client-hold pending-transfer server-transfer-prohibited");
  EXPECT_EQ(finding.outcome, Outcome::degraded);
  EXPECT_EQ(finding.note, "the registration is in client-hold");
}

TEST(Rdap, SaysNothingOfLocksWhereNoStatusIsPublished) {
  const auto finding = read(shop(), R"({"objectClassName":"domain","ldhName":"shop.example"})");
  EXPECT_EQ(finding.outcome, Outcome::ok);
  EXPECT_TRUE(finding.facts.empty());
}

TEST(Rdap, WarnsBeforeTheRegistrationEnds) {
  auto spec = shop();
  spec.warn_before = std::chrono::days{2000};
  EXPECT_EQ(read(spec, std::string(kRecord)).note, "the registration ends on 2028-09-14");
}

TEST(Rdap, FollowsTheBootstrapToTheRegistryAndNoFurtherThanItMust) {
  int asked = 0;
  const auto talk = test::talk(kinds::rdap, shop(), kNow, [&](const Ask&) {
    if (++asked > 1) return test::answered(std::string(kRecord));
    auto reply = test::answered("", 302);
    reply.address = parse_address("198.51.100.10");
    reply.http->headers = {
        {.name = "Location", .value = "https://rdap.registry.example/domain/shop.example"}};
    return reply;
  });
  ASSERT_EQ(talk.asks.size(), 2U);
  EXPECT_EQ(test::url_of(talk.asks[1]), "https://rdap.registry.example/domain/shop.example");
  EXPECT_FALSE(std::get<HttpAsk>(talk.asks[0].what).lead.is_foreign);
  EXPECT_TRUE(std::get<HttpAsk>(talk.asks[1].what).lead.is_foreign);
  EXPECT_EQ(std::get<HttpAsk>(talk.asks[1].what).lead.from, parse_address("198.51.100.10"));
  EXPECT_EQ(talk.finding.outcome, Outcome::ok);
  const auto round = test::talk(kinds::rdap, shop(), kNow, [](const Ask&) {
    auto reply = test::answered("", 302);
    reply.http->headers = {{.name = "Location", .value = "/again"}};
    return reply;
  });
  EXPECT_EQ(round.finding.outcome, Outcome::redirect_loop);
  const auto worse = test::talk(kinds::rdap, shop(), kNow, [](const Ask&) {
    auto reply = test::answered("", 302);
    reply.http->headers = {{.name = "Location", .value = "http://rdap.registry.example/"}};
    return reply;
  });
  EXPECT_EQ(worse.finding.outcome, Outcome::status_unexpected);
}

TEST(Rdap, IsSilentAboutUsWhenTheRegistryDoesNotAnswer) {
  EXPECT_EQ(read(shop(), "busy", 429).outcome, Outcome::blocked);
  EXPECT_EQ(read(shop(), R"({"errorCode":404})", 404).outcome, Outcome::status_client);
  const auto finding = test::talk(kinds::rdap, shop(), kNow, [](const Ask&) {
                         Reply reply;
                         reply.failure = Outcome::connect_timeout;
                         return reply;
                       }).finding;
  EXPECT_EQ(finding.outcome, Outcome::connect_timeout);
  EXPECT_TRUE(finding.facts.empty());
}

TEST(Rdap, TakesNoOtherDocumentForTheRecord) {
  for (const std::string_view body : {"",
                                      "<html>",
                                      "[]",
                                      "null",
                                      "{}",
                                      R"({"objectClassName":"ip network"})",
                                      R"({"objectClassName":"domain","ldhName":"other.example"})",
                                      R"({"objectClassName":{"a":1},"ldhName":7})"}) {
    EXPECT_EQ(read(shop(), std::string(body)).outcome, Outcome::json_mismatch) << body;
  }
  EXPECT_EQ(read(shop(), std::string(100'000, '[')).outcome, Outcome::json_mismatch);
}

TEST(Rdap, SurvivesRecordsOfTheWrongShape) {
  const auto finding = read(shop(), R"({"objectClassName":"domain","ldhName":"shop.example",
      "status":[1,null,{"a":[]},"ok"], "entities":[7,{"roles":"registrar"},{"roles":["registrar"],
      "vcardArray":["vcard",[[],["fn"],["fn",{},"text",{}]]],"handle":"9"}],
      "events":[{"eventAction":"expiration","eventDate":"never"}], "secureDNS":[],
      "nameservers":[{"ldhName":"ns 1 . evil"},{"ldhName":""},"x"]})");
  EXPECT_EQ(finding.facts.get(Fact::registry_status), "ok");
  EXPECT_EQ(finding.facts.get(Fact::registrar), "9");
  EXPECT_EQ(finding.facts.get(Fact::delegation), "ns1.evil");
  EXPECT_EQ(finding.facts.get(Fact::registry_expires), "");
}

}  // namespace
}  // namespace bw
