// SPDX-License-Identifier: Apache-2.0
#include "tests/support/asker.h"
#include "tests/support/name_server.h"
#include "tests/support/server.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sys/resource.h>
#include <zlib.h>

#include <fstream>

// What the other side may do to hurt: none of it makes a turn long, takes memory, or keeps other
// looks from finishing.
namespace bw {
namespace {

using namespace std::chrono_literals;
using test::Asker;
using test::get;
using test::Server;
using testing::HasSubstr;

// Of CPU: on a busy machine the wall clock measures the others.
constexpr Micros kTurnMax{50'000};

std::size_t resident_bytes() {
  std::ifstream statm("/proc/self/statm");
  std::size_t total = 0;
  std::size_t resident = 0;
  statm >> total >> resident;
  return resident * 4096;
}

std::string gzip(const std::string& bytes) {
  z_stream stream{};
  deflateInit2(&stream, 6, Z_DEFLATED, 15 + 16, 9, Z_DEFAULT_STRATEGY);
  std::string out(deflateBound(&stream, bytes.size()), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
  stream.avail_in = static_cast<uInt>(bytes.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  deflate(&stream, Z_FINISH);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

// Asks the hostile server and, beside it, twenty healthy looks, which must all finish.
Reply ask_beside(Asker& asker, Ask hostile) {
  const Server healthy(test::answers(test::ok_response("fine")));
  std::vector<Ask> asks{std::move(hostile)};
  for (int i = 0; i < 20; ++i)
    asks.push_back(get(healthy.url()));
  auto replies = asker.ask_all(std::move(asks));
  for (std::size_t i = 1; i < replies.size(); ++i) {
    EXPECT_EQ(replies[i].failure, Outcome::ok) << replies[i].detail;
  }
  EXPECT_LT(asker.loop.longest_turn_cpu(), kTurnMax);
  return std::move(replies.front());
}

TEST(NetHostile, AcceptsAndNeverAnswers) {
  const Server server(test::holds());
  Asker asker;
  const Reply reply = ask_beside(asker, get(server.url("/?token=secret"), 1'000ms));
  EXPECT_EQ(reply.failure, Outcome::reply_timeout);
  EXPECT_THAT(reply.detail, HasSubstr("sent nothing in 1 s"));
  EXPECT_THAT(reply.detail, testing::Not(HasSubstr("secret")));
  EXPECT_GE(reply.phases.wait, 100ms);
  EXPECT_EQ(reply.phases.transfer, kNotReached);
}

TEST(NetHostile, DripsTheBodyByteByByte) {
  const Server server([](Server::Peer& peer) {
    peer.read_request();
    peer.send("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n");
    while (peer.pause(20ms) && peer.send("x")) {
    }
  });
  Asker asker;
  const Reply reply = ask_beside(asker, get(server.url(), 1'000ms));
  EXPECT_EQ(reply.failure, Outcome::reply_stalled) << reply.detail;
  ASSERT_TRUE(reply.http);
  EXPECT_EQ(reply.http->status, 200);
  EXPECT_FALSE(reply.http->body.empty());
  EXPECT_GE(reply.phases.transfer, 100ms);
}

TEST(NetHostile, DripsTheHeadersByteByByte) {
  const Server server([](Server::Peer& peer) {
    peer.read_request();
    const std::string start = "HTTP/1.1 200 OK\r\nServer: " + std::string(1000, 'x');
    for (std::size_t i = 0; i < start.size(); ++i) {
      if (!peer.pause(20ms) || !peer.send(start.substr(i, 1))) return;
    }
  });
  Asker asker;
  EXPECT_EQ(ask_beside(asker, get(server.url(), 1'000ms)).failure, Outcome::reply_stalled);
}

TEST(NetHostile, SendsAGigabyte) {
  const Server server([](Server::Peer& peer) {
    peer.read_request();
    peer.send("HTTP/1.1 200 OK\r\nContent-Length: 1000000000\r\n\r\n");
    const std::string block(1 << 20, 'x');
    while (peer.send(block)) {
    }
  });
  Asker asker;
  const auto before = resident_bytes();
  const Reply reply = ask_beside(asker, get(server.url()));
  EXPECT_EQ(reply.failure, Outcome::ok) << reply.detail;
  ASSERT_TRUE(reply.http);
  EXPECT_TRUE(reply.http->is_truncated);
  EXPECT_EQ(reply.http->body.size(), 1U << 20U);
  EXPECT_LT(resident_bytes(), before + (64U << 20U));
}

TEST(NetHostile, SendsHeadersWithoutEnd) {
  const Server server([](Server::Peer& peer) {
    peer.read_request();
    peer.send("HTTP/1.1 200 OK\r\n");
    while (peer.send("X-Filler: and so on and on and on\r\n")) {
    }
  });
  Asker asker;
  const Reply reply = ask_beside(asker, get(server.url()));
  EXPECT_EQ(reply.failure, Outcome::reply_malformed) << reply.detail;
  EXPECT_THAT(reply.detail, HasSubstr("65536 bytes of headers"));
}

TEST(NetHostile, SendsOneHeaderLineWithoutEnd) {
  const Server server([](Server::Peer& peer) {
    peer.read_request();
    peer.send("HTTP/1.1 200 OK\r\nX-Filler: ");
    const std::string block(4096, 'x');
    while (peer.send(block)) {
    }
  });
  Asker asker;
  EXPECT_EQ(ask_beside(asker, get(server.url())).failure, Outcome::reply_malformed);
}

TEST(NetHostile, SendsInterimAnswersWithoutEnd) {
  const Server server([](Server::Peer& peer) {
    peer.read_request();
    while (peer.send("HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n")) {
    }
  });
  Asker asker;
  EXPECT_EQ(ask_beside(asker, get(server.url())).failure, Outcome::reply_malformed);
}

TEST(NetHostile, SendsATrailerWithoutEnd) {
  const Server server([](Server::Peer& peer) {
    peer.read_request();
    peer.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n");
    while (peer.send("X-Filler: and so on and on and on\r\n")) {
    }
  });
  Asker asker;
  EXPECT_EQ(ask_beside(asker, get(server.url(), 5'000ms)).failure, Outcome::reply_malformed);
}

TEST(NetHostile, SendsAGzipBomb) {
  const std::string bomb = gzip(std::string(48U << 20U, '\0'));
  const Server server(test::answers(test::ok_response(bomb, "Content-Encoding: gzip\r\n")));
  Asker asker;
  const auto before = resident_bytes();
  const Reply reply = ask_beside(asker, get(server.url()));
  EXPECT_EQ(reply.failure, Outcome::ok) << reply.detail;
  ASSERT_TRUE(reply.http);
  EXPECT_TRUE(reply.http->is_truncated);
  EXPECT_EQ(reply.http->body.size(), 1U << 20U);
  EXPECT_LT(resident_bytes(), before + (64U << 20U));
}

TEST(NetHostile, StacksCompressionUponCompression) {
  // A bomb of empty blocks inside a bomb: gigabytes of work that never yields a byte.
  const std::string inner = gzip(gzip(std::string(4U << 20U, '\0')));
  for (const char* coding : {"Content-Encoding: gzip, gzip, gzip\r\n",
                             "Content-Encoding: gzip\r\nContent-Encoding: gzip\r\n",
                             "Transfer-Encoding: gzip, gzip\r\n"}) {
    const Server server(test::answers(test::ok_response(inner, coding)));
    Asker asker;
    const Reply reply = ask_beside(asker, get(server.url()));
    EXPECT_EQ(reply.failure, Outcome::reply_malformed) << coding;
    EXPECT_THAT(reply.detail, HasSubstr("layers of compression")) << coding;
  }
}

TEST(NetHostile, DecodesHonestCompression) {
  const std::string body = "<html>honest</html>";
  const Server server(test::answers(test::ok_response(gzip(body), "Content-Encoding: gzip\r\n")));
  Asker asker;
  const Reply reply = asker.ask(get(server.url()));
  EXPECT_EQ(reply.failure, Outcome::ok) << reply.detail;
  EXPECT_EQ(reply.http.value_or(HttpReply{}).body, body);
}

TEST(NetHostile, SendsBytesThatDoNotDecode) {
  const Server server(
      test::answers(test::ok_response("not gzip at all", "Content-Encoding: gzip\r\n")));
  Asker asker;
  EXPECT_EQ(ask_beside(asker, get(server.url())).failure, Outcome::reply_malformed);
}

TEST(NetHostile, SendsInvalidUtf8Everywhere) {
  const Server server(
      test::answers("HTTP/1.1 200 \xff\xfe\r\nX-\xc3\x28: \xf0\x28\x8c\xbc\r\n"
                    "Content-Length: 4\r\n\r\n\xff\xff\xff\xff"));
  Asker asker;
  const Reply reply = ask_beside(asker, get(server.url()));
  EXPECT_EQ(reply.failure, Outcome::ok) << reply.detail;
  EXPECT_EQ(reply.http.value_or(HttpReply{}).body, "\xff\xff\xff\xff");
}

TEST(NetHostile, NameServerNeverAnswers) {
  const test::NameServer names(
      [](const test::DnsQuery&) { return std::optional<test::DnsResponse>(); });
  Asker asker({.name_servers = {names.address()}});
  const Server healthy(test::answers(test::ok_response("fine")));
  std::vector<Ask> asks;
  for (int i = 0; i < 300; ++i) {
    asks.push_back(get("http://n" + std::to_string(i) + ".example/", 3'000ms));
    asks.push_back(get(healthy.url()));
  }
  const auto replies = asker.ask_all(std::move(asks));
  for (std::size_t i = 0; i < replies.size(); i += 2) {
    ASSERT_EQ(replies[i].failure, Outcome::dns_timeout) << replies[i].detail;
    ASSERT_EQ(replies[i + 1].failure, Outcome::ok) << replies[i + 1].detail;
  }
  EXPECT_LT(asker.loop.longest_turn_cpu(), kTurnMax);
}

TEST(NetHostile, HundredsOfHandshakesAtOnceKeepTurnsShort) {
  test::IdentityWish wish;
  wish.addresses = {"127.0.0.1"};
  const test::Identity identity = test::make_identity(wish);
  const std::string ca_file = testing::TempDir() + "net_hostile_handshakes.pem";
  std::ofstream(ca_file) << identity.certificate_pem;
  const Server server(test::answers(test::ok_response("x")), identity);
  Asker asker;
  std::vector<Ask> asks;
  for (int i = 0; i < 300; ++i) {
    HttpAsk ask;
    ask.url = server.url();
    ask.trust.ca_file = ca_file;
    asks.push_back({.what = ask, .deadline = 50s});
  }
  for (const Reply& reply : asker.ask_all(std::move(asks))) {
    ASSERT_EQ(reply.failure, Outcome::ok) << reply.detail;
  }
  EXPECT_LT(asker.loop.longest_turn_cpu(), kTurnMax);
  EXPECT_EQ(asker.net.stats().ca_loads, 1U);
}

TEST(NetHostile, HundredsOfSlowServersHoldNobodyUp) {
  const Server slow(test::holds());
  const Server fast(test::answers(test::ok_response("x")));
  Asker asker({.in_flight_max = 2000});
  std::vector<Ask> asks;
  asks.reserve(400);
  for (int i = 0; i < 400; ++i)
    asks.push_back(get(slow.url(), 2'000ms));
  for (int i = 0; i < 100; ++i)
    asks.push_back(get(fast.url(), 5'000ms));
  const auto replies = asker.ask_all(std::move(asks));
  for (std::size_t i = 0; i < 400; ++i)
    ASSERT_EQ(replies[i].failure, Outcome::reply_timeout);
  for (std::size_t i = 400; i < 500; ++i)
    ASSERT_EQ(replies[i].failure, Outcome::ok);
  EXPECT_LT(asker.loop.longest_turn_cpu(), kTurnMax);
}

TEST(NetHostile, RunningOutOfDescriptorsIsOurOwnTrouble) {
  const Server server(test::answers(test::ok_response("x")));
  Asker asker;
  rlimit before{};
  getrlimit(RLIMIT_NOFILE, &before);
  rlimit none = before;
  none.rlim_cur = 0;
  setrlimit(RLIMIT_NOFILE, &none);
  TcpAsk connect;
  connect.host = "127.0.0.1";
  connect.port = server.port();
  const auto replies = asker.ask_all({get(server.url()), {.what = connect}});
  setrlimit(RLIMIT_NOFILE, &before);
  for (const Reply& reply : replies) {
    EXPECT_EQ(reply.failure, Outcome::monitor_error) << reply.detail;
    EXPECT_THAT(reply.detail, HasSubstr("Too many open files"));
  }
}

}  // namespace
}  // namespace bw
