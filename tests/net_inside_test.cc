// SPDX-License-Identifier: Apache-2.0
#include "probes/catalog.h"
#include "tests/support/asker.h"
#include "tests/support/name_server.h"
#include "tests/support/server.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

// Redirects, forms and scripts do not lead this machine to where outsiders cannot go themselves.
namespace bw {
namespace {

using test::Asker;
using test::DnsQuery;
using test::DnsResponse;
using test::NameServer;
using test::Server;
using testing::HasSubstr;

Ask hop(std::string url, std::string_view from) {
  HttpAsk ask;
  ask.url = std::move(url);
  ask.lead = {.is_foreign = true, .from = parse_address(from)};
  return {.what = std::move(ask)};
}

NameServer::Script everything_is_at(std::string address) {
  return [address = std::move(address)](const DnsQuery& query) -> std::optional<DnsResponse> {
    DnsResponse response;
    if (query.type == 1) response.answer = {query.name + ". 60 IN A " + address};
    return response;
  };
}

TEST(NetInside, NoNotationLeadsAPublicTargetToThisMachine) {
  const Server server(test::answers(test::ok_response("secret")));
  Asker asker;
  const std::string port = ":" + std::to_string(server.port()) + "/admin?token=1";
  for (const auto* host : {"127.0.0.1",
                           "127.1",
                           "2130706433",
                           "0x7f.0.0.1",
                           "0177.0.0.1",
                           "0",
                           "localhost",
                           "shop.localhost",
                           "[::1]",
                           "[::ffff:127.0.0.1]",
                           "[::ffff:7f00:1]"}) {
    const Reply reply = asker.ask(hop("http://" + std::string(host) + port, "198.51.100.10"));
    EXPECT_EQ(reply.failure, Outcome::leads_inside) << host << ": " << reply.detail;
    EXPECT_THAT(reply.detail, HasSubstr("an address inside; not followed")) << host;
    EXPECT_THAT(reply.detail, testing::Not(HasSubstr("token"))) << host;
    EXPECT_FALSE(reply.address) << host;
  }
  EXPECT_EQ(server.connections(), 0);
}

TEST(NetInside, TheAddressIsCheckedThatTheNameHasNow) {
  const NameServer names(everything_is_at("127.0.0.1"));
  const Server server(test::answers(test::ok_response("secret")));
  Asker asker({.name_servers = {names.address()}, .ports = {{80, server.port()}}});
  const Reply reply = asker.ask(hop("http://www.shop.example/x", "198.51.100.10"));
  EXPECT_EQ(reply.failure, Outcome::leads_inside);
  EXPECT_EQ(reply.detail,
            "leads to http://www.shop.example/x at 127.0.0.1, an address inside; not followed");
  EXPECT_EQ(server.connections(), 0);
}

TEST(NetInside, ATargetInsideAndOneThatIsAllowedMayHopInside) {
  const Server server(test::answers(test::ok_response("fine")));
  Asker asker;
  EXPECT_EQ(asker.ask(hop(server.url(), "127.9.9.9")).failure, Outcome::ok);
  Asker allowed({.follows_inside = true});
  EXPECT_EQ(allowed.ask(hop(server.url(), "198.51.100.10")).failure, Outcome::ok);
  const Reply metadata =
      allowed.ask(hop("http://169.254.169.254/latest/meta-data/", "198.51.100.10"));
  EXPECT_EQ(metadata.failure, Outcome::leads_inside);
  EXPECT_EQ(metadata.detail,
            "leads to http://169.254.169.254/latest/meta-data/, an address inside; not followed");
}

TEST(NetInside, NoNameOfTheConfigurationLeadsToTheMachinesCredentials) {
  for (const auto* address : {"169.254.169.254", "0.0.0.0"}) {
    const NameServer names(everything_is_at(address));
    Asker asker({.name_servers = {names.address()}});
    const Reply reply = asker.ask(test::get("http://www.shop.example/"));
    EXPECT_EQ(reply.failure, Outcome::connect_unreachable) << address;
    EXPECT_EQ(reply.detail,
              "www.shop.example leads to " + std::string(address) +
                  ", where no server can be; not connected");
  }
}

// A look from its first ask to its finding, over real sockets.
Finding look(Asker& asker, const ProbeKind& kind, const Spec& spec) {
  Look look;
  Step step = kind.begin(spec, look);
  for (int i = 0; i < 9 && std::holds_alternative<Ask>(step); ++i)
    step = kind.read(spec, look, asker.ask(std::get<Ask>(step)), Time{});
  return std::get<Finding>(step);
}

TEST(NetInside, AShopOnLoopbackMayHopToItsNeighbourButNotToMetadata) {
  const Server neighbour(test::answers(test::ok_response("<title>in</title>")));
  const Server shop(test::answers("HTTP/1.1 302 Found\r\nLocation: " + neighbour.url() +
                                  "\r\nContent-Length: 0\r\n\r\n"));
  const Server bad(
      test::answers("HTTP/1.1 302 Found\r\nLocation: http://169.254.169.254/latest/?k=1\r\n"
                    "Content-Length: 0\r\n\r\n"));
  Asker asker;
  Spec spec;
  spec.kind = "page";
  spec.url = shop.url();
  EXPECT_EQ(look(asker, kinds::page, spec).outcome, Outcome::ok);
  for (const auto* kind : {&kinds::page, &kinds::api, &kinds::feed, &kinds::prometheus}) {
    spec.kind = kind->name;
    spec.url = bad.url();
    const auto finding = look(asker, *kind, spec);
    EXPECT_EQ(finding.outcome, Outcome::leads_inside) << kind->name;
    EXPECT_EQ(finding.note,
              "leads to http://169.254.169.254/latest/, an address inside; not followed")
        << kind->name;
  }
}

}  // namespace
}  // namespace bw
