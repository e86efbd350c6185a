// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "daemon/loop.h"
#include "daemon/net/endpoint.h"

#include <functional>
#include <optional>
#include <span>
#include <string_view>

namespace bw::net {

// A socket for packets to and from one peer, closed with the object. What routers and the peer say
// by ICMP (no such port, no route) comes back as an errno.
class Datagram {
 public:
  explicit Datagram(Loop& loop) : loop_(loop) {}
  ~Datagram() { close(); }
  Datagram(const Datagram&) = delete;
  Datagram& operator=(const Datagram&) = delete;

  struct Sort {
    int type = 0;      // SOCK_DGRAM or SOCK_RAW
    int protocol = 0;  // 0: UDP
  };
  // 0 or an errno.
  [[nodiscard]] int open(const Endpoint& peer,
                         const std::optional<IpAddress>& source,
                         const Sort& sort);
  // Something has come, or has gone wrong: `receive` until it says EAGAIN.
  void watch(std::function<void()> on_event);
  // 0 or an errno.
  [[nodiscard]] int send(std::string_view bytes) const;
  struct Packet {
    std::string_view bytes;  // in `room`; what did not fit is lost
    int error = 0;           // an errno; EAGAIN: there is nothing more
  };
  [[nodiscard]] Packet receive(std::span<char> room) const;
  void close();

 private:
  Loop& loop_;
  int fd_ = -1;
};

}  // namespace bw::net
