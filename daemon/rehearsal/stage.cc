// SPDX-License-Identifier: Apache-2.0
#include "daemon/rehearsal/stage.h"

#include "daemon/rehearsal/stage_dns.h"
#include "daemon/rehearsal/stage_set.h"
#include "daemon/rehearsal/stage_web.h"

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <thread>
#include <tuple>
#include <utility>

namespace bw::rehearsal {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using Code = boost::system::error_code;

constexpr std::size_t kAddressesMax = 1024;  // addresses beyond these get no server
constexpr std::chrono::milliseconds kStewardEvery{200};
constexpr int kPortTries = 20;

// A server socket that can be shut and opened again at the same place.
class Door {
 public:
  Door(StageSet& set, tcp::endpoint at, bool is_https)
      : set_(set), at_(std::move(at)), is_https_(is_https), acceptor_(set.io) {}

  // Whether it is open now.
  bool open() {
    if (acceptor_.is_open()) return true;
    Code error;
    std::ignore = acceptor_.open(tcp::v4(), error);
    std::ignore = acceptor_.set_option(asio::socket_base::reuse_address(true), error);
    std::ignore = acceptor_.bind(at_, error);
    if (!error) std::ignore = acceptor_.listen(asio::socket_base::max_listen_connections, error);
    if (error) {
      close();
      return false;
    }
    accept();
    return true;
  }
  void close() {
    Code ignored;
    std::ignore = acceptor_.close(ignored);
  }

 private:
  void accept() {
    acceptor_.async_accept([this](Code error, tcp::socket socket) {
      // A client may have come through just before the door was shut; who opens it accepts again.
      if (error == asio::error::operation_aborted || !acceptor_.is_open()) return;
      // Out of descriptors: asking again at once would only spin, so the steward opens it later.
      if (error && error != asio::error::connection_aborted) return close();
      if (!error) serve(set_, std::move(socket), is_https_);
      accept();
    });
  }

  StageSet& set_;
  tcp::endpoint at_;
  bool is_https_;
  tcp::acceptor acceptor_;
};

struct House {
  std::unique_ptr<Door> http;
  std::unique_ptr<Door> https;
};

class LoopbackStage : public Stage {
 public:
  LoopbackStage(const World& world,
                const Clock& clock,
                Settings settings,
                StageCertificates certificates)
      : settings_(std::move(settings)),
        set_{.world = world,
             .clock = clock,
             .vantage = world.vantages().front(),
             .latency_scale = settings_.latency_scale,
             .io = {},
             .loopback = {},
             .certificates = std::move(certificates),
             .names = {},
             .on_address = {}},
        steward_(set_.io) {
    set_.on_address = [this](const IpAddress& here, const std::string& name) { build(here, name); };
  }
  LoopbackStage(const LoopbackStage&) = delete;
  LoopbackStage& operator=(const LoopbackStage&) = delete;
  ~LoopbackStage() override {
    set_.io.stop();
    if (thread_.joinable()) thread_.join();
  }

  [[nodiscard]] std::optional<Error> start() {
    try {
      dns_ = open_stage_dns(set_, settings_.dns_port);
    } catch (const boost::system::system_error& error) {
      return Error{.what = std::string("the stage's name server cannot start: ") + error.what(),
                   .where = "127.0.0.1:" + std::to_string(settings_.dns_port),
                   .hint = "give another port"};
    }
    const auto first = set_.loopback.map(set_.world.hosts().front().addresses.front());
    settings_.http_port = free_port(first, settings_.http_port);
    settings_.https_port = free_port(first, settings_.https_port);
    for (const auto& host : set_.world.hosts()) {
      for (const auto& address : host.addresses)
        build(set_.loopback.map(address), host.name);
    }
    if (houses_.empty()) {
      return Error{.what = "the stage's web servers cannot start",
                   .where = print(first) + ":" + std::to_string(settings_.https_port),
                   .hint = "give other ports"};
    }
    watch_doors();
    thread_ = std::thread([this] { set_.io.run(); });
    return std::nullopt;
  }

  [[nodiscard]] std::uint16_t dns_port() const override { return dns_->port(); }
  [[nodiscard]] std::uint16_t http_port() const override { return settings_.http_port; }
  [[nodiscard]] std::uint16_t https_port() const override { return settings_.https_port; }
  [[nodiscard]] std::string ca_file() const override { return set_.certificates.ca_file(); }

 private:
  // All servers of a protocol share one port number on addresses of their own; one that is free at
  // the first is nearly always free at all, because nobody else uses these addresses.
  std::uint16_t free_port(const IpAddress& at, std::uint16_t wanted) {
    if (wanted != 0) return wanted;
    for (int i = 0; i < kPortTries; ++i) {
      Code error;
      tcp::acceptor trial(set_.io, tcp::v4());
      std::ignore = trial.bind(tcp::endpoint(to_asio(at), 0), error);
      const auto port = trial.local_endpoint(error).port();
      if (!error && port != settings_.http_port) return port;
    }
    return 0;
  }

  void build(const IpAddress& here, const std::string& name) {
    // The latest to be given an address answers there: names of strangers come and go.
    set_.names[here] = name;
    if (houses_.contains(here) || houses_.size() >= kAddressesMax) return;
    House house{.http = std::make_unique<Door>(
                    set_, tcp::endpoint(to_asio(here), settings_.http_port), false),
                .https = std::make_unique<Door>(
                    set_, tcp::endpoint(to_asio(here), settings_.https_port), true)};
    if (house.http->open() && house.https->open()) houses_.emplace(here, std::move(house));
  }

  // A server that refuses every connection is one whose door is shut. One that refuses some cannot
  // be told before it has accepted: those are reset.
  [[nodiscard]] bool is_shut(const IpAddress& here, const std::string& name) const {
    constexpr int kLooks = 8;
    const auto now = set_.clock.now();
    TcpAsk ask;
    ask.host = name;
    ask.port = 443;
    ask.pin = set_.loopback.unmap(here);
    for (int i = 0; i < kLooks; ++i) {
      const auto reply = set_.ask({.what = ask, .deadline = Millis{1'000}}, now - Millis{i});
      if (reply.failure != Outcome::connect_refused) return false;
    }
    return true;
  }
  void watch_doors() {
    for (auto& [here, house] : houses_) {
      if (is_shut(here, set_.names[here])) {
        house.http->close();
        house.https->close();
      } else {
        house.http->open();
        house.https->open();
      }
    }
    steward_.expires_after(kStewardEvery);
    steward_.async_wait([this](Code error) {
      if (!error) watch_doors();
    });
  }

  Settings settings_;
  StageSet set_;
  std::unique_ptr<StageDns> dns_;
  std::map<IpAddress, House> houses_;
  asio::steady_timer steward_;
  std::thread thread_;
};

}  // namespace

std::expected<std::unique_ptr<Stage>, Error> Stage::open(const World& world,
                                                         const Clock& clock,
                                                         Settings settings) {
  auto certificates = StageCertificates::create(settings.directory);
  if (!certificates) return std::unexpected(certificates.error());
  auto stage =
      std::make_unique<LoopbackStage>(world, clock, std::move(settings), std::move(*certificates));
  if (auto problem = stage->start()) return std::unexpected(std::move(*problem));
  return stage;
}

}  // namespace bw::rehearsal
