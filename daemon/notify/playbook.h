// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "daemon/verdict/estate.h"
#include "daemon/verdict/verdict.h"

#include <string>
#include <vector>

namespace bw {

inline constexpr std::size_t kFirstStepsMax = 5;

// What to do first, most urgent first, at most kFirstStepsMax sentences: for the leading cause
// where the verdict is decided, how to find out where it is not, and how to keep evidence and whom
// to tell where a cyber incident is suspected. Duties to tell are information with their source,
// not legal advice.
[[nodiscard]] std::vector<std::string> first_steps(const Estate& estate, const Incident& incident);

}  // namespace bw
