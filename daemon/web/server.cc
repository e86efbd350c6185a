// SPDX-License-Identifier: Apache-2.0
#include "daemon/web/server.h"

#include "daemon/web/routes.h"

#include <pthread.h>

#include <algorithm>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http.hpp>
#include <charconv>
#include <chrono>
#include <csignal>
#include <list>
#include <thread>
#include <tuple>
#include <utility>

namespace bw {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using boost::system::error_code;
using Tcp = asio::ip::tcp;

constexpr std::size_t kConnectionsMax = 64;
constexpr std::uint32_t kHeaderBytesMax = 16 << 10;
constexpr std::uint64_t kBodyBytesMax = 64 << 10;
// Replies that clients have not taken yet, of all connections together.
constexpr std::size_t kUnsentBytesMax = 64 << 20;
constexpr std::chrono::seconds kRequestTime{10};
constexpr std::chrono::seconds kIdleTime{75};  // between requests of one connection
constexpr std::chrono::seconds kReplyTime{30};
constexpr std::chrono::milliseconds kAcceptAgain{100};

class Session;
// All of the server's state; touched by its one thread only.
struct Shared {
  WebHooks hooks;
  std::list<Session*> sessions;  // quiet the longest first
  std::size_t unsent_bytes = 0;
};

std::string text_of(boost::string_view view) {
  return {view.data(), view.size()};
}

// One connection: reads a request, answers it, and again. Keeps itself alive through its handlers.
class Session : public std::enable_shared_from_this<Session> {
 public:
  Session(Tcp::socket socket, Shared& shared) : stream_(std::move(socket)), shared_(&shared) {
    place_ = shared_->sessions.insert(shared_->sessions.end(), this);
    error_code trouble;
    const auto peer = stream_.socket().remote_endpoint(trouble);
    is_peer_local_ = !trouble && is_loopback(peer.address());
  }
  ~Session() {
    shared_->sessions.erase(place_);
    shared_->unsent_bytes -= unsent_;
  }
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  // The first bytes of a request may be a while in coming; from then on it has to hurry.
  void wait_for_request(std::chrono::seconds patience) {
    parser_.emplace();
    parser_->header_limit(kHeaderBytesMax);
    parser_->body_limit(kBodyBytesMax);
    stream_.expires_after(patience);
    http::async_read_some(stream_,
                          buffer_,
                          *parser_,
                          [self = shared_from_this()](error_code trouble, std::size_t /*bytes*/) {
                            self->on_begun(trouble);
                          });
  }
  // Its handlers end it soon; until then it is no candidate for being dropped again.
  void drop() {
    shared_->sessions.splice(shared_->sessions.end(), shared_->sessions, place_);
    stream_.close();
  }

 private:
  static bool is_loopback(const asio::ip::address& address) {
    if (address.is_v6() && address.to_v6().is_v4_mapped()) {
      return asio::ip::make_address_v4(asio::ip::v4_mapped, address.to_v6()).is_loopback();
    }
    return address.is_loopback();
  }

  void on_begun(error_code trouble) {
    if (trouble) return refuse(trouble);
    if (!parser_) return drop();
    if (parser_->is_done()) return reply();
    stream_.expires_after(kRequestTime);
    http::async_read(stream_,
                     buffer_,
                     *parser_,
                     [self = shared_from_this()](error_code why, std::size_t /*bytes*/) {
                       if (why) return self->refuse(why);
                       self->reply();
                     });
  }

  // A request that could not be read is answered where the client still listens, then dropped.
  void refuse(error_code trouble) {
    if (trouble == http::error::header_limit) {
      return send(refusal(431, "the request's headers are larger than 16 KiB"), 11, false, false);
    }
    if (trouble == http::error::body_limit) {
      return send(refusal(413, "the request's body is larger than 64 KiB"), 11, false, false);
    }
    const bool is_malformed =
        trouble.category() == error_code(http::error::bad_target).category() &&
        trouble != http::error::end_of_stream && trouble != http::error::partial_message;
    if (is_malformed) return send(refusal(400, "this is no HTTP/1.1 request"), 11, false, false);
    drop();
  }

  void reply() {
    if (!parser_) return drop();
    const auto& message = parser_->get();
    const auto header = [&](http::field name) { return text_of(message[name]); };
    const WebRequest request{.method = text_of(message.method_string()),
                             .target = text_of(message.target()),
                             .host = header(http::field::host),
                             .origin = header(http::field::origin),
                             .fetch_site = text_of(message["Sec-Fetch-Site"]),
                             .content_type = header(http::field::content_type),
                             .if_none_match = header(http::field::if_none_match),
                             .body = message.body(),
                             .is_peer_local = is_peer_local_};
    shared_->sessions.splice(shared_->sessions.end(), shared_->sessions, place_);
    WebReply said = answer(request, shared_->hooks);
    if (shared_->unsent_bytes + said.body.size() > kUnsentBytesMax) {
      said = refusal(503, "too many slow clients at once", "ask again in a moment");
    }
    send(std::move(said), message.version(), message.keep_alive(), request.method == "HEAD");
  }

