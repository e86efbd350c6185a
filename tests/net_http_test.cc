// SPDX-License-Identifier: Apache-2.0
#include "tests/support/asker.h"
#include "tests/support/name_server.h"
#include "tests/support/server.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <mutex>

namespace bw {
namespace {

using namespace std::chrono_literals;
using test::Asker;
using test::get;
using test::Server;
using testing::HasSubstr;
using testing::Not;

// Keeps the last request and answers it.
class Recorder {
 public:
  Server::Script script(std::string response) {
    return [this, response = std::move(response)](Server::Peer& peer) {
      const std::string request = peer.read_request();
      {
        const std::scoped_lock lock(mutex_);
        request_ = request;
      }
      peer.send(response);
    };
  }
  std::string request() {
    const std::scoped_lock lock(mutex_);
    return request_;
  }

 private:
  std::mutex mutex_;
  std::string request_;
};

Ask post(const std::string& url, std::string body, std::vector<Header> headers = {}) {
  HttpAsk ask;
  ask.method = "POST";
  ask.url = url;
  ask.body = std::move(body);
  ask.headers = std::move(headers);
  return {.what = std::move(ask)};
}

TEST(NetHttp, ReadsAWholeAnswerAndTimesEveryPhase) {
  const Server server(test::answers(
      test::ok_response("hello", "Content-Type: text/html\r\nX-Odd:  \xff value \r\n")));
  Asker asker;
  const Reply reply = asker.ask(get(server.url("/path?q=1")));
  EXPECT_EQ(reply.failure, Outcome::ok) << reply.detail;
  ASSERT_TRUE(reply.http);
  EXPECT_EQ(reply.http->status, 200);
  EXPECT_EQ(reply.http->version, "1.1");
  EXPECT_EQ(reply.http->body, "hello");
  EXPECT_FALSE(reply.http->is_truncated);
  EXPECT_EQ(find_header(reply.http->headers, "content-type"), "text/html");
  EXPECT_EQ(find_header(reply.http->headers, "x-odd"), "\xff value") << "bytes as received";
  ASSERT_TRUE(reply.address);
  EXPECT_EQ(print(*reply.address), "127.0.0.1");
  EXPECT_EQ(reply.phases.resolve, 0us);
  EXPECT_GT(reply.phases.connect, 0us);
  EXPECT_EQ(reply.phases.tls, kNotReached);
  EXPECT_GE(reply.phases.wait, 0us);
  EXPECT_GE(reply.phases.transfer, 0us);
  EXPECT_FALSE(reply.chain);
}

TEST(NetHttp, ResolvesThroughItsOwnNameServerAndTellsWhatItLearned) {
  const Server server(test::answers(test::ok_response("shop")));
  const test::NameServer names([](const test::DnsQuery& query) -> std::optional<test::DnsResponse> {
    test::DnsResponse response;
    const bool is_shop = query.name == "www.shop.example";
    if (query.type == 1 && is_shop) {
      response.answer = {"www.shop.example. 60 IN CNAME Edge.CDN.example.",
                         "edge.cdn.example. 60 IN A 127.0.0.1"};
    } else if (query.type == 2 && query.name == "shop.example") {
      response.answer = {"shop.example. 60 IN NS ns2.dns.example.",
                         "shop.example. 60 IN NS ns1.dns.example."};
    } else {
      if (is_shop) response.answer = {"www.shop.example. 60 IN CNAME edge.cdn.example."};
      response.authority = {"cdn.example. 60 IN SOA a. b. 1 2 3 4 60"};
    }
    return response;
  });
  Asker asker({.name_servers = {names.address()}, .ports = {{80, server.port()}}});
  const Reply reply = asker.ask(get("http://WWW.shop.example/"));
  EXPECT_EQ(reply.failure, Outcome::ok) << reply.detail;
  EXPECT_EQ(reply.http.value_or(HttpReply{}).body, "shop");
  EXPECT_EQ(reply.resolution.cnames, std::vector<std::string>{"edge.cdn.example"});
  EXPECT_EQ(reply.resolution.server, names.address());
  EXPECT_EQ(reply.resolution.name_servers,
            (std::vector<std::string>{"ns1.dns.example", "ns2.dns.example"}));
  EXPECT_GT(reply.phases.resolve, 0us);
  // From the cache: nothing is asked, and the phase says so.
  const auto asked = asker.net.stats().dns_queries;
  const Reply second = asker.ask(get("http://www.shop.example/"));
  EXPECT_EQ(second.failure, Outcome::ok) << second.detail;
  EXPECT_EQ(asker.net.stats().dns_queries, asked);
  EXPECT_LT(second.phases.resolve, 1ms);
  EXPECT_EQ(second.resolution.name_servers.size(), 2U);
  EXPECT_EQ(second.resolution.cnames.size(), 1U);
}

TEST(NetHttp, PortMapChangesOnlyWhereItConnects) {
  Recorder recorder;
  const Server server(recorder.script(test::ok_response("")));
  Asker asker({.ports = {{80, server.port()}}, .user_agent = "bellwether/test"});
  HttpAsk ask;
  ask.url = "http://www.shop.example/";
  ask.pin = parse_address("127.0.0.1");
  const Reply reply = asker.ask({.what = ask});
  EXPECT_EQ(reply.failure, Outcome::ok) << reply.detail;
  EXPECT_THAT(recorder.request(), HasSubstr("Host: www.shop.example\r\n"));
  EXPECT_THAT(recorder.request(), HasSubstr("User-Agent: bellwether/test\r\n"));
  EXPECT_THAT(recorder.request(), HasSubstr("Accept-Encoding: gzip, deflate, br\r\n"));
}

TEST(NetHttp, SendsMethodHeadersAndBodyAsAsked) {
  Recorder recorder;
  const Server server(
      [&recorder](Server::Peer& peer) { recorder.script(test::ok_response("{}"))(peer); });
  Asker asker;
  const Reply reply = asker.ask(post(
      server.url(), "a=1", {{.name = "X-Empty", .value = ""}, {.name = "X-Key", .value = "v"}}));
  EXPECT_EQ(reply.failure, Outcome::ok) << reply.detail;
  EXPECT_THAT(recorder.request(), HasSubstr("POST / HTTP/1.1\r\n"));
  EXPECT_THAT(recorder.request(), HasSubstr("X-Empty:\r\n"));
  EXPECT_THAT(recorder.request(), HasSubstr("X-Key: v\r\n"));
  EXPECT_THAT(recorder.request(), HasSubstr("Content-Length: 3\r\n"));
  EXPECT_THAT(recorder.request(), Not(HasSubstr("Expect:")));
  EXPECT_THAT(recorder.request(), Not(HasSubstr("urlencoded")));
  EXPECT_GE(reply.phases.wait, 0us);
}

TEST(NetHttp, HandlesThatAreReusedForgetTheLastRequest) {
  Recorder recorder;
  const Server server(recorder.script(test::ok_response("")));
  Asker asker;
  EXPECT_EQ(asker.ask(post(server.url(), "secret=1", {{"Cookie", "secret"}})).failure, Outcome::ok);
  EXPECT_EQ(asker.ask(get(server.url())).failure, Outcome::ok);
  EXPECT_THAT(recorder.request(), HasSubstr("GET / HTTP/1.1\r\n"));
  EXPECT_THAT(recorder.request(), Not(HasSubstr("secret")));
  EXPECT_THAT(recorder.request(), Not(HasSubstr("Content-Length")));
}

TEST(NetHttp, HeadHasNoBody) {
  const Server server(test::answers("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n"));
  Asker asker;
  HttpAsk ask;
  ask.method = "HEAD";
  ask.url = server.url();
  const Reply reply = asker.ask({.what = ask});
  EXPECT_EQ(reply.failure, Outcome::ok) << reply.detail;
  EXPECT_EQ(reply.http.value_or(HttpReply{}).status, 200);
}

TEST(NetHttp, RedirectsAreAnswersAndNotFollowed) {
  const Server server(
      test::answers("HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\n"
                    "Content-Length: 0\r\n\r\n"));
  Asker asker;
  const Reply reply = asker.ask(get(server.url()));
  EXPECT_EQ(reply.failure, Outcome::ok) << reply.detail;
  ASSERT_TRUE(reply.http);
  EXPECT_EQ(reply.http->status, 302);
  EXPECT_EQ(find_header(reply.http->headers, "location"), "http://127.0.0.1:1/");
  EXPECT_EQ(server.connections(), 1);
}

TEST(NetHttp, EveryLookMakesItsOwnConnection) {
  const Server server(test::answers(test::ok_response("x")));
  Asker asker;
  for (int i = 0; i < 3; ++i)
    EXPECT_EQ(asker.ask(get(server.url())).failure, Outcome::ok);
  EXPECT_EQ(server.connections(), 3);
}

// Answers until the client goes.
Server::Script keeps_answering(const std::string& response) {
  return [response](Server::Peer& peer) {
    while (!peer.read_request().empty() && peer.send(response)) {
    }
  };
}

Ask kept(const std::string& url, Millis handshake_every = 5min) {
  HttpAsk ask;
  ask.url = url;
  ask.handshake_every = handshake_every;
  return {.what = std::move(ask)};
}

TEST(NetHttp, KeepsAConnectionWhereTheAskAllowsIt) {
  const Server server(keeps_answering(test::ok_response("x")));
  Asker asker;
  for (int i = 0; i < 3; ++i) {
    const Reply reply = asker.ask(kept(server.url()));
    EXPECT_EQ(reply.failure, Outcome::ok) << reply.detail;
    EXPECT_EQ(reply.http.value_or(HttpReply{}).body, "x");
    EXPECT_EQ(reply.phases.is_kept(), i > 0);
  }
  EXPECT_EQ(server.connections(), 1);
  EXPECT_EQ(asker.net.stats().kept, 2U);
}

TEST(NetHttp, WhoWantsAnOwnConnectionNeverGetsAKeptOne) {
  const Server server(keeps_answering(test::ok_response("x")));
  Asker asker;
  EXPECT_EQ(asker.ask(kept(server.url())).failure, Outcome::ok);
  const Reply own = asker.ask(get(server.url()));
  EXPECT_FALSE(own.phases.is_kept());
  EXPECT_EQ(server.connections(), 2);
  EXPECT_TRUE(asker.ask(kept(server.url())).phases.is_kept()) << "the first one is still there";
  EXPECT_EQ(server.connections(), 2);
}

TEST(NetHttp, AKeptConnectionServesNoLongerThanAllowed) {
  const Server server(keeps_answering(test::ok_response("x")));
  Asker asker;
  EXPECT_EQ(asker.ask(kept(server.url(), 1ms)).failure, Outcome::ok);
  const auto made = std::chrono::steady_clock::now();
  while (std::chrono::steady_clock::now() - made < 2ms) {
  }
  EXPECT_FALSE(asker.ask(kept(server.url(), 1ms)).phases.is_kept());
  EXPECT_EQ(server.connections(), 2);
}

TEST(NetHttp, AnotherAddressGetsAConnectionOfItsOwn) {
  const Server server(keeps_answering(test::ok_response("x")));
  Asker asker;
  Ask first = kept("http://www.shop.example:" + std::to_string(server.port()) + "/");
  std::get<HttpAsk>(first.what).pin = parse_address("127.0.0.1");
  EXPECT_EQ(asker.ask(first).failure, Outcome::ok);
  Ask other = first;
  std::get<HttpAsk>(other.what).pin = parse_address("127.0.0.2");
  EXPECT_EQ(asker.ask(other).failure, Outcome::connect_refused) << "nobody listens there";
}

TEST(NetHttp, AKeptConnectionThatTheServerClosedIsNoFailure) {
  const Server server(test::answers(test::ok_response("x")));  // closes after each answer
  Asker asker;
  for (int i = 0; i < 5; ++i) {
    const Reply reply = asker.ask(kept(server.url()));
    EXPECT_EQ(reply.failure, Outcome::ok) << reply.detail;
  }
}

TEST(NetHttp, AfterAFailureTheNextLookMakesItsOwnConnection) {
  std::atomic<int> requests = 0;
  const Server server([&requests](Server::Peer& peer) {
    while (!peer.read_request().empty()) {
      if (++requests == 2) {
        peer.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc");
        return peer.reset();
      }
      peer.send(test::ok_response("x"));
    }
  });
  Asker asker;
  EXPECT_EQ(asker.ask(kept(server.url())).failure, Outcome::ok);
  const Reply cut = asker.ask(kept(server.url()));
  EXPECT_EQ(cut.failure, Outcome::reply_reset) << cut.detail;
  const Reply after = asker.ask(kept(server.url()));
  EXPECT_EQ(after.failure, Outcome::ok) << after.detail;
  EXPECT_FALSE(after.phases.is_kept());
}

TEST(NetHttp, RefusesWhatItMustNotAsk) {
  Asker asker;
  for (const char* url : {"ftp://127.0.0.1/",
                          "file:///etc/passwd",
                          "http://user:pw@127.0.0.1/",
                          "http://user@127.0.0.1/",
                          "nonsense",
                          "",
                          "http://127.0.0.1:0/"}) {
    const Reply reply = asker.ask(get(url));
    EXPECT_EQ(reply.failure, Outcome::monitor_error) << url;
    EXPECT_FALSE(reply.detail.empty());
    EXPECT_THAT(reply.detail, Not(HasSubstr("pw"))) << url;
  }
  const Reply split =
      asker.ask(post("http://127.0.0.1/", "x", {{.name = "X-A", .value = "1\r\nX-B: 2"}}));
  EXPECT_EQ(split.failure, Outcome::monitor_error);
}

TEST(NetHttp, ClosedPortIsARefusedConnection) {
  Asker asker;
  const auto port = test::closed_port();
  const Reply reply = asker.ask(get("http://127.0.0.1:" + std::to_string(port) + "/x?token=1"));
  EXPECT_EQ(reply.failure, Outcome::connect_refused);
  EXPECT_EQ(reply.detail, "127.0.0.1:" + std::to_string(port) + " refused the connection");
  EXPECT_GE(reply.phases.connect, 0us);
  EXPECT_EQ(reply.phases.wait, kNotReached);
}

TEST(NetHttp, AddressWithoutRouteIsUnreachable) {
  Asker asker;
  HttpAsk ask;
  ask.url = "http://www.shop.example/";
  ask.pin = parse_address("224.0.0.1");  // multicast: the kernel has no route for TCP
  const Reply reply = asker.ask({.what = ask, .deadline = 500ms});
  EXPECT_EQ(reply.failure, Outcome::connect_unreachable) << reply.detail;
}

TEST(NetHttp, ConnectionClosedWithoutAWordIsAReset) {
  const Server server([](Server::Peer& peer) { peer.read_request(); });
  Asker asker;
  const Reply reply = asker.ask(get(server.url()));
  EXPECT_EQ(reply.failure, Outcome::reply_reset) << reply.detail;
  EXPECT_THAT(reply.detail, HasSubstr("without an answer"));
}

TEST(NetHttp, ResetInTheMiddleKeepsWhatCame) {
  const Server server([](Server::Peer& peer) {
    peer.read_request();
    peer.send("HTTP/1.1 503 Busy\r\nServer: edge\r\nContent-Length: 100000\r\n\r\nsome words");
    peer.pause(50ms);
    peer.reset();
  });
  Asker asker;
  const Reply reply = asker.ask(get(server.url()));
  EXPECT_EQ(reply.failure, Outcome::reply_reset) << reply.detail;
  ASSERT_TRUE(reply.http);
  EXPECT_EQ(reply.http->status, 503);
  EXPECT_EQ(find_header(reply.http->headers, "server"), "edge");
  EXPECT_EQ(reply.http->body, "some words");
}

TEST(NetHttp, BodyShorterThanAnnouncedIsAReset) {
  const Server server(test::answers("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nshort"));
  Asker asker;
  EXPECT_EQ(asker.ask(get(server.url())).failure, Outcome::reply_reset);
}

TEST(NetHttp, WhatIsNotHttpIsMalformed) {
  Asker asker;
  for (const char* bytes : {"SSH-2.0-OpenSSH_9.2\r\n", "<html>hello</html>", "HTTP/1.1\r\n\r\n"}) {
    const Server server(test::answers(bytes));
    const Reply reply = asker.ask(get(server.url()));
    EXPECT_EQ(reply.failure, Outcome::reply_malformed) << bytes << ": " << print(reply.failure);
  }
}

TEST(NetHttp, BodyStopsAtItsLimitAndSaysSo) {
  const Server server(test::answers(test::ok_response(std::string(100'000, 'x'))));
  Asker asker;
  HttpAsk ask;
  ask.url = server.url();
  ask.body_bytes_max = 1000;
  const Reply reply = asker.ask({.what = ask});
  EXPECT_EQ(reply.failure, Outcome::ok) << reply.detail;
  ASSERT_TRUE(reply.http);
  EXPECT_TRUE(reply.http->is_truncated);
  EXPECT_EQ(reply.http->body, std::string(1000, 'x'));
  ask.body_bytes_max = 100'000;
  const Reply exact = asker.ask({.what = ask});
  ASSERT_TRUE(exact.http);
  EXPECT_FALSE(exact.http->is_truncated);
}

TEST(NetHttp, InterimAnswersAreNotTheAnswer) {
  const Server server(test::answers("HTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\n\r\n" +
                                    test::ok_response("final", "X-Last: 1\r\n")));
  Asker asker;
  const Reply reply = asker.ask(get(server.url()));
  ASSERT_TRUE(reply.http);
  EXPECT_EQ(reply.http->status, 200);
  EXPECT_EQ(find_header(reply.http->headers, "link"), "");
  EXPECT_EQ(find_header(reply.http->headers, "x-last"), "1");
}

TEST(NetHttp, MoreAsksThanTheQueueHoldsFailAsOurOwnTrouble) {
  const Server server(test::holds());
  Asker asker({.in_flight_max = 1, .queued_max = 2});
  const auto replies = asker.ask_all({get(server.url(), 1'000ms),
                                      get(server.url(), 1'000ms),
                                      get(server.url(), 1'000ms),
                                      get(server.url(), 1'000ms)});
  EXPECT_EQ(replies[0].failure, Outcome::reply_timeout);
  // Waited in the queue for as long as its whole deadline: no fault of the server's.
  EXPECT_TRUE(replies[1].failure == Outcome::monitor_error ||
              replies[1].failure == Outcome::reply_timeout);
  EXPECT_EQ(replies[2].failure, Outcome::monitor_error);
  EXPECT_EQ(replies[3].failure, Outcome::monitor_error);
  EXPECT_THAT(replies[3].detail, HasSubstr("turn"));
}

}  // namespace
}  // namespace bw
