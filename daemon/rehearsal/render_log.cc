// SPDX-License-Identifier: Apache-2.0
#include "daemon/rehearsal/chance.h"
#include "daemon/rehearsal/render_sensors.h"
#include "daemon/rehearsal/render_tls.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

// Certificates as a monitor of transparency logs lists them: Cert Spotter's issuances.
namespace bw::rehearsal {
namespace {

using nlohmann::json;

constexpr std::string_view kType = "application/json";
constexpr std::size_t kPage = 100;
constexpr Millis kDay{std::chrono::hours{24}};
constexpr Millis kEventLife = 90 * kDay;

struct Issuance {
  std::uint64_t id = 0;  // in the order of logging
  std::uint64_t identity = 0;
  std::string issuer;
  std::vector<std::string> names;
  Time begin{};
  Time end{};
};

bool is_below(std::string_view name, const std::string& domain) {
  return name == domain || name.ends_with("." + domain);
}

std::uint64_t id_at(Time logged, std::uint64_t identity) {
  return static_cast<std::uint64_t>(logged.time_since_epoch().count()) * 100 + identity % 100;
}

// The certificate in use and those before it that have not ended.
void add_renewals(const SensorScene& scene, std::size_t host, std::vector<Issuance>& list) {
  const auto& entry = scene.world.hosts[host];
  const auto* name = scene.atlas.name(entry.name);
  if (name == nullptr || entry.ca.empty()) return;
  const auto expiry = scene.timeline.expiry(static_cast<int>(host));
  Time at = scene.request.now;
  constexpr int kLivesMax = 3;
  for (int i = 0; i < kLivesMax; ++i) {
    const auto plan = plan_certificate(scene.world, *name, expiry, {}, at);
    if (plan.not_after <= scene.request.now) return;
    list.push_back({.id = id_at(plan.not_before, plan.serial_identity),
                    .identity = plan.serial_identity,
                    .issuer = plan.issuer,
                    .names = plan.names,
                    .begin = plan.not_before,
                    .end = plan.not_after});
    at = plan.not_before - Millis{1};
  }
}

// What has been logged stays logged, whatever becomes of the certificate.
void add_events(const SensorScene& scene, const std::string& domain, std::vector<Issuance>& list) {
  for (const auto& live : scene.timeline.events()) {
    const auto* fault = std::get_if<CtFault>(&live.event->fault);
    if (fault == nullptr || live.from > scene.request.now) continue;
    const bool is_its = std::ranges::any_of(
        fault->names, [&](const std::string& name) { return is_below(lower_case(name), domain); });
    if (!is_its) continue;
    const auto identity = mix(hash_text(fault->issuer), hash_text(fault->names.front()));
    list.push_back({.id = id_at(live.from, identity),
                    .identity = identity,
                    .issuer = fault->issuer,
                    .names = fault->names,
                    .begin = live.from - std::chrono::hours{1},
                    .end = live.from - std::chrono::hours{1} + kEventLife});
  }
}

std::string digest(std::uint64_t identity) {
  return fmt::format("{:016x}{:016x}{:016x}{:016x}",
                     mix(identity, 11),
                     mix(identity, 12),
                     mix(identity, 13),
                     mix(identity, 14));
}

json render(const Issuance& one) {
  return {{"id", std::to_string(one.id)},
          {"tbs_sha256", digest(one.identity)},
          {"cert_sha256", digest(mix(one.identity))},
          {"dns_names", one.names},
          {"pubkey_sha256", digest(mix(one.identity, 2))},
          {"issuer",
           {{"friendly_name", one.issuer.substr(0, one.issuer.find(' '))},
            {"name", "C=ZZ, " + issuer_name(one.issuer)},
            {"pubkey_sha256", digest(hash_text(one.issuer))}}},
          {"not_before", print_time(one.begin)},
          {"not_after", print_time(one.end)},
          {"revoked", false}};
}

}  // namespace

SensorDocument render_log(const SensorScene& scene, std::string_view path) {
  const auto domain = lower_case(parameter(path, "domain"));
  if (!path.starts_with("/v1/issuances") || domain.empty()) {
    const json error{{"code", "not_found"}, {"message", "There is nothing at this path."}};
    return {.status = 404, .content_type = std::string(kType), .body = error.dump()};
  }
  std::uint64_t after = 0;
  const auto given = parameter(path, "after");
  std::from_chars(given.data(), given.data() + given.size(), after);
  std::vector<Issuance> list;
  for (std::size_t i = 0; i < scene.world.hosts.size(); ++i) {
    if (is_below(scene.world.hosts[i].name, domain)) add_renewals(scene, i, list);
  }
  add_events(scene, domain, list);
  std::erase_if(list, [&](const Issuance& one) { return one.id <= after; });
  std::ranges::sort(list, {}, &Issuance::id);
  if (list.size() > kPage) list.resize(kPage);
  json page = json::array();
  for (const auto& one : list)
    page.push_back(render(one));
  return {.status = 200, .content_type = std::string(kType), .body = page.dump()};
}

}  // namespace bw::rehearsal
