// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "daemon/verdict/hypothesis.h"
#include "daemon/verdict/verdict.h"
#include "probes/archive.h"
#include "probes/observation.h"

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

// How observations, inputs and verdicts are archived (journal, checkpoints). Enumerators are
// written by name, so that a later version may insert some; structs are records, so that it may
// append fields.
namespace bw {

[[nodiscard]] inline std::optional<Outcome> parse_name(std::string_view name, Outcome /*as*/) {
  return parse_outcome(name);
}
[[nodiscard]] inline std::optional<Party> parse_name(std::string_view name, Party /*as*/) {
  return parse_party(name);
}
[[nodiscard]] inline std::optional<FeedState> parse_name(std::string_view name, FeedState /*as*/) {
  return parse_feed_state(name);
}
[[nodiscard]] inline std::optional<Level> parse_name(std::string_view name, Level /*as*/) {
  return parse_level(name);
}
[[nodiscard]] inline std::optional<Hypothesis> parse_name(std::string_view name,
                                                          Hypothesis /*as*/) {
  return parse_hypothesis(name);
}
[[nodiscard]] inline std::optional<NoteKind> parse_name(std::string_view name, NoteKind /*as*/) {
  return parse_note_kind(name);
}

// An enumerator by its name. Reading a name that this version does not know is a failure.
template <class A, class E>
void describe_name(A& a, E& value) {
  if constexpr (A::kIsReading) {
    std::string name;
    a(name);
    if (name.empty()) return;  // a record that ended before this field
    const std::optional<E> known = parse_name(name, value);
    if (known) {
      value = *known;
    } else {
      a.fail();
    }
  } else {
    a(std::string(print(value)));
  }
}

// Facts whose names this version does not know are left out.
template <class A>
void describe(A& a, Facts& facts) {
  std::vector<std::pair<std::string, std::string>> list;
  if constexpr (A::kIsReading) {
    a(list);
    facts = {};
    for (auto& [name, value] : list) {
      if (const auto fact = parse_fact(name)) facts.set(*fact, std::move(value));
    }
  } else {
    list.reserve(facts.all().size());
    for (const auto& [fact, value] : facts.all())
      list.emplace_back(print(fact), value);
    a(list);
  }
}
// May be null.
template <class A>
void describe(A& a, FactsRef& facts) {
  bool is_there = facts != nullptr;  // NOLINT(misc-const-correctness): it is read into
  a(is_there);
  if constexpr (A::kIsReading) {
    facts = nullptr;
    if (!is_there || !a.ok()) return;
    Facts read;
    a(read);
    facts = std::make_shared<const Facts>(std::move(read));
  } else if (is_there) {
    a(*facts);
  }
}

// In order: resolve, connect, tls, wait, transfer; one byte for each that was not reached.
template <class A>
void describe(A& a, Phases& phases) {
  a(phases.resolve, phases.connect, phases.tls, phases.wait, phases.transfer);
}

// Target and vantage are positions in an estate: whoever archives an observation over a restart
// also archives their ids and sets the positions again.
template <class A>
void describe(A& a, Observation& observation) {
  a.record([&observation](auto& r) {
    r(observation.at, observation.target, observation.vantage);
    describe_name(r, observation.outcome);
    describe_name(r, observation.party);
    r(observation.is_second_look, observation.phases, observation.facts, observation.note);
  });
}

template <class A>
void describe(A& a, FeedItem& item) {
  a.record([&item](auto& r) {
    r(item.at, item.provider, item.item);
    describe_name(r, item.state);
    r(item.is_open,
      item.is_security,
      item.title,
      item.body,
      item.components,
      item.started,
      item.ends);
  });
}

template <class A>
void describe(A& a, Announcement& announcement) {
  a.record([&announcement](auto& r) {
    r(announcement.at,
      announcement.kind,
      announcement.text,
      announcement.from,
      announcement.to,
      announcement.functions);
  });
}

template <class A>
void describe(A& a, OperatorNote& note) {
  a.record([&note](auto& r) {
    r(note.at);
    describe_name(r, note.kind);
    r(note.incident, note.target, note.who, note.text);
  });
}

template <class A>
void describe(A& a, Tick& tick) {
  a(tick.at);
}

template <class A>
void describe(A& a, Reason& reason) {
  a.record([&reason](auto& r) {
    r(reason.rule,
      reason.claim,
      reason.decibans,
      reason.cyber,
      reason.cites,
      reason.since,
      reason.ended);
  });
}

// By hypothesis name, zeros left out: a cause that this version does not know is dropped.
template <class A>
void describe_posterior(A& a, Posterior& posterior) {
  std::vector<std::pair<std::string, double>> list;
  if constexpr (A::kIsReading) {
    a(list);
    posterior = {};
    for (const auto& [name, probability] : list) {
      const auto hypothesis = parse_hypothesis(name);
      if (hypothesis) posterior.at(static_cast<std::size_t>(*hypothesis)) = probability;
    }
  } else {
    for (std::size_t i = 0; i < posterior.size(); ++i) {
      const double probability = posterior.at(i);
      if (probability != 0) list.emplace_back(print(static_cast<Hypothesis>(i)), probability);
    }
    a(list);
  }
}

template <class A>
void describe(A& a, Verdict& verdict) {
  a.record([&verdict](auto& r) {
    r(verdict.at, verdict.seq);
    describe_name(r, verdict.level);
    describe_posterior(r, verdict.posterior);
    r(verdict.suspicion);
    describe_name(r, verdict.leading);
    r(verdict.is_decided,
      verdict.culprit,
      verdict.unexplained,
      verdict.because,
      verdict.against,
      verdict.would_change,
      verdict.missing);
  });
}

template <class A>
void describe(A& a, Incident& incident) {
  a.record([&incident](auto& r) {
    r(incident.id,
      incident.opened,
      incident.closed,
      incident.functions,
      incident.failing,
      incident.targets);
    describe_name(r, incident.peak);
    r(incident.is_latched, incident.is_acknowledged, incident.is_integrity, incident.verdict);
    r(incident.unapproved);
  });
}

}  // namespace bw
