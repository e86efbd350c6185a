// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "daemon/loop.h"
#include "daemon/net/endpoint.h"
#include "daemon/net/net.h"
#include "daemon/net/resolver.h"
#include "daemon/net/trust.h"

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>

namespace bw::net {

class HttpEngine;
class Lanes;

// Lets so many pass each turn and the others wait: a hundred handshakes that become ready at once
// are a hundred milliseconds of somebody else's error.
class Gate {
 public:
  Gate(Loop& loop, int per_turn) : loop_(loop), per_turn_(per_turn) {}
  ~Gate() { loop_.cancel(timer_); }
  Gate(const Gate&) = delete;
  Gate& operator=(const Gate&) = delete;
  // Runs `go` now or in a later turn; in order.
  void pass(std::function<void()> go);

 private:
  void open();
  Loop& loop_;
  int per_turn_;
  int passed_ = 0;
  std::uint64_t turn_ = 0;
  Loop::Timer timer_ = 0;
  std::deque<std::function<void()>> waiting_;
};

// What the exchanges of one Net share.
struct Context {
  Loop& loop;
  const NetSettings& settings;
  std::optional<IpAddress> source;
  DnsClient& dns;
  Resolver& resolver;
  RootsCache& roots;
  Gate& tls_gate;
  HttpEngine& http;
  Lanes& lanes;
};

// One exchange. Finishes once: by itself, or in `expire`, which is called at its deadline.
class Job {
 public:
  using Finish = std::function<void(Reply)>;
  struct Terms {
    Steady deadline{};
    Millis allowed{0};  // the deadline as it was asked, for words
    Finish finish;
  };
  Job(Context& context, Terms terms) : context_(context), terms_(std::move(terms)) {}
  virtual ~Job() = default;
  Job(const Job&) = delete;
  Job& operator=(const Job&) = delete;
  virtual void start() = 0;
  virtual void expire() = 0;

 protected:
  // The job is gone soon after.
  void finish(Reply reply) { std::exchange(terms_.finish, nullptr)(std::move(reply)); }
  [[nodiscard]] bool is_finished() const { return terms_.finish == nullptr; }
  [[nodiscard]] Context& context() const { return context_; }
  [[nodiscard]] std::string allowed() const { return print_duration(terms_.allowed); }
  [[nodiscard]] Micros left() const;
  // For callbacks that may come after the job's end.
  [[nodiscard]] std::weak_ptr<bool> alive() const { return alive_; }

 private:
  Context& context_;
  Terms terms_;
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

// An exchange with a host: name to address, then what the derived job does with the address.
class HostJob : public Job {
 public:
  using Job::Job;
  void expire() final;

 protected:
  // The pinned address, the address that `host` is, or the first that it resolves to of the
  // preferred family; then `connect`, with the port that settings put in its place.
  void reach(const std::string& host, std::uint16_t port, const std::optional<IpAddress>& pin);
  // Before `reach`: what others wrote does not reach everywhere (probes/realm.h). `words` name it,
  // without a query.
  void restrain(const Lead& lead, std::string words);
  // The same after the roots of `trust` have been put into `verification`, with the host.
  struct Wanted {
    std::string host;
    std::uint16_t port = 0;
    std::optional<IpAddress> pin;
  };
  void reach_trusting(Wanted wanted, const Trust& trust, Verification& verification);
  virtual void connect(const Endpoint& endpoint) = 0;
  // The deadline passed after `connect`: `reply_` shall say in which phase. Nothing is delivered
  // here.
  virtual void give_up() = 0;
  // Hands over `reply_`, after the first look-up of the zone's name servers if that is still going.
  void deliver();
  void fail(Outcome outcome, std::string detail);
  // Where to bind for that peer, if anywhere.
  [[nodiscard]] std::optional<IpAddress> source_for(const IpAddress& peer) const;

  Reply reply_;

 private:
  void on_resolved(std::uint16_t port, Resolved resolved);
  void go(const IpAddress& address, std::uint16_t port);
  // Why that must not be connected to, as the reply's failure; or nothing.
  [[nodiscard]] bool is_refused(const IpAddress& address);
  void hand_over();

  std::string host_;  // empty: an address was given
  Lead lead_;
  std::string words_;
  Steady begun_{};
  bool is_loading_ = false;  // roots
  bool is_resolving_ = false;
  bool is_delivering_ = false;
};

// One kind of exchange a file.
[[nodiscard]] std::unique_ptr<Job> make_http_job(Context& context, HttpAsk ask, Job::Terms terms);
[[nodiscard]] std::unique_ptr<Job> make_tcp_job(Context& context, TcpAsk ask, Job::Terms terms);
[[nodiscard]] std::unique_ptr<Job> make_tls_job(Context& context, TlsAsk ask, Job::Terms terms);
[[nodiscard]] std::unique_ptr<Job> make_talk_job(Context& context, TalkAsk ask, Job::Terms terms);
[[nodiscard]] std::unique_ptr<Job> make_udp_job(Context& context, UdpAsk ask, Job::Terms terms);
[[nodiscard]] std::unique_ptr<Job> make_echo_job(Context& context, EchoAsk ask, Job::Terms terms);
[[nodiscard]] std::unique_ptr<Job> make_dns_job(Context& context, DnsAsk ask, Job::Terms terms);

}  // namespace bw::net
