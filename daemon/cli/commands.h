// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "probes/error.h"
#include "probes/time.h"

#include <cstdint>
#include <string>
#include <vector>

namespace bw::cli {

// Exit codes, as `bellwether --help` documents them.
inline constexpr int kFine = 0;
inline constexpr int kFound = 1;   // a problem was found: bad configuration, a failing target, ...
inline constexpr int kUsage = 2;   // the command line is wrong
inline constexpr int kCannot = 3;  // the world is: file missing, port taken, disk full

// What every command takes.
struct Common {
  bool is_json = false;
  bool has_color = false;  // a terminal, and neither NO_COLOR nor --no-color
};

struct RunOptions {
  std::string config;
  std::string clock_origin;  // rehearsals: RFC 3339; empty: the machine's clock
  double clock_rate = 1;
};
int run(const RunOptions& options);

struct CheckOptions {
  std::string config;
  bool is_online = false;
  bool does_print = false;
};
int check(const CheckOptions& options, const Common& common);

struct ProbeOptions {
  std::string config;
  std::string target;
};
int probe(const ProbeOptions& options, const Common& common);

struct ExplainOptions {
  std::string journal;  // of the file, or empty: by the configuration
  std::string config;
  std::string incident;  // "INC-7", "7" or empty: list them
};
int explain(const ExplainOptions& options, const Common& common);

struct ReplayOptions {
  std::string journal;
  std::string config;
  std::string from;  // RFC 3339; empty: from the beginning
  std::string to;
};
int replay(const ReplayOptions& options, const Common& common);

struct RehearseOptions {
  std::string incident;
  std::string world;   // file or folder; empty: tests/worlds/NAME beside the incident
  std::string config;  // empty: the world's own
  std::string vantage;
  std::uint64_t seed = 1;
  Millis quiet_interval{0};  // PlaySettings'
};
int rehearse(const RehearseOptions& options, const Common& common);

struct EvaluateOptions {
  std::vector<std::string> paths;  // files, or folders of them
  std::string world;               // folder of worlds; empty: ../worlds beside the first
  std::string vantage;
  std::string explain;  // an incident's id: its whole story instead
  std::string report;   // a Markdown file to write
  unsigned jobs = 0;    // 0: as many as there are processors
  bool has_sensitivity = false;
  bool must_hold = false;  // exit 1 where a goal is not met
  bool is_full = false;    // every interval as configured, also where nothing happens
};
int evaluate(const EvaluateOptions& options, const Common& common);

struct DemoOptions {
  std::string from = ".";  // where config/demo and tests/ are
  bool is_once = false;
  std::string incident;  // empty: both
  double seconds = 120;  // an incident
};
int demo(const DemoOptions& options, const Common& common);

struct NotifyOptions {
  std::string config;
  std::string destination;  // its id
  bool is_dry_run = false;  // print what would be sent
};
int notify(const NotifyOptions& options, const Common& common);

struct ExportStatusOptions {
  std::string folder;
  std::string at = "http://127.0.0.1:9808";
};
int export_status(const ExportStatusOptions& options, const Common& common);

// What people tell a running daemon.
struct SayOptions {
  std::vector<std::string>
      what;  // approve: targets; acknowledge, close: incidents; announce: a kind
  std::string at = "http://127.0.0.1:9808";
  std::string who;  // empty: $SUDO_USER, else $USER
  std::string text;
};
int approve(const SayOptions& to, const Common& common);
int acknowledge(const SayOptions& to, const Common& common);
int close(const SayOptions& to, const Common& common);

struct AnnounceOptions {
  SayOptions say;
  std::string from;  // RFC 3339
  std::string to;
  std::vector<std::string> functions;  // ids; empty: all
};
int announce(const AnnounceOptions& plan, const Common& common);

int list(const std::string& what, const Common& common);

// "http://127.0.0.1:9808" of how people write where a daemon listens.
[[nodiscard]] std::string daemon_url(const std::string& at);
// All of them, to standard error.
void print_errors(const std::vector<Error>& errors);
// Text in a colour (SGR number), or as it is.
[[nodiscard]] std::string paint(const Common& common, int color, const std::string& text);

}  // namespace bw::cli
