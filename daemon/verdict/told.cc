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

bool was_felt(const History& history, std::string_view owner, Time from) {
  const auto& estate = history.estate();
  for (TargetIndex target = 0; target < estate.targets.size(); ++target) {
    const auto& one = estate.targets[target];
    if (one.role != Role::service && one.role != Role::provider) continue;
    if (owner != kOwn && !depends_on(estate, one, owner)) continue;
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
    const auto& words = one->words;
    const bool is_flood = words.has(WordClass::ddos) && !words.has(WordClass::ransom);
    // What is over concerns us as far as it was felt, and so does what a flood did elsewhere.
    const bool must_be_felt = words.has(WordClass::resolved) || (is_flood && who != kOwn);
    return must_be_felt && !was_felt(history, who, now - kMemory);
  });
  return said;
}

}  // namespace bw
