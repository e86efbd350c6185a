// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "daemon/verdict/board.h"
#include "daemon/verdict/history.h"
#include "daemon/verdict/scope.h"

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace bw {

// What a rule may look at. Everything is as of `now`; nothing is written.
struct Scene {
  const Estate& estate;
  const History& history;
  const Board& board;
  const Scope& scope;
  Time now;
  Time onset;                                // of the incident
  bool is_integrity = false;                 // opened by a change
  bool is_over = false;                      // nothing fails any more
  std::span<const Board::Said* const> told;  // told_of_attack as of `now`
};

// That a signal is there, in a sentence with the actual values. How much it weighs is in
// config/evidence.toml under the signal's name.
struct Sign {
  std::string_view signal;
  std::string claim;
  std::vector<std::uint64_t> cites;
};
using Signs = std::vector<Sign>;

// One question about a scene. Each rule is one file in rules/ and one line in rules/catalog.h.
struct Rule {
  std::string_view name;
  std::string_view question;
  std::string_view teacher;  // the real incident that taught it
  std::string_view fooled_by;
  std::span<const std::string_view> signals;  // the names it may give
  void (*weigh)(const Scene& scene, Signs& signs);
};

[[nodiscard]] std::span<const Rule* const> all_rules();

// The calendar had a change or maintenance of ours for that time, give or take two hours.
[[nodiscard]] bool is_announced(const Scene& scene, Time at);

// How far apart, whichever was first.
[[nodiscard]] Millis time_between(Time one, Time other);

// Ours, or a provider's on whom something that fails stands.
[[nodiscard]] bool concerns_us(const Scene& scene, const Target& target);

// For claims: "Product search and Signing in", "a, b and 3 more".
[[nodiscard]] std::string list_in_words(const std::vector<std::string>& items,
                                        std::size_t most = 3);
// Titles of functions, for claims.
[[nodiscard]] std::string titles(const Estate& estate, const std::vector<std::string>& functions);

}  // namespace bw
