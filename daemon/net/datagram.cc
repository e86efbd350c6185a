// SPDX-License-Identifier: Apache-2.0
#include "daemon/net/datagram.h"

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

namespace bw::net {

int Datagram::open(const Endpoint& peer, const std::optional<IpAddress>& source, const Sort& sort) {
  close();
  const SocketAddress to = socket_address(peer);
  const int family = to.get()->sa_family;
  fd_ = socket(family, sort.type | SOCK_NONBLOCK | SOCK_CLOEXEC, sort.protocol);
  if (fd_ < 0) return errno;
  // Without it Linux keeps "no route" to itself, because another packet might still get through.
  const int on = 1;
  if (peer.address.is_v6) {
    setsockopt(fd_, IPPROTO_IPV6, IPV6_RECVERR, &on, sizeof on);
  } else {
    setsockopt(fd_, IPPROTO_IP, IP_RECVERR, &on, sizeof on);
  }
  if (source) {
    const SocketAddress from = socket_address({.address = *source, .port = 0});
    // Whatever it is, the peer had no part in it.
    if (bind(fd_, from.get(), from.size) != 0) return EADDRNOTAVAIL;
  }
  return connect(fd_, to.get(), to.size) == 0 ? 0 : errno;
}

void Datagram::watch(std::function<void()> on_event) {
  loop_.watch(fd_, Loop::readable, [on_event = std::move(on_event)](std::uint32_t) { on_event(); });
}

int Datagram::send(std::string_view bytes) const {
  return ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL) < 0 ? errno : 0;
}

Datagram::Packet Datagram::receive(std::span<char> room) const {
  const ssize_t count = recv(fd_, room.data(), room.size(), 0);
  if (count >= 0) return {.bytes = {room.data(), static_cast<std::size_t>(count)}};
  const int error = errno;
  // The packet that was complained about comes back, and would wake the loop until it is taken.
  msghdr message{};
  while (recvmsg(fd_, &message, MSG_ERRQUEUE) >= 0) {
  }
  return {.bytes = {}, .error = error};
}

void Datagram::close() {
  if (fd_ < 0) return;
  loop_.unwatch(fd_);
  ::close(std::exchange(fd_, -1));
}

}  // namespace bw::net
