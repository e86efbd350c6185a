// SPDX-License-Identifier: Apache-2.0
#include "daemon/net/datagram.h"
#include "daemon/net/job.h"

#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <string>
#include <utility>

namespace bw::net {
namespace {

// Datagrams get lost: one is sent again while nothing has come, evenly over the deadline.
constexpr int kSendsMax = 3;
// Who answers with more than this and never what is expected is not listened to any longer.
constexpr int kAnswersMax = 32;

class UdpJob final : public HostJob {
 public:
  UdpJob(Context& shared, UdpAsk ask, Terms terms)
      : HostJob(shared, std::move(terms)), ask_(std::move(ask)), socket_(shared.loop) {}

  void start() override {
    if (ask_.host.empty() || ask_.port == 0 || ask_.send.empty()) {
      fail(Outcome::monitor_error, "host, port and something to send are needed");
      return;
    }
    reach(ask_.host, ask_.port, ask_.pin);
  }

 protected:
  void connect(const Endpoint& endpoint) override {
    peer_ = endpoint;
    begun_ = std::chrono::steady_clock::now();
    const int error = socket_.open(endpoint, source_for(endpoint.address), {.type = SOCK_DGRAM});
    if (error != 0) {
      end(error);
      return;
    }
    socket_.watch([this] { read_some(); });
    again_after_ = left() / kSendsMax;
    send();
  }

  void give_up() override {
    reply_.phases.wait = waited();
    if (answers_ > 0) {
      reply_.failure = Outcome::reply_stalled;
      reply_.detail = print(peer_) + " did not answer as expected in " + allowed();
    } else {
      reply_.failure = Outcome::reply_timeout;
      reply_.detail =
          print(peer_) + " did not answer " + std::to_string(sends_) + " datagrams in " + allowed();
    }
    socket_.close();
  }

 private:
  [[nodiscard]] Micros waited() const {
    return std::chrono::duration_cast<Micros>(std::chrono::steady_clock::now() - begun_);
  }

  void send() {
    if (const int error = socket_.send(ask_.send); error != 0) {
      end(error);
      return;
    }
    if (++sends_ >= kSendsMax) return;
    context().loop.after(again_after_, [this, weak = alive()] {
      if (!weak.expired() && !is_over_ && answers_ == 0) send();
    });
  }

  void read_some() {
    std::array<char, 65'536> room{};
    while (true) {
      const auto packet = socket_.receive(room);
      if (packet.error == EAGAIN || packet.error == EINTR) return;
      if (packet.error != 0) {
        end(packet.error);
        return;
      }
      ++answers_;
      reply_.received = packet.bytes.substr(0, ask_.read_bytes_max);
      if (reply_.received.find(ask_.expect) != std::string::npos || answers_ >= kAnswersMax) {
        end(0);
        return;
      }
    }
  }

  // With 0 where whoever asked shall look at what was received.
  void end(int error) {
    is_over_ = true;
    reply_.phases.wait = waited();
    socket_.close();
    Failure failure;
    if (error == ECONNREFUSED) {
      failure = {.outcome = Outcome::connect_refused,
                 .detail = print(peer_) + " says that nothing listens there"};
    } else if (error != 0) {
      failure = connect_failure(error, peer_);
    }
    fail(failure.outcome, std::move(failure.detail));
  }

  UdpAsk ask_;
  Datagram socket_;
  Endpoint peer_;
  Steady begun_{};
  Micros again_after_{0};
  int sends_ = 0;
  int answers_ = 0;
  bool is_over_ = false;
};

}  // namespace

std::unique_ptr<Job> make_udp_job(Context& context, UdpAsk ask, Job::Terms terms) {
  return std::make_unique<UdpJob>(context, std::move(ask), std::move(terms));
}

}  // namespace bw::net
