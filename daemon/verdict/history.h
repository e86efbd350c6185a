// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "daemon/verdict/estate.h"
#include "daemon/verdict/verdict.h"

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace bw {

// A stretch of failure of one target at one vantage. Gaps shorter than kEpisodeGap are bridged.
struct Episode {
  Time from{};
  std::optional<Time> to;         // open while it fails
  Outcome outcome = Outcome::ok;  // the first one
  std::uint64_t seq = 0;          // of its first failure
};
inline constexpr Millis kEpisodeGap{30 * 60'000};
inline constexpr std::size_t kEpisodesMax = 32;  // a series; the oldest go first

enum class Health : std::uint8_t { unknown, ok, degraded, failing };

// What is remembered of one target as seen from one vantage.
struct Series {
  Observation latest;
  std::uint64_t latest_seq = 0;
  Health health = Health::unknown;
  Time since{};  // of this health
  std::uint64_t since_seq = 0;
  Observation first_bad;  // the look that began the present failure
  std::uint64_t first_bad_seq = 0;
  std::uint32_t failed_bits = 0;  // newest look in bit 0
  std::uint32_t slow_bits = 0;
  std::uint32_t looks = 0;       // saturates
  std::uint32_t good_looks = 0;  // saturates early: until the facts are known
  std::uint32_t failed_run = 0;  // failures in a row
  std::uint32_t ok_run = 0;
  double failing_share = 0;       // of the looks of the present failure
  double latency_log_median = 0;  // of ln(total in microseconds), while healthy
  double latency_log_spread = 0;  // median absolute deviation of the same
  double value_log_median = 0;    // of a sensor's number, while it is usual
  double value_log_spread = 0;
  std::uint32_t value_looks = 0;  // saturates
  std::uint32_t unusual_run = 0;  // looks in a row whose number is far above the usual
  std::vector<Episode> episodes;
};

// A fact of a target that is not what it used to be.
struct Change {
  Fact fact = Fact::status;
  TargetIndex target = 0;
  std::string was;  // the members known before, as a set
  std::string is;   // the new member
  Time at{};
  std::uint64_t seq = 0;
  Time last_seen{};
  bool is_live = true;              // the newest look still shows it
  bool is_approved = false;         // by an operator, a calendar entry or continuity
  std::set<VantageIndex> vantages;  // where it was seen
};
inline constexpr std::size_t kChangesMax = 256;

// What Change::is says of a series' value: it is far above what it usually is.
inline constexpr std::string_view kUnusual = "unusual";

// How a target stands over all vantages that are not blind.
struct View {
  bool is_known = false;
  bool is_failing = false;  // at half of the vantages or more
  bool is_partial = false;  // at some, but fewer
  bool is_degraded = false;
  Time since{};  // earliest onset of the present failure
  std::uint64_t since_seq = 0;
  const Series* worst = nullptr;  // the vantage that has failed longest, else the first known
};

struct Absorbed {
  bool is_news = false;  // health, outcome or facts changed: rules must look again
  std::optional<SecondLook> look;
};

// Where an archive's targets and vantages stand in the present estate.
struct Translation {
  std::vector<std::optional<TargetIndex>> targets;
  std::vector<std::optional<VantageIndex>> vantages;
};

// Bounded recent window, episodes and baselines per (target, vantage).
class History {
 public:
  explicit History(const Estate& estate);

  [[nodiscard]] Absorbed absorb(const Observation& observation, std::uint64_t seq);
  // From now on what the target shows is right.
  void approve(std::string_view target);
  // The same of single changes.
  void approve_if(const std::function<bool(const Change&)>& is_right);
  // While suspicion stands nothing new is learnt.
  void freeze(bool is_frozen) { is_frozen_ = is_frozen; }
  // Drops what is older than memory reaches; adopts changes that stayed unobjected.
  void age(Time now);

  [[nodiscard]] const Series& series(TargetIndex target, VantageIndex vantage) const;
  [[nodiscard]] View view(TargetIndex target) const;
  // No control site answers there, nor anything else: what fails there proves nothing.
  [[nodiscard]] bool is_blind(VantageIndex vantage) const {
    return dark_since_.at(vantage).has_value();
  }
  [[nodiscard]] bool is_blind() const;  // everywhere
  [[nodiscard]] bool has_controls() const { return !controls_.empty(); }
  [[nodiscard]] const std::vector<Change>& changes() const { return changes_; }
  [[nodiscard]] const Estate& estate() const { return *estate_; }

  // After reading an archive of an estate whose targets and vantages stood elsewhere: `targets[i]`
  // is where the archive's i-th target stands now, if it still exists.
  void translate(const Translation& moved);
  // Every index that was read stands in the archive's own lists.
  [[nodiscard]] bool fits(const Translation& moved) const;
  template <class A>
  friend void describe(A& a, History& history);

 private:
  void watch_value(Series& series,
                   const Observation& observation,
                   std::uint64_t seq,
                   bool& is_news);
  void watch_facts(const Observation& observation,
                   std::uint64_t seq,
                   bool is_learning,
                   bool& is_news);
  void watch_fact(const Observation& observation,
                  std::uint64_t seq,
                  Fact fact,
                  bool is_learning,
                  bool& is_news);
  void watch_changes(const Observation& observation, bool& is_news);
  void note_change(const Observation& observation,
                   std::uint64_t seq,
                   Fact fact,
                   std::string_view member,
                   bool& is_news);
  [[nodiscard]] bool finds_blind(VantageIndex vantage) const;
  void note_sight(VantageIndex vantage, Time at, std::uint64_t seq);
  void forget_the_dark(VantageIndex vantage, Time from, Time at, std::uint64_t seq);
  [[nodiscard]] bool sees_nothing(VantageIndex vantage, Time since) const;
  [[nodiscard]] bool continues(const Observation& observation,
                               Fact fact,
                               std::string_view member) const;
  [[nodiscard]] bool vouches_for_us(std::string_view authority) const;
  [[nodiscard]] bool carries_us(std::string_view route) const;
  void translate_series(const Translation& moved);
  void translate_changes(const Translation& moved);

  const Estate* estate_;
  std::vector<Series> series_;                                           // target-major
  std::map<std::pair<TargetIndex, Fact>, std::set<std::string>> known_;  // accepted members
  std::vector<Change> changes_;
  bool is_frozen_ = false;
  std::vector<TargetIndex> controls_;
  // By vantage, while it is blind: before that began. Kept up with the series: every view asks.
  std::vector<std::optional<Time>> dark_since_;
};

}  // namespace bw
