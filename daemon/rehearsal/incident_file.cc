// SPDX-License-Identifier: Apache-2.0
#include "daemon/rehearsal/book.h"
#include "daemon/rehearsal/links.h"
#include "daemon/rehearsal/selectors.h"
#include "daemon/rehearsal/toml_table.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <limits>

namespace bw::rehearsal {
namespace {

using Words = std::span<const std::string_view>;

constexpr auto kBenign = std::to_array<std::string_view>({"own_change",
                                                          "own_capacity",
                                                          "own_hardware",
                                                          "cert_expiry",
                                                          "dns_misconfig",
                                                          "provider_outage",
                                                          "network_bgp",
                                                          "flash_crowd",
                                                          "planned_maintenance",
                                                          "monitor_local",
                                                          "none"});
constexpr auto kCyber = std::to_array<std::string_view>({"ddos",
                                                         "ransomware_containment",
                                                         "dns_hijack",
                                                         "bgp_hijack",
                                                         "tls_interception",
                                                         "defacement",
                                                         "skimmer",
                                                         "supply_chain_script",
                                                         "subdomain_takeover",
                                                         "account_attack",
                                                         "provider_compromised",
                                                         "wiper"});
constexpr Millis kRunUpMax{std::chrono::hours{24 * 10}};

DnsFault read_dns(TomlTable& table) {
  constexpr auto kRcodes = std::to_array<std::string_view>({"NXDOMAIN", "SERVFAIL", "REFUSED"});
  constexpr std::array<int, 3> kNumbers{3, 2, 5};
  DnsFault fault;
  const auto rcode = table.word("rcode", kRcodes);
  if (!rcode.empty()) {
    fault.rcode =
        kNumbers.at(static_cast<std::size_t>(std::ranges::find(kRcodes, rcode) - kRcodes.begin()));
  }
  fault.is_timeout = table.flag("timeout");
  fault.is_bogus = table.flag("bogus");
  fault.latency = table.duration("latency").value_or(Millis{0});
  auto a = table.addresses("a");
  if (table.has("a")) fault.a = std::move(a);
  const auto names = [&](std::string_view key) -> std::optional<std::vector<std::string>> {
    auto list = table.texts(key);
    if (!table.has(key)) return std::nullopt;
    return list;
  };
  fault.ns = names("ns");
  fault.mx = names("mx");
  fault.caa = names("caa");
  fault.cname = table.text("cname");
  constexpr std::int64_t kMax = std::numeric_limits<std::uint32_t>::max();
  if (const auto ttl = table.integer("ttl", 0, kMax)) fault.ttl = static_cast<std::uint32_t>(*ttl);
  if (const auto asn = table.integer("asn", 0, kMax)) fault.asn = static_cast<std::uint32_t>(*asn);
  return fault;
}

TlsFault read_tls(TomlTable& table) {
  constexpr auto kKeys = std::to_array<std::string_view>({"new", "same"});
  constexpr auto kHandshakes = std::to_array<std::string_view>({"fail"});
  TlsFault fault;
  fault.is_expired = table.flag("expired");
  fault.is_self_signed = table.flag("self_signed");
  fault.is_wrong_name = table.flag("wrong_name");
  fault.is_incomplete = table.flag("incomplete_chain");
  fault.is_handshake_failing = !table.word("handshake", kHandshakes).empty();
  fault.issuer = table.text("issuer");
  const auto key = table.word("key", kKeys);
  if (!key.empty()) fault.is_new_key = key == "new";
  fault.names = table.texts("names");
  return fault;
}

HttpFault read_http(TomlTable& table) {
  HttpFault fault;
  if (const auto status = table.integer("status", 100, 599)) {
    fault.status = static_cast<int>(*status);
  }
  fault.headers = table.headers("headers");
  auto body = table.text("body");
  if (table.has("body")) fault.body = std::move(body);
  fault.latency = table.duration("latency");
  fault.slow = table.number("slow").value_or(1);
  if (fault.slow <= 0) table.problem("slow", "\"slow\" is a factor above 0");
  fault.redirect = table.text("redirect");
  fault.retry_after = table.duration("retry_after");
  return fault;
}

std::string read_reference(TomlTable& table, std::string_view key) {
  auto reference = table.text(key);
  if (!is_reference(reference)) table.problem(key, "\"" + reference + "\" is not a URL");
  return reference;
}

PageFault read_page(TomlTable& table) {
  PageFault fault;
  fault.add_script = read_reference(table, "add_script");
  fault.change_script = read_reference(table, "change_script");
  fault.inline_script = table.text("inline_script");
  auto script_body = table.text("script_body");
  if (table.has("script_body")) fault.script_body = std::move(script_body);
  if (fault.script_body && fault.add_script.empty() && fault.change_script.empty()) {
    table.problem("script_body", "\"script_body\" stands beside add_script or change_script");
  }
  fault.form_action = read_reference(table, "form_action");
  fault.add_iframe = read_reference(table, "add_iframe");
  fault.remove_header = table.texts("remove_header");
  auto replace_body = table.text("replace_body");
  if (table.has("replace_body")) fault.replace_body = std::move(replace_body);
  fault.insert_text = table.text("insert_text");
  return fault;
}

FeedFault read_feed(TomlTable& table) {
  FeedFault fault;
  fault.indicator = table.text("indicator");
  fault.component = table.text("component");
  fault.status = table.text("status");
  fault.title = table.text("title");
  fault.body = table.text("body");
  fault.stage = table.text("stage");
  fault.maintenance = table.text("maintenance");
  const auto from = table.duration("from");
  const auto to = table.duration("to");
  if (table.has("maintenance") && (!from || !to)) {
    table.problem("maintenance", R"(a maintenance needs "from" and "to")");
  }
  fault.from = from.value_or(Millis{0});
  fault.to = to.value_or(Millis{0});
  return fault;
}

RdapFault read_rdap(TomlTable& table) {
  return {.status = table.texts("status"),
          .registrar = table.text("registrar"),
          .name_servers = table.texts("nameservers"),
          .expires = table.date("expires"),
          .is_changed = table.flag("changed")};
}

BgpFault read_bgp(TomlTable& table) {
  constexpr auto kStates = std::to_array<std::string_view>({"invalid", "valid"});
  BgpFault fault;
  if (const auto origin = table.integer("origin", 0, std::numeric_limits<std::uint32_t>::max())) {
    fault.origin = static_cast<std::uint32_t>(*origin);
  }
  fault.is_withdrawn = table.flag("withdrawn");
  fault.rpki = table.word("rpki", kStates);
  return fault;
}

VantageFault read_vantage(TomlTable& table) {
  constexpr auto kResolvers = std::to_array<std::string_view>({"broken"});
  VantageFault fault;
  fault.is_down = table.flag("down");
  fault.loss = table.number("loss").value_or(0);
  if (fault.loss < 0 || fault.loss > 1) table.problem("loss", "\"loss\" is a share from 0 to 1");
  fault.is_resolver_broken = !table.word("resolver", kResolvers).empty();
  return fault;
}

AnnounceFault read_announce(TomlTable& table) {
  constexpr auto kKinds =
      std::to_array<std::string_view>({"maintenance", "change", "sale", "incident"});
  table.require("kind");
  AnnounceFault fault;
  fault.kind = table.word("kind", kKinds);
  fault.text = table.required_text("text");
  fault.covers = table.required_duration("to");
  return fault;
}

MetricFault read_metric(TomlTable& table) {
  table.require("value");
  table.require("normal");
  return {.name = table.required_text("name"),
          .value = table.number("value").value_or(0),
          .normal = table.number("normal").value_or(0)};
}

Fault read_tcp(TomlTable& event, std::string_view key) {
  constexpr auto kWords = std::to_array<std::string_view>({"refuse", "timeout", "reset"});
  const auto word = event.word(key, kWords);
  if (word == "timeout") return TcpFault::timeout;
  return word == "reset" ? TcpFault::reset : TcpFault::refuse;
}

Fault read_login(TomlTable& event, std::string_view key) {
  constexpr auto kWords =
      std::to_array<std::string_view>({"rejects_valid", "accepts_any", "challenge"});
  const auto word = event.word(key, kWords);
  if (word == "accepts_any") return LoginFault::accepts_any;
  return word == "challenge" ? LoginFault::challenge : LoginFault::rejects_valid;
}

// One row a fault: its key in an event, and how it is read.
template <auto read>
Fault from_table(TomlTable& event, std::string_view key) {
  Fault fault;
  event.table(key, [&](TomlTable& table) { fault = read(table); });
  return fault;
}
JsonFault read_json(TomlTable& table) {
  return {.drop = table.texts("drop"), .set = table.json("set")};
}
CtFault read_ct(TomlTable& table) {
  return {.issuer = table.text("issuer"), .names = table.texts("names")};
}
struct FaultKind {
  std::string_view key;
  Fault (*read)(TomlTable& event, std::string_view key);
  bool has_target = true;  // needs `on`
};
constexpr auto kFaults = std::to_array<FaultKind>({
    {.key = "dns", .read = from_table<read_dns>},
    {.key = "tcp", .read = read_tcp},
    {.key = "tls", .read = from_table<read_tls>},
    {.key = "http", .read = from_table<read_http>},
    {.key = "page", .read = from_table<read_page>},
    {.key = "login", .read = read_login},
    {.key = "json", .read = from_table<read_json>},
    {.key = "feed", .read = from_table<read_feed>},
    {.key = "rdap", .read = from_table<read_rdap>},
    {.key = "ct", .read = from_table<read_ct>},
    {.key = "bgp", .read = from_table<read_bgp>},
    {.key = "vantage", .read = from_table<read_vantage>, .has_target = false},
    {.key = "announce", .read = from_table<read_announce>, .has_target = false},
    {.key = "metric", .read = from_table<read_metric>, .has_target = false},
});

void read_fault(TomlTable& table, Event& event) {
  int count = 0;
  for (const auto& kind : kFaults) {
    if (!table.has(kind.key)) continue;
    ++count;
    event.fault = kind.read(table, kind.key);
    if (kind.has_target && event.on.empty()) {
      table.problem(kind.key, "a \"" + std::string(kind.key) + R"(" fault needs "on")");
    }
  }
  if (count != 1) {
    table.problem({}, "an event has exactly one fault, this one has " + std::to_string(count));
  }
}

void check_times(TomlTable& table, const Event& event, Millis end) {
  if (event.at >= event.until) table.problem("until", R"("until" is not after "at")");
  if (event.at > end) table.problem("at", "\"at\" is after the incident's end");
  if (event.at < -kRunUpMax) table.problem("at", "\"at\" is more than ten days before t0");
}

Event read_event(TomlTable& table, const WorldFile& world, Millis end) {
  Event event;
  event.where = table.where("at");
  event.at = table.required_duration("at");
  event.until = table.duration("until").value_or(end);
  if (table.has("at")) check_times(table, event, end);
  event.on = table.texts("on");
  event.share = table.number("share").value_or(1);
  if (event.share <= 0 || event.share > 1) {
    table.problem("share", "\"share\" is a fraction above 0 and at most 1");
  }
  event.ramp = table.duration("ramp").value_or(Millis{0});
  event.from = table.texts("from");
  for (const auto& id : event.from) {
    if (std::ranges::find(world.vantages, id, &VantageEntry::id) == world.vantages.end()) {
      table.problem("from", "there is no vantage \"" + id + "\" in this world");
    }
  }
  event.group = table.text("group");
  event.note = table.text("note");
  read_fault(table, event);
  for (const auto& selector : event.on) {
    if (!is_meaningful(world, selector)) {
      table.problem("on", "\"" + selector + "\" matches nothing in world \"" + world.name + "\"");
    }
  }
  return event;
}

Truth read_truth(TomlTable& table, const WorldFile& world, Millis end) {
  constexpr auto kLabels = std::to_array<std::string_view>({"benign", "cyber", "invisible"});
  Truth truth;
  table.require("label");
  truth.label = table.word("label", kLabels);
  truth.cause = table.required_text("cause");
  const auto is_in = [&](Words words) {
    return std::ranges::find(words, truth.cause) != words.end();
  };
  const bool fits = truth.label == "benign"  ? is_in(kBenign)
                    : truth.label == "cyber" ? is_in(kCyber)
                                             : is_in(kBenign) || is_in(kCyber);
  if (table.has("cause") && !fits) {
    table.problem("cause", "\"" + truth.cause + "\" is no cause of a " + truth.label + " incident");
  }
  truth.culprit = table.text("culprit");
  if (!truth.culprit.empty() &&
      std::ranges::find(world.owners, truth.culprit, &Owner::id) == world.owners.end()) {
    table.problem("culprit", "\"" + truth.culprit + "\" is no owner of this world");
  }
  truth.decide_by = table.required_duration("decide_by");
  if (truth.decide_by > end) table.problem("decide_by", "\"decide_by\" is after the end");
  truth.tell = table.duration("tell").value_or(Millis{0});
  if (truth.label == "cyber") table.require("tell");
  if (truth.tell > truth.decide_by) table.problem("tell", R"("tell" is after "decide_by")");
  return truth;
}

}  // namespace

std::expected<IncidentFile, std::vector<Error>> read_incident_file(const std::string& path,
                                                                   const WorldFile& world) {
  const auto document = parse_toml_file(path);
  if (!document) return std::unexpected(std::vector{document.error()});
  std::vector<Error> problems;
  IncidentFile incident;
  TomlTable root(*document, path, problems);
  incident.id = root.required_text("id");
  if (root.has("id") && incident.id != std::filesystem::path(path).stem().string()) {
    root.problem("id", R"("id" is ")" + incident.id + "\", not the file's name");
  }
  incident.title = root.required_text("title");
  root.require("occurred");
  root.date("occurred");
  root.require("sources");
  root.texts("sources");
  root.texts("uncertain");
  incident.world = root.required_text("world");
  if (root.has("world") && incident.world != world.name) {
    root.problem(
        "world",
        "this incident happens in world \"" + incident.world + "\", not in \"" + world.name + "\"");
  }
  root.require("t0");
  incident.t0 = root.time("t0").value_or(Time{});
  incident.end = root.required_duration("end");
  root.require("truth");
  root.table("truth",
             [&](TomlTable& table) { incident.truth = read_truth(table, world, incident.end); });
  root.tables("event", [&](TomlTable& table) {
    incident.events.push_back(read_event(table, world, incident.end));
  });
  root.finish();
  if (!problems.empty()) return std::unexpected(std::move(problems));
  return incident;
}

}  // namespace bw::rehearsal
