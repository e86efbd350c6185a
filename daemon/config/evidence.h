// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "daemon/verdict/weights.h"
#include "probes/error.h"

#include <expected>
#include <string>
#include <string_view>
#include <vector>

namespace bw {

// What evidence weighs, from a file like config/evidence.toml: every problem at once. Every signal
// that a rule can give must be there, and no other.
[[nodiscard]] std::expected<EvidenceWeights, std::vector<Error>> parse_evidence(
    std::string_view text, const std::string& path);
[[nodiscard]] std::expected<EvidenceWeights, std::vector<Error>> load_evidence(
    const std::string& path);
// The same of a file that may be left out: an empty path means what is built in.
[[nodiscard]] std::expected<EvidenceWeights, std::vector<Error>> evidence_of(
    const std::string& path);
// config/evidence.toml as it was when this was built, and as a value.
[[nodiscard]] std::string_view builtin_evidence_text();
[[nodiscard]] const EvidenceWeights& builtin_evidence();

}  // namespace bw
