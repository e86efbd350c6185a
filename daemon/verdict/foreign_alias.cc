// SPDX-License-Identifier: Apache-2.0
#include "daemon/verdict/foreign_alias.h"

#include "probes/url.h"

#include <algorithm>

namespace bw {
namespace {

bool is_in_estate(const Estate& estate, std::string_view base) {
  return std::ranges::any_of(
      estate.targets, [&](const Target& target) { return registrable(target.host) == base; });
}

}  // namespace

std::string alias_that_gained_mail(const History& history, const Change& change) {
  const auto& estate = history.estate();
  if (change.fact != Fact::mail_servers || estate.targets[change.target].owner != kOwn) return {};
  const auto* worst = history.view(change.target).worst;
  if (worst == nullptr || worst->latest.facts == nullptr) return {};
  for (const auto known : members(change.was)) {
    if (registrable(known) == registrable(change.is)) return {};
  }
  for (const auto alias : members(worst->latest.facts->get(Fact::cnames))) {
    if (!is_in_estate(estate, registrable(alias))) return std::string(alias);
  }
  return {};
}

}  // namespace bw
