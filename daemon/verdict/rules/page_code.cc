// SPDX-License-Identifier: Apache-2.0
// Does a page load code, or send what visitors type, somewhere new?
// Taught by: an airline's and a ticket shop's card skimmers, which never cost a minute of
// availability. Fooled by: a new payment provider or tag: routine, so a new origin alone only asks
// for approval.
#include "daemon/verdict/page_script.h"
#include "daemon/verdict/rules/catalog.h"

#include <algorithm>
#include <array>
#include <utility>

namespace bw {
namespace {

constexpr std::array kSignals = std::to_array<std::string_view>({"page_code/new_origin",
                                                                 "page_code/form_moved",
                                                                 "page_code/skimmer_traits",
                                                                 "page_code/script_boasts",
                                                                 "page_code/script_host_moved",
                                                                 "page_code/new_recipient"});
constexpr Millis kAnnounced{std::chrono::hours{12}};

bool is_announced(const Scene& scene, const Change& change) {
  const auto& target = scene.estate.targets[change.target];
  const std::vector<std::string> functions{target.function};
  return !scene.board.planned("change", change.at, kAnnounced, functions).empty();
}

std::string source_in_words(const ScriptMark& mark) {
  if (mark.from == "inline") return "a script in the page itself";
  return "a script from " + std::string(mark.from);
}

std::string deed_in_words(const ScriptMark& mark) {
  switch (mark.kind) {
    case ScriptMark::Kind::sends:
      return "reads what visitors type and sends it to " + std::string(mark.to);
    case ScriptMark::Kind::hides:
      return "reads form fields and hides what it does with them";
    case ScriptMark::Kind::drains:
      return "asks for the visitors' wallets";
    case ScriptMark::Kind::boasts:
      return "shows visitors the message of somebody who broke in";
    case ScriptMark::Kind::none:
      break;
  }
  return "is not what it was";
}

// The name of the host that serves it leads elsewhere too: whoever holds the name wrote the script.
void weigh_moved_host(const Scene& scene, const ScriptMark& mark, Signs& signs) {
  const auto host = host_of_origin(mark.from);
  for (const auto& change : scene.history.changes()) {
    const bool is_name = change.fact == Fact::networks || change.fact == Fact::name_servers;
    if (!is_name || !change.is_live || change.is_approved) continue;
    if (scene.estate.targets[change.target].host != host) continue;
    signs.push_back({kSignals[4],
                     "the script's host " + std::string(host) + " now leads to " + change.is +
                         ", before to " + change.was,
                     {change.seq}});
    return;
  }
}

// What scripts, in the page or fetched, do now and never did before.
void weigh_scripts(const Scene& scene, Signs& signs) {
  bool said_boast = false;
  bool said_skimmer = false;
  for (const auto& change : scene.history.changes()) {
    if (!is_hostile_script(scene.history, change)) continue;
    const auto mark = parse_script_mark(change.is);
    bool& said = mark.kind == ScriptMark::Kind::boasts ? said_boast : said_skimmer;
    if (said) continue;
    if (!said_boast && !said_skimmer) weigh_moved_host(scene, mark, signs);
    said = true;
    const bool is_boast = mark.kind == ScriptMark::Kind::boasts;
    signs.push_back({is_boast ? kSignals[3] : kSignals[2],
                     "on " + scene.estate.targets[change.target].id + " " + source_in_words(mark) +
                         " has changed: since " + print_time(change.at) + " it " +
                         deed_in_words(mark),
                     {change.seq}});
  }
}

// A page whose script facts come without marks: an older journal's.
bool has_marks(const Facts& facts) {
  return !facts.get(Fact::script_marks).empty();
}

void weigh_traits(const Scene& scene, Signs& signs) {
  for (TargetIndex target = 0; target < scene.estate.targets.size(); ++target) {
    const auto& one = scene.estate.targets[target];
    const auto view = scene.history.view(target);
    if (one.owner != kOwn || !view.is_known || has_marks(*view.worst->latest.facts)) continue;
    const auto traits = members(view.worst->latest.facts->get(Fact::script_traits));
    const bool has_new_script =
        std::ranges::any_of(scene.history.changes(), [&](const Change& change) {
          const bool is_script =
              change.fact == Fact::inline_scripts || change.fact == Fact::script_origins;
          return is_script && change.target == target && change.is_live && !change.is_approved;
        });
    if (!has_skimmer(view.worst->latest) || !has_new_script) continue;
    const std::vector<std::string> list(traits.begin(), traits.end());
    signs.push_back(
        {kSignals[2],
         "a new script on " + one.id + " behaves like a skimmer: " + list_in_words(list, 5),
         {view.worst->latest_seq}});
    return;
  }
}

// Somebody whom a script of a payment page never spoke to before: a tag, mostly.
void weigh_recipient(const Scene& scene, const Change& change, Signs& signs) {
  const auto arrow = std::min(change.is.find('>'), change.is.size());
  signs.push_back({kSignals[5],
                   "on " + scene.estate.targets[change.target].id + " a script from " +
                       change.is.substr(0, arrow) + " now speaks to " +
                       change.is.substr(std::min(arrow + 1, change.is.size())),
                   {change.seq}});
}

void weigh_origin(const Scene& scene, const Change& change, Signs& signs) {
  signs.push_back({kSignals[0],
                   scene.estate.targets[change.target].id + " loads code from " + change.is +
                       " since " + print_time(change.at),
                   {change.seq}});
}

void weigh_form(const Scene& scene, const Change& change, Signs& signs) {
  signs.push_back({kSignals[1],
                   "the form on " + scene.estate.targets[change.target].id + " now sends to " +
                       change.is + ", before to " + change.was,
                   {change.seq}});
}

// On a page where visitors type what matters, and announced by nobody.
bool is_grave(const Scene& scene, const Change& change) {
  const auto& target = scene.estate.targets[change.target];
  return change.is_live && !change.is_approved && target.is_sensitive && target.owner == kOwn &&
         !is_announced(scene, change);
}

// The first change of each kind.
void weigh_changes(const Scene& scene, Signs& signs) {
  bool said_origin = false;
  bool said_form = false;
  bool said_recipient = false;
  for (const auto& change : scene.history.changes()) {
    if (!is_grave(scene, change)) continue;
    const bool is_code = change.fact == Fact::script_origins || change.fact == Fact::frames;
    if (is_code && !std::exchange(said_origin, true)) weigh_origin(scene, change, signs);
    if (change.fact == Fact::script_sends && !std::exchange(said_recipient, true)) {
      weigh_recipient(scene, change, signs);
    }
    if (change.fact == Fact::form_actions && !std::exchange(said_form, true)) {
      weigh_form(scene, change, signs);
    }
  }
}

void weigh(const Scene& scene, Signs& signs) {
  weigh_changes(scene, signs);
  weigh_scripts(scene, signs);
  const bool has_said =
      std::ranges::any_of(signs, [](const Sign& sign) { return sign.signal == kSignals[2]; });
  if (!has_said) weigh_traits(scene, signs);
}

}  // namespace

const Rule rules::page_code{
    .name = "page_code",
    .question = "Does a page load code, or send what visitors type, somewhere new?",
    .teacher = "An airline's payment page was skimmed for two weeks without an outage (2018).",
    .fooled_by = "A new payment provider or tag; a new origin alone only asks for approval.",
    .signals = kSignals,
    .weigh = weigh};

}  // namespace bw
