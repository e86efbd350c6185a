// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "daemon/verdict/estate.h"
#include "daemon/verdict/verdict.h"
#include "probes/probe.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace bw {

// Decides which targets are due and walks each look from its first ask to its observation. Knows no
// sockets and owns no timer: it says when it wants to wake. The daemon and the rehearsal drive it.
class Prober {
 public:
  struct Watched {
    Spec spec;
    Millis interval{60'000};
  };
  struct Ready {  // an ask to start; its reply goes to `read` with the same id
    std::uint64_t id = 0;
    Ask ask;
    VantageIndex vantage = 0;
  };
  struct Seen {
    Observation observation;
    std::vector<FeedItem> items;  // stamped; only those that say something new
    std::vector<StepTime> steps;  // of a journey, as far as it came
  };

  // `watched[i]` belongs to `estate.targets[i]`; both outlive the prober. First looks are spread
  // over each interval by a phase hashed from the target's id, so that a restart keeps the spread.
  // `interval_min` is a floor on every interval (a rehearsal's fast clock cannot probe faster than
  // real sockets).
  Prober(const Estate& estate,
         const std::vector<Watched>& watched,
         VantageIndex vantage,
         Millis interval_min = Millis{0});
  ~Prober();

  // Targets that are due at `now`, at most `limit`. A target whose last look is still under way is
  // not due: the late look counts.
  [[nodiscard]] std::vector<Ready> due(Time now, std::size_t limit = 1000);
  [[nodiscard]] Time wake() const;
  // Looks at a target now, beside the schedule; its observation is marked as a second look. Nothing
  // when one is under way already.
  [[nodiscard]] std::optional<Ready> look_now(TargetIndex target, Time now);
  // The next ask of the same look, or what was seen.
  struct Progress {
    std::optional<Ready> next;
    std::optional<Seen> seen;
  };
  [[nodiscard]] Progress read(std::uint64_t id, const Reply& reply, Time now);
  // Another floor on every interval from `now` on; looks under way go on.
  void set_interval_min(Millis interval_min, Time now);
  // Time of the last observation of each target, for the daemon's own metrics.
  [[nodiscard]] std::optional<Time> last_seen(TargetIndex target) const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace bw
