// SPDX-License-Identifier: Apache-2.0
#include "daemon/web/server.h"
#include "daemon/web/summary.h"
#include "daemon/web/target_metrics.h"

#include <prometheus/collectable.h>
#include <prometheus/metric_family.h>
#include <prometheus/text_serializer.h>

#include <algorithm>
#include <initializer_list>
#include <set>
#include <sstream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace bw {
namespace {

using Families = std::vector<prometheus::MetricFamily>;
using Labels = std::initializer_list<std::pair<const char*, std::string_view>>;

double seconds_of(Micros duration) {
  return std::chrono::duration<double>(duration).count();
}
double seconds_of(Time at) {
  return std::chrono::duration<double>(at.time_since_epoch()).count();
}
double number(bool is_so) {
  return is_so ? 1 : 0;
}
double number(std::uint64_t count) {
  return static_cast<double>(count);
}

class Family {
 public:
  Family(prometheus::MetricType type, const char* name, const char* help) {
    family_.name = name;
    family_.help = help;
    family_.type = type;
  }
  Family& with(Labels labels, double value) & {
    prometheus::ClientMetric metric;
    for (const auto& [name, text] : labels)
      metric.label.push_back({name, std::string(text)});
    (family_.type == prometheus::MetricType::Counter ? metric.counter.value : metric.gauge.value) =
        value;
    family_.metric.push_back(std::move(metric));
    return *this;
  }
  Family&& with(Labels labels, double value) && { return std::move(with(labels, value)); }
  void into(Families& families) { families.push_back(std::move(family_)); }

 private:
  prometheus::MetricFamily family_;
};

Family gauge(const char* name, const char* help) {
  return {prometheus::MetricType::Gauge, name, help};
}
Family counter(const char* name, const char* help) {
  return {prometheus::MetricType::Counter, name, help};
}

// Everything below is a view of one snapshot: there is no second set of counters.
class SnapshotView : public prometheus::Collectable {
 public:
  explicit SnapshotView(const Snapshot& snapshot) : snapshot_(&snapshot) {}

 protected:
  [[nodiscard]] const Snapshot& snapshot() const { return *snapshot_; }

 private:
  const Snapshot* snapshot_;
};

class VerdictMetrics : public SnapshotView {
 public:
  using SnapshotView::SnapshotView;

  [[nodiscard]] Families Collect() const override {
    Families families;
    const Summary summary = summarize(snapshot());
    gauge("bellwether_suspicion_ratio",
          "Probability of any attack, 0 to 1: the highest of all open incidents.")
        .with({}, summary.suspicion)
        .into(families);
    gauge("bellwether_incidents_open", "Incidents that are open now.")
        .with({}, number(summary.open))
        .into(families);
    gauge("bellwether_incidents_unacknowledged", "Open incidents that nobody has acknowledged.")
        .with({}, number(summary.unacknowledged))
        .into(families);
    gauge("bellwether_blind", "Whether our own view is disturbed, so that nothing can be said.")
        .with({}, number(snapshot().is_blind))
        .into(families);
    add_functions(families);
    add_hypotheses(families, summary);
    return families;
  }

 private:
  void add_functions(Families& families) const {
    Family verdict =
        gauge("bellwether_verdict", "1 for the level that the function is at, else 0.");
    Family level =
        gauge("bellwether_verdict_level",
              "The level as a number: 0 calm, 1 degraded, 2 outage, 3 watch, 4 suspected, "
              "5 strongly_suspected, 6 declared, 7 blind.");
    Family suspicion = gauge("bellwether_function_suspicion_ratio",
                             "Probability of any attack, 0 to 1, in the open incidents of the "
                             "function.");
    Family failing = gauge("bellwether_function_failing_ratio",
                           "Share of the function's targets that fail now.");
    for (const auto& function : snapshot().functions) {
      const auto now = static_cast<std::size_t>(function.state.level);
      for (std::size_t i = 0; i < kLevels; ++i) {
        verdict.with({{"function", function.id}, {"level", print(static_cast<Level>(i))}},
                     number(i == now));
      }
      level.with({{"function", function.id}}, static_cast<double>(now));
      suspicion.with({{"function", function.id}}, suspicion_of(snapshot(), function.id));
      failing.with({{"function", function.id}}, function.state.failing_share);
    }
    verdict.into(families);
    level.into(families);
    suspicion.into(families);
    failing.into(families);
  }

