// SPDX-License-Identifier: Apache-2.0
// Has everything come back within hours?
// Taught by: containment after an intrusion lasts days; an afternoon's outage does not.
// Fooled by: a relapse. It never releases suspicion by itself.
#include "daemon/verdict/rules/catalog.h"

#include <array>

namespace bw {
namespace {

constexpr std::array kSignals = std::to_array<std::string_view>({"recovery/full"});
constexpr Millis kShort{std::chrono::hours{12}};

void weigh(const Scene& scene, Signs& signs) {
  if (!scene.is_over || scene.is_integrity || scene.now - scene.onset > kShort) return;
  signs.push_back(
      {kSignals[0],
       "everything works again, " + print_duration(scene.now - scene.onset) + " after it began",
       {}});
}

}  // namespace

const Rule rules::recovery{
    .name = "recovery",
    .question = "Has everything come back within hours?",
    .teacher = "Containment after an intrusion lasts days; an afternoon's outage does not.",
    .fooled_by = "A relapse; it never releases suspicion by itself.",
    .signals = kSignals,
    .weigh = weigh};

}  // namespace bw
