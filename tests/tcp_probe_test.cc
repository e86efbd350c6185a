// SPDX-License-Identifier: Apache-2.0
#include "probes/catalog.h"

#include <gtest/gtest.h>

namespace bw {
namespace {

Spec mail() {
  Spec spec;
  spec.host = "mx1.shop.example";
  spec.port = 25;
  spec.expect = "220 ";
  return spec;
}

Reply said(std::string received) {
  Reply reply;
  reply.received = std::move(received);
  return reply;
}

Finding read(const Spec& spec, const Reply& reply) {
  Look look;
  return std::get<Finding>(kinds::tcp.read(spec, look, reply, Time{}));
}

TEST(TcpProbe, OnlyReadsWhereItKnowsWhatToWaitFor) {
  Look look;
  EXPECT_GT(std::get<TcpAsk>(kinds::tcp.begin(mail(), look).what).read_bytes_max, 0U);
  auto spec = mail();
  spec.expect.clear();
  EXPECT_EQ(std::get<TcpAsk>(kinds::tcp.begin(spec, look).what).read_bytes_max, 0U);
  EXPECT_EQ(read(spec, {}).outcome, Outcome::ok);
}

TEST(TcpProbe, KeepsTheFirstLineAsBanner) {
  const auto finding = read(mail(), said("220 mx1.shop.example ESMTP\x01\r\n250 ok\r\n"));
  EXPECT_EQ(finding.outcome, Outcome::ok);
  EXPECT_EQ(finding.facts.get(Fact::banner), "220 mx1.shop.example ESMTP.");
}

TEST(TcpProbe, BoundsTheBanner) {
  const auto finding = read(mail(), said("220 " + std::string(4000, 'x')));
  EXPECT_EQ(finding.facts.get(Fact::banner).size(), 120U);
}

TEST(TcpProbe, SaysWhatItExpectedAndWhatCame) {
  const auto finding = read(mail(), said("421 busy\r\n"));
  EXPECT_EQ(finding.outcome, Outcome::content_missing);
  EXPECT_EQ(finding.note, "expected \"220 \", got \"421 busy..\"");
  EXPECT_EQ(read(mail(), said("")).note, "expected \"220 \", got nothing");
}

TEST(TcpProbe, TellsAWrongAnswerFromSilence) {
  auto reply = said("421 busy\r\n");
  reply.failure = Outcome::reply_stalled;
  EXPECT_EQ(read(mail(), reply).outcome, Outcome::content_missing);
  reply = said("");
  reply.failure = Outcome::reply_timeout;
  EXPECT_EQ(read(mail(), reply).outcome, Outcome::reply_timeout);
  reply.failure = Outcome::connect_timeout;
  EXPECT_EQ(read(mail(), reply).outcome, Outcome::connect_timeout);
}

}  // namespace
}  // namespace bw
