// SPDX-License-Identifier: Apache-2.0
#include "daemon/rehearsal/chance.h"
#include "daemon/rehearsal/render_sensors.h"

#include <fmt/format.h>

#include <algorithm>

// Domains' registrations as RDAP tells them (RFC 9083).
namespace bw::rehearsal {
namespace {

using nlohmann::json;

constexpr std::string_view kType = "application/rdap+json";
constexpr std::string_view kRegistrar = "Anvil Registry Services";

struct Registration {
  std::vector<std::string> status{"client transfer prohibited", "server transfer prohibited"};
  std::string registrar{kRegistrar};
  std::vector<std::string> name_servers;
  Time changed{};
  Time expires{};
  bool is_signed = false;
};

SensorDocument not_found(std::string_view title) {
  const json error{{"rdapConformance", {"rdap_level_0"}},
                   {"errorCode", 404},
                   {"title", "Not Found"},
                   {"description", {title}}};
  return {.status = 404, .content_type = std::string(kType), .body = error.dump()};
}

bool is_about(const WorldFile& world, const LiveEvent& live, std::string_view domain) {
  for (std::size_t i = 0; i < world.hosts.size(); ++i) {
    if (live.reach.hosts[i] && registered_domain(world.hosts[i].name) == domain) return true;
  }
  return false;
}

// Registered on a day of its own, and paid for until well after anything that is played.
Registration normal(const SensorScene& scene, const Name& apex) {
  Registration record;
  record.name_servers = apex.name_servers;
  const auto identity = hash_text(apex.zone);
  const std::chrono::year_month_day today{std::chrono::floor<std::chrono::days>(scene.request.now)};
  const auto day = [&](int years, std::uint64_t draw) {
    const std::chrono::month month{static_cast<unsigned>(1 + draw % 12)};
    const std::chrono::day of_month{static_cast<unsigned>(1 + draw / 12 % 28)};
    return Time{
        std::chrono::sys_days{(today.year() + std::chrono::years{years}) / month / of_month}};
  };
  record.expires = day(2, identity);
  record.changed = day(-2, mix(identity));
  const auto place = apex.place.host;
  record.is_signed = place >= 0 && scene.world.hosts[static_cast<std::size_t>(place)].has_dnssec;
  return record;
}

void apply(const RdapFault& fault, Registration& record) {
  if (!fault.status.empty()) record.status = fault.status;
  if (!fault.registrar.empty()) record.registrar = fault.registrar;
  if (!fault.name_servers.empty()) record.name_servers = fault.name_servers;
  if (const auto day = parse_time(fault.expires + "T00:00:00Z")) record.expires = *day;
}

Registration registration(const SensorScene& scene, const Name& apex) {
  auto record = normal(scene, apex);
  for (const auto& live : scene.timeline.events()) {
    const auto* fault = std::get_if<RdapFault>(&live.event->fault);
    if (fault == nullptr || !is_about(scene.world, live, apex.zone)) continue;
    if (live.is_on(scene.request)) apply(*fault, record);
    // Undoing a change is one.
    for (const auto at : {live.from, live.to}) {
      if (fault->is_changed && at <= scene.request.now) {
        record.changed = std::max(record.changed, at);
      }
    }
  }
  return record;
}

json card(const std::string& name) {
  return {"vcard",
          {{"version", json::object(), "text", "4.0"}, {"fn", json::object(), "text", name}}};
}

json render(const Name& apex, const Registration& record) {
  json document{{"rdapConformance", {"rdap_level_0"}},
                {"objectClassName", "domain"},
                {"handle", fmt::format("D{}-EX", hash_text(apex.zone) % 100'000'000)},
                {"ldhName", apex.zone},
                {"status", record.status}};
  document["events"] = {
      {{"eventAction", "registration"}, {"eventDate", "2009-03-17T09:12:44Z"}},
      {{"eventAction", "expiration"}, {"eventDate", print_time(record.expires)}},
      {{"eventAction", "last changed"}, {"eventDate", print_time(record.changed)}}};
  document["entities"] =
      json::array({{{"objectClassName", "entity"},
                    {"handle", std::to_string(hash_text(record.registrar) % 4000)},
                    {"roles", {"registrar"}},
                    {"vcardArray", card(record.registrar)}}});
  auto& servers = document["nameservers"] = json::array();
  for (const auto& server : record.name_servers)
    servers.push_back({{"objectClassName", "nameserver"}, {"ldhName", server}});
  document["secureDNS"] = {{"delegationSigned", record.is_signed}};
  return document;
}

}  // namespace

SensorDocument render_registry(const SensorScene& scene, std::string_view path) {
  constexpr std::string_view kPath = "/domain/";
  if (!path.starts_with(kPath)) return not_found("There is nothing at this path.");
  const auto domain = lower_case(path.substr(kPath.size()));
  const auto* apex = scene.atlas.name(domain);
  if (apex == nullptr || apex->zone != domain) return not_found("No such domain is registered.");
  return {.status = 200,
          .content_type = std::string(kType),
          .body = render(*apex, registration(scene, *apex)).dump()};
}

}  // namespace bw::rehearsal
