// SPDX-License-Identifier: Apache-2.0
#include "daemon/rehearsal/stage_dns.h"

#include "daemon/rehearsal/render_dns.h"

#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ip/udp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>

namespace bw::rehearsal {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using asio::ip::udp;
using Code = boost::system::error_code;
using Message = std::vector<std::uint8_t>;

// Longer than any resolver waits: what would take longer is never answered.
constexpr Millis kPatience{std::chrono::seconds{30}};
constexpr std::size_t kTcpAnswerMax = 65'535;
constexpr std::size_t kUdpBuffer = 4096;
constexpr int kPortTries = 20;

struct Answer {
  Message message;  // empty: silence
  std::chrono::microseconds after{0};
};

void move_addresses(StageSet& set, const std::string& name, DnsReply& reply) {
  for (auto& record : reply.answer) {
    const auto address = record.type == kTypeA ? parse_address(record.data) : std::nullopt;
    if (!address) continue;
    const auto here = set.loopback.map(*address);
    set.on_address(here, name);
    record.data = print(here);
  }
}

Answer answer_to(StageSet& set, const DnsQuestion& question, std::size_t bytes_max) {
  const DnsAsk ask{.name = question.name,
                   .types = {question.type},
                   .server = {},
                   .is_recursive = question.is_recursion_desired};
  auto reply = set.ask({.what = ask, .deadline = kPatience}, set.clock.now());
  if (reply.dns.empty() || reply.dns.front().failure == Outcome::dns_timeout) return {};
  move_addresses(set, question.name, reply.dns.front());
  return {.message = write_answer(question, reply.dns.front(), bytes_max),
          .after = set.scaled(reply.phases.resolve)};
}

// One question over TCP after the other, each with its length in front (RFC 1035 4.2.2).
class TcpConversation : public std::enable_shared_from_this<TcpConversation> {
 public:
  TcpConversation(StageSet& set, tcp::socket socket)
      : set_(set), socket_(std::move(socket)), timer_(set.io) {}
  void listen() {
    asio::async_read(socket_, asio::buffer(length_), [self = shared_from_this()](Code error, auto) {
      if (!error) self->read_question_text();
    });
  }

 private:
  void read_question_text() {
    message_.resize(static_cast<std::size_t>(length_[0] << 8 | length_[1]));
    asio::async_read(
        socket_, asio::buffer(message_), [self = shared_from_this()](Code error, auto) {
          if (!error) self->answer();
        });
  }
  void answer() {
    const auto question =
        read_question({reinterpret_cast<const char*>(message_.data()), message_.size()});
    if (!question) return;
    auto found = answer_to(set_, *question, kTcpAnswerMax);
    if (found.message.empty()) return;
    message_ = std::move(found.message);
    message_.insert(message_.begin(),
                    {static_cast<std::uint8_t>(message_.size() >> 8),
                     static_cast<std::uint8_t>(message_.size() & 0xff)});
    timer_.expires_after(found.after);
    timer_.async_wait([self = shared_from_this()](Code error) {
      if (!error) self->send();
    });
  }
  void send() {
    asio::async_write(
        socket_, asio::buffer(message_), [self = shared_from_this()](Code error, auto) {
          if (!error) self->listen();
        });
  }

  StageSet& set_;
  tcp::socket socket_;
  asio::steady_timer timer_;
  std::array<std::uint8_t, 2> length_{};
  Message message_;
};

class Server : public StageDns {
 public:
  Server(StageSet& set, std::uint16_t port)
      : set_(set),
        udp_(set.io, udp::endpoint(asio::ip::address_v4::loopback(), port)),
        tcp_(set.io,
             tcp::endpoint(asio::ip::address_v4::loopback(), udp_.local_endpoint().port())) {
    receive();
    accept();
  }
  [[nodiscard]] std::uint16_t port() const override { return udp_.local_endpoint().port(); }

 private:
  void receive() {
    udp_.async_receive_from(asio::buffer(buffer_), sender_, [this](Code error, std::size_t size) {
      if (error == asio::error::operation_aborted) return;
      if (!error) answer({buffer_.data(), size});
      receive();
    });
  }
  void answer(std::string_view bytes) {
    const auto question = read_question(bytes);
    if (!question) return;
    auto found = answer_to(set_, *question, question->payload_max);
    if (found.message.empty()) return;
    // Kept alive by the handler: answers overtake one another, as on a real network.
    const auto timer = std::make_shared<asio::steady_timer>(set_.io, found.after);
    timer->async_wait([this, timer, message = std::move(found.message), to = sender_](Code error) {
      Code ignored;
      if (!error) udp_.send_to(asio::buffer(message), to, 0, ignored);
    });
  }
  void accept() {
    tcp_.async_accept([this](Code error, tcp::socket socket) {
      if (error == asio::error::operation_aborted) return;
      if (!error) std::make_shared<TcpConversation>(set_, std::move(socket))->listen();
      accept();
    });
  }

  StageSet& set_;
  udp::socket udp_;
  tcp::acceptor tcp_;
  udp::endpoint sender_;
  std::array<char, kUdpBuffer> buffer_{};
};

}  // namespace

std::unique_ptr<StageDns> open_stage_dns(StageSet& set, std::uint16_t port) {
  // The system picks a port that is free for UDP; TCP's may be somebody else's.
  for (int i = 1; port == 0 && i < kPortTries; ++i) {
    try {
      return std::make_unique<Server>(set, port);
    } catch (const boost::system::system_error& error) {
      if (error.code() != asio::error::address_in_use) throw;
    }
  }
  return std::make_unique<Server>(set, port);
}

}  // namespace bw::rehearsal
