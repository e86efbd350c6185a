// SPDX-License-Identifier: Apache-2.0
#include "daemon/rehearsal/atlas.h"

#include "daemon/rehearsal/chance.h"
#include "daemon/rehearsal/links.h"
#include "daemon/rehearsal/render_sensors.h"

#include <algorithm>

namespace bw::rehearsal {
namespace {

// 100.64.0.0/10 (RFC 6598) is in nobody's world: an address that cannot be mistaken for a host's.
IpAddress made_up_address(std::string_view name) {
  const auto hash = hash_text(name);
  IpAddress address;
  address.bytes = {100,
                   static_cast<std::uint8_t>(64 + hash % 64),
                   static_cast<std::uint8_t>(hash >> 8),
                   static_cast<std::uint8_t>(hash >> 16 | 1)};
  return address;
}

bool is_behind_cdn(const WorldFile& world, const HostEntry& host) {
  return std::ranges::any_of(host.behind, [&](const std::string& id) {
    const auto owner = std::ranges::find(world.owners, id, &Owner::id);
    return owner != world.owners.end() && owner->role == "cdn";
  });
}

std::string without_query(std::string_view url) {
  return std::string(url.substr(0, url.find('?')));
}

// How well a name stands for its zone's own: the lower, the better.
int apex_rank(const Name& name) {
  if (name.name == name.zone) return 0;
  if (name.name == "www." + name.zone) return 1;
  return name.place.host >= 0 ? 2 : 3;
}

}  // namespace

Atlas::Atlas(const WorldFile& world, const IncidentFile& incident) {
  add_hosts(world);
  add_feeds(world);
  add_endpoints(world);
  add_scripts(world);
  add_strangers(incident);
  for (const auto host : {kRegistryHost, kLogHost, kRouteHost})
    speak_of(std::string(host));
  speak_of(series_host(world));
  add_zones();
  for (const auto& host : world.hosts)
    hosts_.push_back(&names_.at(host.name));
  for (const auto& [key, name] : names_) {
    if (name.place.host < 0 && name.place.feed >= 0) hosts_.push_back(&name);
  }
}

Name& Atlas::speak_of(const std::string& name) {
  auto [at, is_new] = names_.try_emplace(name);
  if (is_new) {
    at->second.name = name;
    at->second.addresses = {made_up_address(name)};
    at->second.zone = registered_domain(name);
    at->second.name_servers = {"ns1." + at->second.zone, "ns2." + at->second.zone};
  }
  return at->second;
}

void Atlas::speak_of_url(const std::string& url) {
  if (const auto link = parse_link(url)) speak_of(link->host);
}

void Atlas::add_hosts(const WorldFile& world) {
  for (std::size_t i = 0; i < world.hosts.size(); ++i) {
    const auto& host = world.hosts[i];
    auto& name = speak_of(host.name);
    name.place.host = static_cast<int>(i);
    name.addresses = host.addresses;
    name.name_servers = host.name_servers;
    name.is_rotating = is_behind_cdn(world, host);
    for (const auto& server : host.name_servers)
      speak_of(server);
  }
}

void Atlas::add_feeds(const WorldFile& world) {
  for (std::size_t i = 0; i < world.owners.size(); ++i) {
    const auto& feed = world.owners[i].feed;
    if (!feed) continue;
    const auto link = parse_link(feed->url);
    if (!link) continue;
    auto& name = speak_of(link->host);
    if (name.place.feed < 0) name.place.feed = static_cast<int>(i);
    urls_[print_link(*link)] = {
        .host = name.place.host, .endpoint = -1, .feed = static_cast<int>(i)};
  }
}

void Atlas::add_endpoints(const WorldFile& world) {
  for (std::size_t i = 0; i < world.endpoints.size(); ++i) {
    const auto& endpoint = world.endpoints[i];
    const auto link = parse_link(endpoint.url);
    if (!link) continue;
    auto& place = urls_[endpoint.url];  // a feed at the same address stays one
    place.host = speak_of(link->host).place.host;
    place.endpoint = static_cast<int>(i);
    if (!endpoint.form_action.empty()) {
      speak_of_url(resolve_link(endpoint.url, endpoint.form_action));
    }
    if (endpoint.kind != "login") continue;
    logins_[without_query(endpoint.url)] = static_cast<int>(i);
    if (!endpoint.form_action.empty()) {
      const auto action = resolve_link(endpoint.url, endpoint.form_action);
      logins_[without_query(action)] = static_cast<int>(i);
    }
  }
}

void Atlas::add_scripts(const WorldFile& world) {
  for (const auto& endpoint : world.endpoints) {
    for (const auto& source : endpoint.scripts)
      add_script(world, endpoint, resolve_link(endpoint.url, source));
  }
}

void Atlas::add_script(const WorldFile& world, const Endpoint& page, const std::string& url) {
  const auto link = parse_link(url);
  if (!link) return;
  const auto host = speak_of(link->host).place.host;
  const bool is_own = host >= 0 && world.hosts[static_cast<std::size_t>(host)].owner == "own";
  const auto churn = is_own ? page.churn.app_script : page.churn.tag_script;
  auto& script = scripts_[url];
  // Pages may disagree about a script that they share: the busiest is right.
  if (churn > Millis{0} && (script.churn == Millis{0} || churn < script.churn)) {
    script.churn = churn;
  }
}

// Names that nobody speaks of before the incident.
void Atlas::add_strangers(const IncidentFile& incident) {
  for (const auto& event : incident.events) {
    if (const auto* page = std::get_if<PageFault>(&event.fault)) {
      speak_of_url(page->add_script);
      speak_of_url(page->add_iframe);
    } else if (const auto* dns = std::get_if<DnsFault>(&event.fault)) {
      if (!dns->cname.empty()) speak_of(dns->cname);
    }
  }
}

void Atlas::add_zones() {
  // The registered domain answers like "www." of it, or like the first host that the world has in
  // it: one of them is "its apex host".
  std::map<std::string, const Name*> apexes;
  for (const auto& [key, name] : names_) {
    auto& apex = apexes[name.zone];
    if (apex == nullptr || apex_rank(name) < apex_rank(*apex)) apex = &name;
  }
  for (const auto& [zone, best] : apexes) {
    auto copy = *best;
    copy.name = zone;
    copy.is_apex = true;
    names_[zone] = std::move(copy);
  }
}

const Name* Atlas::name(std::string_view name) const {
  const auto at = names_.find(name);
  return at == names_.end() ? nullptr : &at->second;
}

Place Atlas::place(std::string_view url) const {
  if (const auto exact = urls_.find(url); exact != urls_.end()) return exact->second;
  const auto link = parse_link(url);
  if (!link) return {};
  auto at = urls_.find(print_link(*link));
  if (at == urls_.end()) at = urls_.find(without_query(print_link(*link)));
  if (at != urls_.end()) return at->second;
  const auto* found = name(link->host);
  return found == nullptr ? Place{} : Place{.host = found->place.host, .endpoint = -1, .feed = -1};
}

const ScriptSource* Atlas::script(std::string_view url) const {
  const auto at = scripts_.find(without_query(url));
  return at == scripts_.end() ? nullptr : &at->second;
}

int Atlas::login_at(std::string_view url) const {
  const auto at = logins_.find(url.substr(0, url.find('?')));
  return at == logins_.end() ? -1 : at->second;
}

}  // namespace bw::rehearsal
