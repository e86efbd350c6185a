// SPDX-License-Identifier: Apache-2.0
// What registries, logs, collectors and Prometheus of a simulated world say, as the probes read it.
#include "probes/catalog.h"
#include "tests/support/book_case.h"
#include "tests/support/sensor_talk.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace bw {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;
using testing::look;
using ::testing::Not;
using testing::play;

Facts sense(const rehearsal::World& world,
            const ProbeKind& kind,
            Spec spec,
            Millis offset,
            std::string_view vantage = "london") {
  spec.kind = kind.name;
  const auto talk = test::talk(kind, spec, world.t0() + offset, [&](const Ask& ask) {
    return look(world, ask, offset, vantage);
  });
  EXPECT_FALSE(is_failure(talk.finding.outcome)) << talk.finding.note;
  return talk.finding.facts;
}

Spec registry(const std::string& domain) {
  Spec spec;
  spec.host = domain;
  spec.url = "https://rdap.registry.example";
  return spec;
}
Spec log(const std::string& domain) {
  Spec spec;
  spec.host = domain;
  spec.url = "https://ct.monitor.example";
  return spec;
}
Spec route(const std::string& host) {
  Spec spec;
  spec.host = host;
  spec.url = "https://stat.routes.example";
  return spec;
}

TEST(WorldSensors, ARegistrationIsInOrderOnANormalDay) {
  const auto world = play("retailer", "");
  const auto facts = sense(world, kinds::rdap, registry("hartley.example"), 1h);
  EXPECT_EQ(facts.get(Fact::registrar), "Anvil Registry Services");
  EXPECT_EQ(facts.get(Fact::registry_status),
            "client-transfer-prohibited server-transfer-prohibited");
  EXPECT_EQ(facts.get(Fact::delegation), "ns1.zonecraft.example ns2.zonecraft.example");
  EXPECT_EQ(facts.get(Fact::delegation_signed), "no");
  const auto expires = parse_time(facts.get(Fact::registry_expires));
  ASSERT_TRUE(expires);
  EXPECT_GT(*expires - world.t0(), Millis{300 * 24h});
}

TEST(WorldSensors, ARegistrationShowsWhatIsDoneToIt) {
  const auto world = play("retailer", R"(
[[event]]
at = "1h"
until = "3h"
on = ["host:www.hartley.example"]
rdap = { status = ["ok"], registrar = "Quick Names", nameservers = ["ns1.stranger.example"], expires = "2025-03-01", changed = true }
)");
  const auto during = sense(world, kinds::rdap, registry("hartley.example"), 2h);
  EXPECT_EQ(during.get(Fact::registrar), "Quick Names");
  EXPECT_EQ(during.get(Fact::registry_unlocked), "delete transfer update");
  EXPECT_EQ(during.get(Fact::delegation), "ns1.stranger.example");
  EXPECT_EQ(during.get(Fact::registry_expires), "2025-03-01T00:00:00Z");
  EXPECT_EQ(during.get(Fact::registry_changed), "2025-03-04T13:00:00Z");
  const auto after = sense(world, kinds::rdap, registry("hartley.example"), 4h);
  EXPECT_EQ(after.get(Fact::registrar), "Anvil Registry Services");
  EXPECT_EQ(after.get(Fact::registry_changed), "2025-03-04T15:00:00Z");
  const auto other = sense(world, kinds::rdap, registry("tagwise.example"), 2h);
  EXPECT_EQ(other.get(Fact::registrar), "Anvil Registry Services");
}

TEST(WorldSensors, TheLogHoldsTheRenewalsBeforeAndWhatIsIssuedBesides) {
  const auto world = play("retailer", R"(
[[event]]
at = "1h"
until = "2h"
on = ["host:www.hartley.example"]
ct = { issuer = "Swiftseal DV E5", names = ["pay.hartley.example"] }
[[event]]
at = "1h"
on = ["host:www.hartley.example"]
ct = { issuer = "Lookalike CA", names = ["hartley-assets.example"] }
)");
  EXPECT_EQ(sense(world, kinds::ct, log("hartley.example"), 30min).get(Fact::logged_issuers),
            "Meridian");
  const auto facts = sense(world, kinds::ct, log("hartley.example"), 4h);
  EXPECT_EQ(facts.get(Fact::logged_issuers), "Meridian Swiftseal");
  EXPECT_THAT(std::string(facts.get(Fact::issuances)),
              HasSubstr("Swiftseal|2025-03-04T12:00:00Z|pay.hartley.example"));
}

TEST(WorldSensors, TheCertificateInUseIsLogged) {
  const auto world = play("retailer", "");
  Spec spec;
  spec.host = "stores.hartley.example";
  const auto shown = sense(world, kinds::tls, spec, 1h);
  EXPECT_THAT(std::string(sense(world, kinds::ct, log("hartley.example"), 1h).get(Fact::issuances)),
              HasSubstr(std::string(shown.get(Fact::cert_not_before)) + "|stores.hartley.example"));
}

