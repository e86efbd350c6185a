// SPDX-License-Identifier: Apache-2.0
#include "daemon/net/dns_client.h"

#include <ares.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <utility>

namespace bw::net {
namespace {

// When the next server is asked beside the one that is silent; the last repeats.
constexpr std::array<Micros, 4> kPatience{
    Micros{500'000}, Micros{800'000}, Micros{1'200'000}, Micros{2'000'000}};
constexpr std::size_t kTriesMin = 3;
constexpr std::size_t kTriesMax = 6;
constexpr std::size_t kConfiguredMax = 8;
// Servers that dns targets name keep their channel; more than this, and idle ones go.
constexpr std::size_t kServersMax = 64;

std::vector<Endpoint> system_servers() {
  std::vector<Endpoint> found;
  ares_channeldata* channel = nullptr;
  if (ares_init(&channel) != ARES_SUCCESS) return found;
  ares_addr_port_node* nodes = nullptr;
  if (ares_get_servers_ports(channel, &nodes) == ARES_SUCCESS) {
    for (const auto* node = nodes; node != nullptr; node = node->next) {
      Endpoint endpoint;
      endpoint.address.is_v6 = node->family == AF_INET6;
      std::memcpy(endpoint.address.bytes.data(), &node->addr, endpoint.address.is_v6 ? 16 : 4);
      endpoint.port =
          node->udp_port == 0 ? std::uint16_t{53} : static_cast<std::uint16_t>(node->udp_port);
      found.push_back(endpoint);
    }
    ares_free_data(nodes);
  }
  ares_destroy(channel);
  return found;
}

Outcome outcome_of(int rcode) {
  switch (rcode) {
    case 0:
      return Outcome::ok;
    case kRcodeNxDomain:
      return Outcome::dns_nxdomain;
    case kRcodeRefused:
      return Outcome::dns_refused;
    default:
      return Outcome::dns_servfail;
  }
}

// RFC 8914: 6 DNSSEC Bogus, 7 Signature Expired, 8 Not Yet Valid, 9 DNSKEY Missing, 10 RRSIGs
// Missing, 11 No Zone Key Bit Set, 12 NSEC Missing.
bool is_bogus(const DnsMessage& message) {
  return message.extended_error && *message.extended_error >= 6 && *message.extended_error <= 12;
}

std::string describe(const DnsAnswer& answer, const DnsQuestion& question) {
  std::string text = answer.server;
  switch (answer.message.rcode) {
    case kRcodeNxDomain:
      text += " says that " + question.name + " does not exist";
      break;
    case kRcodeServFail:
      text += " failed to resolve " + question.name + " (SERVFAIL)";
      break;
    case kRcodeRefused:
      text += " refuses to resolve " + question.name;
      break;
    default:
      text +=
          " answered for " + question.name + " with rcode " + std::to_string(answer.message.rcode);
  }
  if (answer.message.extended_error) {
    text += ", extended error " + std::to_string(*answer.message.extended_error);
  }
  return text;
}

std::string describe(NameServer::Trouble trouble) {
  switch (trouble) {
    case NameServer::Trouble::silent:
      return " did not answer";
    case NameServer::Trouble::unreachable:
      return " cannot be reached: nothing listens there";
    case NameServer::Trouble::malformed:
      return " answered with something that is no DNS message";
    case NameServer::Trouble::bad_name:
      return " was not asked: that is no host name";
    case NameServer::Trouble::overloaded:
      return " has too many queries waiting";
  }
  return {};
}

}  // namespace

struct DnsClient::Asking {
  std::uint64_t id = 0;
  DnsQuestion question;
  std::vector<Endpoint> servers;
  std::vector<bool> has_failed;  // answered with a failure: not asked again
  std::size_t first = 0;         // position of the preferred server
  bool is_configured = false;
  std::size_t tries = 0;
  std::size_t outstanding = 0;
  Micros limit{0};
  Loop::Timer deadline = 0;
  Loop::Timer patience = 0;
  Done done;
  DnsAnswer worst;  // the failure that tells most so far
  std::size_t worst_position = 0;
  bool is_checking = false;
  bool is_done = false;

