// SPDX-License-Identifier: Apache-2.0
#include "daemon/web/json.h"

#include "daemon/notify/customer_english.h"
#include "daemon/web/customers.h"
#include "daemon/web/server.h"
#include "daemon/web/wording.h"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <nlohmann/json.hpp>
#include <optional>

namespace bw {
namespace {

using Json = nlohmann::ordered_json;

std::string dumped(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
}

Json time_json(Time at) {
  return at == Time{} ? Json() : Json(print_time(at));
}
Json time_json(const std::optional<Time>& at) {
  return at ? time_json(*at) : Json();
}
Json seconds_json(Micros duration) {
  return duration == kNotReached ? Json() : Json(std::chrono::duration<double>(duration).count());
}

Json certificate_json(const std::optional<double>& unix_seconds) {
  if (!unix_seconds) return {};
  return print_time(Time{Millis{static_cast<std::int64_t>(*unix_seconds) * 1000}});
}

Json status_of(const FactsRef& facts) {
  const std::string_view text = facts ? facts->get(Fact::status) : std::string_view();
  int status = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), status);
  return text.empty() || read.ec != std::errc() ? Json() : Json(status);
}

Json to_json(const Snapshot& snapshot, const Snapshot::Function& function) {
  Json incidents = Json::array();
  for (const auto& incident : snapshot.incidents) {
    const auto& affected = incident.functions;
    if (!incident.closed && std::ranges::find(affected, function.id) != affected.end()) {
      incidents.push_back(incident.id);
    }
  }
  return {{"id", function.id},
          {"title", function.title},
          {"critical", function.is_critical},
          {"level", print(function.state.level)},
          {"failing_share", function.state.failing_share},
          {"suspicion", suspicion_of(snapshot, function.id)},
          {"since", time_json(function.state.since)},
          {"incidents", std::move(incidents)}};
}

Json to_json(const Snapshot& snapshot, const Snapshot::Provider& provider) {
  const bool is_culprit = std::ranges::any_of(snapshot.incidents, [&](const Incident& incident) {
    return !incident.closed && incident.verdict.culprit == provider.id;
  });
  return {{"id", provider.id},
          {"name", provider.name},
          {"role", provider.role},
          {"feed_state", print(provider.state.feed)},
          {"statement", provider.state.statement},
          {"failing", provider.state.is_failing},
          {"culprit", is_culprit}};
}

Json to_json(const Observation& latest) {
  const Phases& phases = latest.phases;
  return {{"at", time_json(latest.at)},
          {"outcome", print(latest.outcome)},
          {"phase", print(phase_of(latest.outcome))},
          {"party", print(latest.party)},
          {"second_look", latest.is_second_look},
          {"status", status_of(latest.facts)},
          {"duration", seconds_json(phases.total())},
          {"phases",
           {{"resolve", seconds_json(phases.resolve)},
            {"connect", seconds_json(phases.connect)},
            {"tls", seconds_json(phases.tls)},
            {"wait", seconds_json(phases.wait)},
            {"transfer", seconds_json(phases.transfer)}}},
          {"note", latest.note}};
}

Json to_json(const Snapshot& /*snapshot*/, const Snapshot::Target& target) {
  const TargetState& state = target.state;
  return {{"id", target.id},
          {"kind", target.kind},
          {"function", target.function},
          {"url", target.url},
          {"owner", target.owner},
          {"known", state.is_known},
          {"failing", state.is_failing},
          {"degraded", state.is_degraded},
          {"since", time_json(state.since)},
          {"looks", target.looks},
          {"failures", target.failures},
          {"certificate_not_after", certificate_json(target.cert_not_after)},
          {"latest", state.is_known ? to_json(state.latest) : Json()}};
}

Json to_json(const std::vector<Reason>& reasons) {
  Json list = Json::array();
  for (const auto& reason : reasons) {
    list.push_back({{"rule", reason.rule},
                    {"claim", reason.claim},
                    {"decibans", reason.decibans},
                    {"attack_decibans", reason.cyber},
                    {"cites", reason.cites},
                    {"since", time_json(reason.since)},
                    {"ended", time_json(reason.ended)}});
  }
  return list;
}

Json to_json(const Verdict& verdict, const Notice& notice) {
  Json posterior = Json::object();
  for (std::size_t i = 0; i < kHypotheses; ++i) {
    posterior[std::string(print(static_cast<Hypothesis>(i)))] = verdict.posterior.at(i);
  }
  return {{"at", time_json(verdict.at)},
          {"seq", verdict.seq},
          {"level", print(verdict.level)},
          {"suspicion", verdict.suspicion},
          {"suspicion_in_words", notice.suspicion_words},
          {"decided", verdict.is_decided},
          {"cause", notice.cause},
          {"likely", notice.likely},
          {"culprit", notice.culprit},
          {"culprit_name", notice.culprit_name},
          {"posterior", std::move(posterior)},
          {"unexplained", verdict.unexplained},
          {"because", to_json(verdict.because)},
          {"against", to_json(verdict.against)},
          {"would_change", verdict.would_change},
          {"missing", verdict.missing}};
}

