// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "daemon/clock.h"
#include "daemon/rehearsal/world.h"

#include <cstdint>
#include <expected>
#include <memory>
#include <string>

namespace bw::rehearsal {

// A world on real loopback sockets: a DNS server, and HTTP and HTTPS servers with certificates of
// its own CA, on threads of their own. Every address of the world is moved into 127.0.0.0/8.
class Stage {
 public:
  struct Settings {
    std::uint16_t dns_port = 0;  // 0 picks a free one
    std::uint16_t http_port = 0;
    std::uint16_t https_port = 0;
    std::string directory;       // the CA certificate is written here as ca.pem
    double latency_scale = 1.0;  // of the world's latencies
  };
  [[nodiscard]] static std::expected<std::unique_ptr<Stage>, Error> open(const World& world,
                                                                         const Clock& clock,
                                                                         Settings settings);
  virtual ~Stage() = default;
  [[nodiscard]] virtual std::uint16_t dns_port() const = 0;
  [[nodiscard]] virtual std::uint16_t http_port() const = 0;
  [[nodiscard]] virtual std::uint16_t https_port() const = 0;
  [[nodiscard]] virtual std::string ca_file() const = 0;
};

}  // namespace bw::rehearsal
