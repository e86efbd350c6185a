// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "daemon/verdict/archive_verdict.h"
#include "daemon/verdict/docket.h"
#include "daemon/verdict/judge.h"

#include <algorithm>
#include <iterator>

// The judge's state for checkpoints. Positions of targets and vantages are those of the archive's
// own lists: see Judge::restore.
namespace bw {

[[nodiscard]] inline std::optional<Fact> parse_name(std::string_view name, Fact /*as*/) {
  return parse_fact(name);
}

template <class A>
void describe(A& a, Episode& episode) {
  a(episode.from, episode.to);
  describe_name(a, episode.outcome);
  a(episode.seq);
}

template <class A>
void describe(A& a, Series& one) {
  a(one.latest,
    one.latest_seq,
    one.health,
    one.since,
    one.since_seq,
    one.first_bad,
    one.first_bad_seq,
    one.failed_bits,
    one.slow_bits,
    one.looks,
    one.good_looks,
    one.failed_run,
    one.ok_run,
    one.failing_share,
    one.latency_log_median,
    one.latency_log_spread,
    one.episodes,
    one.value_log_median,
    one.value_log_spread,
    one.value_looks,
    one.unusual_run);
}

template <class A>
void describe(A& a, Change& change) {
  describe_name(a, change.fact);
  a(change.target,
    change.was,
    change.is,
    change.at,
    change.seq,
    change.last_seen,
    change.is_live,
    change.is_approved,
    change.vantages);
}

template <class A>
void describe(A& a, Scope& scope) {
  a(scope.blame,
    scope.culprits,
    scope.suspect,
    scope.failing,
    scope.slow,
    scope.unexplained,
    scope.functions,
    scope.onset,
    scope.hard);
}

template <class A>
void describe(A& a, Board::Said& said) {
  a(said.item, said.seq, said.first, said.revisions);
}

template <class A>
void describe(A& a, Board::Planned& planned) {
  a(planned.announcement, planned.seq);
}

template <class A>
void describe(A& a, Evidence& evidence) {
  a(evidence.rule,
    evidence.claim,
    evidence.cites,
    evidence.since,
    evidence.last_live,
    evidence.is_live);
}

template <class A>
void describe(A& a, History& history) {
  // Watched facts by name, so that the enumeration may grow.
  std::vector<std::pair<std::pair<TargetIndex, std::string>, std::set<std::string>>> members;
  if constexpr (!A::kIsReading) {
    for (const auto& [key, known] : history.known_) {
      members.push_back({{key.first, std::string(print(key.second))}, known});
    }
  }
  a(history.series_, members, history.changes_, history.is_frozen_, history.dark_since_);
  if constexpr (A::kIsReading) {
    history.known_.clear();
    for (auto& [key, known] : members) {
      if (const auto fact = parse_fact(key.second))
        history.known_[{key.first, *fact}] = std::move(known);
    }
  }
}

template <class A>
void describe(A& a, Board& board) {
  // Windows of the configuration (seq 0) come from the estate, not from the archive.
  std::vector<Board::Planned> announced;
  if constexpr (!A::kIsReading) {
    std::ranges::copy_if(board.planned_, std::back_inserter(announced), [](const auto& planned) {
      return planned.seq != 0;
    });
  }
  a(board.said_, announced);
  if constexpr (A::kIsReading) {
    for (auto& [key, said] : board.said_)
      said.words = words_of(said.item);
    std::erase_if(board.planned_, [](const auto& planned) { return planned.seq != 0; });
    board.planned_.insert(board.planned_.end(), announced.begin(), announced.end());
  }
}

template <class A>
void describe(A& a, Ledger& ledger) {
  std::map<std::string, Evidence> plain;
  if constexpr (!A::kIsReading) plain.insert(ledger.evidence_.begin(), ledger.evidence_.end());
  a(plain);
  if constexpr (A::kIsReading) {
    ledger.evidence_.clear();
    ledger.evidence_.insert(plain.begin(), plain.end());
  }
}

template <class A>
void describe(A& a, Docket::Case& one) {
  a(one.incident,
    one.ledger,
    one.scope,
    one.blamed,
    one.blamed_at,
    one.last_bad,
    one.suspicious_since,
    one.cleared_since,
    one.is_declared);
  describe_name(a, one.told_level);
  a(one.told_cause,
    one.cause_since,
    one.new_cause,
    one.has_told_outage,
    one.told_functions,
    one.told_at,
    one.approval);
}

template <class A>
void describe(A& a, Docket& docket) {
  a(docket.open_,
    docket.closed_,
    docket.last_id_,
    docket.awaited_,
    docket.awaited_until_,
    docket.has_asked_);
}

}  // namespace bw
