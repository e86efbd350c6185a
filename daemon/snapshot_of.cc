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

bool SnapshotDraft::add_targets(std::size_t limit) {
  const auto count = desk_->config().estate.targets.size();
  snapshot_.targets.reserve(count);
  const auto end = std::min(count, snapshot_.targets.size() + limit);
  for (auto target = snapshot_.targets.size(); target < end; ++target)
    add_target(static_cast<TargetIndex>(target));
  return end == count;
}

void SnapshotDraft::add_target(TargetIndex index) {
  const auto& desk = *desk_;
  const auto& config = desk.config();
  const auto& judge = desk.judge_state();
  const auto& target = config.estate.targets[index];
  auto& shown = snapshot_.targets.emplace_back();
  shown = {.id = target.id,
           .kind = target.kind,
           .function = target.function,
           .url = without_query(config.watched[index].spec),
           .owner = target.owner,
           .role = target.role,
           .surface = target.surface,
           .state = judge.target_state(index, desk.vantage()),
           .cert_not_after = {},
           .looks = desk.counts().looks[index],
           .failures = desk.counts().failures[index],
           .steps = desk.steps(index)};
  const auto& facts = shown.state.latest.facts;
  if (facts == nullptr) return;
  if (const auto ends = parse_time(facts->get(Fact::cert_not_after))) {
    shown.cert_not_after = static_cast<double>(ends->time_since_epoch().count()) / 1000.0;
  }
}

Snapshot SnapshotDraft::finish(Snapshot::Health health, Time now) && {
  const auto& desk = *desk_;
  const auto& config = desk.config();
  const auto& judge = desk.judge_state();
  Snapshot snapshot = std::move(snapshot_);
  snapshot.at = now;
  snapshot.organisation = config.estate.organisation;
  snapshot.vantage = config.vantage;
  for (const auto& function : config.estate.functions) {
    snapshot.functions.push_back({.id = function.id,
                                  .title = function.title,
                                  .is_critical = function.is_critical,
                                  .customers = function.customers,
                                  .state = judge.function_state(function.id)});
  }
  for (const auto& provider : config.estate.providers) {
    snapshot.providers.push_back({.id = provider.id,
                                  .name = provider.name,
                                  .role = provider.role,
                                  .state = judge.provider_state(provider.id)});
  }
  snapshot.incidents = judge.incidents();
  snapshot.is_blind = judge.is_blind(desk.vantage());
  snapshot.notices = config.notices;
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
