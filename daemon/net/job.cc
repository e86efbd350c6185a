// SPDX-License-Identifier: Apache-2.0
#include "daemon/net/job.h"

#include "probes/realm.h"

#include <algorithm>
#include <utility>

namespace bw::net {
namespace {

// How long a reply that is complete waits for the first look-up of its zone's name servers.
constexpr Micros kZoneWait{1'000'000};

}  // namespace

void Gate::pass(std::function<void()> go) {
  if (loop_.turns() != turn_) {
    turn_ = loop_.turns();
    passed_ = 0;
  }
  if (waiting_.empty() && passed_ < per_turn_) {
    ++passed_;
    go();
    return;
  }
  waiting_.push_back(std::move(go));
  if (timer_ == 0) timer_ = loop_.after(Micros{0}, [this] { open(); });
}

void Gate::open() {
  timer_ = 0;
  turn_ = loop_.turns();
  for (passed_ = 0; passed_ < per_turn_ && !waiting_.empty(); ++passed_) {
    const auto go = std::move(waiting_.front());
    waiting_.pop_front();
    go();
  }
  if (!waiting_.empty()) timer_ = loop_.after(Micros{0}, [this] { open(); });
}

Micros Job::left() const {
  const auto left = terms_.deadline - context_.loop.turn().steady;
  return std::max(std::chrono::duration_cast<Micros>(left), Micros{1});
}

void HostJob::expire() {
  if (is_finished()) return;
  if (is_delivering_) {
    hand_over();
  } else if (is_loading_) {
    reply_.failure = Outcome::monitor_error;
    reply_.detail = "the trusted roots were not read in " + allowed();
    hand_over();
  } else if (is_resolving_) {
    reply_.phases.resolve =
        std::chrono::duration_cast<Micros>(std::chrono::steady_clock::now() - begun_);
    reply_.failure = Outcome::dns_timeout;
    reply_.detail =
        host_ + " did not resolve in " + allowed() + ": no answer from " + context().dns.asked();
    reply_.resolution.server = context().dns.asked();
    hand_over();
  } else {
    give_up();
    hand_over();
  }
}

void HostJob::reach(const std::string& host,
                    std::uint16_t port,
                    const std::optional<IpAddress>& pin) {
  if (const auto mapped = context().settings.ports.find(port);
      mapped != context().settings.ports.end()) {
    port = mapped->second;
  }
  reply_.phases.resolve = Micros{0};
  if (pin) {
    go(*pin, port);
    return;
  }
  if (const auto address = parse_address(host)) {
    go(*address, port);
    return;
  }
  host_ = fold_name(host);
  begun_ = std::chrono::steady_clock::now();
  is_resolving_ = true;
  context().resolver.resolve(host_, left(), [this, weak = alive(), port](Resolved resolved) {
    if (!weak.expired() && is_resolving_) on_resolved(port, std::move(resolved));
  });
}

void HostJob::reach_trusting(Wanted wanted, const Trust& trust, Verification& verification) {
  verification.is_verified = trust.is_verified;
  is_loading_ = true;
  context().roots.find(
      trust.ca_file,
      [this, weak = alive(), wanted = std::move(wanted), &verification](const auto& roots) {
        if (weak.expired() || is_finished()) return;
        is_loading_ = false;
        if (!roots) {
          fail(Outcome::monitor_error, roots.error());
          return;
        }
        verification.roots = *roots;
        reach(wanted.host, wanted.port, wanted.pin);
      });
}

void HostJob::on_resolved(std::uint16_t port, Resolved resolved) {
  is_resolving_ = false;
  reply_.phases.resolve =
      std::chrono::duration_cast<Micros>(std::chrono::steady_clock::now() - begun_);
  reply_.resolution = std::move(resolved.resolution);
  if (resolved.failure != Outcome::ok) {
    fail(resolved.failure, std::move(resolved.detail));
    return;
  }
  const auto& addresses = reply_.resolution.addresses;
  const auto preferred =
      std::ranges::find(addresses, context().settings.prefers_v6, &IpAddress::is_v6);
  go(preferred != addresses.end() ? *preferred : addresses.front(), port);
}

void HostJob::restrain(const Lead& lead, std::string words) {
  lead_ = lead;
  words_ = std::move(words);
}

bool HostJob::is_refused(const IpAddress& address) {
  const bool is_named = host_.empty();
  if (!may_reach(address, lead_, context().settings.follows_inside)) {
    reply_.failure = Outcome::leads_inside;
    reply_.detail = "leads to " + words_ + (is_named ? "" : " at " + print(address)) +
                    ", an address inside; not followed";
    return true;
  }
  // Whoever holds a name may point it to where a machine keeps its credentials; no customer reaches
  // anything there.
  if (is_named || realm_of(address) != Realm::special) return false;
  reply_.failure = Outcome::connect_unreachable;
  reply_.detail = host_ + " leads to " + print(address) + ", where no server can be; not connected";
  return true;
}

void HostJob::go(const IpAddress& address, std::uint16_t port) {
  if (is_refused(address)) {
    deliver();
    return;
  }
  reply_.address = address;
  connect({.address = address, .port = port});
}

void HostJob::fail(Outcome outcome, std::string detail) {
  reply_.failure = outcome;
  reply_.detail = std::move(detail);
  deliver();
}

void HostJob::deliver() {
  if (is_finished() || is_delivering_) return;
  is_delivering_ = true;
  Zones& zones = context().resolver.zones();
  if (host_.empty() || !zones.is_first_pending(host_)) {
    hand_over();
    return;
  }
  const auto go_on = [this, weak = alive()] {
    if (!weak.expired() && !is_finished()) hand_over();
  };
  zones.when_known(host_, go_on);
  context().loop.after(std::min(kZoneWait, left()), go_on);
}

void HostJob::hand_over() {
  if (!host_.empty()) {
    reply_.resolution.name_servers = context().resolver.zones().servers_of(host_);
    // The next look shall not trust an address that did not serve.
    if (phase_of(reply_.failure) == Phase::connect) context().resolver.forget(host_);
  }
  finish(std::move(reply_));
}

std::optional<IpAddress> HostJob::source_for(const IpAddress& peer) const {
  const auto& source = context().source;
  return source && source->is_v6 == peer.is_v6 ? source : std::nullopt;
}

}  // namespace bw::net
