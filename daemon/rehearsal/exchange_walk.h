// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "daemon/rehearsal/normal_life.h"
#include "daemon/rehearsal/world_state.h"

#include <string>

namespace bw::rehearsal {

// One exchange with the world, phase by phase: each returns whether the next may begin. A phase
// that would last beyond the deadline ends as the timeout of that phase.
class ExchangeWalk {
 public:
  struct Asker {
    std::uint32_t vantage = 0;
    Time now{};
    Millis deadline{0};
  };
  ExchangeWalk(const World::State& state, const Asker& asker);

  [[nodiscard]] Reply ask(const HttpAsk& ask);
  [[nodiscard]] Reply ask(const TlsAsk& ask);
  [[nodiscard]] Reply ask(const TcpAsk& ask);
  // Every turn is answered as it is hoped for.
  [[nodiscard]] Reply ask(const TalkAsk& ask);
  [[nodiscard]] Reply ask(const UdpAsk& ask);
  [[nodiscard]] Reply ask(const EchoAsk& ask);
  [[nodiscard]] Reply ask(const DnsAsk& ask);

 private:
  // Finds the troubles of this place. Chance knows a request by its host: a connection, the
  // handshake on it and the request over it at one moment are one, as they are on real sockets.
  void meet(const Place& place, std::string_view host);
  bool resolve(const std::string& host, const std::optional<IpAddress>& pin);
  bool connect(std::uint16_t port);
  [[nodiscard]] bool is_unheard() const;
  bool handshake(const std::string& server_name, const Trust& trust);
  void exchange(const HttpAsk& ask, const Place& place);
  void answer(const DnsAsk& ask, std::uint16_t type);
  [[nodiscard]] bool is_server_silent(const DnsAsk& ask) const;

  bool spend(Micros& phase, Micros cost, Outcome on_timeout);
  bool fail(Micros& phase, Micros cost, Outcome failure, std::string detail);
  bool hang(Micros& phase, Outcome timeout);
  [[nodiscard]] Micros round_trip() const;
  [[nodiscard]] Micros patience() const { return deadline_ - elapsed_; }
  [[nodiscard]] std::uint64_t draw(std::uint64_t of) const;
  [[nodiscard]] std::string peer(std::uint16_t port) const;

  const World::State& state_;
  Request request_;
  Micros deadline_;
  Micros elapsed_{0};
  const Name* name_ = nullptr;
  Troubles troubles_;
  Mishap mishap_ = Mishap::none;
  Reply reply_;
};

}  // namespace bw::rehearsal