  void send(WebReply said, unsigned version, bool keeps_alive, bool is_head) {
    const bool is_chunked = said.more && version >= 11;
    if (said.more && !is_chunked && !is_head) gather(said);
    reply_ = {};
    reply_.result(static_cast<unsigned>(said.status));
    reply_.version(version);
    reply_.set(http::field::server, "bellwether");
    for (const auto& header : said.headers)
      reply_.set(header.name, header.value);
    if (said.status != 304) reply_.set(http::field::content_type, said.content_type);
    reply_.keep_alive(keeps_alive);
    stream_.expires_after(kReplyTime);
    if (is_chunked) {
      reply_.chunked(true);
      more_ = is_head ? nullptr : std::move(said.more);
      piece_ = is_head ? std::string() : std::move(said.body);
      return send_head(keeps_alive);
    }
    if (said.status != 304 && !said.more) reply_.content_length(said.body.size());
    if (!is_head) reply_.body() = std::move(said.body);
    count_unsent(reply_.body().size());
    http::async_write(
        stream_, reply_, [self = shared_from_this(), keeps_alive](error_code trouble, std::size_t) {
          self->on_sent(trouble, keeps_alive);
        });
  }

  // HTTP/1.0 knows no chunks.
  static void gather(WebReply& said) {
    for (std::string piece = said.more(); !piece.empty(); piece = said.more()) {
      if (said.body.size() + piece.size() > kUnsentBytesMax) {
        said = refusal(505, "this is too large for HTTP/1.0", "ask in HTTP/1.1");
        return;
      }
      said.body += piece;
    }
    said.more = nullptr;
  }

  void count_unsent(std::size_t bytes) {
    shared_->unsent_bytes += bytes - std::exchange(unsent_, bytes);
  }

  void send_head(bool keeps_alive) {
    head_.emplace(reply_);
    http::async_write_header(
        stream_, *head_, [self = shared_from_this(), keeps_alive](error_code trouble, std::size_t) {
          if (trouble) return self->on_sent(trouble, keeps_alive);
          self->send_piece(keeps_alive);
        });
  }

  // The next is made when this one is on its way: a slow reader holds one piece, not all.
  void send_piece(bool keeps_alive) {
    if (!more_) return on_sent({}, keeps_alive);
    const bool is_last = piece_.empty();
    count_unsent(piece_.size());
    const auto on_written = [self = shared_from_this(), keeps_alive, is_last](error_code trouble,
                                                                              std::size_t) {
      if (trouble || is_last) return self->on_sent(trouble, keeps_alive);
      self->piece_ = self->more_();
      self->send_piece(keeps_alive);
    };
    if (is_last) return asio::async_write(stream_, http::make_chunk_last(), on_written);
    asio::async_write(stream_, http::make_chunk(asio::buffer(piece_)), on_written);
  }

  void on_sent(error_code trouble, bool keeps_alive) {
    count_unsent(0);
    head_.reset();
    more_ = nullptr;
    piece_.clear();
    reply_ = {};
    if (trouble) return;
    if (keeps_alive) return wait_for_request(kIdleTime);
    linger();
  }

  // Says that no more will come and takes in what the client still sends, so that a reset does not
  // overtake the reply (RFC 9112, 9.6). Bounded in time, not in bytes: they are thrown away.
  void linger() {
    error_code ignored;
    std::ignore = stream_.socket().shutdown(Tcp::socket::shutdown_send, ignored);
    stream_.expires_after(kLingerTime);
    drain();
  }
  void drain() {
    buffer_.clear();
    stream_.async_read_some(buffer_.prepare(kDrainBytes),
                            [self = shared_from_this()](error_code trouble, std::size_t) {
                              if (!trouble) self->drain();
                            });
  }

  static constexpr std::chrono::seconds kLingerTime{2};
  static constexpr std::size_t kDrainBytes = 4096;

