// SPDX-License-Identifier: Apache-2.0
#include "daemon/web/page_tables.h"

#include "daemon/web/markup.h"
#include "daemon/web/page.h"
#include "daemon/web/wording.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>
#include <vector>

namespace bw {
namespace {

using std::chrono::days;
using Watched = Snapshot::Target;

constexpr int kBarWidth = 120;  // pixels of the phases' bar
constexpr days kExpirySoon{21};

std::string state_html(std::string_view tone, std::string_view words) {
  return "<span class=\"state " + std::string(tone) + "\">" + escape_html(words) + "</span>";
}

std::string age_of(const Snapshot& snapshot, Time since) {
  return print_duration(std::chrono::floor<Seconds>(std::max(Millis{0}, snapshot.at - since)));
}

std::string table_html(std::string_view head, const std::string& rows) {
  std::string html = R"(<div class="scroll" tabindex="0"><table><thead><tr>)";
  html.append(head).append("</tr></thead><tbody>\n").append(rows);
  return html + "</tbody></table></div>\n";
}

// In trouble first, else as configured.
std::vector<const Watched*> in_order(const Snapshot& snapshot) {
  std::vector<const Watched*> order;
  order.reserve(snapshot.targets.size());
  for (const auto& target : snapshot.targets)
    order.push_back(&target);
  std::ranges::stable_sort(order, {}, [](const Watched* target) {
    if (target->state.is_failing) return 0;
    if (target->state.is_known && target->state.latest.outcome != Outcome::ok) return 1;
    return 2;
  });
  return order;
}

std::string result_html(const Watched& target) {
  if (!target.state.is_known) return "<span class=\"soft\">not looked at yet</span>";
  const Observation& latest = target.state.latest;
  std::string_view tone = "calm";
  if (target.state.is_failing || is_failure(latest.outcome)) {
    tone = "outage";
  } else if (latest.outcome == Outcome::degraded) {
    tone = "degraded";
  } else if (latest.outcome == Outcome::monitor_error) {
    tone = "blind";
  }
  std::string html = state_html(tone, in_words(latest.outcome));
  if (!latest.note.empty())
    html += "<br><span class=\"soft\">" + escape_html(latest.note) + "</span>";
  return html;
}

std::string print_millis(Micros duration) {
  return std::to_string(std::chrono::round<Millis>(duration).count()) + " ms";
}

// A bar of the phases, each as wide as its share; its title says the numbers.
std::string phases_html(const Watched& target) {
  if (!target.state.is_known) return {};
  const Phases& phases = target.state.latest.phases;
  const auto total = phases.total();
  if (total.count() <= 0) return {};
  const std::array<std::pair<std::string_view, Micros>, 5> parts{{{"resolve", phases.resolve},
                                                                  {"connect", phases.connect},
                                                                  {"tls", phases.tls},
                                                                  {"wait", phases.wait},
                                                                  {"transfer", phases.transfer}}};
  std::string words;
  std::string bars;
  std::int64_t done = 0;
  for (const auto& [name, duration] : parts) {
    const std::int64_t part = std::max<std::int64_t>(0, duration.count());
    bars += R"(<rect y="2" height="8" x=")" + std::to_string(done * kBarWidth / total.count()) +
            "\" width=\"" + std::to_string(part * kBarWidth / total.count()) + "\"/>";
    done += part;
    if (duration == kNotReached) continue;
    words += (words.empty() ? "" : ", ") + std::string(name) + " " + print_millis(duration);
  }
  return R"(<svg class="phases" role="img" width=")" + std::to_string(kBarWidth) +
         R"(" height="12" aria-label=")" + words + "\"><title>" + words + "</title>" + bars +
         "</svg>";
}

std::string expiry_html(const Snapshot& snapshot, const Watched& target) {
  if (!target.cert_not_after) return {};
  const Time ends{Millis{static_cast<std::int64_t>(*target.cert_not_after) * 1000}};
  if (ends <= snapshot.at) return state_html("outage", "expired");
  const auto left = std::chrono::floor<days>(ends - snapshot.at);
  const std::string words = "in " + std::to_string(left.count()) + " d";
  return left < kExpirySoon ? state_html("degraded", words) : words;
}

std::string target_row(const Snapshot& snapshot, const Watched& target) {
  std::string html = "<tr><th scope=\"row\">" + escape_html(target.id) +
                     "<br><span class=\"soft small\">" + escape_html(target.url) +
                     "</span></th><td>" + escape_html(title_of(snapshot, target.function)) +
                     "</td><td>" + result_html(target) + "</td><td class=\"number\">";
  if (target.state.is_known) html += print_millis(target.state.latest.phases.total());
  html += "</td><td>" + phases_html(target) + "</td><td class=\"tight\">" +
          expiry_html(snapshot, target) + "</td><td class=\"tight\">";
  if (target.state.is_known) html += age_of(snapshot, target.state.latest.at) + " ago";
  return html + "</td></tr>\n";
}

