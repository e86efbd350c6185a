// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "daemon/verdict/rule.h"
#include "daemon/verdict/weights.h"

#include <map>
#include <string>
#include <string_view>

namespace bw {

// One signal of one incident, remembered after it stopped for as long as its half-life lets it
// count.
struct Evidence {
  std::string rule;
  std::string claim;
  std::vector<std::uint64_t> cites;  // at most 8
  Time since{};
  Time last_live{};
  bool is_live = true;
};

// The evidence of one incident and what it adds up to.
class Ledger {
 public:
  // Replaces what is live; what is not any more begins to fade.
  void post(std::string_view rule, Signs signs, Time now);
  void begin(Time now);                                   // before the rules of a turn post
  void finish(Time now, const EvidenceWeights& weights);  // after them: drops what has faded

  // Posterior, suspicion, leading cause and reasons; leaves level and culprit to the docket.
  void add_up(const EvidenceWeights& weights, bool is_integrity, Time now, Verdict& verdict) const;
  [[nodiscard]] bool has_live(std::string_view signal) const;
  [[nodiscard]] const std::map<std::string, Evidence, std::less<>>& all() const {
    return evidence_;
  }

  template <class A>
  friend void describe(A& a, Ledger& ledger);

 private:
  std::map<std::string, Evidence, std::less<>> evidence_;  // by signal
};

}  // namespace bw
