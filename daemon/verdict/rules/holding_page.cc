// SPDX-License-Identifier: Apache-2.0
// Does somebody show a page instead of the service, and what kind of page?
// Taught by: "Please bear with us. Sorry you can't shop with us right now": a provider's glitch,
// and the same words a year later, in the middle of an intrusion. Fooled by: standing texts that
// speak of planned changes which nobody planned.
#include "daemon/verdict/rules/catalog.h"

#include <algorithm>
#include <array>

namespace bw {
namespace {

constexpr std::array kSignals =
    std::to_array<std::string_view>({"holding_page/generic",
                                     "holding_page/maintenance",
                                     "holding_page/queue",
                                     "holding_page/challenge",
                                     "holding_page/web_and_app_in_one_step"});
constexpr Millis kOneStep{5 * 60'000};

std::string_view signal_of(BodyClass body) {
  switch (body) {
    case BodyClass::holding:
      return kSignals[0];
    case BodyClass::maintenance:
      return kSignals[1];
    case BodyClass::queue:
      return kSignals[2];
    case BodyClass::challenge:
      return kSignals[3];
    case BodyClass::normal:
    case BodyClass::edge_error:
    case BodyClass::origin_error:
    case BodyClass::empty:
    case BodyClass::foreign:
      break;
  }
  return {};
}

// Website and app were taken away cleanly, on purpose and together.
void weigh_step(const Scene& scene, Signs& signs) {
  Time web = Time::max();
  Time app = Time::max();
  for (const auto target : scene.scope.failing) {
    const auto& one = scene.estate.targets[target];
    const auto view = scene.history.view(target);
    if (one.role != Role::service || one.owner != kOwn) continue;
    if (!is_deliberate(view.worst->first_bad) || !is_deliberate(view.worst->latest)) continue;
    if (one.surface == Surface::app) app = std::min(app, view.since);
    if (one.surface == Surface::web) web = std::min(web, view.since);
  }
  if (web == Time::max() || app == Time::max()) return;
  const auto apart = time_between(web, app);
  if (apart > kOneStep || std::min(web, app) > scene.onset + kOneStep) return;
  signs.push_back({kSignals[4],
                   "website and app were replaced by a chosen answer within " +
                       print_duration(apart) + " of each other, without failing first",
                   {}});
}

void weigh(const Scene& scene, Signs& signs) {
  std::vector<std::string_view> given;
  for (const auto target : scene.scope.failing) {
    const auto& one = scene.estate.targets[target];
    if (one.role != Role::service) continue;
    const auto view = scene.history.view(target);
    const auto& facts = *view.worst->latest.facts;
    const auto body = parse_body_class(facts.get(Fact::body_class));
    if (!body) continue;
    const auto signal = signal_of(*body);
    if (signal.empty() || std::ranges::find(given, signal) != given.end()) continue;
    given.push_back(signal);
    auto text = std::string(facts.get(Fact::text).substr(0, 120));
    if (text.empty()) text = facts.get(Fact::title);
    if (text.empty()) text = facts.get(Fact::response);
    signs.push_back({signal,
                     one.id + " shows a " + std::string(print(*body)) + " page" +
                         (text.empty() ? "" : ": \"" + text + "\""),
                     {view.worst->latest_seq}});
  }
  weigh_step(scene, signs);
}

}  // namespace

const Rule rules::holding_page{
    .name = "holding_page",
    .question = "Does somebody show a page instead of the service, and what kind of page?",
    .teacher = "A retailer's courteous notice stood over a provider's glitch (2024).",
    .fooled_by = "Standing texts that speak of planned changes which nobody planned.",
    .signals = kSignals,
    .weigh = weigh};

}  // namespace bw
