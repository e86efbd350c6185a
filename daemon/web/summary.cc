// SPDX-License-Identifier: Apache-2.0
#include "daemon/web/summary.h"

#include <algorithm>

namespace bw {
namespace {

bool is_more_pressing(const Incident& one, const Incident& other) {
  const int left = rank_of(one.verdict.level);
  const int right = rank_of(other.verdict.level);
  return left != right ? left > right : one.verdict.suspicion > other.verdict.suspicion;
}

Level worst_level(const Snapshot& snapshot) {
  Level worst = Level::calm;
  for (const auto& function : snapshot.functions) {
    if (rank_of(function.state.level) > rank_of(worst)) worst = function.state.level;
  }
  return worst;
}

}  // namespace

int rank_of(Level level) {
  switch (level) {
    case Level::calm:
      return 0;
    case Level::blind:
      return 1;
    case Level::degraded:
      return 2;
    case Level::outage:
      return 3;
    case Level::watch:
      return 4;
    case Level::suspected:
      return 5;
    case Level::strongly_suspected:
      return 6;
    case Level::declared:
      return 7;
  }
  return 0;
}

Summary summarize(const Snapshot& snapshot) {
  Summary summary;
  for (const auto& incident : snapshot.incidents) {
    if (incident.closed) continue;
    ++summary.open;
    if (!incident.is_acknowledged) ++summary.unacknowledged;
    summary.suspicion = std::max(summary.suspicion, incident.verdict.suspicion);
    if (summary.leading == nullptr || is_more_pressing(incident, *summary.leading)) {
      summary.leading = &incident;
    }
  }
  summary.level = worst_level(snapshot);
  if (summary.leading != nullptr &&
      rank_of(summary.leading->verdict.level) > rank_of(summary.level)) {
    summary.level = summary.leading->verdict.level;
  }
  if (snapshot.is_blind) summary.level = Level::blind;
  return summary;
}

double suspicion_of(const Snapshot& snapshot, std::string_view function) {
  double highest = 0;
  for (const auto& incident : snapshot.incidents) {
    if (incident.closed ||
        std::ranges::find(incident.functions, function) == incident.functions.end()) {
      continue;
    }
    highest = std::max(highest, incident.verdict.suspicion);
  }
  return highest;
}

}  // namespace bw
