// SPDX-License-Identifier: Apache-2.0
#include "daemon/verdict/rule.h"

#include "daemon/verdict/catalog_info.h"
#include "daemon/verdict/rules/catalog.h"

#include <algorithm>
#include <array>

namespace bw {
namespace {

constexpr std::array kRules = std::to_array<const Rule*>({
#define X(name) &rules::name,
    BW_RULES(X)
#undef X
});

}  // namespace

std::span<const Rule* const> all_rules() {
  return kRules;
}

std::vector<RuleInfo> rule_infos() {
  std::vector<RuleInfo> infos;
  infos.reserve(kRules.size());
  for (const auto* rule : kRules) {
    infos.push_back({rule->name, rule->question, rule->teacher, rule->fooled_by});
  }
  return infos;
}

bool is_announced(const Scene& scene, Time at) {
  constexpr Millis kSlack{std::chrono::hours{2}};
  return !scene.board.planned("change", at, kSlack, {}).empty() ||
         !scene.board.planned("maintenance", at, kSlack, {}).empty();
}

Millis time_between(Time one, Time other) {
  return one > other ? one - other : other - one;
}

bool concerns_us(const Scene& scene, const Target& target) {
  if (target.owner == kOwn) return true;
  return scene.estate.provider(target.owner) != nullptr &&
         std::ranges::any_of(scene.scope.failing, [&](TargetIndex failing) {
           return depends_on(scene.estate, scene.estate.targets[failing], target.owner);
         });
}

std::string list_in_words(const std::vector<std::string>& items, std::size_t most) {
  std::string text;
  const std::size_t shown = items.size() > most ? most : items.size();
  const std::size_t left = items.size() - shown;
  for (std::size_t i = 0; i < shown; ++i) {
    if (i > 0) text += left == 0 && i + 1 == shown ? " and " : ", ";
    text += items[i];
  }
  if (left > 0) text += " and " + std::to_string(left) + " more";
  return text;
}

std::string titles(const Estate& estate, const std::vector<std::string>& functions) {
  std::vector<std::string> list;
  list.reserve(functions.size());
  for (const auto& id : functions) {
    const auto* function = estate.function(id);
    list.push_back(function == nullptr ? id : function->title);
  }
  return list_in_words(list);
}

}  // namespace bw