TEST(WorldSensors, RoutesAreTheHostsOwnAndValid) {
  const auto world = play("retailer", "");
  for (const auto offset : {1h, 9h, 17h, 33h}) {
    const auto facts = sense(world, kinds::route, route("www.hartley.example"), offset);
    EXPECT_EQ(facts.get(Fact::routes), "198.51.100.0/24=AS64510");
    EXPECT_EQ(facts.get(Fact::route_states), "198.51.100.0/24=AS64510=valid");
    EXPECT_EQ(facts.get(Fact::route_holders), "AS64510=EDGEWORKS");
  }
}

TEST(WorldSensors, ARouteShowsWhoTookItAndThatNobodyHasIt) {
  const auto world = play("retailer", R"(
[[event]]
at = "1h"
until = "2h"
on = ["host:stores.hartley.example"]
from = ["london"]
bgp = { origin = 64666 }
[[event]]
at = "3h"
until = "4h"
on = ["host:stores.hartley.example"]
bgp = { withdrawn = true }
[[event]]
at = "5h"
until = "6h"
on = ["host:stores.hartley.example"]
bgp = { rpki = "invalid" }
[[event]]
at = "7h"
on = ["host:stores.hartley.example"]
bgp = { origin = 64777, rpki = "valid" }
)");
  const auto at = [&](Millis offset, std::string_view vantage = "london") {
    auto spec = route("stores.hartley.example");
    spec.addresses = {"203.0.113.20"};
    return sense(world, kinds::route, spec, offset, vantage);
  };
  EXPECT_EQ(at(90min).get(Fact::route_states), "203.0.113.16/28=AS64666=invalid");
  EXPECT_EQ(at(90min, "virginia").get(Fact::route_states), "203.0.113.0/24=AS64500=valid");
  EXPECT_EQ(at(210min).get(Fact::unrouted), "203.0.113.20");
  EXPECT_EQ(at(330min).get(Fact::route_states), "203.0.113.16/28=AS64500=invalid");
  EXPECT_EQ(at(450min).get(Fact::route_states), "203.0.113.16/28=AS64777=valid");
}

TEST(WorldSensors, ANameThatMovedLiesInTheNetworkThatTheEventSays) {
  const auto world = play("retailer", R"(
[[event]]
at = "1h"
until = "2h"
on = ["host:vpn.hartley.example"]
dns = { a = ["203.0.113.219"], asn = 65231 }
[[event]]
at = "3h"
on = ["host:vpn.hartley.example"]
dns = { a = ["203.0.113.220"] }
)");
  const auto given = sense(world, kinds::route, route("vpn.hartley.example"), 90min);
  EXPECT_EQ(given.get(Fact::route_states), "203.0.113.208/28=AS65231=valid");
  const auto unseen = sense(world, kinds::route, route("vpn.hartley.example"), 4h);
  EXPECT_THAT(std::string(unseen.get(Fact::routes)), Not(HasSubstr("AS64500")));
  EXPECT_THAT(std::string(unseen.get(Fact::routes)), HasSubstr("=AS42"));
}

TEST(WorldSensors, ASeriesTakesTheEventsValueAndGoesBack) {
  const auto world = play("retailer", R"(
[[event]]
at = "1h"
until = "2h"
metric = { name = "login_failures_ratio", value = 0.4, normal = 0.05 }
)");
  Spec spec;
  spec.url = "https://prometheus.hartley.example";
  spec.query = "login_failures_ratio";
  const auto value = [&](Millis offset) {
    return std::stod(
        std::string(sense(world, kinds::prometheus, spec, offset).get(Fact::series_value)));
  };
  EXPECT_NEAR(value(30min), 0.05, 0.02);
  EXPECT_NEAR(value(90min), 0.4, 0.15);
  EXPECT_NEAR(value(150min), 0.05, 0.02);
  spec.query = "nothing_of_the_kind";
  spec.kind = "prometheus";
  const auto none = test::talk(
      kinds::prometheus, spec, world.t0(), [&](const Ask& ask) { return look(world, ask, 1h); });
  EXPECT_EQ(none.finding.outcome, Outcome::content_missing);
}

TEST(WorldSensors, NobodyAnswersAtOtherPaths) {
  const auto world = play("retailer", "");
  for (const auto* url : {"https://rdap.registry.example/domain/nobody.example",
                          "https://rdap.registry.example/ip/192.0.2.1",
                          "https://ct.monitor.example/v1/issuances",
                          "https://stat.routes.example/data/bgplay/data.json?resource=1.2.3.4",
                          "https://prometheus.hartley.example/graph"}) {
    const auto reply = look(world, testing::get(url), 1h);
    ASSERT_TRUE(reply.http) << url;
    EXPECT_EQ(reply.http->status, 404) << url;
  }
}

}  // namespace
}  // namespace bw
