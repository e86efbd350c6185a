// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "daemon/notify/notice.h"
#include "daemon/web/snapshot.h"
#include "daemon/web/summary.h"

#include <string>
#include <string_view>
#include <vector>

// What the page and the API say in words. Plain text: whoever shows it escapes it.
namespace bw {

// "Online checkout" for "checkout", "PayWell" for "paywell", the organisation's name for kOwn; an
// id that the configuration no longer has stands for itself.
[[nodiscard]] std::string_view title_of(const Snapshot& snapshot, std::string_view function);
[[nodiscard]] std::string_view name_of(const Snapshot& snapshot, std::string_view provider);

// Says about a snapshot (borrowed) what messages would say: one wording for page, API and chat.
class Teller {
 public:
  explicit Teller(const Snapshot& snapshot);
  // What an incident would be told as now.
  [[nodiscard]] Notice tell(const Incident& incident) const;
  // The state of everything in a sentence.
  [[nodiscard]] std::string headline(const Summary& summary) const;

 private:
  const Snapshot* snapshot_;
  Estate estate_;                     // as much of it as notices speak of
  std::vector<std::string> failing_;  // ids of functions that any open incident says fail
};
// A level as the state of a function: "works", "outage", "attack suspected", "cannot see", ...
[[nodiscard]] std::string_view in_words(Level level);
// An outcome as a target's latest result: "works", "server error", "certificate expired", ...
[[nodiscard]] std::string_view in_words(Outcome outcome);
// Why `/-/ready` says no, as a sentence; empty when it says yes.
[[nodiscard]] std::string why_not_ready(const Snapshot& snapshot);

}  // namespace bw
