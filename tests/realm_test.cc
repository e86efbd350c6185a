// SPDX-License-Identifier: Apache-2.0
#include "probes/realm.h"

#include <gtest/gtest.h>

namespace bw {
namespace {

IpAddress at(std::string_view text) {
  return parse_address(text).value();
}

TEST(Realm, SaysHowNearAnAddressLies) {
  struct Case {
    const char* address;
    Realm realm;
  };
  for (const auto& [address, realm] : std::initializer_list<Case>{
           {"198.51.100.10", Realm::internet},
           {"172.15.255.255", Realm::internet},
           {"172.16.0.0", Realm::site},
           {"172.31.255.255", Realm::site},
           {"172.32.0.0", Realm::internet},
           {"10.1.2.3", Realm::site},
           {"192.168.255.1", Realm::site},
           {"100.63.255.255", Realm::internet},
           {"100.64.0.1", Realm::site},
           {"100.127.255.255", Realm::site},
           {"100.128.0.0", Realm::internet},
           {"198.19.0.1", Realm::site},
           {"127.0.0.1", Realm::machine},
           {"127.255.255.254", Realm::machine},
           {"0.0.0.0", Realm::special},
           {"169.254.169.254", Realm::special},
           {"100.100.100.200", Realm::special},
           {"168.63.129.16", Realm::special},
           {"192.0.0.192", Realm::special},
           {"224.0.0.1", Realm::special},
           {"240.0.0.1", Realm::special},
           {"255.255.255.255", Realm::special},
           {"2001:db8::1", Realm::internet},
           {"2606:4700::1111", Realm::internet},
           {"::1", Realm::machine},
           {"::", Realm::special},
           {"fe80::1", Realm::special},
           {"febf::1", Realm::special},
           {"ff02::1", Realm::special},
           {"fd00:ec2::254", Realm::special},
           {"fd00:ec2::255", Realm::site},
           {"fd20:ce::254", Realm::special},
           {"fc00::1", Realm::site},
           {"fec0::1", Realm::site},
           {"64:ff9b:1::a00:1", Realm::site},
       }) {
    EXPECT_EQ(realm_of(at(address)), realm) << address;
  }
}

TEST(Realm, AnAddressThatStandsForAnotherLiesWhereThatOneDoes) {
  for (const auto* address : {"::ffff:127.0.0.1",
                              "::ffff:0:127.0.0.1",
                              "::127.0.0.1",
                              "64:ff9b::127.0.0.1",
                              "2002:7f00:1::1",
                              "2001:0:1:2:3:4:80ff:fffe"}) {
    EXPECT_EQ(realm_of(at(address)), Realm::machine) << address;
  }
  EXPECT_EQ(realm_of(at("::ffff:169.254.169.254")), Realm::special);
  EXPECT_EQ(realm_of(at("64:ff9b::10.0.0.1")), Realm::site);
  EXPECT_EQ(realm_of(at("64:ff9b::198.51.100.10")), Realm::internet);
  EXPECT_EQ(realm_of(at("2001:1::1")), Realm::internet);  // no Teredo
}

TEST(Realm, WhatTheConfigurationNamesMayLieAnywhere) {
  for (const auto* address : {"198.51.100.10", "10.0.0.1", "127.0.0.1", "169.254.169.254"})
    EXPECT_TRUE(may_reach(at(address), {}, false)) << address;
}

TEST(Realm, OthersLeadNoNearerThanTheTargetLies) {
  struct Case {
    const char* from;
    const char* to;
    bool may;
  };
  for (const auto& [from, to, may] : std::initializer_list<Case>{
           {"198.51.100.10", "203.0.113.5", true},
           {"198.51.100.10", "10.0.0.1", false},
           {"198.51.100.10", "127.0.0.1", false},
           {"198.51.100.10", "::ffff:127.0.0.1", false},
           {"10.0.0.1", "198.51.100.10", true},
           {"10.0.0.1", "192.168.0.1", true},
           {"10.0.0.1", "127.0.0.1", false},
           {"127.0.0.1", "127.8.0.1", true},
           {"127.0.0.1", "10.0.0.1", true},
           {"127.0.0.1", "169.254.169.254", false},
           {"169.254.169.254", "169.254.169.254", true},
           {"169.254.10.1", "169.254.169.254", false},
           {"169.254.10.1", "127.0.0.1", false},
       }) {
    EXPECT_EQ(may_reach(at(to), {.is_foreign = true, .from = at(from)}, false), may)
        << from << " to " << to;
  }
  EXPECT_FALSE(may_reach(at("10.0.0.1"), {.is_foreign = true, .from = {}}, false));
}

TEST(Realm, WhoAllowsTheInsideStillKeepsMetadataOut) {
  const Lead lead{.is_foreign = true, .from = at("198.51.100.10")};
  EXPECT_TRUE(may_reach(at("10.0.0.1"), lead, true));
  EXPECT_TRUE(may_reach(at("::1"), lead, true));
  EXPECT_FALSE(may_reach(at("169.254.169.254"), lead, true));
  EXPECT_FALSE(may_reach(at("fd00:ec2::254"), lead, true));
}

}  // namespace
}  // namespace bw
