// SPDX-License-Identifier: Apache-2.0
#include "daemon/cli/commands.h"
#include "daemon/config/nearest.h"

#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <functional>

namespace {

using namespace bw::cli;

constexpr auto kDefaultConfig = "/etc/bellwether/bellwether.toml";
constexpr auto kFooter =
    R"(Exit codes: 0 fine; 1 a problem was found (bad configuration, failing target, wrong
verdict in a rehearsal); 2 the command line is wrong; 3 something needed is missing or refused.

Examples:
  bellwether check config/bellwether.toml
  bellwether probe --config config/bellwether.toml checkout
  bellwether run --config /etc/bellwether/bellwether.toml
  bellwether explain --config /etc/bellwether/bellwether.toml INC-7
  bellwether approve checkout --text CHG-4471
  bellwether rehearse tests/incidents/2024-05-marks-and-spencer-provider-glitch.toml)";

struct Options {
  Common common;
  bool is_plain = false;
  RunOptions run;
  CheckOptions check;
  ProbeOptions probe;
  NotifyOptions notify;
  ExportStatusOptions export_status;
  ExplainOptions explain;
  ReplayOptions replay;
  RehearseOptions rehearse;
  EvaluateOptions evaluate;
  DemoOptions demo;
  AnnounceOptions announce;
  std::string list;
  std::function<int()> action;  // of the command that was chosen
};

void add_common(CLI::App* command, Options& options) {
  command->add_flag("--json", options.common.is_json, "print JSON");
  command->add_flag("--no-color", options.is_plain, "no colours (NO_COLOR does the same)");
}

void add_daemon_commands(CLI::App& app, Options& options) {
  auto* run_command = app.add_subcommand("run", "watch, judge and tell, until stopped");
  run_command->add_option("--config,-c", options.run.config, "the configuration")
      ->default_val(kDefaultConfig);
  run_command->add_option("--clock-origin",
                          options.run.clock_origin,
                          "rehearsals: pretend that it is this time (RFC 3339)");
  run_command
      ->add_option("--clock-rate", options.run.clock_rate, "rehearsals: pretended seconds a second")
      ->check(CLI::Range(1.0, 100000.0));
  run_command->callback([&] { options.action = [&] { return run(options.run); }; });

  auto* check_command =
      app.add_subcommand("check", "validate a configuration and print every problem");
  check_command->add_option("config", options.check.config, "the configuration")
      ->default_val(kDefaultConfig);
  check_command->add_flag("--online", options.check.is_online, "also look at every target once");
  check_command->add_flag(
      "--print", options.check.does_print, "print it as it is understood, secrets left out");
  add_common(check_command, options);
  check_command->callback(
      [&] { options.action = [&] { return check(options.check, options.common); }; });

  auto* probe_command =
      app.add_subcommand("probe", "look at one target once, with phases and facts");
  probe_command->add_option("target", options.probe.target, "its id")->required();
  probe_command->add_option("--config,-c", options.probe.config, "the configuration")
      ->default_val(kDefaultConfig);
  add_common(probe_command, options);
  probe_command->callback(
      [&] { options.action = [&] { return probe(options.probe, options.common); }; });

  auto* notify_command =
      app.add_subcommand("notify", "send a test message to a destination, or show its bytes");
  notify_command->add_option("--test", options.notify.destination, "the destination's id")
      ->required();
  notify_command->add_flag("--dry-run",
                           options.notify.is_dry_run,
                           "send nothing: print method, address, headers and body, secrets left "
                           "out");
  notify_command->add_option("--config,-c", options.notify.config, "the configuration")
      ->default_val(kDefaultConfig);
  add_common(notify_command, options);
  notify_command->footer(R"(Example:
  bellwether notify --test chat --config /etc/bellwether/bellwether.toml)");
  notify_command->callback(
      [&] { options.action = [&] { return notify(options.notify, options.common); }; });
}

