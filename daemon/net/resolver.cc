// SPDX-License-Identifier: Apache-2.0
#include "daemon/net/resolver.h"

#include <algorithm>
#include <array>
#include <limits>
#include <optional>
#include <utility>

namespace bw::net {
namespace {

constexpr Micros kLookupMin{10'000'000};
constexpr Micros kOtherFamily{500'000};
constexpr std::uint32_t kTtlMax = 30;
constexpr std::size_t kKeptMax = 20'000;
constexpr std::size_t kAddressesMax = 64;
constexpr std::size_t kCnamesMax = 16;

bool is_local(const std::string& name) {
  return name == "localhost" || name.ends_with(".localhost");
}

Resolved loopback() {
  Resolved resolved;
  resolved.resolution.server = "built in";
  resolved.resolution.addresses = {parse_address("127.0.0.1").value_or(IpAddress{}),
                                   parse_address("::1").value_or(IpAddress{})};
  return resolved;
}

struct Followed {
  std::string end;  // where the chain of CNAMEs leads
  std::vector<std::string> cnames;
  std::vector<IpAddress> addresses;
  std::uint32_t ttl = std::numeric_limits<std::uint32_t>::max();
  bool is_negative = false;  // there is an SOA: the answer is complete
};

const DnsRecord* find_cname(const DnsMessage& message, const std::string& name) {
  const auto at = std::ranges::find_if(message.answer, [&](const DnsRecord& record) {
    return record.type == kTypeCname && record.name == name;
  });
  return at == message.answer.end() ? nullptr : &*at;
}

Followed follow(const DnsMessage& message, const std::string& name) {
  Followed followed;
  followed.end = name;
  while (followed.cnames.size() < kCnamesMax) {
    const DnsRecord* cname = find_cname(message, followed.end);
    if (cname == nullptr) break;
    followed.end = cname->data;
    followed.cnames.push_back(cname->data);
    followed.ttl = std::min(followed.ttl, cname->ttl);
  }
  for (const DnsRecord& record : message.answer) {
    const bool is_address = record.type == kTypeA || record.type == kTypeAaaa;
    if (!is_address || record.name != followed.end) continue;
    const auto address = parse_address(record.data);
    if (!address || followed.addresses.size() >= kAddressesMax) continue;
    followed.addresses.push_back(*address);
    followed.ttl = std::min(followed.ttl, record.ttl);
  }
  followed.is_negative = std::ranges::any_of(
      message.authority, [](const DnsRecord& record) { return record.type == kTypeSoa; });
  return followed;
}

}  // namespace

struct Resolver::Lookup {
  struct Waiter {
    Loop::Timer limit = 0;
    Done done;
  };
  std::string name;
  std::string current;              // the name that is asked for now
  std::vector<std::string> cnames;  // that led there
  std::uint32_t ttl = std::numeric_limits<std::uint32_t>::max();
  std::array<std::optional<DnsAnswer>, 2> answers;  // A, AAAA
  int round = 0;
  Loop::Timer other_family = 0;
  Steady until{};
  std::vector<Waiter> waiters;
};

Resolver::Resolver(Loop& loop, DnsClient& client)
    : loop_(loop), client_(client), zones_(loop, client) {}

Resolver::~Resolver() {
  for (const auto& [name, lookup] : lookups_) {
    loop_.cancel(lookup->other_family);
    for (const auto& waiter : lookup->waiters)
      loop_.cancel(waiter.limit);
  }
}

void Resolver::resolve(const std::string& name, Micros limit, Done done) {
  const std::string folded = fold_name(name);
  if (is_local(folded)) {
    done(loopback());
    return;
  }
  zones_.refresh(folded);
  const Steady now = loop_.turn().steady;
  if (const auto kept = kept_.find(folded); kept != kept_.end() && now < kept->second.until) {
    done({.failure = Outcome::ok, .detail = {}, .resolution = kept->second.resolution});
    return;
  }
  auto& lookup = lookups_[folded];
  const bool is_new = lookup == nullptr;
  if (is_new) {
    lookup = std::make_shared<Lookup>();
    lookup->name = folded;
    lookup->current = folded;
    lookup->until = now + std::max(limit, kLookupMin);
  }
  const std::size_t position = lookup->waiters.size();
  const std::weak_ptr<Lookup> weak = lookup;
  const auto on_limit = [this, weak, position, limit] {
    const auto held = weak.lock();
    if (!held || !held->waiters[position].done) return;
    const auto waiter_done = std::exchange(held->waiters[position].done, nullptr);
    const auto waited = std::chrono::duration_cast<Millis>(limit);
    Resolved late;
    late.failure = Outcome::dns_timeout;
    late.detail = held->current + " did not resolve in " + print_duration(waited) +
                  ": no answer from " + client_.asked();
    late.resolution.cnames = held->cnames;
    late.resolution.server = client_.asked();
    waiter_done(late);
  };
  lookup->waiters.push_back({.limit = loop_.after(limit, on_limit), .done = std::move(done)});
  if (is_new) ask(std::shared_ptr(lookup));
}

void Resolver::forget(const std::string& name) {
  kept_.erase(fold_name(name));
}

void Resolver::ask(const std::shared_ptr<Lookup>& lookup) {
  lookup->answers = {};
  const int round = ++lookup->round;
  const auto left = std::chrono::duration_cast<Micros>(lookup->until - loop_.turn().steady);
  for (const std::size_t family : {0UZ, 1UZ}) {
    client_.ask({.name = lookup->current, .type = family == 0 ? kTypeA : kTypeAaaa},
                std::max(left, Micros{1}),
                [this, weak = std::weak_ptr(lookup), family, round](DnsAnswer answer) {
                  const auto held = weak.lock();
                  if (held && held->round == round) read(held, family, std::move(answer));
                });
  }
}

void Resolver::read(const std::shared_ptr<Lookup>& lookup, std::size_t family, DnsAnswer answer) {
  const bool is_final = answer.failure == Outcome::dns_nxdomain;
  const bool is_useful =
      answer.failure == Outcome::ok && !follow(answer.message, lookup->current).addresses.empty();
  lookup->answers[family] = std::move(answer);
  if (is_final || (lookup->answers[0] && lookup->answers[1])) {
    conclude(lookup);
  } else if (is_useful && lookup->other_family == 0) {
    lookup->other_family = loop_.after(kOtherFamily, [this, weak = std::weak_ptr(lookup)] {
      if (const auto held = weak.lock()) {
        held->other_family = 0;
        conclude(held);
      }
    });
  }
}

void Resolver::conclude(const std::shared_ptr<Lookup>& lookup) {
  loop_.cancel(std::exchange(lookup->other_family, 0));
  ++lookup->round;  // what still comes is late
  Resolved resolved;
  Followed longest;
  longest.end = lookup->current;
  bool is_negative = false;
  for (const auto& answer : lookup->answers) {
    if (!answer) continue;
    auto followed = follow(answer->message, lookup->current);
    resolved.resolution.addresses.insert(
        resolved.resolution.addresses.end(), followed.addresses.begin(), followed.addresses.end());
    lookup->ttl = std::min(lookup->ttl, followed.ttl);
    is_negative = is_negative || followed.is_negative;
    resolved.resolution.server = answer->server;
    if (followed.cnames.size() >= longest.cnames.size()) longest = std::move(followed);
    const bool tells_more =
        answer->failure == Outcome::dns_nxdomain || resolved.failure == Outcome::ok;
    if (answer->failure != Outcome::ok && tells_more) {
      resolved.failure = answer->failure;
      resolved.detail = answer->detail;
    }
  }
  lookup->cnames.insert(lookup->cnames.end(), longest.cnames.begin(), longest.cnames.end());
  resolved.resolution.cnames = lookup->cnames;
  if (!resolved.resolution.addresses.empty()) {
    resolved.failure = Outcome::ok;
    resolved.detail.clear();
    keep(lookup->name, resolved.resolution, lookup->ttl);
  } else if (resolved.failure == Outcome::ok) {
    // A server that only knows its own zones leaves the rest of the chain to whoever asks.
    if (!longest.cnames.empty() && !is_negative && lookup->cnames.size() < kCnamesMax) {
      lookup->current = longest.end;
      ask(lookup);
      return;
    }
    resolved.failure = Outcome::dns_no_address;
    resolved.detail = resolved.resolution.server + " knows " + longest.end + " without an address";
  }
  finish(lookup, resolved);
}

void Resolver::finish(const std::shared_ptr<Lookup>& lookup, const Resolved& resolved) {
  lookups_.erase(lookup->name);  // the caller holds it
  for (auto& waiter : lookup->waiters) {
    loop_.cancel(waiter.limit);
    if (waiter.done) std::exchange(waiter.done, nullptr)(resolved);
  }
}

void Resolver::keep(const std::string& name, const Resolution& resolution, std::uint32_t ttl) {
  if (ttl == 0) return;
  const Steady now = loop_.turn().steady;
  if (kept_.size() >= kKeptMax) {
    std::erase_if(kept_, [now](const auto& entry) { return entry.second.until <= now; });
    if (kept_.size() >= kKeptMax) kept_.clear();
  }
  kept_[name] = {.resolution = resolution, .until = now + Seconds{std::min(ttl, kTtlMax)}};
}

}  // namespace bw::net
