// SPDX-License-Identifier: Apache-2.0
#include "daemon/rehearsal/stage_web.h"

#include "daemon/rehearsal/links.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <optional>
#include <tuple>

namespace bw::rehearsal {
namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using asio::ip::tcp;
using Code = boost::system::error_code;
using Tls = asio::ssl::stream<tcp::socket>;

constexpr Millis kPatience{std::chrono::seconds{60}};  // longer than any probe waits
constexpr std::size_t kHeaderBytesMax = std::size_t{16} << 10;
constexpr std::size_t kBodyBytesMax = std::size_t{64} << 10;

// What a simulated failure becomes on a socket that is already open.
enum class Ending : std::uint8_t { none, silence, reset };
Ending ending_of(const Reply& reply) {
  if (reply.failure == Outcome::ok) return Ending::none;
  const bool is_timeout =
      reply.failure == Outcome::connect_timeout || reply.failure == Outcome::tls_timeout ||
      reply.failure == Outcome::reply_timeout || reply.failure == Outcome::reply_stalled ||
      reply.failure == Outcome::dns_timeout;
  return is_timeout ? Ending::silence : Ending::reset;
}

std::string to_wire(const HttpReply& reply, bool is_kept) {
  std::string wire =
      fmt::format("HTTP/1.1 {} {}\r\n",
                  reply.status,
                  std::string_view(http::obsolete_reason(static_cast<http::status>(reply.status))));
  for (const auto& header : reply.headers)
    wire += header.name + ": " + header.value + "\r\n";
  wire += is_kept ? "Connection: keep-alive\r\n\r\n" : "Connection: close\r\n\r\n";
  return wire + reply.body;
}

class Session : public std::enable_shared_from_this<Session> {
 public:
  Session(StageSet& set, tcp::socket socket, bool is_https)
      : set_(set),
        is_https_(is_https),
        context_(asio::ssl::context::tls_server),
        stream_(std::move(socket), context_),
        timer_(set.io) {}

  void start() {
    Code error;
    const auto local = stream_.next_layer().local_endpoint(error);
    if (error || !local.address().is_v4()) return;
    const auto bytes = local.address().to_v4().to_bytes();
    std::ranges::copy(bytes, here_.bytes.begin());
    const auto name = set_.names.find(here_);
    if (name != set_.names.end()) name_ = name->second;
    connected_ = set_.clock.now();
    const TcpAsk ask{.host = name_,
                     .port = local.port(),
                     .send = {},
                     .expect = {},
                     .read_bytes_max = 0,
                     .pin = pin()};
    if (is_over(ending_of(set_.ask({.what = ask, .deadline = kPatience}, connected_)))) return;
    is_https_ ? handshake() : read();
  }

 private:
  [[nodiscard]] IpAddress pin() const { return set_.loopback.unmap(here_).value_or(here_); }

  // Ends the session as it should end, or returns that it goes on.
  bool is_over(Ending ending) {
    if (ending == Ending::none) return false;
    if (ending == Ending::silence) {
      hold();
    } else {
      reset();
    }
    return true;
  }
  void hold() {
    timer_.expires_after(kPatience);
    timer_.async_wait([self = shared_from_this()](Code) {});
  }
  void reset() {
    Code ignored;
    std::ignore = stream_.next_layer().set_option(asio::socket_base::linger(true, 0), ignored);
    std::ignore = stream_.next_layer().close(ignored);
  }

