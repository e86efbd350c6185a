// SPDX-License-Identifier: Apache-2.0
#include "tests/support/asker.h"
#include "tests/support/server.h"

#include <gtest/gtest.h>

namespace bw {
namespace {

using namespace std::chrono_literals;
using test::Asker;
using test::Server;

Ask dial(const Server& server,
         std::size_t read_bytes_max = 0,
         std::string expect = {},
         std::string send = {}) {
  TcpAsk ask;
  ask.host = "127.0.0.1";
  ask.port = server.port();
  ask.read_bytes_max = read_bytes_max;
  ask.expect = std::move(expect);
  ask.send = std::move(send);
  return {.what = std::move(ask), .deadline = 1'000ms};
}

Server::Script says(std::vector<std::string> words) {
  return [words = std::move(words)](Server::Peer& peer) {
    for (const auto& word : words) {
      peer.send(word);
      if (!peer.pause(10ms)) return;
    }
    peer.hold();
  };
}

TEST(NetTcp, OnlyConnects) {
  const Server server(test::holds());
  Asker asker;
  const Reply reply = asker.ask(dial(server));
  EXPECT_EQ(reply.failure, Outcome::ok) << reply.detail;
  EXPECT_GE(reply.phases.connect, 0us);
  EXPECT_EQ(reply.phases.wait, kNotReached);
  ASSERT_TRUE(reply.address);
}

TEST(NetTcp, ReadsTheFirstWordsWhereNothingIsExpected) {
  const Server server(says({"220 mail.shop.example\r\n"}));
  Asker asker;
  const Reply reply = asker.ask(dial(server, 512));
  EXPECT_EQ(reply.failure, Outcome::ok) << reply.detail;
  EXPECT_EQ(reply.received, "220 mail.shop.example\r\n");
  EXPECT_GE(reply.phases.wait, 0us);
}

TEST(NetTcp, ReadsUntilWhatIsExpectedIsSeenAcrossPieces) {
  const Server server(says({"* some banner +O", "K ready\r\n", "never needed"}));
  Asker asker;
  const Reply reply = asker.ask(dial(server, 0, "+OK"));
  EXPECT_EQ(reply.failure, Outcome::ok) << reply.detail;
  EXPECT_EQ(reply.received, "* some banner +OK ready\r\n");
}

TEST(NetTcp, SendsBeforeItReads) {
  const Server server([](Server::Peer& peer) { peer.send("echo " + peer.read()); });
  Asker asker;
  const Reply reply = asker.ask(dial(server, 512, "PING", "PING\r\n"));
  EXPECT_EQ(reply.failure, Outcome::ok) << reply.detail;
  EXPECT_EQ(reply.received, "echo PING\r\n");
}

TEST(NetTcp, StopsAtItsLimit) {
  const Server server([](Server::Peer& peer) {
    while (peer.send(std::string(4096, 'x'))) {
    }
  });
  Asker asker;
  const Reply reply = asker.ask(dial(server, 10'000, "never"));
  EXPECT_EQ(reply.failure, Outcome::ok) << reply.detail;
  EXPECT_EQ(reply.received.size(), 10'000U);
}

TEST(NetTcp, TellsSilenceFromStalling) {
  const Server silent(test::holds());
  const Server stalling(says({"220-"}));
  Asker asker;
  EXPECT_EQ(asker.ask(dial(silent, 10)).failure, Outcome::reply_timeout);
  const Reply stalled = asker.ask(dial(stalling, 100, "220 "));
  EXPECT_EQ(stalled.failure, Outcome::reply_stalled);
  EXPECT_EQ(stalled.received, "220-");
}

TEST(NetTcp, TellsClosingFromAnswering) {
  const Server closing([](Server::Peer&) {});
  const Server resetting([](Server::Peer& peer) {
    peer.read();  // or the reset might be seen before the connection is
    peer.reset();
  });
  const Server short_spoken([](Server::Peer& peer) { peer.send("bye"); });
  Asker asker;
  EXPECT_EQ(asker.ask(dial(closing, 10)).failure, Outcome::reply_reset);
  EXPECT_EQ(phase_of(asker.ask(dial(resetting, 10, "hello")).failure), Phase::reply);
  const Reply said = asker.ask(dial(short_spoken, 100, "hello"));
  EXPECT_EQ(said.failure, Outcome::ok) << said.detail;
  EXPECT_EQ(said.received, "bye");
}

TEST(NetTcp, RefusedAndImpossible) {
  Asker asker;
  TcpAsk ask;
  ask.host = "127.0.0.1";
  ask.port = test::closed_port();
  EXPECT_EQ(asker.ask({.what = ask}).failure, Outcome::connect_refused);
  ask.port = 0;
  EXPECT_EQ(asker.ask({.what = ask}).failure, Outcome::monitor_error);
  Asker elsewhere({.source_address = "192.0.2.1"});  // not ours
  ask.port = 1;
  EXPECT_EQ(elsewhere.ask({.what = ask}).failure, Outcome::monitor_error);
}

}  // namespace
}  // namespace bw
