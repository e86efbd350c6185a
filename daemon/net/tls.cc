// SPDX-License-Identifier: Apache-2.0
#include "daemon/net/dial.h"
#include "daemon/net/job.h"

#include <openssl/err.h>
#include <openssl/ssl.h>

#include <cerrno>
#include <memory>
#include <utility>

namespace bw::net {
namespace {

struct FreeConnection {
  void operator()(SSL* connection) const { SSL_free(connection); }
};

Micros since(Steady begun) {
  return std::chrono::duration_cast<Micros>(std::chrono::steady_clock::now() - begun);
}

// A handshake alone: who the server says it is.
class TlsJob final : public HostJob {
 public:
  TlsJob(Context& shared, TlsAsk ask, Terms terms)
      : HostJob(shared, std::move(terms)), ask_(std::move(ask)), dial_(shared.loop) {}

  void start() override {
    if (ask_.host.empty() || ask_.port == 0) {
      fail(Outcome::monitor_error, "host and port are needed");
      return;
    }
    verification_.host = fold_name(ask_.server_name.empty() ? ask_.host : ask_.server_name);
    reach_trusting(
        {.host = ask_.host, .port = ask_.port, .pin = ask_.pin}, ask_.trust, verification_);
  }

 protected:
  void connect(const Endpoint& endpoint) override {
    peer_ = endpoint;
    context().tls_gate.pass([this, weak = alive()] {
      if (weak.expired() || is_finished()) return;
      phase_begun_ = std::chrono::steady_clock::now();
      dial_.open(peer_, source_for(peer_.address), [this](int error) { on_connected(error); });
    });
  }

  void give_up() override {
    if (phase_begun_ == Steady{}) {
      reply_.failure = Outcome::monitor_error;
      reply_.detail = "waited " + allowed() + " for a turn to start a TLS handshake";
    } else if (!connection_) {
      reply_.phases.connect = since(phase_begun_);
      reply_.failure = Outcome::connect_timeout;
      reply_.detail = "no connection to " + print(peer_) + " in " + allowed();
    } else {
      reply_.phases.tls = since(phase_begun_);
      reply_.failure = Outcome::tls_timeout;
      reply_.detail = print(peer_) + " did not finish the TLS handshake in " + allowed();
    }
    close();
  }

 private:
  void on_connected(int error) {
    reply_.phases.connect = since(phase_begun_);
    if (error != 0) {
      Failure failure = connect_failure(error, peer_);
      close();
      fail(failure.outcome, std::move(failure.detail));
      return;
    }
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
      end(Outcome::ok, {});
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

  TlsAsk ask_;
  Dial dial_;
  Endpoint peer_;
  Verification verification_;
  std::unique_ptr<SSL, FreeConnection> connection_;
  Steady phase_begun_{};
};

}  // namespace

std::unique_ptr<Job> make_tls_job(Context& context, TlsAsk ask, Job::Terms terms) {
  return std::make_unique<TlsJob>(context, std::move(ask), std::move(terms));
}

}  // namespace bw::net
