// SPDX-License-Identifier: Apache-2.0
#include "daemon/verdict/told.h"

#include "daemon/verdict/scope.h"

#include <algorithm>

namespace bw {
namespace {

constexpr Millis kMemory{std::chrono::hours{24}};

bool has_suffered(const Series& series, Time from) {
  if (series.health == Health::degraded) return true;
  return std::ranges::any_of(series.episodes, [from](const Episode& episode) {
    return !episode.to || *episode.to >= from;
  });
}

bool was_felt(const History& history, std::string_view provider, Time from) {
  const auto& estate = history.estate();
  for (TargetIndex target = 0; target < estate.targets.size(); ++target) {
    const auto& one = estate.targets[target];
    if (one.role != Role::service && one.role != Role::provider) continue;
    if (!depends_on(estate, one, provider)) continue;
    for (VantageIndex vantage = 0; vantage < estate.vantages.size(); ++vantage) {
      if (has_suffered(history.series(target, vantage), from)) return true;
    }
  }
  return false;
}

}  // namespace

std::vector<const Board::Said*> told_of_attack(const History& history,
                                               const Board& board,
                                               Time now) {
  auto said = board.attacks(now - kMemory);
  std::erase_if(said, [&](const Board::Said* one) {
    const auto& who = one->item.provider;
    const bool is_intrusion = one->item.is_security || one->words.has(WordClass::security) ||
                              one->words.has(WordClass::ransom);
    return who != kOwn && !is_intrusion && !was_felt(history, who, now - kMemory);
  });
  return said;
}

}  // namespace bw
