// SPDX-License-Identifier: Apache-2.0
#include "daemon/rehearsal/chance.h"
#include "daemon/rehearsal/render_sensors.h"

#include <fmt/format.h>

// The organisation's own series as Prometheus answers an instant query.
namespace bw::rehearsal {
namespace {

using nlohmann::json;

constexpr std::string_view kUsual = "login_failures_ratio";
constexpr double kUsualValue = 0.03;
constexpr double kSpread = 0.08;  // of the logarithm

// The event's value while it is on, its normal one else. A series that no event speaks of exists
// only where every organisation has it.
std::optional<double> value_of(const SensorScene& scene, std::string_view name) {
  std::optional<double> value;
  if (name == kUsual) value = kUsualValue;
  for (const auto& live : scene.timeline.events()) {
    const auto* fault = std::get_if<MetricFault>(&live.event->fault);
    if (fault == nullptr || fault->name != name) continue;
    const double part = live.is_on(scene.request) ? live.progress(scene.request.now) : 0;
    if (part > 0 || !value || name == kUsual) {
      value = fault->normal + (fault->value - fault->normal) * part;
    }
    if (part > 0) break;
  }
  return value;
}

}  // namespace

SensorDocument render_series(const SensorScene& scene, std::string_view path) {
  if (!path.starts_with("/api/v1/query?")) {
    return {
        .status = 404, .content_type = "text/plain; charset=utf-8", .body = "404 page not found\n"};
  }
  const auto name = parameter(path, "query");
  const auto seconds = std::chrono::floor<Seconds>(scene.request.now).time_since_epoch().count();
  json result = json::array();
  if (const auto value = value_of(scene, name)) {
    const auto draw = mix(mix(scene.seed, hash_text(name)), static_cast<std::uint64_t>(seconds));
    const double shown = *value * (1 + kSpread * normal(draw));
    result.push_back(
        {{"metric", {{"__name__", name}}}, {"value", {seconds, fmt::format("{:.6g}", shown)}}});
  }
  const json document{{"status", "success"},
                      {"data", {{"resultType", "vector"}, {"result", std::move(result)}}}};
  return {.status = 200, .content_type = "application/json", .body = document.dump()};
}

}  // namespace bw::rehearsal
