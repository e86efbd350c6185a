// SPDX-License-Identifier: Apache-2.0
#include "daemon/web/target_metrics.h"

#include <array>
#include <charconv>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <string_view>
#include <vector>

namespace bw {
namespace {

using Watched = Snapshot::Target;

// A label value as the text format wants it: backslash, quote and line feed escaped.
std::string escaped(std::string_view value) {
  std::string text;
  text.reserve(value.size());
  for (const char c : value) {
    if (c == '\\' || c == '"') text += '\\';
    if (c == '\n') {
      text += "\\n";
    } else {
      text += c;
    }
  }
  return text;
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

// The text so far, and per target what every line of it begins with: {target="...".
class Page {
 public:
  Page(std::string& text, const Snapshot& snapshot) : text_(&text), snapshot_(&snapshot) {
    labels_.reserve(snapshot.targets.size());
    for (const Watched& target : snapshot.targets) {
      labels_.push_back("{target=\"" + escaped(target.id) + '"');
    }
  }

  // Names the family that the lines after it belong to.
  void begin(std::string_view name, std::string_view type, std::string_view help) {
    name_ = name;
    text_->append("# HELP ").append(name).append(" ").append(help);
    text_->append("\n# TYPE ").append(name).append(" ").append(type).append("\n");
  }
  // `more` is empty or begins with a comma and is escaped.
  void line(std::size_t target, std::string_view more, double value) {
    text_->append(name_).append(labels_.at(target)).append(more).append("} ");
    append_number(*text_, value);
    text_->push_back('\n');
  }
  // One line for each target that was looked at and for which `read` gives a number that is one.
  template <class Read>
  void each_known(std::string_view name, std::string_view help, Read read) {
    begin(name, "gauge", help);
    for (std::size_t i = 0; i < snapshot_->targets.size(); ++i) {
      const Watched& target = snapshot_->targets.at(i);
      if (!target.state.is_known) continue;
      const double value = read(target);
      if (!std::isnan(value)) line(i, {}, value);
    }
  }
  template <class Read>
  void each_counter(std::string_view name, std::string_view help, Read read) {
    begin(name, "counter", help);
    for (std::size_t i = 0; i < snapshot_->targets.size(); ++i) {
      line(i, {}, static_cast<double>(read(snapshot_->targets.at(i))));
    }
  }

 private:
  std::string* text_;
  const Snapshot* snapshot_;
  std::string_view name_;
  std::vector<std::string> labels_;
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

void append_success(Page& page, const Snapshot& snapshot) {
  page.begin("bellwether_probe_success",
             "gauge",
             "Whether the latest look found the target working, degraded included.");
  for (std::size_t i = 0; i < snapshot.targets.size(); ++i) {
    const Watched& target = snapshot.targets.at(i);
    if (!target.state.is_known) continue;
    page.line(i,
              ",function=\"" + escaped(target.function) + "\",kind=\"" + escaped(target.kind) + '"',
              is_success(target) ? 1 : 0);
  }
}

void append_phases(Page& page, const Snapshot& snapshot) {
  page.begin("bellwether_probe_phase_duration_seconds",
             "gauge",
             "How long each phase of the latest look took; phases that it did not reach are left "
             "out.");
  for (std::size_t i = 0; i < snapshot.targets.size(); ++i) {
    const Watched& target = snapshot.targets.at(i);
    if (!target.state.is_known) continue;
    const Phases& phases = target.state.latest.phases;
    const auto line = [&](std::string_view labels, Micros duration) {
      if (duration != kNotReached) page.line(i, labels, seconds_of(duration));
    };
    line(",phase=\"resolve\"", phases.resolve);
    line(",phase=\"connect\"", phases.connect);
    line(",phase=\"tls\"", phases.tls);
    line(",phase=\"wait\"", phases.wait);
    line(",phase=\"transfer\"", phases.transfer);
  }
}

// Only the outcome of the latest look has a series: one per target, not thirty-nine.
void append_outcomes(Page& page, const Snapshot& snapshot) {
  page.begin("bellwether_probe_outcome",
             "gauge",
             "1 for the outcome of the latest look; other outcomes have no series.");
  for (std::size_t i = 0; i < snapshot.targets.size(); ++i) {
    const Watched& target = snapshot.targets.at(i);
    if (!target.state.is_known) continue;
    page.line(i, ",outcome=\"" + std::string(print(target.state.latest.outcome)) + '"', 1);
  }
}

}  // namespace

void append_target_metrics(std::string& text, const Snapshot& snapshot) {
  Page page(text, snapshot);
  append_success(page, snapshot);
  page.each_known(
      "bellwether_probe_duration_seconds",
      "How long the latest look took in all.",
      [](const Watched& target) { return seconds_of(target.state.latest.phases.total()); });
  append_phases(page, snapshot);
  append_outcomes(page, snapshot);
  page.each_known("bellwether_probe_http_status_code",
                  "HTTP status of the latest look's last hop; no series where none was received.",
                  status_of);
  page.each_known(
      "bellwether_probe_certificate_expiry_timestamp_seconds",
      "When the certificate that the target last presented ends.",
      [](const Watched& target) { return target.cert_not_after.value_or(std::nan("")); });
  page.each_known("bellwether_last_observation_timestamp_seconds",
                  "When the latest look at the target ended.",
                  [](const Watched& target) { return seconds_of(target.state.latest.at); });
  page.each_known("bellwether_target_failing",
                  "Whether the target's failure is confirmed: more than a single slip.",
                  [](const Watched& target) { return target.state.is_failing ? 1.0 : 0.0; });
  page.each_counter("bellwether_probe_looks_total",
                    "Looks at the target since start.",
                    [](const Watched& target) { return target.looks; });
  page.each_counter("bellwether_probe_failures_total",
                    "Looks that failed since start.",
                    [](const Watched& target) { return target.failures; });
}

}  // namespace bw
