// SPDX-License-Identifier: Apache-2.0
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

}  // namespace
}  // namespace bw
