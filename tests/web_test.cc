// SPDX-License-Identifier: Apache-2.0
#include "daemon/web/target_metrics.h"
#include "tests/support/desk.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>
#include <memory>
#include <string>
#include <vector>

namespace bw {
namespace {

using ::testing::ContainsRegex;
using testing::Desk;
using ::testing::HasSubstr;
using ::testing::StartsWith;

// A blocking client on a real socket.
class Client {
 public:
  explicit Client(std::uint16_t port) {
    socket_.connect({boost::asio::ip::address_v4::loopback(), port});
  }
  void send(const std::string& bytes) {
    boost::system::error_code ignored;
    boost::asio::write(socket_, boost::asio::buffer(bytes), ignored);
  }
  // All that comes until the server closes.
  std::string rest() {
    std::string text;
    boost::system::error_code ended;
    boost::asio::read(socket_, boost::asio::dynamic_buffer(text), ended);
    return text;
  }
  std::string some(std::size_t bytes) {
    std::string text(bytes, '\0');
    boost::asio::read(socket_, boost::asio::buffer(text));
    return text;
  }

 private:
  boost::asio::io_context context_;
  boost::asio::ip::tcp::socket socket_{context_};
};

std::unique_ptr<WebServer> started(Desk& desk) {
  auto server = WebServer::start("127.0.0.1:0", desk.hooks());
  EXPECT_TRUE(server.has_value());
  return std::move(*server);
}

std::string fetch(std::uint16_t port, const std::string& request_line) {
  Client client(port);
  client.send(request_line + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
  return client.rest();
}

TEST(WebServer, ServesOverARealSocket) {
  Desk desk;
  const auto server = started(desk);
  const std::string metrics = fetch(server->port(), "GET /metrics");
  EXPECT_THAT(metrics, StartsWith("HTTP/1.1 200 OK\r\n"));
  EXPECT_THAT(metrics, HasSubstr("Content-Type: text/plain; version=0.0.4; charset=utf-8\r\n"));
  EXPECT_THAT(metrics, HasSubstr("\nbellwether_ready 1\n"));
  const std::string head = fetch(server->port(), "HEAD /api/v1/status");
  EXPECT_THAT(head, ContainsRegex("Content-Length: [1-9][0-9]+\r\n"));
  EXPECT_TRUE(head.ends_with("\r\n\r\n"));
}

// Of a chunked reply (RFC 9112, 7.1).
std::string unchunked(const std::string& reply) {
  std::string body;
  auto at = reply.find("\r\n\r\n") + 4;
  for (;;) {
    const auto end = reply.find("\r\n", at);
    if (end == std::string::npos) return "no last chunk";
    const auto size = std::stoul(reply.substr(at, end - at), nullptr, 16);
    if (size == 0) return end + 4 == reply.size() ? body : "something after the last chunk";
    body += reply.substr(end + 2, size);
    at = end + 2 + size + 2;
  }
}

TEST(WebServer, StreamsTheMetricsOfThousands) {
  auto snapshot = testing::busy_snapshot();
  const auto few = snapshot.targets;
  while (snapshot.targets.size() < 5000) {
    auto next = few[snapshot.targets.size() % few.size()];
    next.id += "-" + std::to_string(snapshot.targets.size());
    snapshot.targets.push_back(std::move(next));
  }
  Desk desk(std::move(snapshot));
  const auto server = started(desk);
  const std::string reply = fetch(server->port(), "GET /metrics");
  EXPECT_THAT(reply, HasSubstr("Transfer-Encoding: chunked\r\n"));
  const std::string body = unchunked(reply);
  const std::string whole = render_metrics(*desk.snapshot);
  EXPECT_GT(whole.size(), 4 * TargetMetrics::kPieceBytes);
  // Between the two stands what the process says of itself, which changes.
  const auto shared = whole.find("# HELP bellwether_probe_success");
  ASSERT_NE(shared, std::string::npos);
  EXPECT_TRUE(body.ends_with(whole.substr(shared)));
  // An old client gets it in one piece, and who asks for the head gets no more.
  Client old(server->port());
  old.send("GET /metrics HTTP/1.0\r\n\r\n");
  EXPECT_TRUE(old.rest().ends_with(whole.substr(shared)));
  EXPECT_TRUE(fetch(server->port(), "HEAD /metrics").ends_with("\r\n\r\n"));
  Client twice(server->port());
  twice.send(
      "GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n"
      "GET /-/healthy HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
  EXPECT_TRUE(twice.rest().ends_with("bellwether is healthy\n"));
}

TEST(WebServer, HandsPostsToTheLoop) {
  Desk desk;
  auto server = started(desk);
  Client client(server->port());
  client.send(
      "POST /api/v1/incidents/9/acknowledge HTTP/1.1\r\nHost: 127.0.0.1\r\n"
      "Content-Type: application/json\r\nContent-Length: 13\r\nConnection: close\r\n\r\n"
      "{\"who\":\"kim\"}");
  EXPECT_THAT(client.rest(), StartsWith("HTTP/1.1 202 Accepted\r\n"));
  server.reset();
  ASSERT_EQ(desk.notes.size(), 1U);
  EXPECT_EQ(desk.notes.front().who, "kim");
}

TEST(WebServer, AnswersSeveralRequestsOfOneConnection) {
  Desk desk;
  const auto server = started(desk);
  Client client(server->port());
  client.send(
      "GET /-/healthy HTTP/1.1\r\nHost: localhost\r\n\r\n"
      "GET /-/ready HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
  const std::string both = client.rest();
  EXPECT_THAT(both, HasSubstr("bellwether is healthy\n"));
  EXPECT_THAT(both, HasSubstr("bellwether is ready\n"));
}

TEST(WebServer, RefusesWhatIsTooLargeOrNoHttp) {
  Desk desk;
  const auto server = started(desk);
  Client headers(server->port());
  headers.send("GET / HTTP/1.1\r\nHost: localhost\r\nX: " + std::string(20'000, 'x') + "\r\n\r\n");
  EXPECT_THAT(headers.rest(), StartsWith("HTTP/1.1 431 "));
  Client body(server->port());
  body.send(
      "POST /api/v1/announcements HTTP/1.1\r\nHost: localhost\r\nContent-Length: 70000\r\n\r\n");
  EXPECT_THAT(body.rest(), StartsWith("HTTP/1.1 413 "));
  Client garbage(server->port());
  garbage.send("\x16\x03\x01 this is no HTTP\r\n\r\n");
  EXPECT_THAT(garbage.rest(), StartsWith("HTTP/1.1 400 "));
}

TEST(WebServer, IsNotHeldUpBySlowClients) {
  Desk desk;
  const auto server = started(desk);
  std::vector<std::unique_ptr<Client>> slow;
  for (int i = 0; i < 63; ++i) {
    slow.push_back(std::make_unique<Client>(server->port()));
    slow.back()->send("GET / HTTP/1.1\r\nHost: loc");
  }
  EXPECT_THAT(fetch(server->port(), "GET /-/healthy"), StartsWith("HTTP/1.1 200 "));
}

TEST(WebServer, DropsTheQuietestConnectionForANewOne) {
  Desk desk;
  const auto server = started(desk);
  Client first(server->port());
  std::vector<std::unique_ptr<Client>> others;
  others.reserve(100);
  for (int i = 0; i < 100; ++i)
    others.push_back(std::make_unique<Client>(server->port()));
  EXPECT_THAT(fetch(server->port(), "GET /-/healthy"), StartsWith("HTTP/1.1 200 "));
  EXPECT_EQ(first.rest(), "");
  others.back()->send("GET /-/ready HTTP/1.1\r\nHost: localhost\r\n\r\n");
  EXPECT_EQ(others.back()->some(12), "HTTP/1.1 200");
}

TEST(WebServer, SaysThatItsPortIsTaken) {
  Desk desk;
  const auto server = started(desk);
  const std::string where = "127.0.0.1:" + std::to_string(server->port());
  const auto second = WebServer::start(where, desk.hooks());
  ASSERT_FALSE(second.has_value());
  EXPECT_EQ(second.error().what, "the port is taken");
  EXPECT_EQ(second.error().where, where);
  EXPECT_THAT(second.error().hint, HasSubstr("web.listen"));
}

TEST(WebServer, RefusesWhatIsNoAddress) {
  Desk desk;
  for (const std::string listen :
       {"", "9808", "localhost:9808", "127.0.0.1", "127.0.0.1:", "127.0.0.1:99999", "::1:x"}) {
    EXPECT_FALSE(WebServer::start(listen, desk.hooks()).has_value()) << listen;
  }
  EXPECT_FALSE(WebServer::start("192.0.2.1:0", desk.hooks()).has_value());
}

TEST(WebServer, EndsWithConnectionsOpen) {
  Desk desk;
  auto server = started(desk);
  const Client idle(server->port());
  Client begun(server->port());
  begun.send("GET / HT");
  server.reset();
  EXPECT_EQ(begun.rest(), "");
}
}  // namespace
}  // namespace bw
