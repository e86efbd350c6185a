// SPDX-License-Identifier: Apache-2.0
// What does the organisation itself say, in its newsroom and on its pages?
// Taught by: "technical issues ... not a security issue" on the Monday, "a cyber incident" on the
// Tuesday, from the same retailer.
// Fooled by: benign wording, which costs nothing; product recalls; drills; news about others.
#include "daemon/verdict/rules/catalog.h"
#include "probes/words.h"

#include <algorithm>
#include <array>

namespace bw {
namespace {

constexpr std::array kSignals = std::to_array<std::string_view>({"statements/security",
                                                                 "statements/flood",
                                                                 "statements/precaution",
                                                                 "statements/third_party",
                                                                 "statements/demand",
                                                                 "statements/maintenance",
                                                                 "statements/technical",
                                                                 "statements/facility",
                                                                 "statements/change",
                                                                 "statements/certificate",
                                                                 "statements/names",
                                                                 "statements/flood_amid_demand"});
constexpr Millis kBefore{std::chrono::hours{1}};

struct Meaning {
  WordClass what;
  std::string_view signal;
};
constexpr std::array<Meaning, 13> kMeanings{
    {{.what = WordClass::security, .signal = kSignals[0]},
     {.what = WordClass::ransom, .signal = kSignals[0]},
     {.what = WordClass::ddos, .signal = kSignals[1]},
     {.what = WordClass::precaution, .signal = kSignals[2]},
     {.what = WordClass::third_party, .signal = kSignals[3]},
     {.what = WordClass::demand, .signal = kSignals[4]},
     {.what = WordClass::queue, .signal = kSignals[4]},
     {.what = WordClass::maintenance, .signal = kSignals[5]},
     {.what = WordClass::technical, .signal = kSignals[6]},
     {.what = WordClass::facility, .signal = kSignals[7]},
     {.what = WordClass::change, .signal = kSignals[8]},
     {.what = WordClass::certificate, .signal = kSignals[9]},
     {.what = WordClass::names, .signal = kSignals[10]}}};
// What a provider says of its own trouble says what kind it is; whose it is, it says itself.
constexpr std::array<WordClass, 3> kOfProviders{
    WordClass::facility, WordClass::certificate, WordClass::names};

void hear(const Words& words, const std::string& where, std::uint64_t seq, Signs& signs) {
  for (const auto& meaning : kMeanings) {
    if (!words.has(meaning.what)) continue;
    // An owner who names a flood and a crowd in one breath cannot tell them apart yet.
    const bool is_amid = meaning.what == WordClass::ddos && words.has(WordClass::demand);
    const auto signal = is_amid ? kSignals[11] : meaning.signal;
    const bool is_given =
        std::ranges::any_of(signs, [&](const Sign& sign) { return sign.signal == signal; });
    if (is_given) continue;
    signs.push_back(
        {signal, where + " says: \"" + std::string(words.phrase(meaning.what)) + "\"", {seq}});
  }
}

// What the provider that is most to blame says of the kind of its trouble.
void hear_suspect(const Scene& scene, Signs& signs) {
  const auto& suspect = scene.scope.suspect;
  if (suspect.empty()) return;
  for (const auto* said : scene.board.open(suspect)) {
    Words words;
    for (const auto& claim : said->words.claims) {
      if (std::ranges::find(kOfProviders, claim.what) != kOfProviders.end())
        words.claims.push_back(claim);
    }
    hear(words, std::string(scene.estate.name_of(suspect)), said->seq, signs);
  }
}

void hear_pages(const Scene& scene, Signs& signs) {
  for (const auto target : scene.scope.failing) {
    const auto& one = scene.estate.targets[target];
    if (one.role != Role::service || one.owner != kOwn) continue;
    const auto view = scene.history.view(target);
    const auto& facts = *view.worst->latest.facts;
    // Neither a stranger's page nor a machine's error message speaks for the owner.
    if (!is_deliberate(view.worst->latest)) continue;
    auto text = std::string(facts.get(Fact::text));
    if (text.empty()) text = facts.get(Fact::response);
    hear(read_words(text), "the page of " + one.id, view.worst->latest_seq, signs);
  }
}

void weigh(const Scene& scene, Signs& signs) {
  for (const auto* said : scene.board.statements(scene.onset - kBefore)) {
    hear(said->words, scene.estate.organisation, said->seq, signs);
  }
  hear_suspect(scene, signs);
  hear_pages(scene, signs);
}

}  // namespace

const Rule rules::statements{
    .name = "statements",
    .question = "What does the organisation itself say, in its newsroom and on its pages?",
    .teacher = R"("Not a security issue" on the Monday, "a cyber incident" on the Tuesday (2025).)",
    .fooled_by = "Benign wording, which costs nothing; drills; news about others.",
    .signals = kSignals,
    .weigh = weigh};

}  // namespace bw