std::string provider_row(const Snapshot& snapshot, const Snapshot::Provider& provider) {
  constexpr std::array<std::string_view, 6> kTones{
      "calm", "degraded", "degraded", "outage", "watch", "blind"};
  const bool is_culprit = std::ranges::any_of(snapshot.incidents, [&](const Incident& incident) {
    return !incident.closed && incident.verdict.culprit == provider.id;
  });
  const FeedState feed = provider.state.feed;
  std::string html = "<tr><th scope=\"row\">" + escape_html(provider.name);
  if (is_culprit) html += "<br>" + state_html("outage", "likely the culprit");
  html += "</th><td>" + escape_html(provider.role) + "</td><td>" +
          state_html(kTones.at(static_cast<std::size_t>(feed)), print(feed));
  if (!provider.state.statement.empty()) {
    html += "<br><span class=\"soft\">" + escape_html(provider.state.statement) + "</span>";
  }
  html += "</td><td>";
  html += provider.state.is_failing ? state_html("outage", "fails") : "no failure";
  return html + "</td></tr>\n";
}

std::string row(std::string_view name, const std::string& value) {
  return "<dt>" + std::string(name) + "</dt><dd>" + value + "</dd>\n";
}

std::string outbox_html(const Snapshot::Health& health) {
  std::string html;
  for (const auto& [destination, state] : health.outbox) {
    std::string words = std::to_string(state.delivered) + " delivered, " +
                        std::to_string(state.pending) + " waiting";
    if (!state.is_reachable) {
      words += " " + state_html("outage", "unreachable") + " " + escape_html(state.last_error);
    }
    html += row("Alerts to " + escape_html(destination), words);
  }
  return html;
}

std::string journal_words(const Snapshot::Health& health) {
  if (!health.is_journal_healthy) {
    return state_html("outage", "in trouble") + " " + escape_html(health.journal_trouble);
  }
  return std::to_string(health.journal.inputs) + " inputs, " +
         std::to_string(health.journal.bytes >> 20U) + " MiB, " +
         std::to_string(health.journal.dropped) + " dropped";
}

}  // namespace

std::string time_html(Time at) {
  std::string words = print_time(std::chrono::floor<Seconds>(at));  // 2024-05-18T12:12:00Z
  const std::string exact = words;
  words.at(10) = ' ';
  words.replace(words.size() - 1, 1, " UTC");
  return "<time datetime=\"" + exact + "\">" + words + "</time>";
}

std::string functions_html(const Snapshot& snapshot) {
  std::string html = "<h2>Functions</h2>\n<ul class=\"grid\">\n";
  for (const auto& function : snapshot.functions) {
    const FunctionState& state = function.state;
    html += "<li class=\"level " + std::string(print(state.level)) + "\"><b>" +
            escape_html(function.title) + "</b><br><span class=\"state\">" +
            std::string(in_words(state.level)) + "</span>";
    if (state.since != Time{}) {
      html += " <span class=\"soft small\">for " + age_of(snapshot, state.since) + "</span>";
    }
    if (state.failing_share > 0) {
      html += "<br><span class=\"small\">" +
              std::to_string(std::lround(state.failing_share * 100)) +
              " % of its targets fail</span>";
    }
    html += "</li>\n";
  }
  return html + "</ul>\n";
}

std::string providers_html(const Snapshot& snapshot) {
  if (snapshot.providers.empty()) return {};
  std::string rows;
  for (const auto& provider : snapshot.providers)
    rows += provider_row(snapshot, provider);
  return "<h2>Providers</h2>\n" +
         table_html(
             "<th scope=\"col\">Provider</th><th scope=\"col\">Role</th><th scope=\"col\">What "
             "it says</th><th scope=\"col\">What we see</th>",
             rows);
}

std::string targets_html(const Snapshot& snapshot) {
  const auto order = in_order(snapshot);
  const std::size_t shown = std::min(order.size(), kTargetsShown);
  std::string rows;
  for (std::size_t i = 0; i < shown; ++i)
    rows += target_row(snapshot, *order.at(i));
  std::string html =
      "<h2>Targets</h2>\n" +
      table_html(
          "<th scope=\"col\">Target</th><th scope=\"col\">Function</th><th scope=\"col\">Latest "
          "result</th><th scope=\"col\" class=\"number\">Took</th><th scope=\"col\">Phases</th>"
          "<th scope=\"col\">Certificate ends</th><th scope=\"col\">Looked</th>",
          rows);
  if (shown < order.size()) {
    html += "<p class=\"small soft\">And " + std::to_string(order.size() - shown) +
            " more, none of them worse: <a href=\"/api/v1/targets\">all targets</a>.</p>\n";
  }
  return html;
}

std::string health_html(const Snapshot& snapshot) {
  const Snapshot::Health& health = snapshot.health;
  std::string html = "<h2>The monitor itself</h2>\n<dl class=\"facts small\">\n";
  html +=
      row("View", snapshot.is_blind ? state_html("blind", "disturbed: we cannot see") : "clear");
  html += row("Running for", age_of(snapshot, health.started));
  html += row("Observations",
              std::to_string(health.observations) + ", " + std::to_string(health.second_looks) +
                  " of them second looks");
  html += row("Longest turn", print_millis(health.longest_turn));
  html += row("Journal", journal_words(health));
  html += row(
      "Configuration",
      (health.is_reload_ok ? "loaded "
                           : state_html("outage", "the last reload failed") + "; in use since ") +
          time_html(health.last_reload));
  return html + outbox_html(health) + "</dl>\n";
}

}  // namespace bw
