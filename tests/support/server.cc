// SPDX-License-Identifier: Apache-2.0
#include "tests/support/server.h"

#include <netinet/in.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <cstdlib>
#include <utility>

namespace bw::test {

struct Server::Connection final : Server::Peer {
  Connection(Server& the_server, int the_fd) : server(the_server), fd(the_fd) {}
  ~Connection() override {
    if (thread.joinable()) thread.join();
    if (fd >= 0) close(fd);
  }
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  std::string read() override {
    std::array<char, 16'384> bytes{};
    const auto count = tls ? SSL_read(tls.get(), bytes.data(), static_cast<int>(bytes.size()))
                           : recv(fd, bytes.data(), bytes.size(), 0);
    return count > 0 ? std::string(bytes.data(), static_cast<std::size_t>(count)) : std::string();
  }

  bool send(std::string_view bytes) override {
    while (!bytes.empty()) {
      const auto count = tls ? SSL_write(tls.get(), bytes.data(), static_cast<int>(bytes.size()))
                             : ::send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (count <= 0) return false;
      bytes.remove_prefix(static_cast<std::size_t>(count));
    }
    return true;
  }

  void reset() override {
    const linger now{.l_onoff = 1, .l_linger = 0};
    setsockopt(fd, SOL_SOCKET, SO_LINGER, &now, sizeof now);
    tls.reset();
    const std::scoped_lock lock(server.mutex_);
    close(std::exchange(fd, -1));
  }

  bool pause(Millis time) override {
    std::unique_lock lock(server.mutex_);
    return !server.stopped_.wait_for(lock, time, [this] { return server.is_stopping_; });
  }

  bool start_tls() override {
    tls.reset(SSL_new(static_cast<SSL_CTX*>(server.tls_.get())), SSL_free);
    SSL_set_fd(tls.get(), fd);
    return SSL_accept(tls.get()) == 1;
  }

  void serve() {
    if (server.start_ == Start::in_tls && !start_tls()) {
      end();
      return;
    }
    server.script_(*this);
    if (tls) SSL_shutdown(tls.get());
    end();
  }

  void end() {
    tls.reset();
    ERR_clear_error();
    const std::scoped_lock lock(server.mutex_);
    if (fd >= 0) close(std::exchange(fd, -1));
  }

  Server& server;
  int fd;
  std::shared_ptr<SSL> tls;
  std::thread thread;
};

std::string Server::Peer::read_request() {
  std::string request;
  while (request.find("\r\n\r\n") == std::string::npos) {
    const std::string more = read();
    if (more.empty()) break;
    request += more;
  }
  return request;
}

void Server::Peer::hold() {
  while (!read().empty()) {
  }
}

Server::Server(Script script) : script_(std::move(script)) {
  listen_on_loopback();
}

Server::Server(Script script, const Identity& identity, Start start)
    : script_(std::move(script)), tls_(make_server_context(identity)), start_(start) {
  listen_on_loopback();
}

Server::~Server() {
  {
    const std::scoped_lock lock(mutex_);
    is_stopping_ = true;
    for (const auto& connection : open_) {
      if (connection->fd >= 0) shutdown(connection->fd, SHUT_RDWR);
    }
  }
  stopped_.notify_all();
  shutdown(listener_, SHUT_RDWR);
  acceptor_.join();
  open_.clear();
  close(listener_);
}

void Server::listen_on_loopback() {
  std::signal(SIGPIPE, SIG_IGN);  // SSL_write has no MSG_NOSIGNAL
  listener_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in here{};
  here.sin_family = AF_INET;
  here.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof here;
  if (listener_ < 0 || bind(listener_, reinterpret_cast<sockaddr*>(&here), size) != 0 ||
      listen(listener_, 4096) != 0 ||
      getsockname(listener_, reinterpret_cast<sockaddr*>(&here), &size) != 0) {
    std::abort();
  }
  port_ = ntohs(here.sin_port);
  acceptor_ = std::thread([this] { accept_all(); });
}

void Server::accept_all() {
  while (true) {
    const int fd = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    const std::scoped_lock lock(mutex_);
    if (fd < 0 || is_stopping_) {
      if (fd >= 0) close(fd);
      return;
    }
    ++connections_;
    open_.push_back(std::make_unique<Connection>(*this, fd));
    Connection& connection = *open_.back();
    connection.thread = std::thread([&connection] { connection.serve(); });
  }
}

std::string Server::url(std::string_view path) const {
  return (tls_ ? "https://127.0.0.1:" : "http://127.0.0.1:") + std::to_string(port_) +
         std::string(path);
}

Server::Script answers(std::string response) {
  return [response = std::move(response)](Server::Peer& peer) {
    peer.read_request();
    peer.send(response);
  };
}

Server::Script holds() {
  return [](Server::Peer& peer) { peer.hold(); };
}

std::string ok_response(std::string_view body, std::string_view headers) {
  return "HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(body.size()) + "\r\n" +
         std::string(headers) + "\r\n" + std::string(body);
}

std::uint16_t closed_port() {
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in here{};
  here.sin_family = AF_INET;
  here.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof here;
  if (fd < 0 || bind(fd, reinterpret_cast<sockaddr*>(&here), size) != 0 ||
      getsockname(fd, reinterpret_cast<sockaddr*>(&here), &size) != 0) {
    std::abort();
  }
  close(fd);
  return ntohs(here.sin_port);
}

}  // namespace bw::test
