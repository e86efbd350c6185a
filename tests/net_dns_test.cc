// SPDX-License-Identifier: Apache-2.0
#include "tests/support/asker.h"
#include "tests/support/name_server.h"
#include "tests/support/server.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <ldns/ldns.h>

namespace bw {
namespace {

using namespace std::chrono_literals;
using test::Asker;
using test::DnsQuery;
using test::DnsResponse;
using test::get;
using test::NameServer;
using testing::ElementsAre;
using testing::HasSubstr;

NameServer::Script fails_with(int rcode, std::optional<int> extended_error = {}) {
  return [=](const DnsQuery&) -> std::optional<DnsResponse> {
    DnsResponse response;
    response.rcode = rcode;
    response.extended_error = extended_error;
    return response;
  };
}

NameServer::Script is_silent() {
  return [](const DnsQuery&) { return std::optional<DnsResponse>(); };
}

Reply resolve(const std::vector<std::string>& servers, Millis deadline = 10'000ms) {
  Asker asker({.name_servers = servers, .ports = {{80, test::closed_port()}}});
  return asker.ask(get("http://www.shop.example/", deadline));
}

Ask question(std::string name, std::vector<std::uint16_t> types, std::string server = {}) {
  return {.what = DnsAsk{
              .name = std::move(name), .types = std::move(types), .server = std::move(server)}};
}

TEST(NetDns, EachWayToFailHasItsOutcome) {
  const NameServer missing(fails_with(3));
  const NameServer failing(fails_with(2));
  const NameServer refusing(fails_with(5));
  const NameServer bogus(fails_with(2, 7));
  const NameServer empty([](const DnsQuery&) -> std::optional<DnsResponse> {
    DnsResponse response;
    response.authority = {"shop.example. 60 IN SOA a. b. 1 2 3 4 60"};
    return response;
  });
  EXPECT_EQ(resolve({missing.address()}).failure, Outcome::dns_nxdomain);
  EXPECT_EQ(resolve({failing.address()}).failure, Outcome::dns_servfail);
  EXPECT_EQ(resolve({refusing.address()}).failure, Outcome::dns_refused);
  EXPECT_EQ(resolve({bogus.address()}).failure, Outcome::dns_bogus);
  EXPECT_EQ(resolve({empty.address()}).failure, Outcome::dns_no_address);
  const Reply reply = resolve({missing.address()});
  EXPECT_THAT(reply.detail, HasSubstr("www.shop.example does not exist"));
  EXPECT_EQ(reply.phases.connect, kNotReached);
  EXPECT_GE(reply.phases.resolve, 0us);
  EXPECT_FALSE(reply.address);
}

TEST(NetDns, ServerThatOnlyFailsWhileValidatingMakesTheZoneBogus) {
  const NameServer validating([](const DnsQuery& query) -> std::optional<DnsResponse> {
    DnsResponse response;
    if (!query.is_unchecked) response.rcode = 2;
    if (query.is_unchecked) response.answer = {query.name + ". 60 IN A 127.0.0.1"};
    return response;
  });
  const Reply reply = resolve({validating.address()});
  EXPECT_EQ(reply.failure, Outcome::dns_bogus) << reply.detail;
}

TEST(NetDns, SilentServerTimesOutWithinTheDeadline) {
  const NameServer silent(is_silent());
  const auto begun = std::chrono::steady_clock::now();
  const Reply reply = resolve({silent.address()}, 1'000ms);
  EXPECT_EQ(reply.failure, Outcome::dns_timeout);
  EXPECT_THAT(reply.detail, HasSubstr("no answer from " + silent.address()));
  EXPECT_LT(std::chrono::steady_clock::now() - begun, 5s);
  EXPECT_GE(reply.phases.resolve, 900ms);
}

TEST(NetDns, DeadFirstServerCostsHalfASecondOnce) {
  const NameServer silent(is_silent());
  const NameServer good(test::everything_is_here());
  const test::Server server(test::answers(test::ok_response("x")));
  Asker asker({.name_servers = {silent.address(), good.address()}, .ports = {{80, server.port()}}});
  const Reply first = asker.ask(get("http://a.example/"));
  EXPECT_EQ(first.failure, Outcome::ok) << first.detail;
  EXPECT_GE(first.phases.resolve, 400ms);
  EXPECT_EQ(first.resolution.server, good.address());
  const Reply second = asker.ask(get("http://b.example/"));
  EXPECT_EQ(second.failure, Outcome::ok) << second.detail;
  EXPECT_LT(second.phases.resolve, 400ms);
}

TEST(NetDns, ServerThatFailsHasTheNextOneAskedAtOnce) {
  const NameServer failing(fails_with(2));
  const NameServer good(test::everything_is_here());
  const std::string nobody = "127.0.0.1:" + std::to_string(test::closed_port());
  const test::Server server(test::answers(test::ok_response("x")));
  Asker asker({.name_servers = {failing.address(), nobody, good.address()},
               .ports = {{80, server.port()}}});
  const Reply reply = asker.ask(get("http://a.example/"));
  EXPECT_EQ(reply.failure, Outcome::ok) << reply.detail;
  EXPECT_LT(reply.phases.resolve, 500ms) << "nobody's patience ran out";
}

TEST(NetDns, NothingListeningIsNoAnswer) {
  const std::string nobody = "127.0.0.1:" + std::to_string(test::closed_port());
  const Reply reply = resolve({nobody}, 5'000ms);
  EXPECT_EQ(reply.failure, Outcome::dns_timeout);
  EXPECT_THAT(reply.detail, HasSubstr(nobody));
}

TEST(NetDns, OneFamilyIsEnough) {
  const NameServer half([](const DnsQuery& query) -> std::optional<DnsResponse> {
    if (query.type == LDNS_RR_TYPE_AAAA) return std::nullopt;
    return test::everything_is_here()(query);
  });
  const test::Server server(test::answers(test::ok_response("x")));
  Asker asker({.name_servers = {half.address()}, .ports = {{80, server.port()}}});
  const Reply reply = asker.ask(get("http://a.example/"));
  EXPECT_EQ(reply.failure, Outcome::ok) << reply.detail;
  EXPECT_LT(reply.phases.resolve, 3s);
}

TEST(NetDns, DanglingCnameTellsWhereItLed) {
  const NameServer names([](const DnsQuery&) -> std::optional<DnsResponse> {
    DnsResponse response;
    response.rcode = 3;
    response.answer = {"www.shop.example. 60 IN CNAME gone.cloud.example."};
    return response;
  });
  const Reply reply = resolve({names.address()});
  EXPECT_EQ(reply.failure, Outcome::dns_nxdomain);
  EXPECT_THAT(reply.resolution.cnames, ElementsAre("gone.cloud.example"));
}

TEST(NetDns, CnameOutOfAnAuthoritativeServersZoneIsAskedOn) {
  const NameServer names([](const DnsQuery& query) -> std::optional<DnsResponse> {
    DnsResponse response;
    response.is_authoritative = true;
    if (query.name == "www.shop.example") {
      response.answer = {"www.shop.example. 60 IN CNAME a.cdn.example."};
    } else if (query.type == 1) {
      response.answer = {query.name + ". 60 IN A 127.0.0.1"};
    } else {
      response.authority = {"cdn.example. 60 IN SOA a. b. 1 2 3 4 60"};
    }
    return response;
  });
  const Reply reply = resolve({names.address()});
  EXPECT_EQ(reply.failure, Outcome::connect_refused) << reply.detail;
  EXPECT_THAT(reply.resolution.cnames, ElementsAre("a.cdn.example"));
}

TEST(NetDns, CnameLoopEnds) {
  const NameServer names([](const DnsQuery&) -> std::optional<DnsResponse> {
    DnsResponse response;
    response.answer = {"www.shop.example. 60 IN CNAME b.shop.example.",
                       "b.shop.example. 60 IN CNAME www.shop.example."};
    return response;
  });
  EXPECT_EQ(resolve({names.address()}).failure, Outcome::dns_no_address);
}

TEST(NetDns, AsksEachTypeAndPrintsRecords) {
  const NameServer names([](const DnsQuery& query) -> std::optional<DnsResponse> {
    DnsResponse response;
    response.is_authoritative = true;
    response.is_authenticated = true;
    if (query.type == LDNS_RR_TYPE_MX) {
      response.answer = {"Shop.example. 300 IN MX 10 Mail.Shop.example."};
    } else if (query.type == LDNS_RR_TYPE_TXT) {
      response.answer = {"shop.example. 300 IN TXT \"v=spf1 -all\""};
    } else if (query.type == LDNS_RR_TYPE_CAA) {
      response.rcode = 5;
    } else {
      response.authority = {
          "shop.example. 60 IN SOA NS1.shop.example. admin.shop.example. 7 1 1 1 1"};
    }
    return response;
  });
  Asker asker;
  const Reply reply = asker.ask(question("SHOP.example.", {15, 16, 257, 1}, names.address()));
  EXPECT_EQ(reply.failure, Outcome::ok) << reply.detail;
  ASSERT_EQ(reply.dns.size(), 4U);
  EXPECT_EQ(reply.dns[0].server, names.address());
  EXPECT_TRUE(reply.dns[0].is_authoritative);
  EXPECT_TRUE(reply.dns[0].is_authenticated);
  ASSERT_EQ(reply.dns[0].answer.size(), 1U);
  EXPECT_EQ(reply.dns[0].answer[0].name, "shop.example");
  EXPECT_EQ(reply.dns[0].answer[0].ttl, 300U);
  EXPECT_EQ(reply.dns[0].answer[0].data, "10 mail.shop.example");
  EXPECT_EQ(reply.dns[1].answer.at(0).data, "\"v=spf1 -all\"");
  EXPECT_EQ(reply.dns[2].failure, Outcome::dns_refused);
  EXPECT_EQ(reply.dns[2].rcode, 5);
  EXPECT_EQ(reply.dns[3].failure, Outcome::ok);
  EXPECT_TRUE(reply.dns[3].answer.empty());
  EXPECT_EQ(reply.dns[3].authority.at(0).data, "ns1.shop.example admin.shop.example 7 1 1 1 1");
  EXPECT_GE(reply.phases.resolve, 0us);
  EXPECT_EQ(reply.phases.connect, kNotReached);
}

TEST(NetDns, LargeAnswerComesOverTcp) {
  const NameServer names([](const DnsQuery& query) -> std::optional<DnsResponse> {
    DnsResponse response;
    response.is_truncated = !query.is_tcp;
    for (int i = 0; query.is_tcp && i < 200; ++i) {
      response.answer.push_back("shop.example. 60 IN A 192.0.2." + std::to_string(i));
    }
    return response;
  });
  Asker asker;
  const Reply reply = asker.ask(question("shop.example", {1}, names.address()));
  ASSERT_EQ(reply.dns.size(), 1U);
  EXPECT_EQ(reply.dns[0].answer.size(), 200U);
}

TEST(NetDns, RecursionIsAskedForOnlyWhenWanted) {
  const NameServer names([](const DnsQuery& query) -> std::optional<DnsResponse> {
    DnsResponse response;
    response.rcode = query.is_recursive ? 0 : 5;
    return response;
  });
  Asker asker({.name_servers = {names.address()}});
  EXPECT_EQ(asker.ask(question("a.example", {1})).failure, Outcome::ok);
  const Reply refused = asker.ask(
      {.what = DnsAsk{.name = "a.example", .types = {1}, .server = {}, .is_recursive = false}});
  EXPECT_EQ(refused.failure, Outcome::dns_refused);
}

TEST(NetDns, ExtendedErrorIsReported) {
  const NameServer names(fails_with(2, 22));
  Asker asker;
  const Reply reply = asker.ask(question("a.example", {1}, names.address()));
  EXPECT_EQ(reply.failure, Outcome::dns_servfail);
  EXPECT_EQ(reply.dns.at(0).extended_error, 22);
  EXPECT_THAT(reply.detail, HasSubstr("extended error 22"));
}

TEST(NetDns, QuestionsThatCannotBeAskedAreOurOwnTrouble) {
  Asker asker;
  EXPECT_EQ(asker.ask(question("a.example", {}, "127.0.0.1")).failure, Outcome::monitor_error);
  EXPECT_EQ(asker.ask(question("a.example", {1}, "ns1.example")).failure, Outcome::monitor_error);
  EXPECT_EQ(asker.ask(question("a..example", {1}, "127.0.0.1:9")).failure, Outcome::monitor_error);
  Asker misconfigured({.name_servers = {"dns.example"}});
  EXPECT_EQ(misconfigured.ask(get("http://a.example/")).failure, Outcome::monitor_error);
}

TEST(NetDns, AThousandNamesThroughOneServerAreAllAnswered) {
  const NameServer names(test::everything_is_here());
  Asker asker({.name_servers = {names.address()}});
  std::vector<Ask> asks;
  asks.reserve(1000);
  for (int i = 0; i < 1000; ++i)
    asks.push_back(question("n" + std::to_string(i) + ".example", {1}));
  for (const Reply& reply : asker.ask_all(std::move(asks))) {
    ASSERT_EQ(reply.failure, Outcome::ok) << reply.detail;
  }
}

TEST(NetDns, LocalhostNeedsNoServer) {
  const test::Server server(test::answers(test::ok_response("x")));
  Asker asker({.name_servers = {"127.0.0.1:1"}});
  const Reply reply = asker.ask(get("http://localhost:" + std::to_string(server.port()) + "/"));
  EXPECT_EQ(reply.failure, Outcome::ok) << reply.detail;
}

}  // namespace
}  // namespace bw
