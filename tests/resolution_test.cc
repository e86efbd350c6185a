// SPDX-License-Identifier: Apache-2.0
#include "probes/resolution.h"

#include <gtest/gtest.h>

namespace bw {
namespace {

TEST(Resolution, NetworksStayWhileAddressesRotate) {
  Reply first;
  first.resolution.addresses = {parse_address("198.51.100.10").value_or(IpAddress{}),
                                parse_address("198.51.100.11").value_or(IpAddress{})};
  Reply second;
  second.resolution.addresses = {parse_address("198.51.100.77").value_or(IpAddress{}),
                                 parse_address("198.51.100.11").value_or(IpAddress{})};
  Facts before;
  Facts after;
  add_resolution_facts(first, before);
  add_resolution_facts(second, after);
  EXPECT_EQ(before.get(Fact::addresses), "198.51.100.10 198.51.100.11");
  EXPECT_NE(before.get(Fact::addresses), after.get(Fact::addresses));
  EXPECT_EQ(before.get(Fact::networks), "198.51.100.0/24");
  EXPECT_EQ(before.get(Fact::networks), after.get(Fact::networks));
}

TEST(Resolution, KeepsTheOrderOfAnAliasChainAndSortsNameServers) {
  Reply reply;
  reply.resolution.cnames = {"www.shop.example.edge.example", "a7.edge.example"};
  reply.resolution.name_servers = {"ns2.zone.example", "ns1.zone.example"};
  reply.resolution.server = "192.0.2.53:53";
  reply.address = parse_address("2001:db8:1::7");
  Facts facts;
  add_resolution_facts(reply, facts);
  EXPECT_EQ(facts.get(Fact::cnames), "www.shop.example.edge.example a7.edge.example");
  EXPECT_EQ(facts.get(Fact::name_servers), "ns1.zone.example ns2.zone.example");
  EXPECT_EQ(facts.get(Fact::resolver), "192.0.2.53:53");
  EXPECT_EQ(facts.get(Fact::address), "2001:db8:1::7");
}

TEST(Resolution, LeavesOutWhatWasNotSeen) {
  Facts facts;
  add_resolution_facts(Reply{}, facts);
  EXPECT_TRUE(facts.empty());
}

}  // namespace
}  // namespace bw
