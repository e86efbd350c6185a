// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "daemon/verdict/fusion.h"

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace bw {

// The life of incidents: when one opens, what its level is, what is worth telling, when it closes.
// At most one is open at a time: what fails together is explained together, by one cause or two.
class Docket {
 public:
  Docket(const Estate& estate, const EvidenceWeights& weights);

  // Looks at everything anew. Rulings are appended.
  void review(const History& history,
              const Board& board,
              Time now,
              std::uint64_t seq,
              std::vector<Ruling>& rulings);
  // A look that it may be waiting for has been taken.
  void seen(TargetIndex target, VantageIndex vantage);
  // acknowledge, close, declare: on the incident that is named.
  void take(const OperatorNote& note, std::vector<Ruling>& rulings);

  [[nodiscard]] bool is_open() const { return open_.has_value(); }
  [[nodiscard]] bool is_waiting() const { return !awaited_.empty(); }
  [[nodiscard]] bool is_suspicious() const;
  // The open one first, then the last closed ones, newest first.
  [[nodiscard]] std::vector<Incident> incidents() const;
  [[nodiscard]] const Incident* open() const { return open_ ? &open_->incident : nullptr; }
  [[nodiscard]] const Ledger* evidence() const { return open_ ? &open_->ledger : nullptr; }

  void translate(const Translation& moved);
  // Every index that was read stands in the archive's own lists.
  [[nodiscard]] bool fits(const Translation& moved) const;
  template <class A>
  friend void describe(A& a, Docket& docket);

 private:
  struct Case {
    // Written apart: the defaults below are not known to std::optional before Docket is complete.
    Case();
    Incident incident;
    Ledger ledger;
    Scope scope;                           // the last one in which something failed
    std::map<std::string, double> blamed;  // minutes for which each provider was blamed, fading
    Time blamed_at{};
    Time last_bad{};  // when something was last wrong
    std::optional<Time> suspicious_since;
    std::optional<Time> cleared_since;
    bool is_declared = false;  // by an operator
    // What the last ruling said.
    Level told_level = Level::calm;
    std::string told_cause;
    std::optional<Time> cause_since;  // a new decided cause, not told yet
    std::string new_cause;
    bool has_told_outage = false;
    std::size_t told_functions = 0;
    Time told_at{};
    std::string approval;  // of a change that it is about: by whom, and their words
  };
  template <class A>
  friend void describe(A& a, Case& one);
  struct Now {                             // what is wrong, before any rule is asked
    std::vector<const Board::Said*> told;  // of an attack
    Scope scope;
    std::vector<std::string> degraded;    // function ids
    std::vector<std::string> changed;     // functions on whose targets something changed hands
    std::vector<std::string> unapproved;  // those targets' ids
    bool is_failing = false;              // a service
    bool is_provider_failing = false;
    bool is_blind = false;
    bool is_changed = false;  // names, keys or code changed hands, unapproved
    [[nodiscard]] bool is_bad() const {
      return is_failing || !degraded.empty() || is_provider_failing || is_blind || is_changed ||
             !told.empty();
    }
  };

  [[nodiscard]] Now look(const History& history, const Board& board, Time now) const;
  void look_at_health(const History& history, Now& present) const;
  void look_at_changes(const History& history, Time now, Now& present) const;
  [[nodiscard]] bool is_ripe(const History& history,
                             const Now& present,
                             Time now,
                             std::vector<Ruling>& rulings);
  void ask_around(const History& history, const Now& present, std::vector<Ruling>& rulings);
  [[nodiscard]] Case& begin(const Now& present, Time now);
  static void note_cause(Case& one, Time now);
  [[nodiscard]] static std::string blamed_provider(const Case& one, const Board& board);
  void note_functions(Case& one, const Now& present) const;
  void weigh(
      Case& one, const History& history, const Board& board, const Now& present, Time now) const;
  void set_level(Case& one, const Now& present, Time now) const;
  void latch(Case& one, bool is_hard, bool is_declared, Time now) const;
  [[nodiscard]] static bool is_expected(const Case& one);
  [[nodiscard]] static Level base_level(const Case& one, const Now& present);
  [[nodiscard]] Level weighed_level(const Case& one, const Now& present) const;
  void blame(Case& one, const Now& present, Time now) const;
  [[nodiscard]] std::string likeliest_culprit(const Case& one,
                                              const History& history,
                                              const Board& board) const;
  void set_culprit(Case& one, const History& history, const Board& board, const Now& present) const;
  void set_outlook(Case& one, const History& history, const Board& board) const;
  [[nodiscard]] static bool is_worse_than_told(const Case& one);
  [[nodiscard]] std::string news(Case& one, Time now) const;
  void tell(Case& one, Time now, bool is_new, std::vector<Ruling>& rulings) const;
  [[nodiscard]] std::string end_of(const Case& one, Time now) const;
  void close(Case& one, Time now, std::string why, std::vector<Ruling>& rulings);

  const Estate* estate_;
  const EvidenceWeights* weights_;
  Ties ties_;
  std::optional<Case> open_;
  std::vector<Incident> closed_;  // newest first, at most kClosedMax
  std::uint64_t last_id_ = 0;
  std::set<std::pair<TargetIndex, VantageIndex>> awaited_;
  Time awaited_until_{};
  bool has_asked_ = false;
};
inline constexpr std::size_t kClosedMax = 63;

}  // namespace bw
