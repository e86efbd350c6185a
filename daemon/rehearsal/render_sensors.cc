// SPDX-License-Identifier: Apache-2.0
#include "daemon/rehearsal/render_sensors.h"

#include <algorithm>

namespace bw::rehearsal {

std::string series_host(const WorldFile& world) {
  return "prometheus." + world.domain;
}

std::string parameter(std::string_view path, std::string_view name) {
  auto query = path.substr(std::min(path.find('?'), path.size()));
  while (!query.empty()) {
    query.remove_prefix(1);  // "?" or "&"
    const auto pair = query.substr(0, query.find('&'));
    query.remove_prefix(pair.size());
    const auto equals = std::min(pair.find('='), pair.size());
    if (pair.substr(0, equals) == name && equals < pair.size()) {
      return decode_form(pair.substr(equals + 1));
    }
  }
  return {};
}

std::optional<SensorDocument> render_sensor(const SensorScene& scene, const Link& link) {
  if (link.host == kRegistryHost) return render_registry(scene, link.path);
  if (link.host == kLogHost) return render_log(scene, link.path);
  if (link.host == kRouteHost) return render_routes(scene, link.path);
  if (link.host == series_host(scene.world)) return render_series(scene, link.path);
  return std::nullopt;
}

}  // namespace bw::rehearsal
