// SPDX-License-Identifier: Apache-2.0
#include "daemon/net/answer_reader.h"
#include "daemon/net/dial.h"
#include "daemon/net/job.h"
#include "probes/text.h"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <memory>
#include <utility>

namespace bw::net {
namespace {

constexpr std::size_t kQuotedMax = 120;
constexpr Micros kFarewellWait{1'000'000};

struct FreeConnection {
  void operator()(SSL* connection) const { SSL_free(connection); }
};

Micros since(Steady begun) {
  return std::chrono::duration_cast<Micros>(std::chrono::steady_clock::now() - begun);
}

// Turns of lines, in the clear until one of them starts TLS. A handshake alone (who the server says
// it is) is a dialogue of one turn in which nothing is said.
class TalkJob final : public HostJob {
 public:
  TalkJob(Context& shared, TalkAsk ask, Terms terms)
      : HostJob(shared, std::move(terms)),
        ask_(std::move(ask)),
        dial_(shared.loop),
        reader_(ask_.bytes_max) {}

  void start() override {
    if (ask_.host.empty() || ask_.port == 0) {
      fail(Outcome::monitor_error, "host and port are needed");
      return;
    }
    has_tls_ = std::ranges::any_of(ask_.turns, &Turn::starts_tls);
    if (!has_tls_) {
      reach(ask_.host, ask_.port, ask_.pin);
      return;
    }
    verification_.host = fold_name(ask_.server_name.empty() ? ask_.host : ask_.server_name);
    reach_trusting(
        {.host = ask_.host, .port = ask_.port, .pin = ask_.pin}, ask_.trust, verification_);
  }

 protected:
  void connect(const Endpoint& endpoint) override {
    peer_ = endpoint;
    if (!has_tls_) {
      dial();
      return;
    }
    context().tls_gate.pass([this, weak = alive()] {
      if (!weak.expired() && !is_finished()) dial();
    });
  }

  void give_up() override {
    if (phase_begun_ == Steady{}) {
      reply_.failure = Outcome::monitor_error;
      reply_.detail = "waited " + allowed() + " for a turn to start a TLS handshake";
    } else if (!is_connected_) {
      reply_.phases.connect = since(phase_begun_);
      reply_.failure = Outcome::connect_timeout;
      reply_.detail = "no connection to " + print(peer_) + " in " + allowed();
    } else if (is_shaking_) {
      reply_.phases.tls = since(phase_begun_);
      reply_.failure = Outcome::tls_timeout;
      reply_.detail = print(peer_) + " did not finish the TLS handshake in " + allowed();
    } else if (!turn().is_farewell) {
      add_wait();
      const bool has_begun = reader_.has_begun();
      reply_.failure = has_begun ? Outcome::reply_stalled : Outcome::reply_timeout;
      reply_.detail = print(peer_) + " sent " +
                      (has_begun ? "no end of its answer" : std::string("nothing")) + place() +
                      " in " + allowed();
      if (has_begun) reply_.answers.push_back(reader_.take_answer());
    }
    close();
  }

 private:
  void dial() {
    phase_begun_ = std::chrono::steady_clock::now();
    dial_.open(peer_, source_for(peer_.address), [this](int error) { on_connected(error); });
  }

  void on_connected(int error) {
    reply_.phases.connect = since(phase_begun_);
    phase_begun_ = std::chrono::steady_clock::now();
    if (error != 0) {
      Failure failure = connect_failure(error, peer_);
      end(failure.outcome, std::move(failure.detail));
      return;
    }
    is_connected_ = true;
    next_turn();
  }

  // ---- turns

  [[nodiscard]] const Turn& turn() const { return ask_.turns[reply_.answers.size()]; }
  // "", " as its greeting" or " in answer to EHLO".
  [[nodiscard]] std::string place() const {
    if (turn().about.empty()) return {};
    return (turn().send.empty() ? " as its " : " in answer to ") + turn().about;
  }

  void next_turn() {
    if (reply_.answers.size() == ask_.turns.size()) {
      end(Outcome::ok, {});
      return;
    }
    sent_ = 0;
    phase_begun_ = std::chrono::steady_clock::now();
    say();
  }

