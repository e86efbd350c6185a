// SPDX-License-Identifier: Apache-2.0
#include "probes/catalog.h"
#include "probes/websocket_frame.h"
#include "tests/support/asker.h"
#include "tests/support/server.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/buffers_to_string.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/websocket/stream.hpp>
#include <thread>

namespace bw {
namespace {

using namespace std::chrono_literals;
using test::Asker;
using test::Server;
using testing::HasSubstr;
namespace asio = boost::asio;
namespace websocket = boost::beast::websocket;

Spec live(std::uint16_t port, std::string send = {}, std::string expect = {}) {
  Spec spec;
  spec.kind = "websocket";
  spec.url = "ws://127.0.0.1:" + std::to_string(port) + "/prices?all=1";
  spec.send = std::move(send);
  spec.expect = std::move(expect);
  spec.deadline = 3'000ms;
  return spec;
}

Finding look(const Spec& spec, std::uint64_t nonce = 42) {
  Asker asker;
  Look look;
  look.nonce = nonce;
  const Reply reply = asker.ask(kinds::websocket.begin(spec, look));
  return std::get<Finding>(kinds::websocket.read(spec, look, reply, Time{}));
}

// Boost.Beast's server: answers every message with what it was told, and tells how it ended.
class Echoer {
 public:
  Echoer() : acceptor_(io_, {asio::ip::make_address("127.0.0.1"), 0}) {
    thread_ = std::thread([this] { serve(); });
  }
  ~Echoer() { join(); }
  Echoer(const Echoer&) = delete;
  Echoer& operator=(const Echoer&) = delete;
  [[nodiscard]] std::uint16_t port() const { return acceptor_.local_endpoint().port(); }
  void join() {
    if (thread_.joinable()) thread_.join();
  }
  std::string target;
  boost::system::error_code ending;

 private:
  void serve() {
    asio::ip::tcp::socket socket(io_);
    acceptor_.accept(socket);
    boost::beast::flat_buffer buffer;
    boost::beast::http::request<boost::beast::http::string_body> request;
    boost::beast::http::read(socket, buffer, request);
    target = std::string(request.target());
    websocket::stream<asio::ip::tcp::socket> stream(std::move(socket));
    stream.accept(request);
    while (true) {
      boost::beast::flat_buffer message;
      stream.read(message, ending);
      if (ending) return;
      stream.ping({});
      stream.text(true);
      stream.write(asio::buffer("you said " + boost::beast::buffers_to_string(message.data())));
    }
  }

  asio::io_context io_;
  asio::ip::tcp::acceptor acceptor_;
  std::thread thread_;
};

TEST(Websocket, TalksToAServerOfTheProtocolAndClosesAsItShould) {
  Echoer server;
  const auto finding = look(live(server.port(), "ping", "said ping"));
  EXPECT_EQ(finding.outcome, Outcome::ok) << finding.note;
  EXPECT_EQ(finding.facts.get(Fact::status), "101");
  EXPECT_EQ(finding.facts.get(Fact::banner), "you said ping");
  server.join();
  EXPECT_EQ(server.target, "/prices?all=1");
  EXPECT_EQ(server.ending, websocket::error::closed) << server.ending.message();
}

TEST(Websocket, OpeningAloneIsEnoughWhereNothingIsExpected) {
  Echoer server;
  EXPECT_EQ(look(live(server.port())).outcome, Outcome::ok);
  server.join();
  EXPECT_EQ(server.ending, websocket::error::closed) << server.ending.message();
}

TEST(Websocket, AWrongAnswerIsQuoted) {
  Echoer server;
  const auto finding = look(live(server.port(), "ping", "pong"));
  EXPECT_EQ(finding.outcome, Outcome::content_missing);
  EXPECT_EQ(finding.note, "expected \"pong\", got \"you said ping\"");
}

TEST(Websocket, WhoDoesNotUpgradeIsNamedByStatus) {
  struct Case {
    const char* head;
    Outcome outcome;
  };
  for (const auto& [head, outcome] : std::initializer_list<Case>{
           {"HTTP/1.1 403 Forbidden\r\n\r\n", Outcome::blocked},
           {"HTTP/1.1 503 Busy\r\nContent-Length: 4\r\n\r\nbusy", Outcome::status_server},
           {"HTTP/1.1 200 OK\r\n\r\n<html>", Outcome::status_unexpected},
           {"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n",
            Outcome::reply_malformed},
           {"HTTP/1.1 101 Yes\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n",
            Outcome::reply_malformed},
       }) {
    const Server server(test::answers(head));
    EXPECT_EQ(look(live(server.port())).outcome, outcome) << head;
  }
}

TEST(Websocket, HostileServersEndInTime) {
  const Server silent(test::holds());
  auto spec = live(silent.port());
  spec.deadline = 500ms;
  EXPECT_EQ(look(spec).outcome, Outcome::reply_timeout);
  const Server endless([](Server::Peer& peer) {
    peer.read_request();
    peer.send("HTTP/1.1 101 Switching Protocols\r\n");
    while (peer.send("X-Filler: and so on\r\n")) {
    }
  });
  const auto flood = look(live(endless.port()));
  EXPECT_EQ(flood.outcome, Outcome::reply_malformed);
  EXPECT_THAT(flood.note, HasSubstr("bytes without an end in answer to the opening request"));
}

TEST(Websocket, EveryLookHasItsOwnKey) {
  Look one;
  Look other;
  one.nonce = 1;
  other.nonce = 2;
  const auto opening = [](Look& look) {
    return std::get<TalkAsk>(kinds::websocket.begin(live(80), look).what).turns.front().send;
  };
  EXPECT_NE(opening(one), opening(other));
}

// ---- frames

TEST(WebsocketFrame, TheExamplesOfTheRfcAreRead) {
  const auto hello = read_frame("\x81\x05Hello");  // RFC 6455, 5.7
  EXPECT_EQ(hello.state, FrameState::whole);
  EXPECT_EQ(hello.opcode, kTextFrame);
  EXPECT_EQ(hello.payload, "Hello");
  EXPECT_EQ(hello.size, 7U);
  EXPECT_EQ(print_frame(kTextFrame, "Hello", {0x37, 0xfa, 0x21, 0x3d}),
            "\x81\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58");
  const std::string long_head("\x82\x7e\x01\x00", 4);
  EXPECT_EQ(read_frame(long_head + std::string(256, 'x')).payload.size(), 256U);
  EXPECT_EQ(read_frame(long_head + std::string(255, 'x')).state, FrameState::cut);
}

TEST(WebsocketFrame, WhatAServerMayNotSendIsBroken) {
  using std::string_literals::operator""s;
  for (const auto& bytes : {"\x81\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58"s,  // masked
                            "\xc1\x05Hello"s,                                 // reserved bit
                            "\x83\x01x"s,                                     // opcode
                            "\x09\x01x"s,                                     // cut ping
                            "\x89\x7e\x01\x00"s,                              // long ping
                            "\x81\x7f\xff\xff\xff\xff\xff\xff\xff\xff"s}) {
    EXPECT_EQ(read_frame(bytes).state, FrameState::broken) << testing::PrintToString(bytes);
  }
  EXPECT_EQ(read_frame("\x81"s).state, FrameState::cut);
}

}  // namespace
}  // namespace bw
