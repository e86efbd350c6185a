// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <expected>
#include <functional>
#include <memory>
#include <string>

#include "daemon/verdict/verdict.h"
#include "daemon/web/snapshot.h"
#include "probes/error.h"

namespace bw {

struct WebHooks {
  // Newest snapshot; called from the web threads.
  std::function<SnapshotRef()> snapshot;
  // Hands an operator's note to the loop; called from the web threads.
  std::function<void(OperatorNote)> note;
  std::function<void(Announcement)> announce;
};

// The status page, the API, /metrics and the health endpoints, on threads of its own.
class WebServer {
 public:
  // "address:port"; port 0 picks a free one.
  [[nodiscard]] static std::expected<std::unique_ptr<WebServer>, Error> start(
      const std::string& listen, WebHooks hooks);
  virtual ~WebServer() = default;
  [[nodiscard]] virtual std::uint16_t port() const = 0;
};

// The bodies, pure, for tests. `metrics` is the Prometheus text format 0.0.4.
[[nodiscard]] std::string render_metrics(const Snapshot& snapshot);
[[nodiscard]] std::string render_status_json(const Snapshot& snapshot);
[[nodiscard]] std::string render_status_page(const Snapshot& snapshot);

}  // namespace bw
