// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "daemon/rehearsal/judged.h"

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// Verdicts against what really happened, by the rules of tests/incidents/FORMAT.md ("Scoring").
namespace bw::rehearsal {

// An incident's truth beside what was said of it. Times are offsets from t0.
struct Score {
  std::string id;
  std::string label;    // benign cyber invisible
  std::string cause;    // in the book's words
  std::string culprit;  // may be empty
  Millis tell{0};
  Millis decide_by{0};

  Level level = Level::calm;  // at decide_by, like all down to culprit_named
  double suspicion = 0;       // P(attack); kCalmSuspicion where no incident was
  bool is_decided = false;
  std::string cause_named;  // "undecided", or "none" where no incident was
  double probability = 0;   // of the likeliest cause, named or not
  std::string culprit_named;
  std::vector<std::string> because;  // claims, strongest first
  std::vector<std::string> against;
  double suspicion_max = 0;  // at any time
  std::optional<Millis> suspected_at;
  std::size_t pages = 0;
  std::size_t messages = 0;
  std::uint64_t looks = 0;

  [[nodiscard]] bool is_cyber() const { return label == "cyber"; }
  [[nodiscard]] bool is_in_time() const;      // suspected at or before decide_by
  [[nodiscard]] bool is_hit() const;          // the same of an attack
  [[nodiscard]] bool is_false_alarm() const;  // not cyber, and ever suspected
  [[nodiscard]] bool is_cause_right() const;  // decided, and the cause is of the true one's class
  [[nodiscard]] bool is_culprit_right() const;
  // What of it is wrong, in a few words; empty where nothing is.
  [[nodiscard]] std::string fault() const;
};
// How likely an attack is taken to be while nothing is wrong: the lowest that is ever shown.
inline constexpr double kCalmSuspicion = 0.01;

[[nodiscard]] Score score(const World& world, const Judged& judged);

// A cause of the book as the hypothesis that it is weighed under; nothing for "none".
[[nodiscard]] std::optional<Hypothesis> hypothesis_of(std::string_view cause);

struct ReliabilityBin {
  double from = 0;
  double to = 0;
  std::size_t incidents = 0;
  std::size_t cyber = 0;
  double mean = 0;  // of the suspicions in it
};
struct Summary {
  std::size_t incidents = 0;
  std::size_t cyber = 0;
  std::size_t hits = 0;
  std::size_t integrity = 0;  // cyber, with a signal of names, keys, routes or pages
  std::size_t integrity_hits = 0;
  std::size_t false_alarms = 0;
  std::size_t undecided = 0;
  std::size_t decided = 0;
  std::size_t causes_right = 0;  // of those decided
  std::size_t culprits = 0;      // decided, with a culprit to name
  std::size_t culprits_right = 0;
  std::optional<Millis> median_delay;  // of the hits, from `tell`
  double brier = 0;                    // of the suspicion at decide_by
  double log_loss = 0;                 // natural logarithm; suspicion held to 0.01 .. 0.99
  double base_rate_log_loss = 0;       // of always saying the share of attacks
  std::array<ReliabilityBin, 5> reliability{};
};
[[nodiscard]] Summary summarize(const std::vector<Score>& scores);

// The book in two halves, by a hash of the id: weights are fitted on the first and checked on the
// second.
[[nodiscard]] bool is_in_fitting_half(std::string_view id);

}  // namespace bw::rehearsal
