// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "probes/time.h"
#include "tests/support/identity.h"

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace bw::test {

// A server on 127.0.0.1 at a free port. Each connection is served by `script`, on a thread of its
// own, in plain blocking code; the connection closes when the script returns. The destructor breaks
// every wait of a script and joins.
class Server {
 public:
  class Peer {
   public:
    virtual ~Peer() = default;
    // One read of at most 16 KB; empty when the client has gone.
    virtual std::string read() = 0;
    // False when the client has gone.
    virtual bool send(std::string_view bytes) = 0;
    // Closes with RST instead of FIN.
    virtual void reset() = 0;
    // False when the server is being stopped.
    virtual bool pause(Millis time) = 0;
    // From here on in TLS, as the identity of a server that began in the clear; false when the
    // handshake fails.
    virtual bool start_tls() = 0;
    // Reads until the end of the headers; nothing else.
    std::string read_request();
    // Holds the connection open in silence until the client or the server ends it.
    void hold();
  };
  using Script = std::function<void(Peer&)>;

  enum class Start { in_tls, in_the_clear };
  explicit Server(Script script);  // plain
  Server(Script script, const Identity& identity, Start start = Start::in_tls);
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  [[nodiscard]] std::uint16_t port() const { return port_; }
  // "http://127.0.0.1:PORT/path" or https.
  [[nodiscard]] std::string url(std::string_view path = "/") const;
  [[nodiscard]] int connections() const { return connections_; }

 private:
  struct Connection;
  void listen_on_loopback();
  void accept_all();

  Script script_;
  std::shared_ptr<void> tls_;  // SSL_CTX
  Start start_ = Start::in_the_clear;
  int listener_ = -1;
  std::uint16_t port_ = 0;
  std::atomic<int> connections_ = 0;
  std::mutex mutex_;
  std::condition_variable stopped_;
  bool is_stopping_ = false;
  std::vector<std::unique_ptr<Connection>> open_;
  std::thread acceptor_;
};

// Scripts that many tests want.
[[nodiscard]] Server::Script answers(std::string response);  // reads a request, sends, closes
[[nodiscard]] Server::Script holds();                        // accepts and never answers

// "HTTP/1.1 200 OK" with a length and a body.
[[nodiscard]] std::string ok_response(std::string_view body, std::string_view headers = "");

// A port of 127.0.0.1 where nothing listens.
[[nodiscard]] std::uint16_t closed_port();

}  // namespace bw::test
