// SPDX-License-Identifier: Apache-2.0
// Does a provider that we need say that it has trouble?
// Taught by: status pages, which post 16 minutes after the fact in the median, and in a quarter
// never. Fooled by: an incident of a component or region that is not ours.
#include "daemon/verdict/rules/catalog.h"

#include <algorithm>
#include <array>
#include <set>

namespace bw {
namespace {

constexpr std::array kSignals = std::to_array<std::string_view>({"provider_says_so/incident",
                                                                 "provider_says_so/security",
                                                                 "provider_says_so/maintenance",
                                                                 "provider_says_so/silent",
                                                                 "provider_says_so/flood"});
constexpr Millis kBefore{std::chrono::hours{6}};  // an incident may have begun before we felt it
constexpr Millis kSilence{std::chrono::hours{2}};

bool is_concerned(const Scene& scene, std::string_view provider) {
  for (TargetIndex target = 0; target < scene.estate.targets.size(); ++target) {
    const auto& one = scene.estate.targets[target];
    if (one.role != Role::service && one.role != Role::provider) continue;
    const auto view = scene.history.view(target);
    const bool is_hurt = view.is_failing || view.is_partial || view.is_degraded;
    if (is_hurt && depends_on(scene.estate, one, provider)) return true;
  }
  return false;
}

std::string_view signal_of(const FeedItem& item) {
  if (item.state == FeedState::maintenance) return kSignals[2];
  return kSignals[0];
}

void weigh_attacks(const Scene& scene, Signs& signs) {
  std::set<std::string_view> given;
  for (const auto* said : scene.told) {
    if (said->item.provider == kOwn) continue;
    const auto& words = said->words;
    const bool is_flood = words.has(WordClass::ddos);
    const auto signal = is_flood ? kSignals[4] : kSignals[1];
    if (!given.insert(signal).second) continue;
    auto phrase = std::string(words.phrase(is_flood                         ? WordClass::ddos
                                           : words.has(WordClass::security) ? WordClass::security
                                                                            : WordClass::ransom));
    if (phrase.empty()) phrase = said->item.title;
    signs.push_back(
        {signal,
         std::string(scene.estate.name_of(said->item.provider)) + " says: \"" + phrase + "\"",
         {said->seq}});
  }
}

// An incident that is open and not older than ours, or maintenance.
bool is_about_now(const Scene& scene, const Board::Said& said) {
  const auto& item = said.item;
  if (item.state == FeedState::operational) return false;
  const auto started = item.started.value_or(said.first);
  return item.state == FeedState::maintenance || started >= scene.onset - kBefore;
}

const Board::Said* said_by(const Scene& scene, std::string_view provider) {
  const auto open = scene.board.open(provider);
  const auto at = std::ranges::find_if(
      open, [&](const Board::Said* said) { return is_about_now(scene, *said); });
  return at == open.end() ? nullptr : *at;
}

// The provider that is most to blame says nothing.
void weigh_silence(const Scene& scene, Signs& signs) {
  const auto& suspect = scene.scope.suspect;
  if (scene.scope.failing.empty() || suspect.empty() || scene.scope.blame_of(suspect) < 0.5) return;
  if (scene.board.is_live(suspect) && scene.now - scene.onset > kSilence) {
    signs.push_back({kSignals[3],
                     std::string(scene.estate.name_of(suspect)) +
                         "'s status page has said nothing for " +
                         print_duration(scene.now - scene.onset),
                     {}});
  }
}

void weigh(const Scene& scene, Signs& signs) {
  weigh_attacks(scene, signs);
  for (const auto& provider : scene.estate.providers) {
    if (!is_concerned(scene, provider.id)) continue;
    const auto* said = said_by(scene, provider.id);
    if (said == nullptr) continue;
    const auto& item = said->item;
    signs.push_back(
        {signal_of(item),
         provider.name + " says: \"" + item.title + "\" (" + std::string(print(item.state)) + ")",
         {said->seq}});
    return;
  }
  weigh_silence(scene, signs);
}

}  // namespace

const Rule rules::provider_says_so{
    .name = "provider_says_so",
    .question = "Does a provider that we need say that it has trouble?",
    .teacher =
        "Over 25 outages status pages posted after 16 minutes in the median; a quarter never did.",
    .fooled_by = "An incident of a component or region that is not ours.",
    .signals = kSignals,
    .weigh = weigh};

}  // namespace bw
