// SPDX-License-Identifier: Apache-2.0
#include "probes/catalog.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace bw {
namespace {

const Time kNow = parse_time("2025-04-25T00:00:00Z").value_or(Time{});

Spec shop() {
  Spec spec;
  spec.host = "www.shop.example";
  spec.warn_before = std::chrono::days{14};
  return spec;
}

Reply handshake(std::string_view not_after) {
  Certificate leaf;
  leaf.issuer = "CN=Meridian TLS CA 2";
  leaf.not_after = parse_time(not_after).value_or(Time{});
  Reply reply;
  reply.chain = Chain{};
  reply.chain->version = "TLS 1.3";
  reply.chain->presented.push_back(leaf);
  return reply;
}

Finding read(const Spec& spec, const Reply& reply) {
  Look look;
  return std::get<Finding>(kinds::tls.read(spec, look, reply, kNow));
}

TEST(TlsProbe, AsksForTheHostOnPort443) {
  Look look;
  const auto ask = std::get<TlsAsk>(kinds::tls.begin(shop(), look).what);
  EXPECT_EQ(ask.host, "www.shop.example");
  EXPECT_EQ(ask.port, 443);
}

TEST(TlsProbe, AsksForTlsInTheClearOnTheProtocolsPort) {
  Look look;
  auto spec = shop();
  for (const auto& [protocol, port] : std::initializer_list<std::pair<const char*, std::uint16_t>>{
           {"smtp", 25}, {"imap", 143}, {"pop3", 110}, {"postgres", 5432}}) {
    spec.starttls = protocol;
    const auto ask = std::get<TalkAsk>(kinds::tls.begin(spec, look).what);
    EXPECT_EQ(ask.port, port);
    EXPECT_EQ(std::ranges::count_if(ask.turns, &Turn::starts_tls), 1) << protocol;
    EXPECT_TRUE(ask.turns.back().is_farewell) << protocol;
  }
  spec.port = 587;
  EXPECT_EQ(std::get<TalkAsk>(kinds::tls.begin(spec, look).what).port, 587);
}

TEST(TlsProbe, IsHealthyWhileTheCertificateLasts) {
  const auto finding = read(shop(), handshake("2025-07-01T00:00:00Z"));
  EXPECT_EQ(finding.outcome, Outcome::ok);
  EXPECT_EQ(finding.note, "");
  EXPECT_EQ(finding.facts.get(Fact::cert_issuer), "CN=Meridian TLS CA 2");
}

TEST(TlsProbe, WarnsBeforeTheCertificateEnds) {
  const auto finding = read(shop(), handshake("2025-05-01T03:00:00Z"));
  EXPECT_EQ(finding.outcome, Outcome::degraded);
  EXPECT_EQ(finding.note, "certificate ends in 6 d (2025-05-01)");
  EXPECT_EQ(read(shop(), handshake("2025-04-25T05:25:00Z")).note,
            "certificate ends in 5 h 25 min (2025-04-25)");
}

TEST(TlsProbe, DoesNotWarnUnasked) {
  auto spec = shop();
  spec.warn_before = Millis{0};
  EXPECT_EQ(read(spec, handshake("2025-04-26T00:00:00Z")).outcome, Outcome::ok);
}

TEST(TlsProbe, MindsTheLeafAndNotASuperfluousOldRoot) {
  auto reply = handshake("2025-07-01T00:00:00Z");
  reply.chain->presented.push_back(handshake("2021-09-30T00:00:00Z").chain->presented[0]);
  EXPECT_EQ(read(shop(), reply).outcome, Outcome::ok);
}

TEST(TlsProbe, DescribesTheCertificateThatFailedVerification) {
  auto reply = handshake("2025-04-20T00:00:00Z");
  reply.failure = Outcome::tls_expired;
  reply.chain->trouble = Outcome::tls_expired;
  reply.chain->why = "certificate has expired";
  const auto finding = read(shop(), reply);
  EXPECT_EQ(finding.outcome, Outcome::tls_expired);
  EXPECT_EQ(finding.note, "certificate has expired");
  EXPECT_EQ(finding.facts.get(Fact::cert_not_after), "2025-04-20T00:00:00Z");
}

TEST(TlsProbe, OnlyReportsTheTroubleWhenNotVerifying) {
  auto spec = shop();
  spec.trust.is_verified = false;
  auto reply = handshake("2025-04-20T00:00:00Z");
  reply.chain->trouble = Outcome::tls_expired;
  const auto finding = read(spec, reply);
  EXPECT_EQ(finding.outcome, Outcome::degraded);
  EXPECT_EQ(finding.note, "certificate ended 5 d ago (2025-04-20)");
  EXPECT_EQ(read(shop(), reply).outcome, Outcome::tls_expired);
}

TEST(TlsProbe, PassesOnHowTheConnectionFailed) {
  Reply reply;
  reply.failure = Outcome::connect_refused;
  reply.detail = "198.51.100.10:443 refused the connection";
  const auto finding = read(shop(), reply);
  EXPECT_EQ(finding.outcome, Outcome::connect_refused);
  EXPECT_EQ(finding.note, "198.51.100.10:443 refused the connection");
  reply.failure = Outcome::monitor_error;
  EXPECT_EQ(read(shop(), reply).party, Party::us);
}

TEST(TlsProbe, IsDegradedWhenSlow) {
  auto spec = shop();
  spec.slow = Millis{500};
  auto reply = handshake("2025-07-01T00:00:00Z");
  reply.phases.tls = Millis{900};
  const auto finding = read(spec, reply);
  EXPECT_EQ(finding.outcome, Outcome::degraded);
  EXPECT_EQ(finding.note, "took 900 ms, more than 500 ms");
}

}  // namespace
}  // namespace bw