Json to_json(const Teller& teller, const Incident& incident) {
  const Notice notice = teller.tell(incident);
  return {{"id", incident.id},
          {"name", "INC-" + std::to_string(incident.id)},
          {"opened", time_json(incident.opened)},
          {"closed", time_json(incident.closed)},
          {"open", !incident.closed},
          {"functions", incident.functions},
          {"failing", incident.failing},
          {"targets", incident.targets},
          {"unapproved", incident.unapproved},
          {"level", print(incident.verdict.level)},
          {"peak", print(incident.peak)},
          {"latched", incident.is_latched},
          {"acknowledged", incident.is_acknowledged},
          {"integrity", incident.is_integrity},
          {"headline", notice.headline},
          {"customers", notice.customers},
          {"first_steps", notice.first_steps},
          {"verdict", to_json(incident.verdict, notice)}};
}

Json outbox_json(const Snapshot::Health& health) {
  Json outbox = Json::object();
  for (const auto& [destination, state] : health.outbox) {
    outbox[destination] = {{"pending", state.pending},
                           {"delivered", state.delivered},
                           {"failed_attempts", state.failed_attempts},
                           {"reachable", state.is_reachable},
                           {"last_error", state.last_error}};
  }
  return outbox;
}

Json to_json(const Snapshot::Health& health) {
  return {{"version", health.version},
          {"started", time_json(health.started)},
          {"longest_turn", seconds_json(health.longest_turn)},
          {"turns", health.turns},
          {"observations", health.observations},
          {"second_looks", health.second_looks},
          {"judge_cpu", health.judge_seconds},
          {"reload_ok", health.is_reload_ok},
          {"last_reload", time_json(health.last_reload)},
          {"config_digest", health.config_digest},
          {"journal",
           {{"healthy", health.is_journal_healthy},
            {"trouble", health.journal_trouble},
            {"inputs", health.journal.inputs},
            {"bytes", health.journal.bytes},
            {"queued", health.journal.queued},
            {"dropped", health.journal.dropped},
            {"lag", health.journal_lag},
            {"last_commit", seconds_json(health.journal.last_commit)}}},
          {"net",
           {{"in_flight", health.net.in_flight},
            {"queued", health.net.queued},
            {"started", health.net.started},
            {"kept", health.net.kept},
            {"dns_queries", health.net.dns_queries},
            {"ca_loads", health.net.ca_loads}}},
          {"outbox", outbox_json(health)}};
}

Json to_json(const Drafts& drafts) {
  return {{"banner", drafts.banner},
          {"social", drafts.social},
          {"push", {{"title", drafts.push_title}, {"body", drafts.push_body}}},
          {"colleagues", drafts.colleagues}};
}

Json to_json(const CustomerNotice& notice) {
  const bool is_over = notice.service == Service::working;
  Json json{{"functions", notice.functions},
            {"state", is_over ? "resolved" : print(notice.service)},
            {"incident", notice.incident},
            {"since", time_json(notice.since)}};
  json.update(to_json(notice.drafts));
  return json;
}

// `about` is what an item's shape needs beside the item: the snapshot, or who words it.
template <class About, class Item>
Json list_json(const About& about, const std::vector<Item>& items) {
  Json list = Json::array();
  for (const auto& item : items)
    list.push_back(to_json(about, item));
  return list;
}

std::string render_list(const Snapshot& snapshot, const std::string& name, Json list) {
  return dumped({{"at", time_json(snapshot.at)}, {name, std::move(list)}});
}

}  // namespace

std::string render_status_json(const Snapshot& snapshot) {
  const Summary summary = summarize(snapshot);
  const Teller teller(snapshot);
  return dumped({{"at", time_json(snapshot.at)},
                 {"organisation", snapshot.organisation},
                 {"vantage", snapshot.vantage},
                 {"headline", teller.headline(summary)},
                 {"level", print(summary.level)},
                 {"suspicion", summary.suspicion},
                 {"blind", snapshot.is_blind},
                 {"ready", snapshot.health.is_ready},
                 {"functions", list_json(snapshot, snapshot.functions)},
                 {"providers", list_json(snapshot, snapshot.providers)},
                 {"targets", list_json(snapshot, snapshot.targets)},
                 {"incidents", list_json(teller, snapshot.incidents)},
                 {"health", to_json(snapshot.health)}});
}

std::string render_functions_json(const Snapshot& snapshot) {
  return render_list(snapshot, "functions", list_json(snapshot, snapshot.functions));
}
std::string render_providers_json(const Snapshot& snapshot) {
  return render_list(snapshot, "providers", list_json(snapshot, snapshot.providers));
}
std::string render_targets_json(const Snapshot& snapshot) {
  return render_list(snapshot, "targets", list_json(snapshot, snapshot.targets));
}
std::string render_incidents_json(const Snapshot& snapshot) {
  return render_list(snapshot, "incidents", list_json(Teller(snapshot), snapshot.incidents));
}
std::string render_incident_json(const Snapshot& snapshot, const Incident& incident) {
  return dumped(to_json(Teller(snapshot), incident));
}
std::string render_notices_json(const Snapshot& snapshot) {
  const auto notices = compose_customer_notices(customer_view(snapshot));
  Json list = Json::array();
  for (const auto& notice : notices.each)
    list.push_back(to_json(notice));
  Json to_approve;
  if (notices.to_approve) {
    to_approve = to_json(*notices.to_approve);
    to_approve["approver"] = customer_english::kApprover;
  }
  return dumped({{"at", time_json(snapshot.at)},
                 {"blind", snapshot.is_blind},
                 {"all", notices.all ? to_json(*notices.all) : Json()},
                 {"notices", std::move(list)},
                 {"to_approve", std::move(to_approve)}});
}
std::string render_error_json(std::string_view what, std::string_view hint) {
  Json error{{"error", what}};
  if (!hint.empty()) error["hint"] = hint;
  return dumped(error);
}

}  // namespace bw
