// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "daemon/rehearsal/judged.h"
#include "daemon/rehearsal/score.h"

#include <expected>
#include <functional>
#include <string>
#include <vector>

namespace bw::rehearsal {

struct EvaluateSettings {
  std::string worlds;                    // folder of NAME/world.toml and NAME/bellwether.toml
  std::vector<EvidenceWeights> weights;  // at least one; the first decides on second looks
  JudgeSettings judge;
  unsigned threads = 1;
};
// Called from any thread, one at a time.
using EvaluateProgress = std::function<void(std::size_t done, std::size_t total)>;

// Plays every incident file, several at a time, and scores what the judges said: scores[v][i] is
// what weights[v] made of incident i, in the order of the files. The same arguments give the same
// scores whatever `threads` is. Every problem with the files at once.
[[nodiscard]] std::expected<std::vector<std::vector<Score>>, std::vector<Error>> evaluate(
    const std::vector<std::string>& incidents,
    const EvaluateSettings& settings,
    const EvaluateProgress& on_progress);

// `world = "..."` of an incident file; empty when it cannot be read: loading it says why.
[[nodiscard]] std::string world_of(const std::string& incident);

// Other priors and weights, to see how much a verdict hangs on them: the share of attacks among
// outages becomes `cyber`, and every weight is multiplied by `factor`.
[[nodiscard]] EvidenceWeights vary(const EvidenceWeights& weights, double cyber, double factor);

}  // namespace bw::rehearsal
