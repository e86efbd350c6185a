// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

// The two messages of grpc.health.v1.Health/Check, each behind gRPC's five bytes of compression
// flag and length. Pure; any bytes may be read.
namespace bw {

// HealthCheckRequest{service}; at most 65,535 bytes of service.
[[nodiscard]] std::string print_health_request(std::string_view service);

// HealthCheckResponse::ServingStatus, whatever its number.
enum class Serving : std::uint64_t {
  unknown = 0,
  serving = 1,
  not_serving = 2,
  service_unknown = 3
};
// Nothing where it is cut, compressed or no such message.
[[nodiscard]] std::optional<Serving> parse_health_response(std::string_view bytes);

}  // namespace bw
