// SPDX-License-Identifier: Apache-2.0
// Does a payment or sign-in page load code, or send its form, somewhere new?
// Taught by: an airline's and a ticket shop's card skimmers, which never cost a minute of
// availability. Fooled by: a new payment provider or tag: routine, so a new origin alone only asks
// for approval.
#include "daemon/verdict/rules/catalog.h"

#include <algorithm>
#include <array>

namespace bw {
namespace {

constexpr std::array kSignals = std::to_array<std::string_view>(
    {"page_code/new_origin", "page_code/form_moved", "page_code/skimmer_traits"});
constexpr Millis kAnnounced{std::chrono::hours{12}};

bool is_announced(const Scene& scene, const Change& change) {
  const auto& target = scene.estate.targets[change.target];
  const std::vector<std::string> functions{target.function};
  return !scene.board.planned("change", change.at, kAnnounced, functions).empty();
}

void weigh_traits(const Scene& scene, Signs& signs) {
  for (TargetIndex target = 0; target < scene.estate.targets.size(); ++target) {
    const auto& one = scene.estate.targets[target];
    const auto view = scene.history.view(target);
    if (one.owner != kOwn || !view.is_known) continue;
    const auto traits = members(view.worst->latest.facts->get(Fact::script_traits));
    const bool has_new_script =
        std::ranges::any_of(scene.history.changes(), [&](const Change& change) {
          const bool is_script =
              change.fact == Fact::inline_scripts || change.fact == Fact::script_origins;
          return is_script && change.target == target && change.is_live && !change.is_approved;
        });
    if (!has_skimmer(view.worst->latest) || !has_new_script) continue;
    std::vector<std::string> list(traits.begin(), traits.end());
    signs.push_back(
        {kSignals[2],
         "a new script on " + one.id + " behaves like a skimmer: " + list_in_words(list, 5),
         {view.worst->latest_seq}});
    return;
  }
}

void weigh(const Scene& scene, Signs& signs) {
  bool said_origin = false;
  bool said_form = false;
  for (const auto& change : scene.history.changes()) {
    const auto& target = scene.estate.targets[change.target];
    if (!change.is_live || change.is_approved || !target.is_sensitive || target.owner != kOwn)
      continue;
    if (is_announced(scene, change)) continue;
    if ((change.fact == Fact::script_origins || change.fact == Fact::frames) && !said_origin) {
      said_origin = true;
      signs.push_back(
          {kSignals[0],
           target.id + " loads code from " + change.is + " since " + print_time(change.at),
           {change.seq}});
    }
    if (change.fact == Fact::form_actions && !said_form) {
      said_form = true;
      signs.push_back(
          {kSignals[1],
           "the form on " + target.id + " now sends to " + change.is + ", before to " + change.was,
           {change.seq}});
    }
  }
  weigh_traits(scene, signs);
}

}  // namespace

const Rule rules::page_code{
    .name = "page_code",
    .question = "Does a payment or sign-in page load code, or send its form, somewhere new?",
    .teacher = "An airline's payment page was skimmed for two weeks without an outage (2018).",
    .fooled_by = "A new payment provider or tag; a new origin alone only asks for approval.",
    .signals = kSignals,
    .weigh = weigh};

}  // namespace bw
