// SPDX-License-Identifier: Apache-2.0
// Does one of our names lead, by an old alias, to something that a stranger holds?
// Taught by: thousands of brands whose forgotten aliases pointed at lapsed domains; whoever
// registered those sent mail in the brands' names while the pages looked as ever (2024).
// Fooled by: a new mail provider behind a name that is hosted elsewhere on purpose: announce it.
#include "daemon/verdict/foreign_alias.h"
#include "daemon/verdict/rules/catalog.h"

#include <array>

namespace bw {
namespace {

constexpr std::array kSignals = std::to_array<std::string_view>({"alias/mail_appears"});

void weigh(const Scene& scene, Signs& signs) {
  for (const auto& change : scene.history.changes()) {
    if (!change.is_live || change.is_approved) continue;
    const auto alias = alias_that_gained_mail(scene.history, change);
    if (alias.empty()) continue;
    signs.push_back({kSignals[0],
                     scene.estate.targets[change.target].host + " is an alias of " + alias +
                         ", which is nobody's that we know, and mail for it now goes to " +
                         change.is,
                     {change.seq}});
    return;
  }
}

}  // namespace

const Rule rules::alias{
    .name = "alias",
    .question = "Does one of our names lead to something that a stranger holds?",
    .teacher = "Forgotten aliases of thousands of brands sent a stranger's mail (2024).",
    .fooled_by = "A new mail provider behind a name that is hosted elsewhere on purpose.",
    .signals = kSignals,
    .weigh = weigh};

}  // namespace bw
