// SPDX-License-Identifier: Apache-2.0
#include "probes/probe.h"

#include "probes/catalog.h"

#include <algorithm>
#include <array>

namespace bw {
namespace {

constexpr std::array kKinds = std::to_array<const ProbeKind*>({
#define X(name) &kinds::name,
    BW_PROBE_KINDS(X)
#undef X
});

}  // namespace

std::span<const ProbeKind* const> probe_kinds() {
  return kKinds;
}

const ProbeKind* find_probe_kind(std::string_view name) {
  const auto* const at = std::ranges::find(kKinds, name, &ProbeKind::name);
  return at == kKinds.end() ? nullptr : *at;
}

}  // namespace bw