  void say() {
    while (sent_ < turn().send.size()) {
      const Moved moved = write(std::string_view(turn().send).substr(sent_));
      if (moved.again != 0) {
        dial_.watch(moved.again, [this] { say(); });
        return;
      }
      if (moved.bytes == 0) {
        lose(Outcome::reply_reset, print(peer_) + " broke off while we were sending", {});
        return;
      }
      sent_ += moved.bytes;
    }
    if (turn().expect.empty()) {
      answered();
      return;
    }
    if (turn().is_farewell) {
      context().loop.after(kFarewellWait, [this, weak = alive()] {
        if (!weak.expired() && !is_finished()) end(Outcome::ok, {});
      });
    }
    listen();
  }

  void listen() {
    using Heard = AnswerReader::Heard;
    Heard heard = reader_.hear(turn());
    while (heard == Heard::nothing_yet) {
      std::array<char, 16'384> bytes{};
      const Moved moved = read(bytes.data(), std::min(bytes.size(), reader_.room()));
      if (moved.again != 0) {
        dial_.watch(moved.again, [this] { listen(); });
        return;
      }
      if (moved.bytes == 0) {
        on_closed(moved.is_reset);
        return;
      }
      reader_.take({bytes.data(), moved.bytes});
      heard = reader_.hear(turn());
    }
    if (heard != Heard::yes) {
      on_wrong(heard);
      return;
    }
    add_wait();
    answered();
  }

  void answered() {
    const bool starts_tls = turn().starts_tls;
    const bool was_agreed = !turn().expect.empty();
    reply_.answers.push_back(turn().expect.empty() ? std::string() : reader_.take_answer());
    if (!starts_tls) {
      next_turn();
    } else if (was_agreed && has_more()) {
      end(Outcome::tls_handshake,
          print(peer_) + " sent more in the clear after it had agreed to start TLS");
    } else {
      start_tls();
    }
  }

  void on_wrong(AnswerReader::Heard heard) {
    const Turn& now = turn();
    const Outcome outcome =
        heard == AnswerReader::Heard::too_much ? Outcome::reply_malformed : now.otherwise;
    std::string answer = reader_.take_answer();
    std::string detail = print(peer_);
    if (heard == AnswerReader::Heard::too_much) {
      detail += " sent " + std::to_string(ask_.bytes_max) + " bytes without an end" + place();
    } else if (heard == AnswerReader::Heard::lacking) {
      detail += " does not offer " + now.offer;
    } else {
      detail += " said \"" + printable(trim(answer), kQuotedMax) + "\"" + place();
    }
    lose(outcome, std::move(detail), std::move(answer));
  }

  void on_closed(bool is_reset) {
    const bool has_begun = reader_.has_begun();
    std::string detail = print(peer_) + (is_reset ? " reset" : " closed") + " the connection" +
                         (has_begun ? " in the middle of a line" : " without a word") + place();
    lose(Outcome::reply_reset, std::move(detail), reader_.take_answer());
  }

  // This turn has gone wrong, with so much of its answer: and so has the dialogue, unless this was
  // its end.
  void lose(Outcome outcome, std::string detail, std::string answer) {
    if (turn().is_farewell) {
      end(Outcome::ok, {});
      return;
    }
    add_wait();
    if (!answer.empty()) reply_.answers.push_back(std::move(answer));
    end(outcome, std::move(detail));
  }

  void add_wait() {
    if (turn().is_farewell) return;
    auto& wait = reply_.phases.wait;
    wait = std::max(wait, Micros{0}) + since(phase_begun_);
  }

  // ---- TLS

  // TLS begins with our word: whatever is there before was said in the clear, perhaps by somebody
  // on the way who wants it to be taken for the server's (CVE-2011-0411, CVE-2021-23222).
  [[nodiscard]] bool has_more() const {
    char byte = 0;
    return reader_.has_begun() || recv(dial_.fd(), &byte, 1, MSG_PEEK | MSG_DONTWAIT) > 0;
  }

  void start_tls() {
    is_shaking_ = true;
    phase_begun_ = std::chrono::steady_clock::now();
    connection_.reset(SSL_new(verification_.roots->context()));
    if (!connection_) std::abort();
    SSL* connection = connection_.get();
    attach(*connection, verification_);
    SSL_set_fd(connection, dial_.fd());
    SSL_set_connect_state(connection);
    if (!parse_address(verification_.host)) {
      SSL_set_tlsext_host_name(connection, verification_.host.c_str());
    }
    shake();
  }

