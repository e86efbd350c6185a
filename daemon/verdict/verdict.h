// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "daemon/verdict/hypothesis.h"
#include "probes/observation.h"

#include <optional>
#include <string>
#include <variant>
#include <vector>

// What goes into the judge and what comes out, as plain values.
namespace bw {

// From the organisation's change calendar, or an operator: what is planned.
struct Announcement {
  Time at{};
  std::string kind;  // maintenance change sale incident
  std::string text;
  Time from{};
  Time to{};
  std::vector<std::string> functions;  // empty: all
};
enum class NoteKind : std::uint8_t { acknowledge, approve_change, close, declare, remark };
[[nodiscard]] std::string_view print(NoteKind kind);
[[nodiscard]] std::optional<NoteKind> parse_note_kind(std::string_view name);
struct OperatorNote {
  Time at{};
  NoteKind kind = NoteKind::remark;
  std::uint64_t incident = 0;  // acknowledge close declare
  std::string target;          // approve_change: whose changed facts are from now on right
  std::string who;
  std::string text;
};
struct Tick {
  Time at{};
};  // time passes: evidence fades, persistence grows
struct Input {
  std::uint64_t seq = 0;  // given by the journal, strictly rising
  std::variant<Observation, FeedItem, Announcement, OperatorNote, Tick> what;
};
[[nodiscard]] Time at_of(const Input& input);

// One reason, as it is shown. `decibans` is signed: for the leading hypothesis against the rest
// of its kind, or for and against attack when `Verdict::is_suspicion_weighed` is what matters.
struct Reason {
  std::string rule;
  std::string claim;                 // a sentence with the actual values
  int decibans = 0;                  // for the leading cause; positive supports it
  int cyber = 0;                     // for attack against everything benign
  std::vector<std::uint64_t> cites;  // seqs of the inputs that it rests on, newest last, at most 8
  Time since{};
  std::optional<Time> ended;  // it is no longer so, and counts less as time passes
  bool operator==(const Reason&) const = default;
};

struct Verdict {
  Time at{};
  std::uint64_t seq = 0;  // of the input that led to it
  Level level = Level::calm;
  Posterior posterior{};  // sums to 1; meaningless while calm
  double suspicion = 0;   // P(any cyber hypothesis), at most 0.95 by inference alone
  Hypothesis leading = Hypothesis::own_change;
  bool is_decided = false;                // leading stands clear of the second: see weights
  std::string culprit;                    // provider id, kOwn, or empty where nothing can be said
  std::vector<std::string> unexplained;   // function ids that the culprit does not explain
  std::vector<Reason> because;            // strongest first
  std::vector<Reason> against;            // strongest first
  std::vector<std::string> would_change;  // what, if it were seen, would turn it
  std::vector<std::string> missing;       // sensors that are not configured or blind
};

struct Incident {
  std::uint64_t id = 0;  // "INC-7"
  Time opened{};
  std::optional<Time> closed;
  std::vector<std::string> functions;   // ids that are or were affected, in order of onset
  std::vector<std::string> failing;     // ids that fail now
  std::vector<std::string> targets;     // ids of targets that fail now
  std::vector<std::string> unapproved;  // ids of targets that show a change nobody has owned up to
  Level peak = Level::calm;
  bool is_latched = false;  // suspicion stays until a person or strong evidence clears it
  bool is_acknowledged = false;
  bool is_integrity = false;  // opened by a change, not by an outage
  Verdict verdict;            // the latest
};

// What the judge asks for: data, nothing has happened yet.
struct SecondLook {
  TargetIndex target = 0;
  VantageIndex vantage = 0;
  std::string why;  // "confirm", "neighbour behind edgeworks", "control site"
};
struct Opened {
  Incident incident;
};
struct Changed {
  Incident incident;
  Level was = Level::calm;
  std::string what;
  // Something is said for the first time that calls for more: a higher level, or an outage where so
  // far only a change was asked about.
  bool is_worse = false;
};  // worth telling
struct Closed {
  Incident incident;
  std::string why;
};
using Ruling = std::variant<Opened, Changed, Closed, SecondLook>;

}  // namespace bw
