// SPDX-License-Identifier: Apache-2.0
#include "daemon/net/echo_message.h"
#include "probes/catalog.h"
#include "tests/support/asker.h"
#include "tests/support/server.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <functional>
#include <thread>

namespace bw {
namespace {

using namespace std::chrono_literals;
using test::Asker;
using testing::HasSubstr;

// A UDP service on 127.0.0.1; `answers` says what a datagram is answered with, one by one.
class Echoer {
 public:
  using Answers = std::function<std::vector<std::string>(const std::string&)>;
  explicit Echoer(Answers answers) : answers_(std::move(answers)) {
    fd_ = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    sockaddr_in here{};
    here.sin_family = AF_INET;
    here.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof here;
    if (fd_ < 0 || bind(fd_, reinterpret_cast<sockaddr*>(&here), size) != 0 ||
        getsockname(fd_, reinterpret_cast<sockaddr*>(&here), &size) != 0) {
      std::abort();
    }
    port_ = ntohs(here.sin_port);
    thread_ = std::thread([this] { serve(); });
  }
  ~Echoer() {
    is_stopping_ = true;
    thread_.join();
    close(fd_);
  }
  Echoer(const Echoer&) = delete;
  Echoer& operator=(const Echoer&) = delete;
  [[nodiscard]] std::uint16_t port() const { return port_; }
  [[nodiscard]] int heard() const { return heard_; }

 private:
  void serve() {
    while (!is_stopping_) {
      pollfd waiting{.fd = fd_, .events = POLLIN, .revents = 0};
      if (poll(&waiting, 1, 20) <= 0) continue;
      std::array<char, 2048> bytes{};
      sockaddr_in from{};
      socklen_t size = sizeof from;
      const auto count =
          recvfrom(fd_, bytes.data(), bytes.size(), 0, reinterpret_cast<sockaddr*>(&from), &size);
      if (count < 0) continue;
      ++heard_;
      for (const auto& answer : answers_({bytes.data(), static_cast<std::size_t>(count)})) {
        sendto(fd_, answer.data(), answer.size(), 0, reinterpret_cast<sockaddr*>(&from), size);
      }
    }
  }

