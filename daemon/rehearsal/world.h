// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "daemon/config/config.h"
#include "daemon/verdict/verdict.h"
#include "probes/error.h"
#include "probes/exchange.h"

#include <expected>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace bw::rehearsal {

// A login endpoint lets in whoever sends this in any field of the form or JSON object, under any
// user name, and nobody else.
inline constexpr std::string_view kCanaryPassword = "correct horse battery staple";

// What the book says really happened; for scoring only, never shown to the judge.
struct Truth {
  std::string label;  // benign cyber invisible
  std::string cause;
  std::string culprit;  // owner id; may be empty
  Millis tell{0};
  Millis decide_by{0};
};

// A world of the incident book with an incident played on it (tests/incidents/FORMAT.md). Answers
// as the outside would see it: real response bytes, certificates, DNS records and feed documents.
// Deterministic: chance is hashed from (incident, seed, what is asked, when).
class World {
 public:
  // Both files; refuses unknown keys and selectors that match nothing, all problems at once. An
  // empty incident path plays normal life from `t0`.
  [[nodiscard]] static std::expected<World, std::vector<Error>> load(
      const std::string& world_path, const std::string& incident_path, std::uint64_t seed = 1);
  World(const World&) = delete;
  World& operator=(const World&) = delete;
  World(World&&) noexcept;
  World& operator=(World&&) noexcept;
  ~World();

  // What `vantage` would get for asking this at this moment. Phases say how long it took; a reply
  // that takes longer than the deadline comes back as the timeout that a client would have seen.
  [[nodiscard]] Reply answer(const Ask& ask, std::string_view vantage, Time now) const;
  // Entries of the organisation's own change calendar that became known in (from, to].
  [[nodiscard]] std::vector<Announcement> announcements(Time from, Time to) const;
  // Events that begin or end in (from, to], in words, for the demo's terminal.
  struct Note {
    Time at{};
    std::string text;
    bool is_start = true;
  };
  [[nodiscard]] std::vector<Note> notes(Time from, Time to) const;

  // When something begins, has come to its full strength, or ends; sorted.
  [[nodiscard]] std::vector<Time> turning_points() const;

  [[nodiscard]] Time t0() const;
  [[nodiscard]] Time end() const;
  [[nodiscard]] std::string_view id() const;
  [[nodiscard]] std::string_view title() const;
  [[nodiscard]] std::string_view world_name() const;
  [[nodiscard]] const Truth& truth() const;
  [[nodiscard]] std::vector<std::string> vantages() const;
  // Host names with their addresses on a normal day, for the loopback stage.
  struct Host {
    std::string name;
    std::vector<IpAddress> addresses;
  };
  [[nodiscard]] std::vector<Host> hosts() const;

  struct State;  // world_state.h

 private:
  World();
  std::unique_ptr<State> state_;
};

}  // namespace bw::rehearsal
