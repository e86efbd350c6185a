// SPDX-License-Identifier: Apache-2.0
#include "daemon/net/trust.h"
#include "tests/support/asker.h"
#include "tests/support/server.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdio>
#include <filesystem>
#include <fstream>

namespace bw {
namespace {

using namespace std::chrono_literals;
using test::Asker;
using test::Identity;
using test::IdentityWish;
using test::make_identity;
using test::Server;
using testing::ElementsAre;
using testing::HasSubstr;

IdentityWish authority(std::string name, std::string organisation = "Root Ltd") {
  IdentityWish wish;
  wish.organisation = std::move(organisation);
  wish.name = std::move(name);
  wish.is_authority = true;
  wish.valid_until = Seconds{10 * 86'400};
  return wish;
}

IdentityWish shop() {
  IdentityWish wish;
  wish.dns_names = {"www.shop.example", "shop.example"};
  return wish;
}

// A root that is trusted, and its file.
class NetTls : public testing::Test {
 public:
  NetTls(const NetTls&) = delete;
  NetTls& operator=(const NetTls&) = delete;

 protected:
  NetTls() { write(root.certificate_pem); }
  ~NetTls() override { std::filesystem::remove(ca_file); }

  void write(const std::string& pem) const { std::ofstream(ca_file) << pem; }

  [[nodiscard]] Ask page(const Server& server, bool is_verified = true) const {
    HttpAsk ask;
    ask.url = "https://www.shop.example:" + std::to_string(server.port()) + "/";
    ask.pin = parse_address("127.0.0.1");
    ask.trust = {.ca_file = ca_file, .is_verified = is_verified};
    return {.what = std::move(ask)};
  }
  [[nodiscard]] Ask handshake(const Server& server, bool is_verified = true) const {
    TlsAsk ask;
    ask.host = "127.0.0.1";
    ask.port = server.port();
    ask.server_name = "www.shop.example";
    ask.trust = {.ca_file = ca_file, .is_verified = is_verified};
    return {.what = std::move(ask)};
  }
  // Over HTTPS and as a bare handshake: both find the same.
  Chain trouble_with(const Identity& identity) {
    const Server server(test::answers(test::ok_response("x")), identity);
    const auto replies = asker.ask_all({page(server), handshake(server)});
    EXPECT_EQ(replies[0].failure, replies[1].failure);
    EXPECT_FALSE(replies[0].http);
    if (!replies[0].chain || !replies[1].chain) {
      ADD_FAILURE() << "no chain: " << replies[0].detail << "; " << replies[1].detail;
      return {};
    }
    EXPECT_EQ(replies[0].chain->trouble, replies[0].failure);
    EXPECT_EQ(replies[0].chain->why, replies[1].chain->why);
    EXPECT_FALSE(replies[0].chain->presented.empty());
    EXPECT_THAT(replies[0].detail, HasSubstr(replies[0].chain->why));
    return *replies[0].chain;
  }

  const Identity root = make_identity(authority("Shop Root"));
  const std::string ca_file = testing::TempDir() + "net_tls_" +
                              testing::UnitTest::GetInstance()->current_test_info()->name() +
                              ".pem";
  Asker asker;
};

TEST_F(NetTls, GoodChainIsReadWholeAndTimed) {
  const Identity intermediate = make_identity(authority("Shop Intermediate"), &root);
  Identity leaf = make_identity(shop(), &intermediate);
  leaf.chain_pem = {intermediate.certificate_pem};
  const Server server(test::answers(test::ok_response("x")), leaf);
  const auto replies = asker.ask_all({page(server), handshake(server)});
  for (const Reply& reply : replies) {
    EXPECT_EQ(reply.failure, Outcome::ok) << reply.detail;
    ASSERT_TRUE(reply.chain);
    EXPECT_EQ(reply.chain->trouble, Outcome::ok);
    EXPECT_EQ(reply.chain->version, "TLS 1.3");
    EXPECT_FALSE(reply.chain->cipher.empty());
    ASSERT_EQ(reply.chain->presented.size(), 2U);
    const Certificate& read = reply.chain->presented[0];
    EXPECT_EQ(read.subject, "O=Shop Ltd, CN=www.shop.example");
    EXPECT_EQ(read.issuer, "O=Root Ltd, CN=Shop Intermediate");
    EXPECT_THAT(read.names, ElementsAre("www.shop.example", "shop.example"));
    EXPECT_EQ(read.key_sha256.size(), 64U);
    EXPECT_EQ(read.fingerprint_sha256.size(), 64U);
    EXPECT_NE(read.key_sha256, reply.chain->presented[1].key_sha256);
    EXPECT_EQ(read.not_after - read.not_before, Seconds{3600 + 86'400});
    EXPECT_GT(reply.phases.tls, 0us);
    EXPECT_GT(reply.phases.connect, 0us);
  }
  EXPECT_EQ(replies[0].http.value_or(HttpReply{}).body, "x");
  EXPECT_EQ(replies[1].phases.wait, kNotReached);
}

TEST_F(NetTls, ExpiredCertificate) {
  IdentityWish wish = shop();
  wish.valid_from = Seconds{-86'400};
  wish.valid_until = Seconds{-60};
  const Chain chain = trouble_with(make_identity(wish, &root));
  EXPECT_EQ(chain.trouble, Outcome::tls_expired);
  EXPECT_THAT(chain.why, HasSubstr("O=Shop Ltd, CN=www.shop.example expired at 20"));
}

TEST_F(NetTls, CertificateOfTheFuture) {
  IdentityWish wish = shop();
  wish.valid_from = Seconds{3600};
  EXPECT_EQ(trouble_with(make_identity(wish, &root)).trouble, Outcome::tls_not_yet_valid);
}

TEST_F(NetTls, CertificateForAnotherName) {
  IdentityWish wish = shop();
  wish.dns_names = {"other.example"};
  const Chain chain = trouble_with(make_identity(wish, &root));
  EXPECT_EQ(chain.trouble, Outcome::tls_wrong_name);
  EXPECT_EQ(chain.why, "the certificate is for other.example, not for www.shop.example");
}

TEST_F(NetTls, CertificateSignedByItself) {
  EXPECT_EQ(trouble_with(make_identity(shop())).trouble, Outcome::tls_self_signed);
}

TEST_F(NetTls, RootThatNobodyTrusts) {
  const Identity stranger = make_identity(authority("Inspection CA", "Middlebox Inc"));
  Identity leaf = make_identity(shop(), &stranger);
  const Chain alone = trouble_with(leaf);
  EXPECT_EQ(alone.trouble, Outcome::tls_untrusted);
  EXPECT_THAT(alone.why, HasSubstr("O=Middlebox Inc, CN=Inspection CA"));
  leaf.chain_pem = {stranger.certificate_pem};
  EXPECT_EQ(trouble_with(leaf).trouble, Outcome::tls_untrusted);
}

TEST_F(NetTls, IntermediateThatIsNotSent) {
  const Identity ours = make_identity(authority("Shop Intermediate"), &root);
  const Chain chain = trouble_with(make_identity(shop(), &ours));
  EXPECT_EQ(chain.trouble, Outcome::tls_incomplete_chain) << chain.why;
  EXPECT_THAT(chain.why, HasSubstr("O=Root Ltd, CN=Shop Intermediate"));
  // One of somebody else's name that says where its issuer can be fetched.
  const Identity other = make_identity(authority("R11", "Let's Sign"), &root);
  IdentityWish wish = shop();
  wish.issuer_url = "http://r11.example/";
  EXPECT_EQ(trouble_with(make_identity(wish, &other)).trouble, Outcome::tls_incomplete_chain);
}

TEST_F(NetTls, SeveralTroublesAreAllNamed) {
  IdentityWish wish = shop();
  wish.dns_names = {"other.example"};
  wish.valid_from = Seconds{-86'400};
  wish.valid_until = Seconds{-60};
  const Chain chain = trouble_with(make_identity(wish, &root));
  EXPECT_EQ(chain.trouble, Outcome::tls_wrong_name);
  EXPECT_THAT(chain.why, HasSubstr("expired at"));
}

TEST_F(NetTls, WhoDoesNotInsistGoesOnAndStillLearnsTheTrouble) {
  const Server server(test::answers(test::ok_response("x")), make_identity(shop()));
  const auto replies = asker.ask_all({page(server, false), handshake(server, false)});
  for (const Reply& reply : replies) {
    EXPECT_EQ(reply.failure, Outcome::ok) << reply.detail;
    ASSERT_TRUE(reply.chain);
    EXPECT_EQ(reply.chain->trouble, Outcome::tls_self_signed);
  }
  EXPECT_EQ(replies[0].http.value_or(HttpReply{}).body, "x");
}

TEST_F(NetTls, AddressesAreVerifiedAgainstAddressNames) {
  IdentityWish wish = shop();
  wish.addresses = {"127.0.0.1"};
  const Server server(test::answers(test::ok_response("x")), make_identity(wish, &root));
  HttpAsk ask;
  ask.url = server.url();
  ask.trust.ca_file = ca_file;
  const Reply reply = asker.ask({.what = ask});
  EXPECT_EQ(reply.failure, Outcome::ok) << reply.detail;
  ASSERT_TRUE(reply.chain);
  EXPECT_THAT(reply.chain->presented.at(0).names,
              ElementsAre("www.shop.example", "shop.example", "127.0.0.1"));
}

TEST_F(NetTls, HostileNamesArePrintable) {
  IdentityWish wish = shop();
  wish.organisation = "Evil\nCorp \xe2\x98\x83";
  wish.name = std::string(64, 'x');
  const Server server(test::holds(), make_identity(wish, &root));
  const Reply reply = asker.ask(handshake(server));
  ASSERT_TRUE(reply.chain);
  EXPECT_THAT(reply.chain->presented.at(0).subject, HasSubstr("O=Evil\\x0aCorp \xe2\x98\x83"));
}

TEST_F(NetTls, RootsAreLoadedOncePerPolicyAndAgainWhenTheFileChanges) {
  const Identity leaf = make_identity(shop(), &root);
  const Server server(test::answers(test::ok_response("x")), leaf);
  std::vector<Ask> asks;
  asks.reserve(50);
  for (int i = 0; i < 50; ++i)
    asks.push_back(i % 2 == 0 ? page(server) : handshake(server));
  for (const Reply& reply : asker.ask_all(std::move(asks))) {
    ASSERT_EQ(reply.failure, Outcome::ok) << reply.detail;
  }
  EXPECT_EQ(asker.net.stats().ca_loads, 1U);
}

TEST_F(NetTls, ChangedRootsAreLoadedAgainAndBrokenOnesKeepTheOld) {
  net::RootsCache cache(asker.loop, 0s);
  const auto find = [&] {
    net::RootsRef found;
    cache.find(ca_file, [&](const auto& roots) { found = roots.value_or(nullptr); });
    for (int i = 0; i < 10; ++i)
      asker.loop.run_once(0us);
    return found;
  };
  const auto first = find();
  EXPECT_NE(first, nullptr);
  EXPECT_EQ(find(), first);
  EXPECT_EQ(cache.loads(), 1U);
  write(root.certificate_pem + make_identity(authority("Second")).certificate_pem);
  EXPECT_EQ(find(), first) << "the old ones serve while the file is read";
  const auto second = find();
  EXPECT_NE(second, first);
  EXPECT_EQ(cache.loads(), 2U);
  write("garbage");
  find();
  EXPECT_EQ(find(), second);
  EXPECT_EQ(cache.loads(), 3U);
}

TEST_F(NetTls, ABundleOfHundredsIsReadInShortTurns) {
  std::string bundle = root.certificate_pem;
  const Identity other = make_identity(authority("Other"));
  for (int i = 0; i < 400; ++i)
    bundle += other.certificate_pem;
  write(bundle);
  const Server server(test::answers(test::ok_response("x")), make_identity(shop(), &root));
  EXPECT_EQ(asker.ask(page(server)).failure, Outcome::ok);
  EXPECT_LT(asker.loop.longest_turn_cpu(), 20ms);
}

TEST_F(NetTls, AKeptConnectionTellsTheChainOfItsHandshake) {
  const Server server(
      [](Server::Peer& peer) {
        while (!peer.read_request().empty() && peer.send(test::ok_response("x"))) {
        }
      },
      make_identity(shop(), &root));
  Ask kept = page(server);
  std::get<HttpAsk>(kept.what).handshake_every = 5min;
  const Reply first = asker.ask(kept);
  EXPECT_EQ(first.failure, Outcome::ok) << first.detail;
  EXPECT_GT(first.phases.tls, 0us);
  ASSERT_TRUE(first.chain);
  // The first job is gone; what it attached must not be touched by the tickets that come late.
  for (int i = 0; i < 3; ++i) {
    const Reply next = asker.ask(kept);
    EXPECT_EQ(next.failure, Outcome::ok) << next.detail;
    EXPECT_TRUE(next.phases.is_kept());
    EXPECT_EQ(next.phases.tls, 0us);
    ASSERT_TRUE(next.chain);
    EXPECT_EQ(next.chain->presented, first.chain->presented);
    EXPECT_EQ(next.chain->version, first.chain->version);
  }
  EXPECT_EQ(server.connections(), 1);
}

TEST_F(NetTls, AConnectionOfAnotherTrustIsNotTaken) {
  const Server server(
      [](Server::Peer& peer) {
        while (!peer.read_request().empty() && peer.send(test::ok_response("x"))) {
        }
      },
      make_identity(shop()));  // signed by itself
  Ask lenient = page(server, false);
  Ask strict = page(server);
  std::get<HttpAsk>(lenient.what).handshake_every = 5min;
  std::get<HttpAsk>(strict.what).handshake_every = 5min;
  EXPECT_EQ(asker.ask(lenient).failure, Outcome::ok);
  EXPECT_EQ(asker.ask(strict).failure, Outcome::tls_self_signed);
}

TEST_F(NetTls, RootsThatCannotBeReadAreOurOwnTrouble) {
  const Server server(test::holds(), make_identity(shop(), &root));
  TlsAsk ask;
  ask.host = "127.0.0.1";
  ask.port = server.port();
  ask.trust.ca_file = "/nonexistent/ca.pem";
  const Reply reply = asker.ask({.what = ask});
  EXPECT_EQ(reply.failure, Outcome::monitor_error);
  EXPECT_THAT(reply.detail, HasSubstr("/nonexistent/ca.pem"));
}

TEST_F(NetTls, ServerThatDoesNotSpeakTls) {
  const Server server(test::answers("HTTP/1.1 400 Bad Request\r\n\r\n"));
  const Server chatty([](Server::Peer& peer) {
    peer.send("220 mail.shop.example ESMTP\r\n");
    peer.hold();
  });
  for (const Reply& reply : asker.ask_all({page(chatty), handshake(chatty)})) {
    EXPECT_EQ(reply.failure, Outcome::tls_handshake) << reply.detail;
    EXPECT_THAT(reply.detail, HasSubstr("no TLS with 127.0.0.1"));
    EXPECT_FALSE(reply.chain);
  }
}

TEST_F(NetTls, ServerThatBreaksOffTheHandshake) {
  const Server server([](Server::Peer& peer) {
    peer.read();
    peer.reset();
  });
  const Server polite([](Server::Peer& peer) { peer.read(); });
  for (const Reply& reply :
       asker.ask_all({page(server), handshake(server), page(polite), handshake(polite)})) {
    EXPECT_EQ(reply.failure, Outcome::connect_reset) << reply.detail;
  }
}

TEST_F(NetTls, ServerThatNeverAnswersTheHandshake) {
  const Server server(test::holds());
  Ask slow_page = page(server);
  Ask slow_handshake = handshake(server);
  slow_page.deadline = 1'000ms;
  slow_handshake.deadline = 1'000ms;
  for (const Reply& reply : asker.ask_all({slow_page, slow_handshake})) {
    EXPECT_EQ(reply.failure, Outcome::tls_timeout) << reply.detail;
    EXPECT_GE(reply.phases.tls, 100ms);
    EXPECT_EQ(reply.phases.wait, kNotReached);
  }
}

}  // namespace
}  // namespace bw