  // Which certificate is shown is decided when the client has said whom it wants.
  static int on_server_name(SSL* ssl, int* /*alert*/, void* arg) {
    return static_cast<Session*>(arg)->choose_certificate(ssl) ? SSL_TLSEXT_ERR_OK
                                                               : SSL_TLSEXT_ERR_ALERT_FATAL;
  }
  bool choose_certificate(SSL* ssl) {
    const char* wanted = SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name);
    TlsAsk ask;
    ask.host = wanted != nullptr ? wanted : name_;
    ask.server_name = ask.host;
    ask.trust.is_verified = false;
    ask.pin = pin();
    const auto reply = set_.ask({.what = ask, .deadline = kPatience}, connected_);
    if (reply.failure != Outcome::ok || !reply.chain) return false;
    SSL_CTX* context = set_.certificates.context_for(*reply.chain, connected_);
    return context != nullptr && SSL_set_SSL_CTX(ssl, context) != nullptr;
  }
  void handshake() {
    SSL_CTX_set_tlsext_servername_callback(context_.native_handle(), &Session::on_server_name);
    SSL_CTX_set_tlsext_servername_arg(context_.native_handle(), this);
    stream_.async_handshake(asio::ssl::stream_base::server,
                            [self = shared_from_this()](Code error) {
                              if (!error) self->read();
                            });
  }

  void read() {
    parser_.emplace();
    parser_->header_limit(kHeaderBytesMax);
    parser_->body_limit(kBodyBytesMax);
    const auto then = [self = shared_from_this()](Code error, std::size_t) {
      if (!error) self->answer();
    };
    if (is_https_) {
      http::async_read(stream_, buffer_, *parser_, then);
    } else {
      http::async_read(stream_.next_layer(), buffer_, *parser_, then);
    }
  }

  using WebRequest = http::request<http::string_body>;
  [[nodiscard]] HttpAsk ask_of(const WebRequest& request) const {
    std::string host(request[http::field::host]);
    host = host.substr(0, host.rfind(':'));  // the stage's port is not the world's
    HttpAsk ask;
    ask.method = std::string(request.method_string());
    ask.url = (is_https_ ? "https://" : "http://") + (host.empty() ? name_ : host) +
              std::string(request.target());
    ask.body = request.body();
    ask.trust.is_verified = false;
    ask.body_bytes_max = std::size_t{16} << 20;
    ask.pin = pin();
    return ask;
  }

  void answer() {
    if (!parser_) return;
    const auto& request = parser_->get();
    // The first request shares its connection's fate; later ones have their own.
    const auto now = is_first_ ? connected_ : set_.clock.now();
    is_first_ = false;
    const auto reply = set_.ask({.what = ask_of(request), .deadline = kPatience}, now);
    if (is_over(ending_of(reply)) || !reply.http) return;
    is_kept_ = request.keep_alive();
    wire_ = to_wire(*reply.http, is_kept_);
    timer_.expires_after(set_.scaled(reply.phases.wait + reply.phases.transfer));
    timer_.async_wait([self = shared_from_this()](Code error) {
      if (!error) self->send();
    });
  }

  void send() {
    const auto then = [self = shared_from_this()](Code error, std::size_t) {
      if (!error) self->sent();
    };
    if (is_https_) {
      asio::async_write(stream_, asio::buffer(wire_), then);
    } else {
      asio::async_write(stream_.next_layer(), asio::buffer(wire_), then);
    }
  }
  void sent() {
    if (is_kept_) return read();
    Code ignored;
    if (!is_https_) {
      std::ignore = stream_.next_layer().shutdown(tcp::socket::shutdown_send, ignored);
      return;
    }
    stream_.async_shutdown([self = shared_from_this()](Code) {});
  }

  StageSet& set_;
  bool is_https_;
  asio::ssl::context context_;
  Tls stream_;
  asio::steady_timer timer_;
  boost::beast::flat_buffer buffer_{kHeaderBytesMax + kBodyBytesMax};
  std::optional<http::request_parser<http::string_body>> parser_;
  IpAddress here_;
  std::string name_;  // whose address was connected to
  Time connected_{};
  bool is_first_ = true;
  bool is_kept_ = false;
  std::string wire_;
};

}  // namespace

void serve(StageSet& set, tcp::socket socket, bool is_https) {
  std::make_shared<Session>(set, std::move(socket), is_https)->start();
}

}  // namespace bw::rehearsal
