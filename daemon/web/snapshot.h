// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "daemon/journal/journal.h"
#include "daemon/net/net.h"
#include "daemon/notify/customer_notice.h"
#include "daemon/notify/outbox.h"
#include "daemon/verdict/judge.h"
#include "probes/probe.h"

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace bw {

// All that the outside may see, frozen once a turn at most, immutable, shared with the web threads.
struct Snapshot {
  struct Target {
    std::string id;
    std::string kind;
    std::string function;
    std::string url;  // or host:port; without query
    std::string owner;
    Role role = Role::service;
    Surface surface = Surface::web;
    TargetState state;
    std::optional<double> cert_not_after;  // unix seconds
    std::uint64_t looks = 0;               // since start
    std::uint64_t failures = 0;
    std::vector<StepTime> steps;  // of a journey, at the latest look
  };
  struct Function {
    std::string id;
    std::string title;
    bool is_critical = false;
    CustomerWords customers{};
    FunctionState state;
  };
  struct Provider {
    std::string id;
    std::string name;
    std::string role;
    ProviderState state;
  };
  struct Health {
    std::string version;
    Time started{};
    bool is_ready = false;  // configuration loaded, journal open, first looks done
    bool is_journal_healthy = true;
    std::string journal_trouble;
    Journal::Stats journal;
    std::uint64_t journal_lag = 0;  // inputs waiting to be committed and judged
    Micros longest_turn{0};         // since start
    Micros longest_turn_cpu{0};     // the same in CPU time
    std::uint64_t turns = 0;
    Net::Stats net;
    bool is_reload_ok = true;
    Time last_reload{};
    std::string config_digest;
    std::map<std::string, Outbox::Health> outbox;
    std::uint64_t observations = 0;
    std::uint64_t second_looks = 0;
    double judge_seconds = 0;  // CPU spent judging, since start
  };

  Time at{};
  std::string organisation;
  std::string vantage;
  std::vector<Function> functions;
  std::vector<Provider> providers;
  std::vector<Target> targets;
  std::vector<Incident> incidents;  // as Judge::incidents
  bool is_blind = false;
  NoticeSettings notices;
  Health health;
};
using SnapshotRef = std::shared_ptr<const Snapshot>;

}  // namespace bw
