// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "daemon/verdict/verdict.h"
#include "daemon/web/snapshot.h"
#include "probes/error.h"

#include <cstdint>
#include <expected>
#include <functional>
#include <memory>
#include <string>

namespace bw {

struct WebHooks {
  // A fresh snapshot, or null where there is none; called from the web thread, which may wait for
  // it.
  std::function<SnapshotRef()> snapshot;
  // Hands an operator's note to the loop; called from the web threads.
  std::function<void(OperatorNote)> note;
  std::function<void(Announcement)> announce;
  // How people reach the status page ("https://status.example"): changes are taken under this name
  // beside localhost and plain addresses. May be empty.
  std::string external_url;
};

// The status page, the API, /metrics and the health endpoints (routes.h), on a thread of its own.
// At most 64 connections; one more takes the place of the one that has been quiet the longest. A
// request has 10 s to arrive and its reply 30 s to be taken, so that a slow client holds up nobody.
class WebServer {
 public:
  // "address:port" or "[address]:port"; port 0 picks a free one. Fails where the address is none or
  // the port is taken, and says so. Notes and announcements are handed over without their `at`.
  [[nodiscard]] static std::expected<std::unique_ptr<WebServer>, Error> start(
      const std::string& listen, WebHooks hooks);
  virtual ~WebServer() = default;  // stops listening, drops open connections, joins
  [[nodiscard]] virtual std::uint16_t port() const = 0;
};

// The bodies, pure, for tests. `metrics` is the Prometheus text format 0.0.4.
[[nodiscard]] std::string render_metrics(const Snapshot& snapshot);
// All of that but what has a series for each target.
[[nodiscard]] std::string render_own_metrics(const Snapshot& snapshot);
[[nodiscard]] std::string render_status_json(const Snapshot& snapshot);
[[nodiscard]] std::string render_status_page(const Snapshot& snapshot);

}  // namespace bw
