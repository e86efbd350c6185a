// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "daemon/loop.h"
#include "daemon/net/endpoint.h"

#include <functional>
#include <optional>

namespace bw::net {

// A TCP connection of our own: opened without blocking, watched in the loop, closed with the
// object.
class Dial {
 public:
  explicit Dial(Loop& loop) : loop_(loop) {}
  ~Dial() { close(); }
  Dial(const Dial&) = delete;
  Dial& operator=(const Dial&) = delete;

  // `done` is called once with 0 or an errno, perhaps before this returns; not after `close`.
  void open(const Endpoint& endpoint,
            const std::optional<IpAddress>& source,
            std::function<void(int error)> done);
  // Replaces what is watched.
  void watch(std::uint32_t events, std::function<void()> on_event);
  void close();
  [[nodiscard]] int fd() const { return fd_; }

 private:
  Loop& loop_;
  int fd_ = -1;
};

}  // namespace bw::net
