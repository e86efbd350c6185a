// SPDX-License-Identifier: Apache-2.0
// Do the organisation's own numbers leave their usual range, and what do they count?
// Taught by: waves of stolen passwords, in which sign-ins failed by the thousand while the doors
// worked; a data theft that showed in what left the building.
// Fooled by: a release that breaks sign-in, a campaign that brings back old customers, backups.
#include "daemon/verdict/rules/catalog.h"

#include <algorithm>
#include <array>

namespace bw {
namespace {

constexpr std::array kSignals = std::to_array<std::string_view>({"series/login_failures",
                                                                 "series/right_password_works",
                                                                 "series/blocked_requests",
                                                                 "series/requests",
                                                                 "series/egress",
                                                                 "series/errors"});
struct Meaning {
  std::string_view means;
  std::string_view signal;
  std::string_view words;
};
constexpr std::array kMeanings = std::to_array<Meaning>({
    {.means = "login_failures",
     .signal = kSignals[0],
     .words = "sign-ins fail far more often than usual"},
    {.means = "blocked_requests",
     .signal = kSignals[2],
     .words = "far more requests than usual are refused"},
    {.means = "requests", .signal = kSignals[3], .words = "far more requests than usual come in"},
    {.means = "egress", .signal = kSignals[4], .words = "far more data than usual leaves"},
    {.means = "errors", .signal = kSignals[5], .words = "far more answers than usual are errors"},
});

// A sign-in of ours that is looked at and works: known, with the right password, at every place.
std::optional<std::uint64_t> working_sign_in(const Scene& scene) {
  std::optional<std::uint64_t> seq;
  for (TargetIndex target = 0; target < scene.estate.targets.size(); ++target) {
    const auto& one = scene.estate.targets[target];
    if (one.kind != "login" || one.role != Role::service) continue;
    const auto view = scene.history.view(target);
    if (!view.is_known) continue;
    if (view.is_failing || view.is_partial) return std::nullopt;
    seq = view.worst->latest_seq;
  }
  return seq;
}

void weigh(const Scene& scene, Signs& signs) {
  for (const auto& change : scene.history.changes()) {
    if (change.fact != Fact::series_value || !change.is_live || change.is_approved) continue;
    const auto& target = scene.estate.targets[change.target];
    const auto view = scene.history.view(change.target);
    if (!concerns_us(scene, target) || view.worst == nullptr) continue;
    const auto& facts = *view.worst->latest.facts;
    const auto* const meaning =
        std::ranges::find(kMeanings, facts.get(Fact::series_means), &Meaning::means);
    if (meaning == kMeanings.end()) continue;
    signs.push_back({meaning->signal,
                     std::string(meaning->words) + " (" + target.id + ": " +
                         std::string(facts.get(Fact::series_value)) + ")",
                     {change.seq, view.worst->latest_seq}});
    const auto sign_in = meaning->signal == kSignals[0] ? working_sign_in(scene) : std::nullopt;
    if (!sign_in) continue;
    signs.push_back({kSignals[1],
                     "sign-ins fail by the many while the right password works: others try",
                     {change.seq, *sign_in}});
  }
}

}  // namespace

const Rule rules::series{
    .name = "series",
    .question = "Do the organisation's own numbers leave their usual range?",
    .teacher = "Stolen passwords were tried by the thousand while the doors worked.",
    .fooled_by = "A release that breaks sign-in, a campaign for old customers, backups.",
    .signals = kSignals,
    .weigh = weigh};

}  // namespace bw
