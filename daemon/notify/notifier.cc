// SPDX-License-Identifier: Apache-2.0
#include "daemon/notify/notifier.h"

#include <algorithm>
#include <array>

namespace bw {
namespace {

constexpr std::array kNotifiers = std::to_array<const Notifier*>({
#define X(name) &notify::name,
    BW_NOTIFIERS(X)
#undef X
});

}  // namespace

std::span<const Notifier* const> notifiers() { return kNotifiers; }

const Notifier* find_notifier(std::string_view kind) {
  const auto at = std::ranges::find(kNotifiers, kind, &Notifier::name);
  return at == kNotifiers.end() ? nullptr : *at;
}

}  // namespace bw
