// SPDX-License-Identifier: Apache-2.0
#include "daemon/notify/customer_phrases.h"

#include "daemon/notify/customer_english.h"
#include "daemon/notify/layout.h"
#include "probes/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace bw {

namespace en = customer_english;

namespace customers {
namespace {

bool is_lower(char c) {
  return c >= 'a' && c <= 'z';
}

// How a group of functions stands, without a capital or a full stop.
std::string clause_on(const std::string& names, Service service, std::string_view verb) {
  switch (service) {
    case Service::unknown:
    case Service::working:
      return fmt::format(en::kRecovered, names, verb);
    case Service::slow:
      return fmt::format(en::kSlow, names);
    case Service::partly:
      return fmt::format(en::kPartly, names, verb);
    case Service::failing:
      return fmt::format(en::kFailing, names, verb, "");
  }
  return {};
}

std::string sentences_of(const Served& functions) {
  std::string text;
  for (const auto* function : functions) {
    if (!text.empty()) text += ' ';
    text += as_sentence(clause_of(*function));
  }
  return text;
}

// Those that stand alike, the gravest way first.
std::vector<Served> groups_of(const Served& functions) {
  std::vector<Served> groups;
  for (const auto service : {Service::failing, Service::partly, Service::slow, Service::working}) {
    Served group;
    std::ranges::copy_if(functions, std::back_inserter(group), [service](const auto* function) {
      return function->service == service;
    });
    if (!group.empty()) groups.push_back(std::move(group));
  }
  return groups;
}

// A sentence on a group, which names at most `most` functions.
std::string sentence_on(const Served& group, std::size_t most) {
  const auto verb = group.size() == 1 ? verb_of(*group.front()) : en::kAre;
  return as_sentence(clause_on(join_names(names_of(group), most), group.front()->service, verb));
}

}  // namespace

std::string capitalised(std::string text) {
  if (!text.empty() && is_lower(text.front())) {
    text.front() = static_cast<char>(text.front() - 'a' + 'A');
  }
  return text;
}

std::string as_sentence(std::string clause) {
  if (clause.empty()) return clause;
  if (std::string_view(".!?").find(clause.back()) == std::string_view::npos) clause += '.';
  return capitalised(std::move(clause));
}

std::string as_clause(std::string_view text) {
  auto clause = title_in_sentence(fold(text, kCustomerClauseMax));
  while (clause.ends_with('.'))
    clause.pop_back();
  return clause;
}

std::string name_of(const ServedFunction& function) {
  if (!function.words.name.empty()) return fold(function.words.name, kCustomerNameMax);
  return title_in_sentence(shorten(fold(function.title, 4 * kCustomerNameMax), kCustomerNameMax));
}

std::vector<std::string> names_of(const Served& functions) {
  std::vector<std::string> names;
  names.reserve(functions.size());
  for (const auto* function : functions)
    names.push_back(name_of(*function));
  return names;
}

std::string_view head_of(std::string_view name) {
  auto end = name.size();
  for (const auto preposition : en::kPrepositions)
    end = std::min(end, name.find(preposition));
  return name.substr(0, end);
}

std::string_view verb_of(const ServedFunction& function) {
  const bool is_plural = function.words.is_plural.value_or(looks_plural(name_of(function)));
  return is_plural ? en::kAre : en::kIs;
}

std::string join_names(std::vector<std::string> names, std::size_t most) {
  if (names.size() > most) {
    auto more = fmt::format(en::kMore, names.size() - most);
    names.resize(most);
    names.push_back(std::move(more));
  }
  const bool has_and = std::ranges::any_of(
      names, [](const std::string& name) { return name.find(en::kAnd) != std::string::npos; });
  std::string joined;
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (i > 0) {
      const bool is_last = i + 1 == names.size();
      joined += !is_last ? en::kComma : has_and ? en::kCommaAnd : en::kAnd;
    }
    joined += names[i];
  }
  return joined;
}

std::string where(const std::vector<Surface>& doors, std::string_view pattern) {
  const auto has = [&doors](Surface door) { return std::ranges::find(doors, door) != doors.end(); };
  std::vector<std::string_view> words;
  const auto add = [&](Surface door) {
    if (has(door)) words.push_back(en::kWhere.at(static_cast<std::size_t>(door)));
  };
  add(Surface::store);
  if (has(Surface::web) && has(Surface::app)) {
    words.push_back(en::kOnline);
  } else {
    add(Surface::web);
    add(Surface::app);
  }
  const bool is_named = !has(Surface::staff) && !has(Surface::other) && !words.empty();
  if (!is_named) return {};
  if (words.size() == 1) return std::string(words.front());
  return fmt::format(fmt::runtime(pattern), words.front(), words.back());
}

std::string clause_of(const ServedFunction& function) {
  const auto name = name_of(function);
  if (function.service != Service::failing) {
    return clause_on(name, function.service, verb_of(function));
  }
  // The configured words say that it fails everywhere.
  if (!function.words.fails.empty() && function.working_at.empty()) {
    return as_clause(function.words.fails);
  }
  return fmt::format(
      en::kFailing, name, verb_of(function), where(function.failing_at, en::kOrWhere));
}

std::vector<std::string> forms_of(const Served& functions) {
  std::vector<std::string> forms{sentences_of(functions)};
  for (auto groups = groups_of(functions); !groups.empty(); groups.pop_back()) {
    std::string text;
    for (const auto& group : groups) {
      if (!text.empty()) text += ' ';
      text += sentence_on(group, group.size());
    }
    forms.push_back(std::move(text));
    if (groups.size() > 1) continue;
    for (auto most = groups.front().size() - 1; most > 0; --most)
      forms.push_back(sentence_on(groups.front(), most));
  }
  return forms;
}

}  // namespace customers

namespace {

bool is_upper_case(char c) {
  return c >= 'A' && c <= 'Z';
}

}  // namespace

std::string title_in_sentence(std::string_view title) {
  std::string name(title);
  const bool is_name = name.size() < 2 || !is_upper_case(name.front()) || name[1] == ' ' ||
                       std::ranges::any_of(name.substr(1), is_upper_case);
  if (!is_name) name.front() = static_cast<char>(name.front() - 'A' + 'a');
  return name;
}

bool looks_plural(std::string_view name) {
  const auto head = customers::head_of(name);
  if (head.find(en::kAnd) != std::string_view::npos) return true;
  return head.ends_with('s') &&
         std::ranges::none_of(en::kSingularEnds, [head](auto end) { return head.ends_with(end); });
}

}  // namespace bw
