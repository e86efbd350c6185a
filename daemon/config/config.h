// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "daemon/net/net.h"
#include "daemon/notify/customer_notice.h"
#include "daemon/notify/notifier.h"
#include "daemon/prober.h"
#include "daemon/verdict/estate.h"
#include "probes/probe.h"

#include <expected>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace bw {

struct WebSettings {
  std::string listen = "127.0.0.1:9808";  // "address:port"; port 0 picks a free one
  std::string external_url;               // how people reach the status page; for links in alerts
};
struct Retention {
  Millis age{std::chrono::hours{24 * 30}};
  std::uint64_t bytes_max = 2ULL << 30;
};
struct LogSettings {
  std::string level = "info";
};

struct Config {
  Estate estate;
  std::vector<Prober::Watched> watched;  // parallel to estate.targets
  NetSettings net;
  std::vector<Destination> destinations;
  std::vector<Route> routes;
  NoticeSettings notices;
  WebSettings web;
  Retention retention;
  LogSettings log;
  std::string state_directory;  // default $STATE_DIRECTORY, else /var/lib/bellwether
  std::string evidence_file;    // replaces the built-in weights; empty: built in
  std::string vantage;          // id of the one that this daemon stands at
  std::string digest;           // sha256 of the file, hex
};

// Where secrets and included files come from: tests pass their own.
struct ConfigSources {
  std::map<std::string, std::string> environment;  // for whole-value "${NAME}"
  std::string credentials_directory;               // $CREDENTIALS_DIRECTORY
  std::string state_directory;                     // $STATE_DIRECTORY
  // What stands for every secret where nothing is sent anywhere: a rehearsal reads none.
  std::string secrets_stand_in;
  [[nodiscard]] static ConfigSources from_process();
  [[nodiscard]] static ConfigSources standing_in(std::string_view secret);
};

// Every problem of the file at once, in its order, each with file:line:col.
[[nodiscard]] std::expected<Config, std::vector<Error>> load_config(const std::string& path,
                                                                    const ConfigSources& sources);
[[nodiscard]] std::expected<Config, std::vector<Error>> parse_config(std::string_view text,
                                                                     const std::string& path,
                                                                     const ConfigSources& sources);

// What is in force, defaults, implied feeds and controls included, as TOML for people. Addresses of
// destinations, passwords, bodies and headers that may hold a secret are "(hidden)".
[[nodiscard]] std::string print_config(const Config& config);

}  // namespace bw
