// SPDX-License-Identifier: Apache-2.0
#include "daemon/snapshot_of.h"

#include <algorithm>

namespace bw {
namespace {

std::string without_query(const Spec& spec) {
  if (!spec.url.empty()) return spec.url.substr(0, spec.url.find_first_of("?#"));
  return spec.port == 0 ? spec.host : spec.host + ":" + std::to_string(spec.port);
}

}  // namespace

Snapshot snapshot_of(const Desk& desk, Snapshot::Health health, Time now) {
  const auto& config = desk.config();
  const auto& judge = desk.judge_state();
  Snapshot snapshot;
  snapshot.at = now;
  snapshot.organisation = config.estate.organisation;
  snapshot.vantage = config.vantage;
  for (const auto& function : config.estate.functions) {
    snapshot.functions.push_back({.id = function.id,
                                  .title = function.title,
                                  .is_critical = function.is_critical,
                                  .state = judge.function_state(function.id)});
  }
  for (const auto& provider : config.estate.providers) {
    snapshot.providers.push_back({.id = provider.id,
                                  .name = provider.name,
                                  .role = provider.role,
                                  .state = judge.provider_state(provider.id)});
  }
  for (TargetIndex i = 0; i < config.estate.targets.size(); ++i) {
    const auto& target = config.estate.targets[i];
    auto& shown = snapshot.targets.emplace_back();
    shown = {.id = target.id,
             .kind = target.kind,
             .function = target.function,
             .url = without_query(config.watched[i].spec),
             .owner = target.owner,
             .state = judge.target_state(i, desk.vantage()),
             .cert_not_after = {},
             .looks = desk.counts().looks[i],
             .failures = desk.counts().failures[i]};
    const auto& facts = shown.state.latest.facts;
    if (facts == nullptr) continue;
    if (const auto ends = parse_time(facts->get(Fact::cert_not_after))) {
      shown.cert_not_after = static_cast<double>(ends->time_since_epoch().count()) / 1000.0;
    }
  }
  snapshot.incidents = judge.incidents();
  snapshot.is_blind = judge.is_blind(desk.vantage());
  snapshot.health = std::move(health);
  snapshot.health.version = BW_VERSION;
  snapshot.health.is_ready = desk.has_seen_all();
  snapshot.health.journal_lag = desk.waiting();
  snapshot.health.outbox = desk.outbox().health();
  snapshot.health.observations = desk.counts().observations;
  snapshot.health.second_looks = desk.counts().second_looks;
  snapshot.health.judge_seconds = desk.counts().judge_seconds;
  return snapshot;
}

}  // namespace bw
