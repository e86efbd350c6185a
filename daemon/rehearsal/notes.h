// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "daemon/rehearsal/book.h"

#include <string>

namespace bw::rehearsal {

// What the event does, for a person who watches: its own note, else words made from its fault.
[[nodiscard]] std::string describe(const Event& event);

}  // namespace bw::rehearsal
