// SPDX-License-Identifier: Apache-2.0
#include "daemon/net/datagram.h"
#include "daemon/net/echo_message.h"
#include "daemon/net/job.h"

#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace bw::net {
namespace {

constexpr Micros kGap{200'000};
constexpr Micros kPatience{2'000'000};     // after the last request
constexpr std::size_t kPayloadBytes = 56;  // as ping sends
constexpr int kCountMax = 20;
constexpr int kPacketsPerTurn = 64;  // a raw socket also hears what others are sent

// What tells our replies from those of other processes and looks.
std::string next_mark() {
  static std::uint64_t count = 0;
  const auto now = std::chrono::steady_clock::now().time_since_epoch().count();
  std::string mark = std::to_string(now) + "." + std::to_string(++count) + " bellwether";
  mark.resize(kPayloadBytes, '.');
  return mark;
}

class EchoJob final : public HostJob {
 public:
  EchoJob(Context& shared, EchoAsk ask, Terms terms)
      : HostJob(shared, std::move(terms)), ask_(std::move(ask)), socket_(shared.loop) {}

  void start() override {
    if (ask_.host.empty() || ask_.count < 1 || ask_.count > kCountMax) {
      fail(Outcome::monitor_error, "a host and 1 to 20 requests are needed");
      return;
    }
    reach(ask_.host, 0, ask_.pin);
  }

 protected:
  void connect(const Endpoint& endpoint) override {
    peer_ = endpoint;
    reply_.echoes.emplace();
    if (const int error = open(); error != 0) {
      refuse(error);
      return;
    }
    socket_.watch([this] { read_some(); });
    send();
  }

  void give_up() override { conclude(); }

 private:
  struct Request {
    Steady sent{};
    std::optional<Micros> took;
  };

  // Anybody may have the first sort where net.ipv4.ping_group_range says so; the second is for
  // those with CAP_NET_RAW.
  int open() {
    const int protocol = peer_.address.is_v6 ? int{IPPROTO_ICMPV6} : int{IPPROTO_ICMP};
    const auto source = source_for(peer_.address);
    const int error = socket_.open(peer_, source, {.type = SOCK_DGRAM, .protocol = protocol});
    is_raw_ = error == EACCES || error == EPERM || error == EPROTONOSUPPORT;
    return is_raw_ ? socket_.open(peer_, source, {.type = SOCK_RAW, .protocol = protocol}) : error;
  }

  void refuse(int error) {
    socket_.close();
    if (is_raw_ && (error == EACCES || error == EPERM)) {
      fail(Outcome::monitor_error,
           "this machine lets us send no echo requests: set the sysctl net.ipv4.ping_group_range = "
           "\"0 2147483647\" (it holds for IPv6 too), or grant CAP_NET_RAW");
      return;
    }
    fail(connect_failure(error, peer_).outcome,
         print(peer_.address) + " cannot be asked: " + print_errno(error));
  }

  void send() {
    const auto sequence = static_cast<std::uint16_t>(requests_.size() + 1);
    const auto packet = print_echo_request({.id = kId, .sequence = sequence, .payload = mark_},
                                           peer_.address.is_v6);
    requests_.push_back({.sent = std::chrono::steady_clock::now(), .took = {}});
    if (const int error = socket_.send(packet); error != 0) error_ = error;
    const bool is_last = requests_.size() == static_cast<std::size_t>(ask_.count);
    context().loop.after(is_last ? kPatience : kGap, [this, is_last, weak = alive()] {
      if (weak.expired() || is_over_) return;
      if (is_last) {
        end();
      } else {
        send();
      }
    });
  }

  void read_some() {
    std::array<char, 2048> room{};
    for (int i = 0; i < kPacketsPerTurn && !is_over_; ++i) {
      const auto packet = socket_.receive(room);
      if (packet.error == EAGAIN || packet.error == EINTR) return;
      if (packet.error != 0) {
        error_ = packet.error;
      } else {
        take(packet.bytes);
      }
    }
  }

  void take(std::string_view packet) {
    const bool is_v6 = peer_.address.is_v6;
    const auto message = parse_echo_reply(packet, is_v6, is_raw_ && !is_v6);
    if (!message || message->payload != mark_) return;
    const std::size_t index = message->sequence - 1U;
    if (index >= requests_.size() || requests_[index].took) return;
    requests_[index].took = std::chrono::duration_cast<Micros>(std::chrono::steady_clock::now() -
                                                               requests_[index].sent);
    const bool is_all = requests_.size() == static_cast<std::size_t>(ask_.count) &&
                        std::ranges::all_of(requests_, [](const Request& request) {
                          return request.took.has_value();
                        });
    if (is_all) end();
  }

  void end() {
    conclude();
    deliver();
  }

  // What came until now is the answer; where nothing came, that is.
  void conclude() {
    is_over_ = true;
    socket_.close();
    auto& echoes = reply_.echoes ? *reply_.echoes : reply_.echoes.emplace();
    echoes.sent = static_cast<int>(requests_.size());
    for (const auto& request : requests_) {
      if (request.took) echoes.round_trips.push_back(*request.took);
    }
    if (!echoes.round_trips.empty()) {
      auto sorted = echoes.round_trips;
      std::ranges::sort(sorted);
      reply_.phases.wait = sorted[sorted.size() / 2];
      return;
    }
    const std::string peer = print(peer_.address);
    if (error_ != 0) {
      reply_.failure = connect_failure(error_, peer_).outcome;
      reply_.detail = peer + " cannot be reached: " + print_errno(error_);
    } else {
      reply_.failure = Outcome::connect_timeout;
      reply_.detail = peer + " answered none of " + std::to_string(echoes.sent) + " echo requests";
    }
  }

  static constexpr std::uint16_t kId = 0x6277;

  EchoAsk ask_;
  Datagram socket_;
  Endpoint peer_;
  std::string mark_ = next_mark();
  std::vector<Request> requests_;
  int error_ = 0;  // the latest that was reported
  bool is_raw_ = false;
  bool is_over_ = false;
};

}  // namespace

std::unique_ptr<Job> make_echo_job(Context& context, EchoAsk ask, Job::Terms terms) {
  return std::make_unique<EchoJob>(context, std::move(ask), std::move(terms));
}

}  // namespace bw::net
