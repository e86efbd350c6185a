// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "daemon/verdict/hypothesis.h"
#include "probes/time.h"

#include <array>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace bw {

// Evidence of one group says related things: within it the strongest counts whole, the next half,
// the next a quarter, and the sum is capped.
#define BW_GROUPS(X) \
  X(self)            \
  X(reach)           \
  X(attribution)     \
  X(scope)           \
  X(timing)          \
  X(persistence)     \
  X(intent)          \
  X(words)           \
  X(calendar)        \
  X(dns)             \
  X(registrar)       \
  X(tls)             \
  X(route)           \
  X(markup)          \
  X(auth)            \
  X(reputation)
enum class Group : std::uint8_t {
#define X(name) name,
  BW_GROUPS(X)
#undef X
};
inline constexpr std::size_t kGroups = 16;
[[nodiscard]] std::string_view print(Group group);
[[nodiscard]] std::optional<Group> parse_group(std::string_view name);

// What one signal is worth. A rule says that a signal is there; how much that weighs is data.
struct SignalWeight {
  Group group = Group::scope;
  Weights weights{};
  Millis half_life{0};          // after the signal stops; 0: it counts only while it lasts
  bool is_hard = false;         // enough for `suspected` by itself, at once
  bool is_declaration = false;  // the owner or a provider says that it is an attack
  std::string would;            // "if ...": completes "this would change our mind"; may be empty
  std::string why;              // where the numbers come from
};

// config/evidence.toml as a value. Compiled in as default; replaceable by the user.
struct EvidenceWeights {
  Weights prior{};            // availability incidents
  Weights integrity_prior{};  // a change of names, keys, scripts or pages
  std::array<int, kGroups> caps{};
  std::map<std::string, SignalWeight, std::less<>> signals;
  double watch = 0.20;
  double suspected = 0.50;
  double strongly_suspected = 0.80;
  double decided = 0.50;             // the leading cause has at least this
  double decided_own_change = 0.80;  // it is what is left where nothing else speaks
  double release_benign = 0.80;      // overwhelming benign evidence releases a latch
  double ceiling = 0.95;             // of suspicion by inference alone
  Millis suspected_after{60'000};    // suspicion must last this long
  Millis release_after{3'600'000};
  Millis hold{600'000};  // an incident stays open this long after the last failure

  // A leading cause of this probability is named.
  [[nodiscard]] bool decides(Hypothesis cause, double probability) const;
};

}  // namespace bw
