// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "daemon/verdict/board.h"
#include "daemon/verdict/history.h"

namespace bw {

// Whether the change calendar speaks of this change: an announced change or maintenance whose
// window it falls into, or that it follows within half a day, and whose text is about what changed
// (names, certificates and networks, or pages and what they load).
[[nodiscard]] bool is_announced(const Board& board, const Estate& estate, const Change& change);

}  // namespace bw
