// SPDX-License-Identifier: Apache-2.0
#include "tests/support/sample_snapshot.h"

#include <array>

namespace bw::testing {
namespace {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr std::string_view kHostile = "<script>alert('x')</script>\"&\x01\xff\n\\";

struct Row {
  std::string_view id;
  std::string_view kind;
  std::string_view function;
  std::string_view url;
  std::string_view owner;
};
constexpr std::array<Row, 9> kRows{{
    {.id = "home",
     .kind = "page",
     .function = "browse",
     .url = "https://www.hedgerow.example/",
     .owner = "own"},
    {.id = "search",
     .kind = "api",
     .function = "browse",
     .url = "https://api.hedgerow.example/search",
     .owner = "own"},
    {.id = "checkout",
     .kind = "page",
     .function = "checkout",
     .url = "https://shop.hedgerow.example/checkout",
     .owner = "own"},
    {.id = "basket",
     .kind = "api",
     .function = "checkout",
     .url = "https://api.hedgerow.example/basket",
     .owner = "own"},
    {.id = "sign-in",
     .kind = "login",
     .function = "account",
     .url = "https://id.hedgerow.example/sign-in",
     .owner = "own"},
    {.id = "vouchers",
     .kind = "page",
     .function = "vouchers",
     .url = "https://cards.hedgerow.example/",
     .owner = "own"},
    {.id = "zone", .kind = "dns", .function = "browse", .url = "hedgerow.example", .owner = "own"},
    {.id = "paywell-canary",
     .kind = "tcp",
     .function = "",
     .url = "api.paywell.example:443",
     .owner = "paywell"},
    {.id = "commerce-feed",
     .kind = "feed",
     .function = "",
     .url = "https://status.commerce.example/api/v2/summary.json",
     .owner = "commerce"},
}};

Snapshot::Target make_target(const Row& row, TargetIndex index) {
  Snapshot::Target target{.id = std::string(row.id),
                          .kind = std::string(row.kind),
                          .function = std::string(row.function),
                          .url = std::string(row.url),
                          .owner = std::string(row.owner),
                          .state = {},
                          .cert_not_after = {},
                          .looks = 1'000 + index,
                          .failures = index};
  Facts facts;
  const bool is_http = row.url.starts_with("https:");
  if (is_http) {
    facts.set(Fact::status, "200");
    target.cert_not_after = 1'723'000'000.0;
  }
  Phases const phases{.resolve = milliseconds{2},
                      .connect = milliseconds{11},
                      .tls = is_http ? milliseconds{24} : kNotReached,
                      .wait = milliseconds{80},
                      .transfer = milliseconds{5}};
  target.state = {.is_known = true,
                  .is_failing = false,
                  .is_degraded = false,
                  .latest = {.at = kSampleNow - seconds{10 + index},
                             .target = index,
                             .vantage = 0,
                             .outcome = Outcome::ok,
                             .party = Party::unknown,
                             .is_second_look = false,
                             .phases = phases,
                             .facts = std::make_shared<const Facts>(std::move(facts)),
                             .note = {}},
                  .since = kSampleNow - days{3}};
  return target;
}

void fail(Snapshot::Target& target, Outcome outcome, std::string note) {
  target.state.is_failing = true;
  target.state.since = kSampleNow - minutes{12};
  target.state.latest.outcome = outcome;
  target.state.latest.party = Party::origin;
  target.state.latest.note = std::move(note);
  Facts facts;
  facts.set(Fact::status, outcome == Outcome::status_server ? "503" : "401");
  target.state.latest.facts = std::make_shared<const Facts>(std::move(facts));
}

Posterior posterior(Hypothesis leading, double share) {
  Posterior all{};
  all.fill((1 - share) / static_cast<double>(kHypotheses - 1));
  all.at(static_cast<std::size_t>(leading)) = share;
  return all;
}

Incident provider_incident() {
  Verdict verdict{.at = kSampleNow - seconds{20},
                  .seq = 4711,
                  .level = Level::outage,
                  .posterior = posterior(Hypothesis::provider_outage, 0.91),
                  .suspicion = 0.04,
                  .leading = Hypothesis::provider_outage,
                  .is_decided = true,
                  .culprit = "commerce",
                  .unexplained = {"vouchers"},
                  .because = {},
                  .against = {},
                  .would_change = {"Commerce Cloud answering while checkout still fails"},
                  .missing = {"no certificate transparency feed is configured"}};
  verdict.because = {
      {.rule = "shared_provider",
       .claim = "checkout and basket fail, and both need Commerce Cloud; 4 others work",
       .decibans = 14,
       .cyber = -9,
       .cites = {4'701, 4'702},
       .since = kSampleNow - minutes{12}},
      {.rule = "provider_says_so",
       .claim = "Commerce Cloud reports a major outage: \"Elevated errors\"",
       .decibans = 12,
       .cyber = -8,
       .cites = {4'690},
       .since = kSampleNow - minutes{6}}};
  verdict.against = {{.rule = "unexplained",
                      .claim = "vouchers slowed down without needing Commerce Cloud",
                      .decibans = -3,
                      .cyber = 1,
                      .cites = {4'705},
                      .since = kSampleNow - minutes{4}}};
  return {.id = 8,
          .opened = kSampleNow - minutes{12},
          .closed = {},
          .functions = {"checkout", "vouchers"},
          .failing = {"checkout"},
          .targets = {"checkout", "basket"},
          .peak = Level::outage,
          .is_latched = false,
          .is_acknowledged = true,
          .is_integrity = false,
          .verdict = std::move(verdict)};
}

Incident suspicious_incident() {
  Verdict verdict{.at = kSampleNow - seconds{5},
                  .seq = 4712,
                  .level = Level::suspected,
                  .posterior = posterior(Hypothesis::account_attack, 0.55),
                  .suspicion = 0.72,
                  .leading = Hypothesis::account_attack,
                  .is_decided = true,
                  .culprit = {},
                  .unexplained = {},
                  .because = {{.rule = "login_accepts_wrong",
                               .claim = "a wrong password was accepted for the canary account",
                               .decibans = 15,
                               .cyber = 15,
                               .cites = {4'712},
                               .since = kSampleNow - minutes{2}}},
                  .against = {},
                  .would_change = {"sign-in refusing the wrong password again"},
                  .missing = {}};
  return {.id = 9,
          .opened = kSampleNow - minutes{2},
          .closed = {},
          .functions = {"account"},
          .failing = {"account"},
          .targets = {"sign-in"},
          .peak = Level::suspected,
          .is_latched = true,
          .is_acknowledged = false,
          .is_integrity = true,
          .verdict = std::move(verdict)};
}

Incident closed_incident() {
  Incident incident = provider_incident();
  incident.id = 7;
  incident.opened = kSampleNow - hours{30};
  incident.closed = kSampleNow - hours{29};
  incident.functions = {"vouchers"};
  incident.failing = {};
  incident.targets = {};
  incident.verdict.level = Level::calm;
  incident.verdict.at = *incident.closed;
  return incident;
}

Snapshot::Health make_health() {
  Snapshot::Health health;
  health.version = "0.1.0";
  health.started = kSampleNow - days{3};
  health.is_ready = true;
  health.journal = {
      .inputs = 123'456, .bytes = 45 << 20, .queued = 2, .dropped = 0, .last_commit = Micros{850}};
  health.journal_lag = 3;
  health.longest_turn = Micros{4'200};
  health.turns = 987'654;
  health.net = {.in_flight = 4, .queued = 0, .started = 9'036, .ca_loads = 1, .dns_queries = 512};
  health.is_reload_ok = true;
  health.last_reload = kSampleNow - days{1};
  health.config_digest = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";
  health.outbox = {{"chat",
                    {.pending = 0,
                     .delivered = 12,
                     .failed_attempts = 1,
                     .is_reachable = true,
                     .last_error = {}}},
                   {"pager",
                    {.pending = 0,
                     .delivered = 3,
                     .failed_attempts = 0,
                     .is_reachable = true,
                     .last_error = {}}}};
  health.observations = 9'036;
  health.second_looks = 21;
  health.judge_seconds = 1.75;
  return health;
}

void spoil(std::string& text) {
  text += kHostile;
}

}  // namespace

Snapshot calm_snapshot() {
  Snapshot snapshot;
  snapshot.at = kSampleNow;
  snapshot.organisation = "Hedgerow";
  snapshot.vantage = "london";
  const FunctionState works{
      .level = Level::calm, .failing_share = 0, .since = kSampleNow - days{3}};
  snapshot.functions = {
      {.id = "browse", .title = "Browsing and search", .is_critical = true, .state = works},
      {.id = "checkout", .title = "Online checkout", .is_critical = true, .state = works},
      {.id = "account", .title = "Signing in", .is_critical = true, .state = works},
      {.id = "vouchers", .title = "Gift cards and vouchers", .is_critical = false, .state = works}};
  const ProviderState fine{.feed = FeedState::operational, .is_failing = false, .statement = {}};
  snapshot.providers = {
      {.id = "commerce", .name = "Commerce Cloud", .role = "platform", .state = fine},
      {.id = "paywell", .name = "PayWell", .role = "payments", .state = fine},
      {.id = "edgeworks", .name = "Edgeworks", .role = "cdn", .state = fine},
      {.id = "zonecraft", .name = "Zonecraft", .role = "dns", .state = fine},
      {.id = "signet", .name = "Signet", .role = "auth", .state = {}}};
  for (const Row& row : kRows) {
    snapshot.targets.push_back(make_target(row, static_cast<TargetIndex>(snapshot.targets.size())));
  }
  snapshot.incidents = {closed_incident()};
  snapshot.health = make_health();
  return snapshot;
}

Snapshot busy_snapshot() {
  Snapshot snapshot = calm_snapshot();
  snapshot.incidents.insert(snapshot.incidents.begin(),
                            {suspicious_incident(), provider_incident()});
  snapshot.functions.at(1).state = {
      .level = Level::outage, .failing_share = 1.0, .since = kSampleNow - minutes{12}};
  snapshot.functions.at(2).state = {
      .level = Level::suspected, .failing_share = 1.0, .since = kSampleNow - minutes{2}};
  snapshot.functions.at(3).state = {
      .level = Level::degraded, .failing_share = 0.5, .since = kSampleNow - minutes{4}};
  snapshot.providers.at(0).state = {
      .feed = FeedState::major, .is_failing = true, .statement = "Elevated errors"};
  fail(snapshot.targets.at(2), Outcome::status_server, "answered 503 after 0.1 s");
  fail(snapshot.targets.at(3), Outcome::status_server, "answered 503 after 0.1 s");
  fail(snapshot.targets.at(4), Outcome::login_accepts_wrong, "the wrong password was accepted");
  snapshot.targets.at(5).state.is_degraded = true;
  snapshot.targets.at(5).state.latest.outcome = Outcome::degraded;
  auto& pager = snapshot.health.outbox.at("pager");
  pager = {.pending = 2,
           .delivered = 3,
           .failed_attempts = 17,
           .is_reachable = false,
           .last_error = "127.0.0.1:9 refused the connection"};
  return snapshot;
}

Snapshot hostile_snapshot() {
  Snapshot snapshot = busy_snapshot();
  spoil(snapshot.organisation);
  spoil(snapshot.vantage);
  for (auto& function : snapshot.functions)
    spoil(function.title);
  for (auto& provider : snapshot.providers) {
    spoil(provider.name);
    spoil(provider.role);
    spoil(provider.state.statement);
  }
  for (auto& target : snapshot.targets) {
    spoil(target.url);
    spoil(target.state.latest.note);
  }
  for (auto& incident : snapshot.incidents) {
    for (auto& reason : incident.verdict.because)
      spoil(reason.claim);
    for (auto& reason : incident.verdict.against)
      spoil(reason.claim);
    for (auto& text : incident.verdict.would_change)
      spoil(text);
    for (auto& text : incident.verdict.missing)
      spoil(text);
  }
  spoil(snapshot.health.journal_trouble);
  spoil(snapshot.health.outbox.at("pager").last_error);
  return snapshot;
}

Snapshot starting_snapshot() {
  Snapshot snapshot = calm_snapshot();
  snapshot.incidents.clear();
  for (auto& target : snapshot.targets) {
    target.state = {};
    target.cert_not_after.reset();
    target.looks = 0;
    target.failures = 0;
  }
  snapshot.targets.front() = make_target(kRows.front(), 0);
  snapshot.health.is_ready = false;
  snapshot.health.is_journal_healthy = false;
  snapshot.health.journal_trouble = "the disk is full";
  return snapshot;
}

}  // namespace bw::testing
