// SPDX-License-Identifier: Apache-2.0
#include "daemon/app.h"
#include "daemon/cli/commands.h"

#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <cstdlib>

namespace bw::cli {
namespace {

// One line an event, key=value, on standard error. Under systemd the journal stamps the time.
void set_up_log(const std::string& level) {
  // NOLINTNEXTLINE(concurrency-mt-unsafe): no thread has begun
  const bool is_journald = std::getenv("JOURNAL_STREAM") != nullptr;
  auto logger = std::make_shared<spdlog::logger>("bellwether",
                                                 std::make_shared<spdlog::sinks::stderr_sink_mt>());
  logger->set_pattern(is_journald ? "level=%l %v" : "%Y-%m-%dT%H:%M:%S.%eZ level=%l %v",
                      spdlog::pattern_time_type::utc);
  logger->set_level(spdlog::level::from_str(level));
  logger->flush_on(spdlog::level::info);
  spdlog::set_default_logger(std::move(logger));
}

}  // namespace

int run(const RunOptions& options) {
  set_up_log("info");
  AppSettings settings{.config_path = options.config,
                       .sources = ConfigSources::from_process(),
                       .clock = {},
                       .interval_min = Millis{0},
                       .hooks = {},
                       .on_started = {}};
  if (!options.clock_origin.empty()) {
    const auto origin = parse_time(options.clock_origin);
    if (!origin) {
      print_errors({Error{.what = "\"" + options.clock_origin + "\" is not a time",
                          .where = "--clock-origin",
                          .hint = "write RFC 3339, such as 2025-04-19T10:00:00Z"}});
      return kUsage;
    }
    settings.clock = Clock(*origin, options.clock_rate);
    settings.interval_min = Millis{static_cast<std::int64_t>(400 * options.clock_rate)};
  }
  auto app = App::open(std::move(settings));
  if (!app) {
    print_errors(app.error());
    return kFound;
  }
  (*app)->run();
  return kFine;
}

}  // namespace bw::cli
