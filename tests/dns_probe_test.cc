// SPDX-License-Identifier: Apache-2.0
#include "probes/catalog.h"
#include "probes/dns_answer.h"
#include "probes/record_type.h"

#include <gtest/gtest.h>

namespace bw {
namespace {

constexpr std::string_view kName = "www.shop.example";

DnsReply answer(std::uint16_t type, const std::vector<std::string>& data) {
  DnsReply reply;
  reply.type = type;
  reply.server = "192.0.2.53:53";
  for (const auto& one : data) {
    reply.answer.push_back({.name = std::string(kName), .type = type, .ttl = 60, .data = one});
  }
  return reply;
}
DnsReply broken(std::uint16_t type, Outcome failure, int rcode, std::optional<int> extended = {}) {
  DnsReply reply = answer(type, {});
  reply.failure = failure;
  reply.rcode = rcode;
  reply.extended_error = extended;
  return reply;
}
DnsReply empty_beside_soa(std::uint16_t type) {
  DnsReply reply = answer(type, {});
  reply.authority.push_back({.name = "shop.example",
                             .type = kTypeSoa,
                             .ttl = 60,
                             .data = "ns1.zone.example host.zone.example 2025041901 1 2 3 4"});
  return reply;
}

Spec shop() {
  Spec spec;
  spec.host = kName;
  return spec;
}
Step step(const Spec& spec, Look& look, std::vector<DnsReply> replies) {
  Reply reply;
  reply.dns = std::move(replies);
  return kinds::dns.read(spec, look, reply, Time{});
}
Finding read(const Spec& spec, std::vector<DnsReply> replies) {
  Look look;
  return std::get<Finding>(step(spec, look, std::move(replies)));
}

TEST(RecordType, ParsesWhatItPrints) {
  for (const auto* name : {"A", "AAAA", "NS", "SOA", "MX", "CAA", "HTTPS", "TYPE4711"}) {
    EXPECT_EQ(print_record_type(parse_record_type(name).value_or(0)), name);
  }
  EXPECT_EQ(parse_record_type("aaaa"), kTypeAaaa);
  for (const auto* name : {"", "AA", "TYPE", "TYPE0", "TYPE65536", "TYPE1x"}) {
    EXPECT_FALSE(parse_record_type(name)) << name;
  }
}

TEST(DnsProbe, AsksWhatIsWatchedAndWhatIsExpected) {
  Look look;
  auto spec = shop();
  spec.record_types = {"A", "a"};
  spec.expect_records = {{"MX", {"10 mx1.shop.example"}}};
  const auto ask = std::get<DnsAsk>(kinds::dns.begin(spec, look).what);
  EXPECT_EQ(ask.name, kName);
  EXPECT_EQ(ask.types, (std::vector<std::uint16_t>{kTypeA, kTypeMx}));
  EXPECT_EQ(std::get<DnsAsk>(kinds::dns.begin(shop(), look).what).types.size(), 6U);
}

TEST(DnsProbe, DescribesAHealthyName) {
  auto alias = answer(kTypeA, {"198.51.100.11", "198.51.100.10"});
  alias.answer[0].name = alias.answer[1].name = "shop.edge.example";
  alias.answer.insert(
      alias.answer.begin(),
      {.name = std::string(kName), .type = kTypeCname, .ttl = 60, .data = "shop.edge.example"});
  const auto finding = read(shop(),
                            {alias,
                             answer(kTypeNs, {"ns2.zone.example", "ns1.zone.example"}),
                             answer(kTypeMx, {"10 mx1.shop.example", "20 mx2.shop.example"}),
                             answer(kTypeSoa, {"ns1.zone.example host.zone.example 42 1 2 3 4"}),
                             answer(kTypeCaa, {"0 issue \"meridian.example\""})});
  EXPECT_EQ(finding.outcome, Outcome::ok) << finding.note;
  EXPECT_EQ(finding.facts.get(Fact::addresses), "198.51.100.10 198.51.100.11");
  EXPECT_EQ(finding.facts.get(Fact::networks), "198.51.100.0/24");
  EXPECT_EQ(finding.facts.get(Fact::cnames), "shop.edge.example");
  EXPECT_EQ(finding.facts.get(Fact::name_servers), "ns1.zone.example ns2.zone.example");
  EXPECT_EQ(finding.facts.get(Fact::mail_servers), "mx1.shop.example mx2.shop.example");
  EXPECT_EQ(finding.facts.get(Fact::soa_serial), "42");
  EXPECT_EQ(finding.facts.get(Fact::dnssec), "insecure");
  EXPECT_EQ(finding.facts.get(Fact::resolver), "192.0.2.53:53");
  EXPECT_EQ(finding.facts.get(Fact::dns_records),
            "CAA:0,issue,meridian.example MX:10,mx1.shop.example MX:20,mx2.shop.example "
            "NS:ns1.zone.example NS:ns2.zone.example SOA:ns1.zone.example,host.zone.example");
}

TEST(DnsProbe, WatchedRecordsStayTheSameWhileAddressesRotate) {
  const auto first = read(shop(), {answer(kTypeA, {"198.51.100.10"})});
  const auto second = read(shop(), {answer(kTypeA, {"198.51.100.99"})});
  EXPECT_EQ(first.facts.get(Fact::dns_records), second.facts.get(Fact::dns_records));
  EXPECT_EQ(first.facts.get(Fact::networks), second.facts.get(Fact::networks));
}

TEST(DnsProbe, AsksTheZoneWhereTheNameHasNoNameServers) {
  Look look;
  const auto next =
      step(shop(), look, {answer(kTypeA, {"198.51.100.10"}), empty_beside_soa(kTypeNs)});
  const auto ask = std::get<DnsAsk>(std::get<Ask>(next).what);
  EXPECT_EQ(ask.name, "shop.example");
  EXPECT_EQ(ask.types, std::vector<std::uint16_t>{kTypeNs});
  const auto finding =
      std::get<Finding>(step(shop(), look, {answer(kTypeNs, {"ns1.zone.example"})}));
  EXPECT_EQ(finding.outcome, Outcome::ok);
  EXPECT_EQ(finding.facts.get(Fact::name_servers), "ns1.zone.example");
  EXPECT_EQ(finding.facts.get(Fact::networks), "198.51.100.0/24");
  EXPECT_EQ(finding.facts.get(Fact::soa_serial), "2025041901");
}

TEST(DnsProbe, KeepsTheMismatchWhileItAsksTheZone) {
  auto spec = shop();
  spec.expect_records = {{"A", {"198.51.100.0/24"}}};
  Look look;
  const auto next = step(spec, look, {answer(kTypeA, {"203.0.113.9"}), empty_beside_soa(kTypeNs)});
  ASSERT_TRUE(std::holds_alternative<Ask>(next));
  const auto finding =
      std::get<Finding>(step(spec, look, {broken(kTypeNs, Outcome::dns_timeout, 0)}));
  EXPECT_EQ(finding.outcome, Outcome::dns_mismatch);
  EXPECT_EQ(finding.note, "A: expected 198.51.100.0/24, found 203.0.113.9");
}

TEST(DnsProbe, DoesNotAskAZoneThatDoesNotHoldTheName) {
  Look look;
  auto ns = empty_beside_soa(kTypeNs);
  ns.authority[0].name = "elsewhere.example";
  EXPECT_TRUE(
      std::holds_alternative<Finding>(step(shop(), look, {answer(kTypeA, {"198.51.100.10"}), ns})));
}

TEST(DnsProbe, AllowsWhatIsExpectedInAnyOrderAndCase) {
  auto spec = shop();
  spec.expect_records = {{"mx", {"20 MX2.shop.example", "10 mx1.shop.example"}},
                         {"A", {"198.51.100.10", "198.51.100.11"}},
                         {"AAAA", {"2001:db8:1::/48"}}};
  const auto finding = read(spec,
                            {answer(kTypeMx, {"10 mx1.shop.example", "20 mx2.shop.example"}),
                             answer(kTypeA, {"198.51.100.11"}),
                             answer(kTypeAaaa, {"2001:db8:1:ffff::1"})});
  EXPECT_EQ(finding.outcome, Outcome::ok) << finding.note;
}

TEST(DnsProbe, MissingRecordsAreAMismatch) {
  auto spec = shop();
  spec.expect_records = {{"MX", {"10 mx1.shop.example"}}};
  const auto finding = read(spec, {answer(kTypeA, {"198.51.100.10"}), answer(kTypeMx, {})});
  EXPECT_EQ(finding.outcome, Outcome::dns_mismatch);
  EXPECT_EQ(finding.note, "MX: expected 10 mx1.shop.example, found none");
}

TEST(DnsProbe, TellsTheWaysOfFailingApart) {
  struct Case {
    DnsReply reply;
    Outcome outcome;
  };
  const std::vector<Case> cases = {
      {.reply = broken(kTypeA, Outcome::dns_nxdomain, 3), .outcome = Outcome::dns_nxdomain},
      {.reply = broken(kTypeA, Outcome::ok, 3), .outcome = Outcome::dns_nxdomain},
      {.reply = broken(kTypeA, Outcome::dns_servfail, 2), .outcome = Outcome::dns_servfail},
      {.reply = broken(kTypeA, Outcome::dns_servfail, 2, 22), .outcome = Outcome::dns_servfail},
      {.reply = broken(kTypeA, Outcome::dns_servfail, 2, 6), .outcome = Outcome::dns_bogus},
      {.reply = broken(kTypeA, Outcome::ok, 2, 7), .outcome = Outcome::dns_bogus},
      {.reply = broken(kTypeA, Outcome::dns_servfail, 2, 9), .outcome = Outcome::dns_bogus},
      {.reply = broken(kTypeA, Outcome::dns_refused, 5), .outcome = Outcome::dns_refused},
      {.reply = broken(kTypeA, Outcome::dns_timeout, 0), .outcome = Outcome::dns_timeout},
      {.reply = answer(kTypeA, {}), .outcome = Outcome::dns_no_address},
  };
  for (const auto& [reply, outcome] : cases) {
    const auto finding = read(shop(), {reply});
    EXPECT_EQ(finding.outcome, outcome) << finding.note;
    EXPECT_FALSE(finding.note.empty());
  }
}

TEST(DnsProbe, ABogusAnswerIsAFact) {
  const auto finding = read(shop(), {broken(kTypeA, Outcome::dns_servfail, 2, 6)});
  EXPECT_EQ(finding.facts.get(Fact::dnssec), "bogus");
  EXPECT_EQ(finding.note, "A: DNSSEC validation failed (extended error 6), said 192.0.2.53:53");
}

TEST(DnsProbe, IsDegradedWhenOnlyAnotherTypeFails) {
  const auto finding = read(
      shop(), {answer(kTypeA, {"198.51.100.10"}), broken(kTypeAaaa, Outcome::dns_servfail, 2)});
  EXPECT_EQ(finding.outcome, Outcome::degraded);
  EXPECT_EQ(finding.note, "AAAA: the server failed, said 192.0.2.53:53");
}

TEST(DnsProbe, SecureOnlyWhenEveryAnswerIsAuthenticated) {
  auto a = answer(kTypeA, {"198.51.100.10"});
  a.is_authenticated = true;
  auto ns = answer(kTypeNs, {"ns1.zone.example"});
  ns.is_authenticated = true;
  EXPECT_EQ(read(shop(), {a, ns}).facts.get(Fact::dnssec), "secure");
  ns.is_authenticated = false;
  EXPECT_EQ(read(shop(), {a, ns}).facts.get(Fact::dnssec), "insecure");
  a.is_authenticated = false;
  a.is_authoritative = true;
  EXPECT_EQ(read(shop(), {a}).facts.get(Fact::dnssec), "");
}

TEST(DnsProbe, EndsAnAliasLoop) {
  auto loop = answer(kTypeA, {});
  loop.answer = {{.name = std::string(kName), .type = kTypeCname, .ttl = 1, .data = "b.example"},
                 {.name = "b.example", .type = kTypeCname, .ttl = 1, .data = std::string(kName)}};
  EXPECT_EQ(read(shop(), {loop}).outcome, Outcome::dns_no_address);
}

TEST(DnsProbe, PassesOnThatNothingCouldBeAsked) {
  Look look;
  Reply reply;
  reply.failure = Outcome::dns_timeout;
  reply.detail = "no resolver answered within 5 s";
  const auto finding = std::get<Finding>(kinds::dns.read(shop(), look, reply, Time{}));
  EXPECT_EQ(finding.outcome, Outcome::dns_timeout);
  EXPECT_EQ(finding.note, "no resolver answered within 5 s");
}

}  // namespace
}  // namespace bw
