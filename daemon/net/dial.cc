// SPDX-License-Identifier: Apache-2.0
#include "daemon/net/dial.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

namespace bw::net {

void Dial::open(const Endpoint& endpoint,
                const std::optional<IpAddress>& source,
                std::function<void(int)> done) {
  const SocketAddress peer = socket_address(endpoint);
  fd_ = socket(peer.get()->sa_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd_ < 0) {
    done(errno);
    return;
  }
  const int on = 1;
  setsockopt(fd_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  if (source) {
    const SocketAddress from = socket_address({.address = *source, .port = 0});
    if (bind(fd_, from.get(), from.size) != 0) {
      // Whatever it is, the peer had no part in it.
      done(EADDRNOTAVAIL);
      return;
    }
  }
  if (connect(fd_, peer.get(), peer.size) == 0) {
    done(0);
    return;
  }
  if (errno != EINPROGRESS) {
    done(errno);
    return;
  }
  watch(Loop::writable, [this, done = std::move(done)] {
    int error = 0;
    socklen_t size = sizeof error;
    getsockopt(fd_, SOL_SOCKET, SO_ERROR, &error, &size);
    loop_.unwatch(fd_);
    done(error);
  });
}

void Dial::watch(std::uint32_t events, std::function<void()> on_event) {
  loop_.watch(fd_, events, [on_event = std::move(on_event)](std::uint32_t) { on_event(); });
}

void Dial::close() {
  if (fd_ < 0) return;
  loop_.unwatch(fd_);
  ::close(std::exchange(fd_, -1));
}

}  // namespace bw::net
