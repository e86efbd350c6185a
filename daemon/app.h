// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "daemon/clock.h"
#include "daemon/desk.h"
#include "probes/error.h"

#include <expected>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace bw {

struct AppSettings {
  std::string config_path;
  ConfigSources sources;
  Clock clock;             // a rehearsal's runs fast
  Millis interval_min{0};  // floor on every interval, for such a clock
  Desk::Hooks hooks;
  // Called once everything runs, with the port of the web server.
  std::function<void(std::uint16_t web_port)> on_started;
};

// `bellwether run`: the wiring. Until SIGTERM or SIGINT; SIGHUP reloads.
class App {
 public:
  [[nodiscard]] static std::expected<std::unique_ptr<App>, std::vector<Error>> open(
      AppSettings settings);
  virtual ~App() = default;
  virtual void run() = 0;
  virtual void stop() = 0;                                 // from any thread
  [[nodiscard]] virtual bool was_interrupted() const = 0;  // by a signal
};

}  // namespace bw