  void shake() {
    ERR_clear_error();
    errno = 0;
    const int result = SSL_do_handshake(connection_.get());
    const int saved_errno = errno;
    const int error = SSL_get_error(connection_.get(), result);
    if (error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE) {
      dial_.watch(error == SSL_ERROR_WANT_READ ? Loop::readable : Loop::writable,
                  [this] { shake(); });
      return;
    }
    reply_.phases.tls = since(phase_begun_);
    if (result == 1) {
      is_shaking_ = false;
      is_secure_ = true;
      next_turn();
    } else if (verification_.chain.trouble != Outcome::ok && verification_.is_verified) {
      end(verification_.chain.trouble, print(peer_) + ": " + verification_.chain.why);
    } else {
      end_broken(error, saved_errno);
    }
  }

  void end_broken(int error, int saved_errno) {
    const unsigned long code = ERR_peek_last_error();
    const bool is_eof = ERR_GET_LIB(code) == ERR_LIB_SSL &&
                        ERR_GET_REASON(code) == SSL_R_UNEXPECTED_EOF_WHILE_READING;
    if (error == SSL_ERROR_SYSCALL || is_eof) {
      end(Outcome::connect_reset,
          print(peer_) + " broke off the connection during the TLS handshake" +
              (saved_errno != 0 && !is_eof ? ": " + print_errno(saved_errno) : ""));
      return;
    }
    const char* reason = ERR_reason_error_string(code);
    end(Outcome::tls_handshake,
        "no TLS with " + print(peer_) + ": " + (reason != nullptr ? reason : "unknown error"));
  }

  // ---- bytes, through TLS where that has started

  struct Moved {
    std::size_t bytes = 0;    // none, and nothing to wait for: the peer has gone
    std::uint32_t again = 0;  // what to wait for
    bool is_reset = false;
  };

  Moved read(char* bytes, std::size_t size) {
    errno = 0;
    if (is_secure_) return moved(SSL_read(connection_.get(), bytes, static_cast<int>(size)));
    return moved(recv(dial_.fd(), bytes, size, 0), Loop::readable);
  }
  Moved write(std::string_view bytes) {
    errno = 0;
    if (is_secure_) {
      return moved(SSL_write(connection_.get(), bytes.data(), static_cast<int>(bytes.size())));
    }
    return moved(send(dial_.fd(), bytes.data(), bytes.size(), MSG_NOSIGNAL), Loop::writable);
  }
  static Moved moved(ssize_t count, std::uint32_t again) {
    if (count > 0) return {.bytes = static_cast<std::size_t>(count)};
    if (count < 0 && (errno == EAGAIN || errno == EINTR)) return {.again = again};
    return {.is_reset = count < 0};
  }
  Moved moved(int count) {
    if (count > 0) return {.bytes = static_cast<std::size_t>(count)};
    const int error = SSL_get_error(connection_.get(), count);
    ERR_clear_error();
    if (error == SSL_ERROR_WANT_READ) return {.again = Loop::readable};
    if (error == SSL_ERROR_WANT_WRITE) return {.again = Loop::writable};
    return {.is_reset = error != SSL_ERROR_ZERO_RETURN};
  }

  void end(Outcome outcome, std::string detail) {
    close();
    fail(outcome, std::move(detail));
  }

  void close() {
    const Chain& chain = verification_.chain;
    if (!chain.presented.empty() || !chain.version.empty()) reply_.chain = chain;
    connection_.reset();
    dial_.close();
    ERR_clear_error();
  }

  TalkAsk ask_;
  Dial dial_;
  AnswerReader reader_;
  Endpoint peer_;
  Verification verification_;
  std::unique_ptr<SSL, FreeConnection> connection_;
  Steady phase_begun_{};
  bool has_tls_ = false;
  bool is_connected_ = false;
  bool is_shaking_ = false;
  bool is_secure_ = false;
  std::size_t sent_ = 0;
};

}  // namespace

std::unique_ptr<Job> make_talk_job(Context& context, TalkAsk ask, Job::Terms terms) {
  return std::make_unique<TalkJob>(context, std::move(ask), std::move(terms));
}

std::unique_ptr<Job> make_tls_job(Context& context, TlsAsk ask, Job::Terms terms) {
  TalkAsk talk;
  talk.host = std::move(ask.host);
  talk.port = ask.port;
  talk.server_name = std::move(ask.server_name);
  talk.trust = std::move(ask.trust);
  talk.pin = ask.pin;
  talk.turns.resize(1);
  talk.turns.front().starts_tls = true;
  return make_talk_job(context, std::move(talk), std::move(terms));
}

}  // namespace bw::net
