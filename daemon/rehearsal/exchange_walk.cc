// SPDX-License-Identifier: Apache-2.0
#include "daemon/rehearsal/exchange_walk.h"

#include "daemon/rehearsal/chance.h"
#include "daemon/rehearsal/links.h"
#include "daemon/rehearsal/render_dns.h"
#include "daemon/rehearsal/render_tls.h"

#include <algorithm>

namespace bw::rehearsal {
namespace {

constexpr Micros kResolveMedian{9'000};
constexpr Micros kRoundTripMin{4'000};
constexpr Micros kOtherLatency{90'000};  // of what is no endpoint: scripts, feeds, "not found"
constexpr std::uint64_t kDrawResolve = 1;
constexpr std::uint64_t kDrawConnect = 2;
constexpr std::uint64_t kDrawTls = 3;
constexpr std::uint64_t kDrawWait = 4;
constexpr std::uint64_t kDrawLoss = 6;

Micros scale(Micros value, double factor) {
  return Micros{static_cast<std::int64_t>(static_cast<double>(value.count()) * factor)};
}

std::optional<IpAddress> server_address(const std::string& server) {
  if (const auto whole = parse_address(server)) return whole;
  return parse_address(server.substr(0, server.rfind(':')));
}

const Name* name_at(const Atlas& atlas, const IpAddress& address) {
  for (const auto& [key, name] : atlas.names()) {
    if (std::ranges::find(name.addresses, address) != name.addresses.end()) return &name;
  }
  return nullptr;
}

// Whose sockets and records are asked for: a host's before those of a feed that lies on it.
Place socket_place(const Name* name) {
  if (name == nullptr) return {};
  if (name->place.host >= 0) return {.host = name->place.host, .endpoint = -1, .feed = -1};
  return name->place;
}

std::string greeting(const std::string& host, std::uint16_t port) {
  if (port == 22) return "SSH-2.0-OpenSSH_9.2\r\n";
  return port == 25 || port == 587 ? "220 " + host + " ESMTP\r\n" : std::string();
}

}  // namespace

ExchangeWalk::ExchangeWalk(const World::State& state, const Asker& asker)
    : state_(state),
      request_{.vantage = asker.vantage, .now = asker.now, .key = 0},
      deadline_(asker.deadline) {}

std::uint64_t ExchangeWalk::draw(std::uint64_t of) const {
  const auto when = static_cast<std::uint64_t>(request_.now.time_since_epoch().count());
  return mix(mix(state_.seed, of), mix(mix(request_.key, request_.vantage), when));
}

std::string ExchangeWalk::peer(std::uint16_t port) const {
  return (reply_.address ? print(*reply_.address) : std::string("the server")) + ":" +
         std::to_string(port);
}

void ExchangeWalk::meet(const Place& place, std::string_view host) {
  request_.key = hash_text(lower_case(host));
  troubles_ = state_.timeline.at(place, request_);
  mishap_ = mishap(request_, state_.seed);
}

bool ExchangeWalk::fail(Micros& phase, Micros cost, Outcome failure, std::string detail) {
  phase = std::min(cost, patience());
  elapsed_ += phase;
  reply_.failure = failure;
  reply_.detail = std::move(detail);
  return false;
}

bool ExchangeWalk::hang(Micros& phase, Outcome timeout) {
  return fail(phase,
              patience(),
              timeout,
              "no answer within " + print_duration(std::chrono::floor<Millis>(deadline_)));
}

bool ExchangeWalk::spend(Micros& phase, Micros cost, Outcome on_timeout) {
  if (cost > patience()) return hang(phase, on_timeout);
  phase = cost;
  elapsed_ += cost;
  return true;
}

Micros ExchangeWalk::round_trip() const {
  // Each vantage is a fixed distance from each host; small parts of it vary.
  const auto distance =
      mix(name_ != nullptr ? hash_text(name_->name) : 0, request_.vantage + 1) % 32'000;
  const Micros base = kRoundTripMin + Micros{distance};
  return base + spread(base / 10, draw(kDrawConnect));
}

bool ExchangeWalk::resolve(const std::string& host, const std::optional<IpAddress>& pin) {
  auto& phase = reply_.phases.resolve;
  if (pin) {
    reply_.address = pin;
    name_ = state_.atlas.name(host);
    return true;
  }
  if (const auto literal = parse_address(host)) {
    reply_.address = literal;
    name_ = name_at(state_.atlas, *literal);
    return true;
  }
  name_ = state_.atlas.name(lower_case(host));
  if (troubles_.is_vantage_down) return hang(phase, Outcome::dns_timeout);
  const auto took = spread(kResolveMedian, draw(kDrawResolve));
  if (troubles_.is_resolver_broken) {
    return fail(phase, took, Outcome::dns_servfail, "the resolver could not answer for " + host);
  }
  // Of what gets lost, a part are questions to the resolver.
  if (troubles_.is_lost && draw(kDrawLoss) % 4 == 0) return hang(phase, Outcome::dns_timeout);
  if (troubles_.dns.is_timeout) return hang(phase, Outcome::dns_timeout);
  if (name_ == nullptr) {
    return fail(phase, took, Outcome::dns_nxdomain, host + " does not exist");
  }
  const DnsContext context{.world = state_.world, .now = request_.now, .seed = state_.seed};
  const auto failure = failure_of(context, troubles_);
  const auto slow = took + troubles_.dns.latency;
  if (failure != Outcome::ok) {
    return fail(phase, slow, failure, "no answer for " + host + ": " + std::string(print(failure)));
  }
  if (!spend(phase, slow, Outcome::dns_timeout)) return false;
  reply_.resolution = render_resolution(context, *name_, troubles_);
  const auto& addresses = reply_.resolution.addresses;
  if (addresses.empty()) {
    reply_.failure = Outcome::dns_no_address;
    reply_.detail = host + " has no address";
    return false;
  }
  reply_.address = addresses[draw(kDrawConnect) % addresses.size()];
  return true;
}

bool ExchangeWalk::is_unheard() const {
  return troubles_.is_vantage_down || troubles_.is_lost || troubles_.is_withdrawn ||
         mishap_ == Mishap::timeout || troubles_.tcp == TcpFault::timeout;
}

bool ExchangeWalk::connect(std::uint16_t port) {
  auto& phase = reply_.phases.connect;
  if (is_unheard()) {
    return hang(phase, Outcome::connect_timeout);
  }
  const auto took = round_trip();
  if (troubles_.tcp == TcpFault::refuse) {
    return fail(phase, took, Outcome::connect_refused, peer(port) + " refused the connection");
  }
  return spend(phase, took, Outcome::connect_timeout);
}

bool ExchangeWalk::handshake(const std::string& server_name, const Trust& trust) {
  auto& phase = reply_.phases.tls;
  const auto took = 2 * round_trip() + spread(Micros{2'000}, draw(kDrawTls));
  if (troubles_.tls.is_handshake_failing) {
    return fail(phase, took, Outcome::tls_handshake, "handshake failure alert from the server");
  }
  if (!spend(phase, took, Outcome::tls_timeout)) return false;
  Name stranger;
  stranger.name = server_name;
  const auto& name = name_ != nullptr ? *name_ : stranger;
  const auto expiry = name.place.host >= 0 ? state_.timeline.expiry(name.place.host) : std::nullopt;
  const auto plan = plan_certificate(state_.world, name, expiry, troubles_, request_.now);
  reply_.chain = render_chain(plan, server_name, request_.now);
  if (reply_.chain->trouble == Outcome::ok || !trust.is_verified) return true;
  reply_.failure = reply_.chain->trouble;
  reply_.detail = reply_.chain->why;
  return false;
}

void ExchangeWalk::exchange(const HttpAsk& ask, const Place& place) {
  auto& phase = reply_.phases.wait;
  Micros median = kOtherLatency;
  if (place.endpoint >= 0) {
    median = state_.world.endpoints[static_cast<std::size_t>(place.endpoint)].latency;
  }
  auto wait = spread(scale(median, time_of_day(state_.world, request_.now)), draw(kDrawWait));
  wait = scale(wait, troubles_.http.slow);
  if (troubles_.http.latency) {
    const Micros wanted = *troubles_.http.latency;
    wait += scale(wanted - wait, troubles_.latency_part);
  }
  if (troubles_.tcp == TcpFault::reset || mishap_ == Mishap::reset) {
    fail(phase, wait, Outcome::reply_reset, "the connection was reset");
    return;
  }
  if (!spend(phase, wait, Outcome::reply_timeout)) return;
  auto http = state_.http.render(ask, place, troubles_, request_);
  const Micros transfer{200 + static_cast<std::int64_t>(http.body.size() / 20)};
  if (spend(reply_.phases.transfer, transfer, Outcome::reply_stalled))
    reply_.http = std::move(http);
}

Reply ExchangeWalk::ask(const HttpAsk& ask) {
  const auto link = parse_link(ask.url);
  if (!link) {
    reply_.failure = Outcome::monitor_error;
    reply_.detail = "not an http or https URL";
    return std::move(reply_);
  }
  auto place = state_.atlas.place(ask.url);
  const int login = ask.method == "POST" ? state_.atlas.login_at(ask.url) : -1;
  if (login >= 0 && place.endpoint < 0) {
    const auto& endpoint = state_.world.endpoints[static_cast<std::size_t>(login)];
    const auto page = parse_link(endpoint.url);
    if (page && page->host == link->host) place.endpoint = login;
  }
  meet(place, link->host);
  if (login >= 0 && place.endpoint != login) {
    // The form leads to another host, whose network it meets; who is let in is the form's matter.
    const Place form{.host = -1, .endpoint = login, .feed = -1};
    troubles_.login = state_.timeline.at(form, request_).login;
  }
  const bool goes_on = resolve(link->host, ask.pin) && connect(link->port) &&
                       (!link->is_https || handshake(link->host, ask.trust));
  if (goes_on) exchange(ask, place);
  return std::move(reply_);
}

Reply ExchangeWalk::ask(const TlsAsk& ask) {
  const auto* name = state_.atlas.name(lower_case(ask.host));
  meet(socket_place(name), ask.host);
  if (resolve(ask.host, ask.pin) && connect(ask.port)) {
    if (troubles_.tcp == TcpFault::reset || mishap_ == Mishap::reset) {
      fail(reply_.phases.tls, round_trip(), Outcome::connect_reset, peer(ask.port) + " hung up");
    } else {
      handshake(ask.server_name.empty() ? ask.host : ask.server_name, ask.trust);
    }
  }
  return std::move(reply_);
}

Reply ExchangeWalk::ask(const TcpAsk& ask) {
  const auto* name = state_.atlas.name(lower_case(ask.host));
  meet(socket_place(name), ask.host);
  if (resolve(ask.host, ask.pin) && connect(ask.port)) {
    if (troubles_.tcp == TcpFault::reset || mishap_ == Mishap::reset) {
      fail(reply_.phases.wait, round_trip(), Outcome::connect_reset, peer(ask.port) + " hung up");
    } else if (ask.read_bytes_max > 0 &&
               spend(reply_.phases.wait, round_trip(), Outcome::reply_timeout)) {
      reply_.received = greeting(ask.host, ask.port).substr(0, ask.read_bytes_max);
    }
  }
  return std::move(reply_);
}

Reply ExchangeWalk::ask(const TalkAsk& ask) {
  const auto* name = state_.atlas.name(lower_case(ask.host));
  meet(socket_place(name), ask.host);
  if (!resolve(ask.host, ask.pin) || !connect(ask.port)) return std::move(reply_);
  if (troubles_.tcp == TcpFault::reset || mishap_ == Mishap::reset) {
    fail(reply_.phases.wait, round_trip(), Outcome::reply_reset, peer(ask.port) + " hung up");
    return std::move(reply_);
  }
  Micros waited{0};
  for (const auto& turn : ask.turns) {
    if (!turn.expect.empty()) {
      if (!spend(reply_.phases.wait, round_trip(), Outcome::reply_timeout)) break;
      waited += reply_.phases.wait;
      reply_.phases.wait = waited;
      const auto offer = turn.offer.empty() ? std::string() : "* " + turn.offer + "\r\n";
      const bool is_lines = turn.form == AnswerForm::lines;
      reply_.answers.push_back(offer + turn.expect.front() + (is_lines ? "\r\n" : ""));
    } else {
      reply_.answers.emplace_back();
    }
    const auto& server_name = ask.server_name.empty() ? ask.host : ask.server_name;
    if (turn.starts_tls && !handshake(server_name, ask.trust)) break;
  }
  return std::move(reply_);
}

Reply ExchangeWalk::ask(const UdpAsk& ask) {
  const auto* name = state_.atlas.name(lower_case(ask.host));
  meet(socket_place(name), ask.host);
  if (!resolve(ask.host, ask.pin)) return std::move(reply_);
  if (is_unheard()) {
    hang(reply_.phases.wait, Outcome::reply_timeout);
  } else if (troubles_.tcp == TcpFault::refuse) {
    fail(reply_.phases.wait, round_trip(), Outcome::connect_refused, peer(ask.port) + " refused");
  } else if (spend(reply_.phases.wait, round_trip(), Outcome::reply_timeout)) {
    reply_.received = ask.expect;
  }
  return std::move(reply_);
}

// Who refuses connections still answers echo requests.
Reply ExchangeWalk::ask(const EchoAsk& ask) {
  const auto* name = state_.atlas.name(lower_case(ask.host));
  meet(socket_place(name), ask.host);
  if (!resolve(ask.host, ask.pin)) return std::move(reply_);
  reply_.echoes = Echoes{.sent = ask.count, .round_trips = {}};
  if (is_unheard()) {
    hang(reply_.phases.wait, Outcome::connect_timeout);
  } else if (spend(reply_.phases.wait, round_trip(), Outcome::connect_timeout)) {
    reply_.echoes->round_trips.assign(static_cast<std::size_t>(ask.count), reply_.phases.wait);
  }
  return std::move(reply_);
}

bool ExchangeWalk::is_server_silent(const DnsAsk& ask) const {
  if (troubles_.is_vantage_down || troubles_.is_lost || troubles_.dns.is_timeout) return true;
  if (mishap_ != Mishap::none) return true;
  const auto address = server_address(ask.server);
  const auto* server = address ? name_at(state_.atlas, *address) : nullptr;
  if (server == nullptr || server->place.host < 0) return false;
  const auto troubles = state_.timeline.at(server->place, request_);
  return troubles.is_withdrawn || troubles.tcp.has_value();
}

void ExchangeWalk::answer(const DnsAsk& ask, std::uint16_t type) {
  DnsContext context{.world = state_.world, .now = request_.now, .seed = state_.seed};
  context.is_recursive = ask.is_recursive;
  DnsReply answer;
  if (troubles_.is_resolver_broken && ask.server.empty()) {
    answer.type = type;
    answer.rcode = 2;
    answer.failure = Outcome::dns_servfail;
  } else if (name_ == nullptr) {
    answer = render_nxdomain(context, lower_case(ask.name), type);
  } else {
    answer = render_answer(context, *name_, type, troubles_);
  }
  answer.server = ask.server.empty() ? "simulated" : ask.server;
  reply_.dns.push_back(std::move(answer));
}

Reply ExchangeWalk::ask(const DnsAsk& ask) {
  name_ = state_.atlas.name(lower_case(ask.name));
  meet(socket_place(name_), ask.name);
  auto& phase = reply_.phases.resolve;
  const auto took = spread(kResolveMedian, draw(kDrawResolve)) + troubles_.dns.latency;
  if (is_server_silent(ask) || took > patience()) {
    hang(phase, Outcome::dns_timeout);
    for (const auto type : ask.types) {
      DnsReply silence;
      silence.type = type;
      silence.failure = Outcome::dns_timeout;
      silence.server = ask.server.empty() ? "simulated" : ask.server;
      reply_.dns.push_back(std::move(silence));
    }
    return std::move(reply_);
  }
  spend(phase, took, Outcome::dns_timeout);
  for (const auto type : ask.types)
    answer(ask, type);
  const bool is_all_failed =
      !reply_.dns.empty() && std::ranges::all_of(reply_.dns, [](const DnsReply& each) {
        return each.failure != Outcome::ok;
      });
  if (is_all_failed) {
    reply_.failure = reply_.dns.front().failure;
    reply_.detail = "no answer for " + ask.name + ": " + std::string(print(reply_.failure));
  }
  return std::move(reply_);
}

}  // namespace bw::rehearsal
