// SPDX-License-Identifier: Apache-2.0
#include "daemon/net/dial.h"
#include "daemon/net/job.h"

#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <utility>

namespace bw::net {
namespace {

// Where something is expected and no limit was given.
constexpr std::size_t kReadDefault = 4096;

Micros since(Steady begun) {
  return std::chrono::duration_cast<Micros>(std::chrono::steady_clock::now() - begun);
}

// Connects; sends; then reads until `expect` has been seen, the limit is reached or the peer
// closes. Where nothing is expected, the first bytes are enough.
class TcpJob final : public HostJob {
 public:
  TcpJob(Context& shared, TcpAsk ask, Terms terms)
      : HostJob(shared, std::move(terms)), ask_(std::move(ask)), dial_(shared.loop) {}

  void start() override {
    if (ask_.host.empty() || ask_.port == 0) {
      fail(Outcome::monitor_error, "host and port are needed");
      return;
    }
    if (ask_.read_bytes_max == 0 && !ask_.expect.empty()) ask_.read_bytes_max = kReadDefault;
    reach(ask_.host, ask_.port, ask_.pin);
  }

 protected:
  void connect(const Endpoint& endpoint) override {
    peer_ = endpoint;
    phase_begun_ = std::chrono::steady_clock::now();
    dial_.open(endpoint, source_for(endpoint.address), [this](int error) { on_connected(error); });
  }

  void give_up() override {
    dial_.close();
    if (!is_connected_) {
      reply_.phases.connect = since(phase_begun_);
      reply_.failure = Outcome::connect_timeout;
      reply_.detail = "no connection to " + print(peer_) + " in " + allowed();
    } else if (reply_.received.empty()) {
      reply_.phases.wait = since(phase_begun_);
      reply_.failure = Outcome::reply_timeout;
      reply_.detail = print(peer_) + " sent nothing in " + allowed();
    } else {
      reply_.phases.transfer = since(phase_begun_);
      reply_.failure = Outcome::reply_stalled;
      reply_.detail = print(peer_) + " sent " + std::to_string(reply_.received.size()) +
                      " bytes and not what is expected in " + allowed();
    }
  }

 private:
  void on_connected(int error) {
    reply_.phases.connect = since(phase_begun_);
    phase_begun_ = std::chrono::steady_clock::now();
    if (error != 0) {
      Failure failure = connect_failure(error, peer_);
      end(failure.outcome, std::move(failure.detail));
      return;
    }
    is_connected_ = true;
    if (!ask_.send.empty()) {
      dial_.watch(Loop::writable, [this] { write_some(); });
    } else {
      begin_reading();
    }
  }

  void write_some() {
    const ssize_t count =
        send(dial_.fd(), ask_.send.data() + sent_, ask_.send.size() - sent_, MSG_NOSIGNAL);
    if (count < 0 && (errno == EAGAIN || errno == EINTR)) return;
    if (count < 0) {
      end(Outcome::reply_reset, print(peer_) + " broke off while we were sending");
      return;
    }
    sent_ += static_cast<std::size_t>(count);
    if (sent_ == ask_.send.size()) begin_reading();
  }

  void begin_reading() {
    if (ask_.read_bytes_max == 0) {
      end(Outcome::ok, {});
      return;
    }
    phase_begun_ = std::chrono::steady_clock::now();
    dial_.watch(Loop::readable, [this] { read_some(); });
  }

  void read_some() {
    std::array<char, 16'384> bytes{};
    const std::size_t room = std::min(bytes.size(), ask_.read_bytes_max - reply_.received.size());
    const ssize_t count = recv(dial_.fd(), bytes.data(), room, 0);
    if (count < 0 && (errno == EAGAIN || errno == EINTR)) return;
    if (count <= 0) {
      on_closed(count < 0);
      return;
    }
    if (reply_.received.empty()) {
      reply_.phases.wait = since(phase_begun_);
      phase_begun_ = std::chrono::steady_clock::now();
    }
    const std::size_t before = reply_.received.size();
    reply_.received.append(bytes.data(), static_cast<std::size_t>(count));
    const std::size_t from = before - std::min(before, ask_.expect.size());
    const bool is_seen = reply_.received.find(ask_.expect, from) != std::string::npos;
    if (is_seen || reply_.received.size() >= ask_.read_bytes_max) {
      reply_.phases.transfer = since(phase_begun_);
      end(Outcome::ok, {});
    }
  }

  void on_closed(bool is_reset) {
    (reply_.received.empty() ? reply_.phases.wait : reply_.phases.transfer) = since(phase_begun_);
    if (is_reset) {
      end(Outcome::reply_reset,
          print(peer_) + " reset the connection after " + std::to_string(reply_.received.size()) +
              " bytes");
    } else if (reply_.received.empty()) {
      end(Outcome::reply_reset, print(peer_) + " closed the connection without a word");
    } else {
      end(Outcome::ok, {});  // whoever asked looks at what was received
    }
  }

  void end(Outcome outcome, std::string detail) {
    dial_.close();
    fail(outcome, std::move(detail));
  }

  TcpAsk ask_;
  Dial dial_;
  Endpoint peer_;
  Steady phase_begun_{};
  bool is_connected_ = false;
  std::size_t sent_ = 0;
};

}  // namespace

std::unique_ptr<Job> make_tcp_job(Context& context, TcpAsk ask, Job::Terms terms) {
  return std::make_unique<TcpJob>(context, std::move(ask), std::move(terms));
}

}  // namespace bw::net
