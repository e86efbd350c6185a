// SPDX-License-Identifier: Apache-2.0
#include "daemon/rehearsal/events.h"

#include "daemon/rehearsal/chance.h"
#include "daemon/rehearsal/links.h"

#include <algorithm>
#include <map>

namespace bw::rehearsal {
namespace {

// Endpoint faults say something about one answer; the rest about the host it comes from.
bool is_about_answers(const Fault& fault) {
  return std::holds_alternative<HttpFault>(fault) || std::holds_alternative<PageFault>(fault) ||
         std::holds_alternative<LoginFault>(fault) || std::holds_alternative<JsonFault>(fault);
}

std::uint64_t vantage_mask(const WorldFile& world, const std::vector<std::string>& from) {
  if (from.empty()) return ~0ULL;
  std::uint64_t mask = 0;
  for (std::size_t i = 0; i < world.vantages.size() && i < 64; ++i) {
    if (std::ranges::find(from, world.vantages[i].id) != from.end()) mask |= 1ULL << i;
  }
  return mask;
}

// A host with all of its endpoints reached is reached itself, as far as sockets go.
std::vector<bool> whole_hosts(const WorldFile& world, const Reach& reach) {
  std::vector<int> endpoints(world.hosts.size());
  std::vector<int> reached(world.hosts.size());
  for (std::size_t i = 0; i < world.endpoints.size(); ++i) {
    const auto link = parse_link(world.endpoints[i].url);
    const int host = link ? find_host(world, link->host) : -1;
    if (host < 0) continue;
    ++endpoints[static_cast<std::size_t>(host)];
    if (reach.endpoints[i]) ++reached[static_cast<std::size_t>(host)];
  }
  auto whole = reach.hosts;
  for (std::size_t i = 0; i < whole.size(); ++i) {
    if (endpoints[i] > 0 && endpoints[i] == reached[i]) whole[i] = true;
  }
  return whole;
}

std::vector<std::string> changed_scripts(const WorldFile& world,
                                         const Reach& reach,
                                         const PageFault& fault) {
  std::vector<std::string> urls;
  for (const auto& source : {fault.add_script, fault.change_script}) {
    if (source.empty()) continue;
    for (std::size_t i = 0; i < world.endpoints.size(); ++i) {
      if (reach.endpoints[i]) urls.push_back(resolve_link(world.endpoints[i].url, source));
    }
  }
  std::ranges::sort(urls);
  urls.erase(std::ranges::unique(urls).begin(), urls.end());
  return urls;
}

std::uint64_t identity_of(const TlsFault& fault) {
  std::uint64_t identity = mix(hash_text(fault.issuer), fault.is_self_signed ? 1 : 0);
  for (const auto& name : fault.names)
    identity = mix(identity, hash_text(name));
  return identity;
}

void merge(DnsFault& into, const DnsFault& fault, double progress) {
  if (fault.rcode || fault.is_timeout || fault.is_bogus) {  // one way to fail replaces another
    into.rcode = fault.rcode;
    into.is_timeout = fault.is_timeout;
    into.is_bogus = fault.is_bogus;
  }
  if (fault.latency > Millis{0}) {
    into.latency =
        Millis{static_cast<std::int64_t>(static_cast<double>(fault.latency.count()) * progress)};
  }
  if (fault.a) into.a = fault.a;
  if (fault.ns) into.ns = fault.ns;
  if (fault.mx) into.mx = fault.mx;
  if (fault.caa) into.caa = fault.caa;
  if (!fault.cname.empty()) into.cname = fault.cname;
  if (fault.ttl) into.ttl = fault.ttl;
  if (fault.asn) into.asn = fault.asn;
}

void merge(TlsFault& into, const TlsFault& fault) {
  into.is_expired |= fault.is_expired;
  into.is_self_signed |= fault.is_self_signed;
  into.is_wrong_name |= fault.is_wrong_name;
  into.is_incomplete |= fault.is_incomplete;
  into.is_handshake_failing |= fault.is_handshake_failing;
  if (!fault.issuer.empty()) into.issuer = fault.issuer;
  if (fault.is_new_key) into.is_new_key = fault.is_new_key;
  if (!fault.names.empty()) into.names = fault.names;
}

void merge(Troubles& into, const HttpFault& fault, double progress) {
  auto& http = into.http;
  if (fault.status) http.status = fault.status;
  for (const auto& header : fault.headers) {
    std::erase_if(http.headers, [&](const Header& old) {
      return lower_case(old.name) == lower_case(header.name);
    });
    http.headers.push_back(header);
  }
  if (fault.body) http.body = fault.body;
  if (fault.latency) {
    http.latency = fault.latency;
    into.latency_part = progress;
  }
  if (fault.slow != 1) http.slow = 1 + (fault.slow - 1) * progress;
  if (!fault.redirect.empty()) http.redirect = fault.redirect;
  if (fault.retry_after) http.retry_after = fault.retry_after;
}

struct Merger {
  Troubles& into;
  const LiveEvent& live;
  double progress;

