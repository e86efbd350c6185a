// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "daemon/loop.h"
#include "daemon/net/endpoint.h"
#include "probes/exchange.h"

#include <map>
#include <string>

namespace bw::net {

// Where connections are kept between looks, and what the last handshake there showed. libcurl keeps
// the connections; whether one may serve is decided here, because it must not be older than the
// target allows, must not have been made under another trust policy, and must not be trusted after
// a failure.
class Lanes {
 public:
  // One way to one server: another address is another lane.
  struct Key {
    std::string host;  // as in the URL: SNI and the name that was verified
    Endpoint endpoint;
    bool is_tls = false;
    auto operator<=>(const Key&) const = default;
  };
  struct Lane {
    Trust trust;
    std::optional<Chain> chain;  // of the last handshake; none without TLS
    Steady made{};
  };
  // Lanes beyond this many are not kept: each look there makes its own connection.
  static constexpr std::size_t kLanesMax = 4096;

  // The lane, when a connection that is kept there may serve: its last handshake is younger than
  // `handshake_every`, under the same trust policy.
  [[nodiscard]] const Lane* find(const Key& key,
                                 const Trust& trust,
                                 Millis handshake_every,
                                 Steady now) const;
  // Whether the connection of a new handshake may be kept: not where another trust policy has the
  // lane, nor when there are too many.
  [[nodiscard]] bool has_room_for(const Key& key, const Trust& trust, Steady now);
  // A handshake was made and its exchange went well.
  void keep(const Key& key, Lane lane);
  // Something failed there: the next look makes a new connection.
  void forget(const Key& key) { lanes_.erase(key); }
  [[nodiscard]] std::size_t size() const { return lanes_.size(); }

 private:
  std::map<Key, Lane> lanes_;
};

}  // namespace bw::net
