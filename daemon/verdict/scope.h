// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "daemon/verdict/history.h"

#include <map>
#include <string>
#include <vector>

namespace bw {

// Which cause, or which two, explain best what fails and what works: noisy-OR over the dependency
// graph, with healthy dependants as witnesses (Kandula et al., Shrink, MineNet 2005; Bahl et al.,
// Sherlock, SIGCOMM 2007).
struct Scope {
  // P(this owner is among the causes), over all explanations of at most two: provider ids and kOwn.
  std::map<std::string, double> blame;
  std::vector<std::string> culprits;     // of the best explanation, first onset first
  std::string suspect;                   // the provider that is most to blame, or nothing
  std::vector<TargetIndex> failing;      // all that fail, in order of onset
  std::vector<TargetIndex> slow;         // all that answer, but slowly or in part
  std::vector<TargetIndex> unexplained;  // those of them that the best explanation leaves out
  std::vector<std::string> functions;    // ids of the organisation's functions among `failing`
  Time onset{};
  std::size_t hard = 0;  // symptoms that are no deliberate page

  [[nodiscard]] double blame_of(std::string_view owner) const;
};

// How surely each provider takes each target down with it. Made once for an estate: it is asked for
// at every review, and to follow the chains of names each time would cost more than the rest.
class Ties {
 public:
  explicit Ties(const Estate& estate);
  // 0 to 1; `provider` is its place in Estate::providers.
  [[nodiscard]] double strength(TargetIndex target, std::size_t provider) const {
    return strengths_[target * providers_ + provider];
  }

 private:
  std::size_t providers_;
  std::vector<double> strengths_;  // target-major
};

[[nodiscard]] Scope explain(const History& history, const Ties& ties);
// Whether `target` cannot work without `provider`: it needs it, is owned by it, or needs a provider
// that stands on it.
[[nodiscard]] bool depends_on(const Estate& estate,
                              const Target& target,
                              std::string_view provider);
// Whether an endpoint of the owner's own is among what fails or is slow.
[[nodiscard]] bool is_ill_itself(const Estate& estate, const Scope& scope, std::string_view owner);
// A page or body that somebody chose to show: it says that they decided, not what failed.
[[nodiscard]] bool is_deliberate(const Observation& observation);
// One of the page's inline scripts bears the marks of a card skimmer or a wallet drainer
// (probes/script.h says which, and from how many samples).
[[nodiscard]] bool has_skimmer(const Observation& observation);

}  // namespace bw
