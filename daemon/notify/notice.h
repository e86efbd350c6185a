// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "daemon/verdict/estate.h"
#include "daemon/verdict/verdict.h"

#include <string>
#include <vector>

namespace bw {

enum class NoticeKind : std::uint8_t { opened, escalated, updated, resolved, test };
[[nodiscard]] std::string_view print(NoticeKind kind);

// What a person is told: complete in itself, plain text, no markup. Made from a ruling by
// `compose_notice` (words.h); each notifier gives it its service's shape and limits.
struct Notice {
  NoticeKind kind = NoticeKind::opened;
  std::string key;  // stable over retries and restarts: "inc-7/1234/opened"
  std::uint64_t incident = 0;
  std::uint64_t seq = 0;  // of the input that led to it
  Time at{};
  Time since{};  // onset
  Level level = Level::outage;
  Level peak = Level::outage;
  std::string headline;  // "Online checkout is failing: likely an outage at Commerce Cloud"
  std::vector<std::string> failing;  // function titles
  std::vector<std::string> working;  // function titles
  std::string customers;             // what customers notice, one sentence
  std::string likely;                // "Very likely a provider's outage (Commerce Cloud)"
  std::string cause;                 // print(Hypothesis), "undecided" where it is
  std::string culprit;               // provider id, "own" or empty
  std::string culprit_name;          // for people
  double suspicion = 0;
  std::string suspicion_words;            // "almost no chance of an attack (1 %)"
  std::vector<std::string> reasons;       // sentences, strongest first, at most 3
  std::vector<std::string> doubts;        // what speaks against, at most 2
  std::vector<std::string> would_change;  // at most 2
  std::vector<std::string> first_steps;   // what to do first, at most 5
  std::string what_changed;               // updates only: one sentence
  std::string link;                       // to the status page; may be empty
  std::vector<std::string> functions;     // ids, for routes and labels
};

template <class Archive>
void describe(Archive& archive, Notice& notice) {
  archive(notice.kind, notice.key, notice.incident, notice.seq, notice.at, notice.since);
  archive(notice.level, notice.peak, notice.headline, notice.failing, notice.working);
  archive(notice.customers, notice.likely, notice.cause, notice.culprit, notice.culprit_name);
  archive(notice.suspicion, notice.suspicion_words, notice.reasons, notice.doubts);
  archive(notice.would_change, notice.first_steps, notice.what_changed, notice.link);
  archive(notice.functions);
}

}  // namespace bw