void add_past_commands(CLI::App& app, Options& options) {
  auto* explain_command =
      app.add_subcommand("explain", "why an incident was judged as it was; without one, list them");
  explain_command->add_option("incident", options.explain.incident, "such as INC-7");
  explain_command->add_option("--config,-c",
                              options.explain.config,
                              "the configuration, for names and the journal's place");
  explain_command->add_option("--journal", options.explain.journal, "a journal file");
  add_common(explain_command, options);
  explain_command->callback(
      [&] { options.action = [&] { return explain(options.explain, options.common); }; });

  auto* replay_command =
      app.add_subcommand("replay", "judge a journal again and print how the verdict changed");
  replay_command->add_option("--config,-c", options.replay.config, "the configuration")
      ->default_val(kDefaultConfig);
  replay_command->add_option("--journal", options.replay.journal, "a journal file");
  replay_command->add_option("--from", options.replay.from, "print from here on (RFC 3339)");
  replay_command->add_option("--to", options.replay.to, "stop here (RFC 3339)");
  add_common(replay_command, options);
  replay_command->callback(
      [&] { options.action = [&] { return replay(options.replay, options.common); }; });
}

CLI::App* add_say_command(CLI::App& app,
                          Options& options,
                          const char* name,
                          const char* purpose,
                          int (*say)(const SayOptions& to, const Common& common)) {
  auto& to = options.announce.say;
  auto* command = app.add_subcommand(name, purpose);
  command->add_option("--at", to.at, "where the daemon listens")->capture_default_str();
  command->add_option("--text", to.text, "why, or the ticket");
  add_common(command, options);
  if (say != nullptr) {
    command->add_option("--who", to.who, "who says so; by default whoever runs this");
    command->callback(
        [&options, &to, say] { options.action = [&, say] { return say(to, options.common); }; });
  }
  return command;
}

void add_say_commands(CLI::App& app, Options& options) {
  auto& plan = options.announce;
  auto* approve_command = add_say_command(
      app, options, "approve", "tell the daemon that what targets show now is right", approve);
  approve_command->add_option("target", plan.say.what, "their ids")->required();
  approve_command->footer(R"(Example:
  bellwether approve checkout --text "CHG-4471: new payment form")");
  add_say_command(
      app, options, "acknowledge", "tell the daemon that somebody is on it", acknowledge)
      ->add_option("incident", plan.say.what, "such as INC-7")
      ->required();
  add_say_command(app, options, "close", "tell the daemon that an incident is over", close)
      ->add_option("incident", plan.say.what, "such as INC-7")
      ->required();

  auto* announce_command =
      add_say_command(app, options, "announce", "tell the daemon what is planned", nullptr);
  announce_command->add_option("kind", plan.say.what, "maintenance, change, sale or incident")
      ->required()
      ->expected(1);
  announce_command->add_option("--from", plan.from, "when it begins (RFC 3339)")->required();
  announce_command->add_option("--to", plan.to, "when it is over (RFC 3339)")->required();
  announce_command->add_option("--function", plan.functions, "what it is about; by default all");
  announce_command->footer(R"(Example:
  bellwether announce change --text "release 4.2" --function checkout --from 2026-11-27T22:00:00Z --to 2026-11-27T23:00:00Z)");
  announce_command->callback(
      [&] { options.action = [&] { return announce(options.announce, options.common); }; });
}

void add_evaluate_command(CLI::App& app, Options& options) {
  auto& to = options.evaluate;
  auto* command =
      app.add_subcommand("evaluate", "play many incidents and score what was said of them");
  command->add_option("incidents", to.paths, "files, or folders of them")->required();
  command->add_option(
      "--world", to.world, "the folder of worlds; by default ../worlds beside them");
  command->add_option("--vantage", to.vantage, "what a single place would have known");
  command->add_option("--explain", to.explain, "tell the story of this incident instead");
  command->add_option("--report", to.report, "write a page of what was wrong, and why");
  command->add_option("--jobs,-j", to.jobs, "incidents at a time; by default a processor each");
  command->add_flag("--check", to.must_hold, "exit 1 unless every goal is met");
  command->add_flag("--sensitivity", to.has_sensitivity, "also under other priors and weights");
  command->add_flag("--full", to.is_full, "every interval as configured, also in quiet hours");
  add_common(command, options);
  command->footer(R"(Examples:
  bellwether evaluate tests/incidents
  bellwether evaluate tests/incidents --explain 2024-01-orange-spain
  bellwether evaluate tests/incidents --sensitivity --json)");
  command->callback(
      [&] { options.action = [&] { return evaluate(options.evaluate, options.common); }; });
}

