// SPDX-License-Identifier: Apache-2.0
#include "daemon/notify/notifier.h"

#include <algorithm>
#include <array>
#include <type_traits>

namespace bw {
namespace {

// `combine` takes a Delivery's position for its badness.
static_assert(std::is_same_v<std::variant_alternative_t<0, Delivery>, Delivered>);
static_assert(std::is_same_v<std::variant_alternative_t<1, Delivery>, TryAgain>);
static_assert(std::is_same_v<std::variant_alternative_t<2, Delivery>, Refused>);

constexpr std::array kNotifiers = std::to_array<const Notifier*>({
#define X(name) &notify::name,
    BW_NOTIFIERS(X)
#undef X
});

}  // namespace

Delivery combine(const Notifier& notifier, std::span<const Delivery> results) {
  if (results.empty()) return Refused{.why = "the destination's address is not usable"};
  const auto rank = [](const Delivery& result) { return result.index(); };
  return notifier.any_suffices ? *std::ranges::min_element(results, {}, rank)
                               : *std::ranges::max_element(results, {}, rank);
}

std::span<const Notifier* const> notifiers() {
  return kNotifiers;
}

const Notifier* find_notifier(std::string_view kind) {
  const auto* const at = std::ranges::find(kNotifiers, kind, &Notifier::name);
  return at == kNotifiers.end() ? nullptr : *at;
}

}  // namespace bw
