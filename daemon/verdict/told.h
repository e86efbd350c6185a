// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "daemon/verdict/board.h"
#include "daemon/verdict/history.h"

#include <vector>

namespace bw {

// What the organisation or its providers say of an attack that concerns us, of the last day, newest
// first. An intrusion always does; what is over, and a flood of requests at a provider, only where
// something that needs them has failed or been slow within the day.
[[nodiscard]] std::vector<const Board::Said*> told_of_attack(const History& history,
                                                             const Board& board,
                                                             Time now);

}  // namespace bw