  Answers answers_;
  int fd_ = -1;
  std::uint16_t port_ = 0;
  std::atomic<int> heard_ = 0;
  std::atomic<bool> is_stopping_ = false;
  std::thread thread_;
};

Finding look(const ProbeKind& kind, const Spec& spec) {
  Asker asker;
  Look look;
  const Reply reply = asker.ask(kind.begin(spec, look));
  return std::get<Finding>(kind.read(spec, look, reply, Time{}));
}

Spec question(std::uint16_t port, std::string expect, Millis deadline = Millis{3'000}) {
  Spec spec;
  spec.kind = "udp";
  spec.host = "127.0.0.1";
  spec.port = port;
  spec.send = std::string("who\0is there", 12);
  spec.expect = std::move(expect);
  spec.deadline = deadline;
  return spec;
}

TEST(NetUdp, AnswersAreHeardAndJudged) {
  const Echoer server([](const std::string& heard) {
    return std::vector<std::string>{"noise\xff", "you said " + heard};
  });
  const auto any = look(kinds::udp, question(server.port(), ""));
  EXPECT_EQ(any.outcome, Outcome::ok) << any.note;
  EXPECT_EQ(any.facts.get(Fact::banner), "noise.");
  const auto second = look(kinds::udp, question(server.port(), std::string("who\0is", 6)));
  EXPECT_EQ(second.outcome, Outcome::ok) << second.note;
  const auto wrong = look(kinds::udp, question(server.port(), "nobody", 1'000ms));
  EXPECT_EQ(wrong.outcome, Outcome::content_missing);
  EXPECT_EQ(wrong.note, "expected \"nobody\", got \"you said who.is there\"");
}

TEST(NetUdp, WhatIsLostIsSentAgain) {
  std::atomic<int> count = 0;
  const Echoer server([&count](const std::string&) {
    return ++count < 3 ? std::vector<std::string>{} : std::vector<std::string>{"at last"};
  });
  EXPECT_EQ(look(kinds::udp, question(server.port(), "at last", 2'400ms)).outcome, Outcome::ok);
  EXPECT_EQ(server.heard(), 3);
}

TEST(NetUdp, SilenceIsNoAnswerAndAClosedPortARefusal) {
  const Echoer silent([](const std::string&) { return std::vector<std::string>{}; });
  const auto silence = look(kinds::udp, question(silent.port(), "x", 1'000ms));
  EXPECT_EQ(silence.outcome, Outcome::reply_timeout);
  EXPECT_THAT(silence.note, HasSubstr("did not answer 3 datagrams in 1 s"));
  std::uint16_t closed = 0;
  {
    const Echoer gone([](const std::string&) { return std::vector<std::string>{}; });
    closed = gone.port();
  }
  const auto refusal = look(kinds::udp, question(closed, "x"));
  EXPECT_EQ(refusal.outcome, Outcome::connect_refused) << refusal.note;
  EXPECT_THAT(refusal.note, HasSubstr("nothing listens there"));
}

TEST(NetUdp, AFloodIsLeft) {
  const Echoer flooding(
      [](const std::string&) { return std::vector<std::string>(200, std::string(1400, 'x')); });
  const auto flood = look(kinds::udp, question(flooding.port(), "never"));
  EXPECT_EQ(flood.outcome, Outcome::content_missing);
}

// ---- echo requests

// Whether this machine lets us, by the one socket or the other.
bool may_ping() {
  for (const int type : {SOCK_DGRAM, SOCK_RAW}) {
    const int fd = socket(AF_INET, type | SOCK_CLOEXEC, IPPROTO_ICMP);
    if (fd < 0) continue;
    close(fd);
    return true;
  }
  return false;
}

Spec ping(std::string host) {
  Spec spec;
  spec.kind = "icmp";
  spec.host = std::move(host);
  spec.deadline = 5'000ms;
  return spec;
}

TEST(NetEcho, LoopbackAnswersOrTheMachineSaysWhyNot) {
  for (const auto* host : {"127.0.0.1", "::1"}) {
    const auto finding = look(kinds::icmp, ping(host));
    if (may_ping()) {
      EXPECT_EQ(finding.outcome, Outcome::ok) << host << ": " << finding.note;
      EXPECT_EQ(finding.facts.get(Fact::loss), "0") << host;
    } else {
      EXPECT_EQ(finding.outcome, Outcome::monitor_error) << host;
      EXPECT_THAT(finding.note, HasSubstr("net.ipv4.ping_group_range"));
    }
  }
}

TEST(NetEcho, ManyAtOnceAreToldApart) {
  if (!may_ping()) GTEST_SKIP() << "this machine lets us send no echo requests";
  Asker asker;
  std::vector<Ask> asks;
  for (int i = 0; i < 50; ++i) {
    EchoAsk ask;
    ask.host = "127.0.0." + std::to_string(1 + i % 5);
    ask.count = 2;
    asks.push_back({.what = ask});
  }
  for (const Reply& reply : asker.ask_all(std::move(asks))) {
    ASSERT_EQ(reply.failure, Outcome::ok) << reply.detail;
    ASSERT_TRUE(reply.echoes);
    EXPECT_EQ(reply.echoes->sent, 2);
    EXPECT_EQ(reply.echoes->round_trips.size(), 2U);
    EXPECT_GT(reply.phases.wait, 0us);
  }
}

TEST(NetEcho, TheDeadlineCountsWhatCame) {
  if (!may_ping()) GTEST_SKIP() << "this machine lets us send no echo requests";
  Asker asker;
  EchoAsk ask;
  ask.host = "127.0.0.1";
  ask.count = 20;
  const Reply reply = asker.ask({.what = ask, .deadline = 500ms});
  EXPECT_EQ(reply.failure, Outcome::ok) << reply.detail;
  ASSERT_TRUE(reply.echoes);
  EXPECT_LT(reply.echoes->sent, 20);
  EXPECT_FALSE(reply.echoes->round_trips.empty());
}

TEST(EchoMessage, RequestsCarryTheirChecksumWhereTheKernelDoesNotWriteIt) {
  const net::EchoMessage message{.id = 0x1234, .sequence = 7, .payload = "odd"};
  const auto v4 = net::print_echo_request(message, false);
  std::uint32_t sum = 0;
  for (std::size_t i = 0; i < v4.size(); i += 2) {
    const auto low = i + 1 < v4.size() ? static_cast<std::uint8_t>(v4[i + 1]) : 0U;
    sum += static_cast<std::uint32_t>(static_cast<std::uint8_t>(v4[i])) << 8U | low;
  }
  while (sum > 0xffff)
    sum = (sum & 0xffff) + (sum >> 16U);
  EXPECT_EQ(sum, 0xffffU);  // RFC 1071: with the checksum in it
  EXPECT_EQ(static_cast<std::uint8_t>(net::print_echo_request(message, true)[0]), 128);
}

TEST(EchoMessage, OnlyRepliesAreRead) {
  auto packet = net::print_echo_request({.id = 1, .sequence = 2, .payload = "x"}, false);
  EXPECT_FALSE(net::parse_echo_reply(packet, false, false));  // on loopback we hear ourselves
  packet[0] = 0;
  const auto reply = net::parse_echo_reply(packet, false, false);
  ASSERT_TRUE(reply);
  EXPECT_EQ(*reply, (net::EchoMessage{.id = 1, .sequence = 2, .payload = "x"}));
  std::string header(24, '\0');
  header[0] = 0x46;
  EXPECT_EQ(net::parse_echo_reply(header + packet, false, true), reply);
  EXPECT_FALSE(net::parse_echo_reply(packet, true, false));
  EXPECT_FALSE(net::parse_echo_reply(packet.substr(0, 7), false, false));
}

// ---- what the kind says of it

Finding read(const Spec& spec, int sent, std::size_t answered) {
  Reply reply;
  reply.echoes = Echoes{.sent = sent, .round_trips = std::vector<Micros>(answered, 1'000us)};
  reply.phases.wait = 1'000us;
  if (answered == 0) reply.failure = Outcome::connect_timeout;
  Look look;
  return std::get<Finding>(kinds::icmp.read(spec, look, reply, Time{}));
}

TEST(IcmpProbe, LossBeyondWhatIsAllowedIsDegraded) {
  auto spec = ping("192.0.2.1");
  EXPECT_EQ(read(spec, 4, 2).outcome, Outcome::ok);
  EXPECT_EQ(read(spec, 4, 2).facts.get(Fact::loss), "50");
  const auto lossy = read(spec, 4, 1);
  EXPECT_EQ(lossy.outcome, Outcome::degraded);
  EXPECT_EQ(lossy.note, "3 of 4 echo requests were not answered");
  spec.loss_percent_max = 0;
  EXPECT_EQ(read(spec, 4, 3).outcome, Outcome::degraded);
  EXPECT_EQ(read(spec, 4, 0).outcome, Outcome::connect_timeout);
  EXPECT_EQ(read(spec, 4, 0).facts.get(Fact::loss), "100");
}

}  // namespace
}  // namespace bw