  static void add_hypotheses(Families& families, const Summary& summary) {
    Family family = gauge("bellwether_hypothesis_ratio",
                          "Probability of each cause in the open incident that matters most; 0 "
                          "while none is open.");
    for (std::size_t i = 0; i < kHypotheses; ++i) {
      const auto hypothesis = static_cast<Hypothesis>(i);
      family.with(
          {{"hypothesis", print(hypothesis)}, {"attack", is_cyber(hypothesis) ? "true" : "false"}},
          summary.leading == nullptr ? 0 : summary.leading->verdict.posterior.at(i));
    }
    family.into(families);
  }
};

class ProviderMetrics : public SnapshotView {
 public:
  using SnapshotView::SnapshotView;

  [[nodiscard]] Families Collect() const override {
    std::set<std::string_view> culprits;
    for (const auto& incident : snapshot().incidents) {
      if (!incident.closed) culprits.insert(incident.verdict.culprit);
    }
    Family culprit = gauge("bellwether_culprit",
                           "Whether an open incident is put down to the provider; \"own\" is the "
                           "organisation itself.");
    Family state = gauge("bellwether_provider_state",
                         "1 for the state that the provider's status page claims, else 0.");
    Family failing =
        gauge("bellwether_provider_failing", "Whether we see the provider's own targets fail.");
    Family level = gauge("bellwether_provider_state_level",
                         "The claimed state as a number: 0 operational, 1 degraded, 2 partial, 3 "
                         "major, 4 maintenance, 5 unknown.");
    culprit.with({{"provider", kOwn}}, number(culprits.contains(kOwn)));
    for (const auto& provider : snapshot().providers) {
      culprit.with({{"provider", provider.id}}, number(culprits.contains(provider.id)));
      for (const FeedState each : {FeedState::operational,
                                   FeedState::degraded,
                                   FeedState::partial,
                                   FeedState::major,
                                   FeedState::maintenance,
                                   FeedState::unknown}) {
        state.with({{"provider", provider.id}, {"state", print(each)}},
                   number(each == provider.state.feed));
      }
      level.with({{"provider", provider.id}}, static_cast<double>(provider.state.feed));
      failing.with({{"provider", provider.id}}, number(provider.state.is_failing));
    }
    Families families;
    culprit.into(families);
    state.into(families);
    level.into(families);
    failing.into(families);
    return families;
  }
};

class OwnMetrics : public SnapshotView {
 public:
  using SnapshotView::SnapshotView;

  [[nodiscard]] Families Collect() const override {
    Families families;
    add_life(families);
    add_work(families);
    add_journal(families);
    add_outbox(families);
    return families;
  }

 private:
  [[nodiscard]] const Snapshot::Health& health() const { return snapshot().health; }

  void add_life(Families& families) const {
    gauge("bellwether_build_info", "Always 1; the version is in the label.")
        .with({{"version", health().version}}, 1)
        .into(families);
    gauge("bellwether_start_timestamp_seconds", "When the daemon started.")
        .with({}, seconds_of(health().started))
        .into(families);
    gauge("bellwether_snapshot_timestamp_seconds", "The moment that these metrics describe.")
        .with({}, seconds_of(snapshot().at))
        .into(families);
    gauge("bellwether_ready",
          "Whether the configuration is loaded, the journal open and every target looked at.")
        .with({}, number(health().is_ready))
        .into(families);
    gauge("bellwether_config_last_reload_successful",
          "Whether the last load of the configuration succeeded.")
        .with({}, number(health().is_reload_ok))
        .into(families);
    gauge("bellwether_config_last_reload_success_timestamp_seconds",
          "When the configuration in use was loaded.")
        .with({}, seconds_of(health().last_reload))
        .into(families);
  }

