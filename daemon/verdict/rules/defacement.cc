// SPDX-License-Identifier: Apache-2.0
// Does a page show somebody else's message?
// Taught by: an airline's page that said "404 - plane not found", a campaign's "seized" notice.
// Fooled by: news that quotes such words; a lapsed domain that is parked.
#include "daemon/verdict/rules/catalog.h"

#include <array>

namespace bw {
namespace {

constexpr std::array kSignals = std::to_array<std::string_view>(
    {"defacement/foreign", "defacement/marked", "defacement/ransom"});

void weigh(const Scene& scene, Signs& signs) {
  for (const auto target : scene.scope.failing) {
    const auto& one = scene.estate.targets[target];
    const auto view = scene.history.view(target);
    if (one.owner != kOwn || view.worst->latest.outcome != Outcome::content_foreign) continue;
    const auto& facts = *view.worst->latest.facts;
    bool is_marked = false;
    bool is_ransom = false;
    for (const auto word : members(facts.get(Fact::words))) {
      is_marked = is_marked || word == "defacement";
      is_ransom = is_ransom || word == "ransom";
    }
    const auto shown = std::string(
        facts.get(facts.get(Fact::text).empty() ? Fact::title : Fact::text).substr(0, 120));
    const auto signal = is_ransom ? kSignals[2] : is_marked ? kSignals[1] : kSignals[0];
    signs.push_back({signal,
                     one.id + " shows a page that is not ours: \"" + shown + "\"",
                     {view.worst->latest_seq}});
    return;
  }
}

}  // namespace

const Rule rules::defacement{
    .name = "defacement",
    .question = "Does a page show somebody else's message?",
    .teacher = "An airline's front page said \"404 - plane not found\" (2015).",
    .fooled_by = "News that quotes such words; a lapsed domain that is parked.",
    .signals = kSignals,
    .weigh = weigh};

}  // namespace bw
