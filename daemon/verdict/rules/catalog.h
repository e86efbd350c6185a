// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "daemon/verdict/rule.h"

// One line a rule, in the order in which `bellwether list rules` shows them. A line without a file
// is a link error; a file without a line does not compile, because only this list declares
// `rules::x`.
#define BW_RULES(X)   \
  X(own_view)         \
  X(one_vantage)      \
  X(shared_provider)  \
  X(provider_says_so) \
  X(neighbours)       \
  X(holding_page)     \
  X(statements)       \
  X(planned)          \
  X(onset)            \
  X(staged)           \
  X(unrelated)        \
  X(withdrawn)        \
  X(persistence)      \
  X(relapse)          \
  X(recovery)         \
  X(how_it_fails)     \
  X(staff_too)        \
  X(certificate)      \
  X(issuer)           \
  X(names)            \
  X(infrastructure)   \
  X(page_code)        \
  X(defacement)       \
  X(sign_in)          \
  X(registry)         \
  X(issuance)         \
  X(route)            \
  X(series)           \
  X(alias)

namespace bw::rules {
#define X(name) extern const Rule name;
BW_RULES(X)
#undef X
}  // namespace bw::rules
