// SPDX-License-Identifier: Apache-2.0
#include "daemon/web/target_metrics.h"

#include <array>
#include <charconv>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <string_view>

namespace bw {
namespace {

using Watched = Snapshot::Target;

// A label value as the text format wants it: backslash, quote and line feed escaped.
void append_escaped(std::string& text, std::string_view value) {
  for (const char c : value) {
    if (c == '\\' || c == '"') text += '\\';
    if (c == '\n') {
      text += "\\n";
    } else {
      text += c;
    }
  }
}

void append_number(std::string& text, double value) {
  std::array<char, 32> digits{};
  auto* const end = std::to_chars(digits.begin(), digits.end(), value).ptr;
  text.append(digits.begin(), end);
}

double seconds_of(Micros duration) {
  return std::chrono::duration<double>(duration).count();
}
double seconds_of(Time at) {
  return std::chrono::duration<double>(at.time_since_epoch()).count();
}

// The lines of one family.
class Lines {
 public:
  Lines(std::string& text, std::string_view name) : text_(&text), name_(name) {}

  void begin(std::string_view type, std::string_view help) {
    text_->append("# HELP ").append(name_).append(" ").append(help);
    text_->append("\n# TYPE ").append(name_).append(" ").append(type).append("\n");
  }
  // Nothing where `value` is no number.
  void put(const Watched& target, double value) {
    if (std::isnan(value)) return;
    open(target);
    close(value);
  }
  void put(const Watched& target, std::string_view label, std::string_view word, double value) {
    open(target);
    add(label, word);
    close(value);
  }
  void open(const Watched& target) {
    text_->append(name_).append("{target=\"");
    append_escaped(*text_, target.id);
  }
  void add(std::string_view label, std::string_view word) {
    text_->append("\",").append(label).append("=\"");
    append_escaped(*text_, word);
  }
  void close(double value) {
    text_->append("\"} ");
    append_number(*text_, value);
    text_->push_back('\n');
  }

 private:
  std::string* text_;
  std::string_view name_;
};

double status_of(const Watched& target) {
  const FactsRef& facts = target.state.latest.facts;
  const std::string_view status = facts ? facts->get(Fact::status) : std::string_view();
  int code = 0;
  const auto read = std::from_chars(status.data(), status.data() + status.size(), code);
  return read.ec == std::errc() && !status.empty() ? code : std::nan("");
}

bool is_success(const Watched& target) {
  const Outcome outcome = target.state.latest.outcome;
  return outcome == Outcome::ok || outcome == Outcome::degraded;
}

void write_success(Lines& lines, const Watched& target) {
  lines.open(target);
  lines.add("function", target.function);
  lines.add("kind", target.kind);
  lines.close(is_success(target) ? 1 : 0);
}

void write_phases(Lines& lines, const Watched& target) {
  const Phases& phases = target.state.latest.phases;
  const auto put = [&](std::string_view phase, Micros duration) {
    if (duration != kNotReached) lines.put(target, "phase", phase, seconds_of(duration));
  };
  put("resolve", phases.resolve);
  put("connect", phases.connect);
  put("tls", phases.tls);
  put("wait", phases.wait);
  put("transfer", phases.transfer);
}

void write_steps(Lines& lines, const Watched& target) {
  for (const StepTime& step : target.steps)
    lines.put(target, "step", step.name, seconds_of(step.took));
}

struct Family {
  std::string_view name;
  std::string_view type;
  std::string_view help;
  void (*write)(Lines& lines, const Watched& target);
  bool needs_look = true;  // no lines of a target that was not looked at yet
};

constexpr auto kFamilies = std::to_array<Family>({
    {.name = "bellwether_probe_success",
     .type = "gauge",
     .help = "Whether the latest look found the target working, degraded included.",
     .write = write_success},
    {.name = "bellwether_probe_duration_seconds",
     .type = "gauge",
     .help = "How long the latest look took in all.",
     .write =
         [](Lines& lines, const Watched& target) {
           lines.put(target, seconds_of(target.state.latest.phases.total()));
         }},
    {.name = "bellwether_probe_phase_duration_seconds",
     .type = "gauge",
     .help = "How long each phase of the latest look took; phases that it did not reach are left "
             "out.",
     .write = write_phases},
    {.name = "bellwether_journey_step_seconds",
     .type = "gauge",
     .help = "How long each step of a journey took at the latest look; steps that it did not reach "
             "are left out.",
     .write = write_steps},
    // Only the outcome of the latest look has a series: one per target, not thirty-nine.
    {.name = "bellwether_probe_outcome",
     .type = "gauge",
     .help = "1 for the outcome of the latest look; other outcomes have no series.",
     .write =
         [](Lines& lines, const Watched& target) {
           lines.put(target, "outcome", print(target.state.latest.outcome), 1);
         }},
    {.name = "bellwether_probe_http_status_code",
     .type = "gauge",
     .help = "HTTP status of the latest look's last hop; no series where none was received.",
     .write = [](Lines& lines, const Watched& target) { lines.put(target, status_of(target)); }},
    {.name = "bellwether_probe_certificate_expiry_timestamp_seconds",
     .type = "gauge",
     .help = "When the certificate that the target last presented ends.",
     .write =
         [](Lines& lines, const Watched& target) {
           lines.put(target, target.cert_not_after.value_or(std::nan("")));
         }},
    {.name = "bellwether_last_observation_timestamp_seconds",
     .type = "gauge",
     .help = "When the latest look at the target ended.",
     .write = [](Lines& lines,
                 const Watched& target) { lines.put(target, seconds_of(target.state.latest.at)); }},
    {.name = "bellwether_target_failing",
     .type = "gauge",
     .help = "Whether the target's failure is confirmed: more than a single slip.",
     .write = [](Lines& lines,
                 const Watched& target) { lines.put(target, target.state.is_failing ? 1 : 0); }},
    {.name = "bellwether_probe_looks_total",
     .type = "counter",
     .help = "Looks at the target since start.",
     .write = [](Lines& lines,
                 const Watched& target) { lines.put(target, static_cast<double>(target.looks)); },
     .needs_look = false},
    {.name = "bellwether_probe_failures_total",
     .type = "counter",
     .help = "Looks that failed since start.",
     .write =
         [](Lines& lines, const Watched& target) {
           lines.put(target, static_cast<double>(target.failures));
         },
     .needs_look = false},
});

}  // namespace

std::string TargetMetrics::next() {
  std::string text;
  const auto& targets = snapshot_->targets;
  for (; family_ < kFamilies.size(); ++family_, target_ = 0) {
    const Family& family = kFamilies.at(family_);
    Lines lines(text, family.name);
    if (target_ == 0) lines.begin(family.type, family.help);
    for (; target_ < targets.size(); ++target_) {
      if (text.size() >= kPieceBytes) return text;
      const Watched& target = targets.at(target_);
      if (target.state.is_known || !family.needs_look) family.write(lines, target);
    }
  }
  return text;
}

}  // namespace bw