  beast::tcp_stream stream_;
  Shared* shared_;
  std::list<Session*>::iterator place_;
  beast::flat_buffer buffer_{kHeaderBytesMax + kBodyBytesMax};
  std::optional<http::request_parser<http::string_body>> parser_;
  http::response<http::string_body> reply_;
  std::optional<http::response_serializer<http::string_body>> head_;  // of what goes in chunks
  std::function<std::string()> more_;
  std::string piece_;
  std::size_t unsent_ = 0;
  bool is_peer_local_ = false;
};

class BeastServer : public WebServer {
 public:
  explicit BeastServer(WebHooks hooks) : shared_{.hooks = std::move(hooks), .sessions = {}} {}
  ~BeastServer() override {
    context_.stop();
    if (thread_.joinable()) thread_.join();
  }
  BeastServer(const BeastServer&) = delete;
  BeastServer& operator=(const BeastServer&) = delete;

  [[nodiscard]] std::expected<void, Error> listen(const Tcp::endpoint& at,
                                                  const std::string& where);
  [[nodiscard]] std::uint16_t port() const override { return port_; }

 private:
  void accept();
  void take(Tcp::socket socket);

  Shared shared_;  // outlives the sessions, which die with the context
  asio::io_context context_{1};
  Tcp::acceptor acceptor_{context_};
  asio::steady_timer again_{context_};
  std::uint16_t port_ = 0;
  std::thread thread_;
};

std::expected<void, Error> BeastServer::listen(const Tcp::endpoint& at, const std::string& where) {
  error_code trouble;
  const auto step = [&](auto&& act) {
    if (!trouble) act();
  };
  step([&] { std::ignore = acceptor_.open(at.protocol(), trouble); });
  step([&] { std::ignore = acceptor_.set_option(Tcp::acceptor::reuse_address(true), trouble); });
  step([&] { std::ignore = acceptor_.bind(at, trouble); });
  step([&] { std::ignore = acceptor_.listen(Tcp::acceptor::max_listen_connections, trouble); });
  step([&] { port_ = acceptor_.local_endpoint(trouble).port(); });
  if (trouble) {
    const bool is_taken = trouble == asio::error::address_in_use;
    return std::unexpected(Error{
        .what = is_taken ? "the port is taken" : "cannot listen: " + trouble.message(),
        .where = where,
        .hint = is_taken
                    ? "is another bellwether running? Set web.listen to a free port, or to port 0"
                    : "set web.listen to an address of this machine and a port above 1023"});
  }
  accept();
  // Signals are the main thread's: the new one inherits a mask that blocks them.
  sigset_t all{};
  sigset_t before{};
  sigfillset(&all);
  pthread_sigmask(SIG_BLOCK, &all, &before);
  thread_ = std::thread([this] { context_.run(); });
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  pthread_setname_np(thread_.native_handle(), "web");
  return {};
}

void BeastServer::accept() {
  acceptor_.async_accept([this](error_code trouble, Tcp::socket socket) {
    if (trouble == asio::error::operation_aborted) return;
    if (!trouble) {
      take(std::move(socket));
      return accept();
    }
    // Out of descriptors, most likely: trying again at once would only burn CPU.
    again_.expires_after(kAcceptAgain);
    again_.async_wait([this](error_code why) {
      if (!why) accept();
    });
  });
}

void BeastServer::take(Tcp::socket socket) {
  if (shared_.sessions.size() >= kConnectionsMax) shared_.sessions.front()->drop();
  error_code ignored;
  std::ignore = socket.set_option(Tcp::no_delay(true), ignored);
  std::make_shared<Session>(std::move(socket), shared_)->wait_for_request(kRequestTime);
}

std::optional<Tcp::endpoint> parse_endpoint(std::string_view listen) {
  const auto colon = listen.rfind(':');
  if (colon == std::string_view::npos) return std::nullopt;
  std::string_view address = listen.substr(0, colon);
  const std::string_view digits = listen.substr(colon + 1);
  if (address.starts_with('[') && address.ends_with(']')) {
    address = address.substr(1, address.size() - 2);
  }
  std::uint16_t port = 0;
  const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), port);
  if (digits.empty() || read.ec != std::errc() || read.ptr != digits.data() + digits.size()) {
    return std::nullopt;
  }
  error_code trouble;
  const auto ip = asio::ip::make_address(std::string(address), trouble);
  if (trouble) return std::nullopt;
  return Tcp::endpoint(ip, port);
}

}  // namespace

std::expected<std::unique_ptr<WebServer>, Error> WebServer::start(const std::string& listen,
                                                                  WebHooks hooks) {
  const auto at = parse_endpoint(listen);
  if (!at) {
    return std::unexpected(Error{.what = "\"" + listen + "\" is no address and port",
                                 .where = {},
                                 .hint = R"(write "127.0.0.1:9808" or "[::1]:9808")"});
  }
  auto server = std::make_unique<BeastServer>(std::move(hooks));
  if (auto done = server->listen(*at, listen); !done) return std::unexpected(done.error());
  return server;
}

}  // namespace bw
