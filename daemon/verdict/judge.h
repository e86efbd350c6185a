// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "daemon/verdict/estate.h"
#include "daemon/verdict/verdict.h"
#include "probes/error.h"

#include <expected>
#include <memory>
#include <string>
#include <vector>

namespace bw {

struct EvidenceWeights;
class Ledger;

// How a target looks from one vantage now.
struct TargetState {
  bool is_known = false;    // observed at least once
  bool is_failing = false;  // confirmed, not a single slip
  bool is_degraded = false;
  Observation latest;
  Time since{};               // of the present state
  bool fails_always = false;  // at every look, not now and then
};
struct FunctionState {
  Level level = Level::calm;
  double failing_share = 0;  // of its targets and vantages that fail now
  Time since{};
};
struct ProviderState {
  FeedState feed = FeedState::unknown;  // what it says of itself
  bool is_failing = false;              // what we see of it
  std::string statement;                // title of its open incident
};

// The product. A deterministic fold: the same estate, weights and inputs give the same rulings and
// the same checkpoint, byte for byte. Borrows estate and weights, which must outlive it.
class Judge {
 public:
  Judge(const Estate& estate, const EvidenceWeights& weights);
  ~Judge();
  Judge(const Judge&) = delete;
  Judge& operator=(const Judge&) = delete;
  Judge(Judge&&) noexcept;
  Judge& operator=(Judge&&) noexcept;

  [[nodiscard]] std::vector<Ruling> step(const Input& input);

  // State as bytes. `restore` refuses bytes of another format version; targets, vantages,
  // functions and providers that the estate no longer has are dropped, new ones start unknown.
  [[nodiscard]] std::string checkpoint() const;
  [[nodiscard]] std::expected<void, Error> restore(std::string_view bytes);

  // How soon it wants a Tick, beside other inputs: often while an incident takes shape.
  [[nodiscard]] Millis tick_every() const;

  // Open incidents first (newest first), then the last closed ones, at most 64.
  [[nodiscard]] const std::vector<Incident>& incidents() const;
  [[nodiscard]] TargetState target_state(TargetIndex target, VantageIndex vantage) const;
  [[nodiscard]] FunctionState function_state(std::string_view function) const;
  [[nodiscard]] ProviderState provider_state(std::string_view provider) const;
  [[nodiscard]] bool is_blind(VantageIndex vantage) const;
  // All signals of the open incident, also those that a verdict's reasons leave out because they
  // move nothing now; null where none is open. Valid until the next step.
  [[nodiscard]] const Ledger* evidence() const;
  [[nodiscard]] std::uint64_t last_seq() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace bw
