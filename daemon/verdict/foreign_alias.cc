// SPDX-License-Identifier: Apache-2.0
#include "daemon/verdict/foreign_alias.h"

#include <algorithm>

namespace bw {
namespace {

// "zone.example" of "ns1.zone.example". Public suffixes of two labels make it too short, which
// errs to the side of silence.
std::string_view base_of(std::string_view name) {
  const auto last = name.rfind('.');
  if (last == std::string_view::npos || last == 0) return name;
  const auto before = name.rfind('.', last - 1);
  return before == std::string_view::npos ? name : name.substr(before + 1);
}

bool is_in_estate(const Estate& estate, std::string_view base) {
  return std::ranges::any_of(estate.targets,
                             [&](const Target& target) { return base_of(target.host) == base; });
}

}  // namespace

std::string alias_that_gained_mail(const History& history, const Change& change) {
  const auto& estate = history.estate();
  if (change.fact != Fact::mail_servers || estate.targets[change.target].owner != kOwn) return {};
  const auto* worst = history.view(change.target).worst;
  if (worst == nullptr || worst->latest.facts == nullptr) return {};
  for (const auto known : members(change.was)) {
    if (base_of(known) == base_of(change.is)) return {};
  }
  for (const auto alias : members(worst->latest.facts->get(Fact::cnames))) {
    if (!is_in_estate(estate, base_of(alias))) return std::string(alias);
  }
  return {};
}

}  // namespace bw
