// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "daemon/rehearsal/atlas.h"
#include "daemon/rehearsal/events.h"
#include "daemon/rehearsal/links.h"

#include <optional>
#include <string>
#include <string_view>

// Services that tell about the world rather than being watched in it: a registry (RDAP), a monitor
// of certificate logs, a route collector, the organisation's Prometheus. They stand at reserved
// names, which a world's configuration points at.
namespace bw::rehearsal {

inline constexpr std::string_view kRegistryHost = "rdap.registry.example";
inline constexpr std::string_view kLogHost = "ct.monitor.example";
inline constexpr std::string_view kRouteHost = "stat.routes.example";
// "prometheus." of the organisation's domain.
[[nodiscard]] std::string series_host(const WorldFile& world);

struct SensorScene {
  const WorldFile& world;
  const Atlas& atlas;
  const Timeline& timeline;
  std::uint64_t seed = 0;
  const Request& request;
};
struct SensorDocument {
  int status = 200;
  std::string content_type;
  std::string body;
};

// Nothing for other hosts than these.
[[nodiscard]] std::optional<SensorDocument> render_sensor(const SensorScene& scene,
                                                          const Link& link);

// One each: what stands at the path of its host, with its query.
[[nodiscard]] SensorDocument render_registry(const SensorScene& scene, std::string_view path);
[[nodiscard]] SensorDocument render_log(const SensorScene& scene, std::string_view path);
[[nodiscard]] SensorDocument render_routes(const SensorScene& scene, std::string_view path);
[[nodiscard]] SensorDocument render_series(const SensorScene& scene, std::string_view path);

// The decoded value of a parameter of the path's query; empty where there is none.
[[nodiscard]] std::string parameter(std::string_view path, std::string_view name);

}  // namespace bw::rehearsal