  void add_work(Families& families) const {
    gauge("bellwether_loop_longest_turn_seconds", "The event loop's longest turn since start.")
        .with({}, seconds_of(health().longest_turn))
        .into(families);
    gauge("bellwether_loop_longest_turn_cpu_seconds",
          "CPU time of the event loop's longest turn since start, which a busy machine does not "
          "stretch.")
        .with({}, seconds_of(health().longest_turn_cpu))
        .into(families);
    counter("bellwether_loop_turns_total", "Turns of the event loop since start.")
        .with({}, number(health().turns))
        .into(families);
    counter("bellwether_observations_total", "Observations recorded since start.")
        .with({}, number(health().observations))
        .into(families);
    counter("bellwether_second_looks_total", "Looks that the judge asked for since start.")
        .with({}, number(health().second_looks))
        .into(families);
    counter("bellwether_judge_cpu_seconds_total", "CPU time spent judging since start.")
        .with({}, health().judge_seconds)
        .into(families);
    gauge("bellwether_net_exchanges_in_flight", "Exchanges under way.")
        .with({}, health().net.in_flight)
        .into(families);
    gauge("bellwether_net_exchanges_queued", "Exchanges that wait for their turn.")
        .with({}, health().net.queued)
        .into(families);
    counter("bellwether_net_exchanges_total", "Exchanges started since start.")
        .with({}, number(health().net.started))
        .into(families);
    counter("bellwether_net_exchanges_kept_total",
            "Exchanges that went over a connection that was there.")
        .with({}, number(health().net.kept))
        .into(families);
    counter("bellwether_net_dns_queries_total", "DNS queries sent since start.")
        .with({}, number(health().net.dns_queries))
        .into(families);
    counter("bellwether_net_ca_loads_total",
            "Loads of a CA bundle since start: grows with reloads, never with probes.")
        .with({}, number(health().net.ca_loads))
        .into(families);
  }

  void add_journal(Families& families) const {
    const Journal::Stats& journal = health().journal;
    gauge("bellwether_journal_healthy", "Whether the journal takes what is written to it.")
        .with({}, number(health().is_journal_healthy))
        .into(families);
    gauge("bellwether_journal_inputs", "Inputs that the journal holds.")
        .with({}, number(journal.inputs))
        .into(families);
    gauge("bellwether_journal_size_bytes", "Size of the journal's database file.")
        .with({}, number(journal.bytes))
        .into(families);
    gauge("bellwether_journal_queued_inputs", "Inputs that wait for the journal's writer.")
        .with({}, number(journal.queued))
        .into(families);
    gauge("bellwether_journal_lag_inputs", "Inputs that wait to be committed and judged.")
        .with({}, number(health().journal_lag))
        .into(families);
    counter("bellwether_journal_dropped_inputs_total",
            "Inputs that the journal's full queue did not take.")
        .with({}, number(journal.dropped))
        .into(families);
    gauge("bellwether_journal_last_commit_duration_seconds", "How long the last commit took.")
        .with({}, seconds_of(journal.last_commit))
        .into(families);
  }

  void add_outbox(Families& families) const {
    Family pending =
        gauge("bellwether_outbox_pending", "Notices that wait to be delivered to the destination.");
    Family reachable =
        gauge("bellwether_outbox_reachable", "0 once attempts to deliver keep failing.");
    Family delivered =
        counter("bellwether_outbox_delivered_total", "Notices delivered since start.");
    Family failed =
        counter("bellwether_outbox_failed_attempts_total", "Deliveries that failed since start.");
    for (const auto& [destination, state] : health().outbox) {
      const Labels labels{{"destination", destination}};
      pending.with(labels, number(state.pending));
      reachable.with(labels, number(state.is_reachable));
      delivered.with(labels, number(state.delivered));
      failed.with(labels, number(state.failed_attempts));
    }
    pending.into(families);
    reachable.into(families);
    delivered.into(families);
    failed.into(families);
  }
};

}  // namespace

std::string render_own_metrics(const Snapshot& snapshot) {
  const VerdictMetrics verdicts(snapshot);
  const ProviderMetrics providers(snapshot);
  const OwnMetrics own(snapshot);
  const prometheus::TextSerializer serializer;
  std::ostringstream out;
  for (const prometheus::Collectable* each :
       {static_cast<const prometheus::Collectable*>(&verdicts),
        static_cast<const prometheus::Collectable*>(&providers),
        static_cast<const prometheus::Collectable*>(&own)}) {
    serializer.Serialize(out, each->Collect());
  }
  return std::move(out).str();
}

std::string render_metrics(const Snapshot& snapshot) {
  std::string text = render_own_metrics(snapshot);
  // Borrowed: it does not outlive this call.
  TargetMetrics targets(SnapshotRef(&snapshot, [](const Snapshot*) {}));
  for (std::string piece = targets.next(); !piece.empty(); piece = targets.next())
    text += piece;
  return text;
}

}  // namespace bw
