// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "daemon/verdict/history.h"

#include <string>

namespace bw {

// The name outside of the estate to which one of our names is an alias, where the change is a mail
// server that appeared behind it: whoever holds that name now receives and sends mail as us. Empty
// otherwise.
[[nodiscard]] std::string alias_that_gained_mail(const History& history, const Change& change);

}  // namespace bw