void add_other_commands(CLI::App& app, Options& options) {
  auto* rehearse_command =
      app.add_subcommand("rehearse", "play an incident of the book on a virtual clock");
  rehearse_command->add_option("incident", options.rehearse.incident, "its file")->required();
  rehearse_command->add_option(
      "--world",
      options.rehearse.world,
      "the world's folder; by default the one that the incident names, beside it");
  rehearse_command->add_option(
      "--config,-c",
      options.rehearse.config,
      "the configuration; by default the world's own. One of other hosts is put in its place: each "
      "target looks at what comes nearest to it by kind, function and providers' roles. Its "
      "secrets "
      "are not read: nothing is sent anywhere");
  rehearse_command->footer(R"(Examples:
  bellwether rehearse tests/incidents/2024-05-marks-and-spencer-provider-glitch.toml
  bellwether rehearse -c /etc/bellwether/bellwether.toml tests/incidents/2020-04-claires-bundle-skimmer.toml)");
  rehearse_command->add_option("--vantage", options.rehearse.vantage, "see it from one place only");
  rehearse_command->add_option("--seed", options.rehearse.seed, "of the world's chance");
  add_common(rehearse_command, options);
  rehearse_command->callback(
      [&] { options.action = [&] { return rehearse(options.rehearse, options.common); }; });

  auto* demo_command =
      app.add_subcommand("demo", "a shop on loopback fails in two ways, on a fast clock");
  demo_command->add_option("--from", options.demo.from, "where config/ and tests/ are")
      ->default_val(".");
  demo_command->add_flag("--once", options.demo.is_once, "end with a summary and an exit status");
  demo_command->add_option("--incident", options.demo.incident, "only this one of the book");
  demo_command->add_option("--seconds", options.demo.seconds, "that an incident takes")
      ->check(CLI::Range(20.0, 3600.0));
  add_common(demo_command, options);
  demo_command->callback(
      [&] { options.action = [&] { return demo(options.demo, options.common); }; });

  auto* export_command = app.add_subcommand(
      "export-status", "write the public status as files, for any web server to show");
  export_command->add_option("folder", options.export_status.folder, "where to")->required();
  export_command->add_option("--at", options.export_status.at, "where the daemon listens")
      ->capture_default_str();
  add_common(export_command, options);
  export_command->callback([&] {
    options.action = [&] { return export_status(options.export_status, options.common); };
  });

  auto* list_command =
      app.add_subcommand("list", "what there is: probes, rules, notifiers or feeds");
  list_command->add_option("what", options.list, "probes, rules, notifiers or feeds")->required();
  add_common(list_command, options);
  list_command->callback(
      [&] { options.action = [&] { return list(options.list, options.common); }; });
}

// What is wrong with the command line, with the nearest command where one was mistyped.
std::string complaint(const CLI::App& app, const std::string& word, const CLI::ParseError& error) {
  std::vector<std::string> names;
  for (const auto* command : app.get_subcommands({}))
    names.push_back(command->get_name());
  const bool is_command = std::ranges::find(names, word) != names.end();
  if (is_command) return std::string(error.what()) + "; see `bellwether " + word + " --help`";
  if (word.empty() || word.front() == '-')
    return std::string(error.what()) + "; see `bellwether --help`";
  const std::vector<std::string_view> views(names.begin(), names.end());
  const auto near = bw::nearest(word, views);
  return "unknown command \"" + word + "\"; " +
         (near.empty() ? "see `bellwether --help`" : "did you mean \"" + std::string(near) + "\"?");
}

}  // namespace

// NOLINTNEXTLINE(bugprone-exception-escape): only for want of memory, which ends it rightly
int main(int argc, char** argv) {
  CLI::App app{
      "bellwether: is this an ordinary outage, whose is it, or does it look like an attack?"};
  Options options;
  app.set_version_flag("--version", "bellwether " BW_VERSION);
  app.footer(kFooter);
  app.require_subcommand(1);
  add_daemon_commands(app, options);
  add_past_commands(app, options);
  add_say_commands(app, options);
  add_evaluate_command(app, options);
  add_other_commands(app, options);
  const std::string word = argc > 1 ? argv[1] : "";
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    if (error.get_exit_code() == 0) return app.exit(error);
    std::fprintf(stderr, "bellwether: %s\n", complaint(app, word, error).c_str());
    return kUsage;
  }
  // NOLINTNEXTLINE(concurrency-mt-unsafe): no thread has begun
  const bool is_color_wanted = std::getenv("NO_COLOR") == nullptr;
  options.common.has_color = !options.is_plain && is_color_wanted && isatty(STDOUT_FILENO) != 0;
  return options.action();
}