  void operator()(const DnsFault& fault) const { merge(into.dns, fault, progress); }
  void operator()(TcpFault fault) const { into.tcp = fault; }
  void operator()(const TlsFault& fault) const {
    merge(into.tls, fault);
    into.tls_identity = live.tls_identity;
    into.tls_since = live.tls_since;
  }
  void operator()(const HttpFault& fault) const { merge(into, fault, progress); }
  void operator()(const PageFault& fault) const { into.pages.push_back(&fault); }
  void operator()(LoginFault fault) const { into.login = fault; }
  void operator()(const JsonFault& fault) const { into.json.push_back(&fault); }
  void operator()(const BgpFault& fault) const {
    if (fault.is_withdrawn) into.is_withdrawn = true;
  }
  void operator()(const VantageFault& fault) const {
    into.is_vantage_down |= fault.is_down;
    into.is_resolver_broken |= fault.is_resolver_broken;
  }
  // Words, registries, logs and series: nothing that a connection meets.
  void operator()(const FeedFault&) const {}
  void operator()(const RdapFault&) const {}
  void operator()(const CtFault&) const {}
  void operator()(const AnnounceFault&) const {}
  void operator()(const MetricFault&) const {}
};

void merge(Troubles& into, const LiveEvent& live, const Request& request) {
  std::visit(Merger{.into = into, .live = live, .progress = live.progress(request.now)},
             live.event->fault);
}

}  // namespace

double LiveEvent::progress(Time now) const {
  if (event->ramp <= Millis{0} || now >= from + event->ramp) return 1;
  return static_cast<double>((now - from).count()) / static_cast<double>(event->ramp.count());
}

bool LiveEvent::hits(const Request& request, std::uint64_t seed) const {
  if (!is_on(request)) return false;
  const double share = event->share * progress(request.now);
  if (share >= 1) return true;
  const auto when = static_cast<std::uint64_t>(request.now.time_since_epoch().count());
  const auto draw = mix(mix(mix(seed, chance), mix(request.key, request.vantage)), when);
  return unit(draw) < share;
}

Timeline::Timeline(const WorldFile& world, const IncidentFile& incident, std::uint64_t seed)
    : seed_(mix(seed, hash_text(incident.id))) {
  std::map<std::uint64_t, Time> tls_since;
  events_.reserve(incident.events.size());
  for (const auto& event : incident.events) {
    LiveEvent live;
    live.event = &event;
    live.from = incident.t0 + event.at;
    live.to = incident.t0 + event.until;
    live.vantages = vantage_mask(world, event.from);
    live.chance = event.group.empty() ? mix(events_.size() + 1) : hash_text(event.group);
    live.reach = reach_of(world, event.on);
    live.whole_hosts = whole_hosts(world, live.reach);
    if (const auto* page = std::get_if<PageFault>(&event.fault)) {
      live.scripts = changed_scripts(world, live.reach, *page);
    }
    if (const auto* tls = std::get_if<TlsFault>(&event.fault)) {
      live.tls_identity = identity_of(*tls);
      const auto [at, is_first] = tls_since.try_emplace(live.tls_identity, live.from);
      if (!is_first) at->second = std::min(at->second, live.from);
    }
    events_.push_back(std::move(live));
  }
  for (auto& live : events_) {
    if (live.tls_identity != 0) live.tls_since = tls_since.at(live.tls_identity);
  }
  index(world);
}

void Timeline::index(const WorldFile& world) {
  by_endpoint_.resize(world.endpoints.size());
  by_host_.resize(world.hosts.size());
  by_feed_.resize(world.owners.size());
  feed_events_.resize(world.owners.size());
  const auto file = [](auto& lists, const std::vector<bool>& reached, const LiveEvent& live) {
    for (std::size_t i = 0; i < reached.size(); ++i) {
      if (reached[i]) lists[i].push_back(&live);
    }
  };
  for (const auto& live : events_) {
    const auto& fault = live.event->fault;
    if (std::holds_alternative<VantageFault>(fault)) of_vantages_.push_back(&live);
    if (!live.scripts.empty()) of_scripts_.push_back(&live);
    if (std::holds_alternative<FeedFault>(fault)) {
      file(feed_events_, live.reach.feeds, live);
      continue;
    }
    file(by_endpoint_, live.reach.endpoints, live);
    file(by_host_, is_about_answers(fault) ? live.reach.hosts : live.whole_hosts, live);
    file(by_feed_, live.reach.feeds, live);
  }
  for (auto& list : feed_events_) {
    std::ranges::stable_sort(list, {}, [](const LiveEvent* live) { return live->from; });
  }
}

Troubles Timeline::at(const Place& place, const Request& request) const {
  Troubles troubles;
  const auto add = [&](const std::vector<std::vector<const LiveEvent*>>& lists, int position) {
    for (const auto* live : lists[static_cast<std::size_t>(position)]) {
      if (live->hits(request, seed_)) merge(troubles, *live, request);
    }
  };
  for (const auto* live : of_vantages_) {
    if (!live->hits(request, seed_)) continue;
    merge(troubles, *live, request);
    const double loss = std::get<VantageFault>(live->event->fault).loss;
    const auto when = static_cast<std::uint64_t>(request.now.time_since_epoch().count());
    const auto draw = mix(mix(seed_, request.key), mix(live->chance, when + request.vantage));
    if (unit(draw) < loss * live->progress(request.now)) troubles.is_lost = true;
  }
  if (place.endpoint >= 0) {
    add(by_endpoint_, place.endpoint);
  } else if (place.feed >= 0) {
    add(by_feed_, place.feed);
  } else if (place.host >= 0) {
    add(by_host_, place.host);
  }
  return troubles;
}

const PageFault* Timeline::script_change(std::string_view url, const Request& request) const {
  const PageFault* change = nullptr;
  for (const auto* live : of_scripts_) {
    const bool is_it = std::ranges::binary_search(live->scripts, url);
    if (is_it && live->hits(request, seed_)) change = &std::get<PageFault>(live->event->fault);
  }
  return change;
}

std::optional<std::pair<Time, Time>> Timeline::expiry(int host) const {
  for (const auto& live : events_) {
    const auto* tls = std::get_if<TlsFault>(&live.event->fault);
    if (tls == nullptr || !tls->is_expired) continue;
    if (live.whole_hosts[static_cast<std::size_t>(host)]) return std::pair{live.from, live.to};
  }
  return std::nullopt;
}

}  // namespace bw::rehearsal