  // What is told of a server that gave no answer, unless another one answers.
  void blame(const std::string& server, NameServer::Trouble trouble) {
    if (worst.is_answered) return;
    worst.server = server;
    worst.detail = server + describe(trouble);
    const bool is_ours =
        trouble == NameServer::Trouble::bad_name || trouble == NameServer::Trouble::overloaded;
    worst.failure = is_ours ? Outcome::monitor_error : Outcome::dns_timeout;
  }
};

DnsClient::DnsClient(Loop& loop,
                     const std::vector<std::string>& servers,
                     const std::optional<IpAddress>& source)
    : loop_(loop), source_(source) {
  for (const auto& text : servers) {
    if (const auto endpoint = parse_endpoint(text, 53)) {
      configured_.push_back(*endpoint);
    } else {
      trouble_ = "\"" + text.substr(0, 60) + "\" is not the address of a name server";
    }
  }
  if (servers.empty()) configured_ = system_servers();
  if (configured_.size() > kConfiguredMax) configured_.resize(kConfiguredMax);
}

DnsClient::~DnsClient() {
  loop_.cancel(prune_);
  for (const auto& [id, asking] : askings_) {
    asking->is_done = true;
    loop_.cancel(asking->deadline);
    loop_.cancel(asking->patience);
  }
}

void DnsClient::ask(const DnsQuestion& question, Micros limit, Done done) {
  auto asking = std::make_shared<Asking>();
  asking->question = question;
  asking->servers = configured_;
  asking->first = preferred_;
  asking->is_configured = true;
  asking->done = std::move(done);
  begin(std::move(asking), limit);
}

void DnsClient::ask(const Endpoint& server, const DnsQuestion& question, Micros limit, Done done) {
  auto asking = std::make_shared<Asking>();
  asking->question = question;
  asking->servers = {server};
  asking->done = std::move(done);
  begin(std::move(asking), limit);
}

std::string DnsClient::asked() const {
  std::string names;
  for (const Endpoint& endpoint : configured_) {
    if (!names.empty()) names += ", ";
    names += print(endpoint);
  }
  return names;
}

void DnsClient::begin(std::shared_ptr<Asking> asking, Micros limit) {
  asking->id = ++next_id_;
  asking->limit = limit;
  asking->has_failed.resize(asking->servers.size());
  askings_.emplace(asking->id, asking);
  if (asking->servers.empty()) {
    loop_.after(Micros{0}, [this, weak = std::weak_ptr(asking)] {
      if (const auto held = weak.lock(); held && !held->is_done) {
        held->worst.failure = Outcome::monitor_error;
        held->worst.detail = trouble_.empty() ? "no name server is configured" : trouble_;
        finish(held, std::move(held->worst));
      }
    });
    return;
  }
  asking->deadline = loop_.after(limit, [this, weak = std::weak_ptr(asking)] {
    const auto held = weak.lock();
    if (!held || held->is_done) return;
    if (held->worst.detail.empty()) {
      const auto waited = std::chrono::duration_cast<Millis>(held->limit);
      held->worst.detail = held->worst.server + " did not answer in " + print_duration(waited);
    }
    finish(held, std::move(held->worst));
  });
  try_next(asking);
}

void DnsClient::try_next(const std::shared_ptr<Asking>& asking) {
  loop_.cancel(std::exchange(asking->patience, 0));
  const std::size_t count = asking->servers.size();
  const std::size_t tries_max = std::clamp(2 * count, kTriesMin, kTriesMax);
  if (std::ranges::all_of(asking->has_failed, std::identity{}) || asking->tries >= tries_max) {
    if (asking->outstanding == 0) give_up(asking);
    return;
  }
  std::size_t position = (asking->first + asking->tries) % count;
  while (asking->has_failed[position])
    position = (position + 1) % count;
  const Micros patience = kPatience[std::min(asking->tries, kPatience.size() - 1)];
  ++asking->tries;
  ++asking->outstanding;
  asking->patience = loop_.after(patience, [this, weak = std::weak_ptr(asking)] {
    if (const auto held = weak.lock(); held && !held->is_done) {
      held->patience = 0;
      try_next(held);
    }
  });
  NameServer& server = server_at(asking->servers[position]);
  if (!asking->worst.is_answered && asking->worst.server.empty()) {
    asking->worst.failure = Outcome::dns_timeout;
    asking->worst.server = server.name();
  }
  const std::weak_ptr<Asking> weak = asking;
  server.ask(
      asking->question,
      [this, weak, position](NameServer::Answer answer) {
        const auto held = weak.lock();
        if (held && !held->is_done) read(held, position, std::move(answer));
      },
      [weak] {
        const auto held = weak.lock();
        return held && !held->is_done;
      });
}

void DnsClient::read(const std::shared_ptr<Asking>& asking,
                     std::size_t tried,
                     NameServer::Answer answer) {
  --asking->outstanding;
  const std::string server = print(asking->servers[tried]);
  if (!answer) {
    const auto trouble = answer.error();
    asking->blame(server, trouble);
    // One that is merely silent may be asked again.
    if (trouble != NameServer::Trouble::silent) asking->has_failed[tried] = true;
    try_next(asking);
    return;
  }
  DnsAnswer found{.failure = outcome_of(answer->rcode),
                  .detail = {},
                  .server = server,
                  .is_answered = true,
                  .message = std::move(*answer)};
  if (found.failure == Outcome::ok || found.failure == Outcome::dns_nxdomain) {
    if (asking->is_configured) preferred_ = tried;
    if (found.failure != Outcome::ok) found.detail = describe(found, asking->question);
    finish(asking, std::move(found));
    return;
  }
  found.detail = describe(found, asking->question);
  // SERVFAIL tells more about the zone than REFUSED, which is about us and that server.
  if (!asking->worst.is_answered || asking->worst.failure == Outcome::dns_refused) {
    asking->worst = std::move(found);
    asking->worst_position = tried;
  }
  asking->has_failed[tried] = true;
  try_next(asking);
}

// Nobody has a useful answer.
void DnsClient::give_up(const std::shared_ptr<Asking>& asking) {
  if (is_bogus(asking->worst.message)) asking->worst.failure = Outcome::dns_bogus;
  const bool is_worth_a_check = asking->worst.failure == Outcome::dns_servfail &&
                                asking->worst.message.is_recursion_available &&
                                !asking->question.is_unchecked;
  if (is_worth_a_check && !asking->is_checking) {
    check_bogus(asking);
  } else {
    finish(asking, std::move(asking->worst));
  }
}

// A validating resolver says SERVFAIL both for zones that are down and for zones whose signatures
// are wrong; with validation switched off (CD) only the latter resolve.
void DnsClient::check_bogus(const std::shared_ptr<Asking>& asking) {
  asking->is_checking = true;
  DnsQuestion unchecked = asking->question;
  unchecked.is_unchecked = true;
  const std::weak_ptr<Asking> weak = asking;
  server_at(asking->servers[asking->worst_position])
      .ask(
          unchecked,
          [this, weak](const NameServer::Answer& answer) {
            const auto held = weak.lock();
            if (!held || held->is_done) return;
            if (answer && outcome_of(answer->rcode) == Outcome::ok) {
              held->worst.failure = Outcome::dns_bogus;
              held->worst.detail += ", and resolves it when DNSSEC validation is switched off";
            }
            finish(held, std::move(held->worst));
          },
          [weak] {
            const auto held = weak.lock();
            return held && !held->is_done;
          });
}

void DnsClient::finish(const std::shared_ptr<Asking>& asking, DnsAnswer answer) {
  asking->is_done = true;
  loop_.cancel(asking->deadline);
  loop_.cancel(asking->patience);
  askings_.erase(asking->id);
  asking->done(std::move(answer));
}

NameServer& DnsClient::server_at(const Endpoint& endpoint) {
  auto found = servers_.find(endpoint);
  if (found == servers_.end()) {
    // Later: this may be running inside an answer of one of them.
    if (servers_.size() >= kServersMax && prune_ == 0) {
      prune_ = loop_.after(Micros{0}, [this] {
        prune_ = 0;
        std::erase_if(servers_, [](const auto& entry) { return entry.second->is_idle(); });
      });
    }
    found = servers_
                .emplace(endpoint,
                         std::make_unique<NameServer>(loop_, endpoint, source_, queries_total_))
                .first;
  }
  return *found->second;
}

}  // namespace bw::net
