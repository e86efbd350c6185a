// SPDX-License-Identifier: Apache-2.0
#include "daemon/notify/customer_notice.h"

#include "daemon/notify/customer_english.h"
#include "daemon/notify/customer_phrases.h"
#include "daemon/notify/layout.h"
#include "probes/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

namespace bw {
namespace {

namespace en = customer_english;
using namespace customers;

constexpr std::size_t kNamesInShort = 3;  // of what still works
constexpr std::size_t kNamesForColleagues = 6;
constexpr std::size_t kClausesMax = 3;  // of what customers can do instead

std::string cut(const std::string& text, std::size_t length_max) {
  if (draft_length(text) <= length_max) return text;
  constexpr std::size_t kEllipsisLength = 2;
  constexpr std::size_t kEllipsisBytes = 3;
  std::size_t bytes = 0;
  while (bytes < text.size()) {
    const auto next = bytes + first_char(std::string_view(text).substr(bytes)).bytes;
    if (draft_length(std::string_view(text).substr(0, next)) + kEllipsisLength > length_max) break;
    bytes = next;
  }
  return shorten(text, bytes + kEllipsisBytes);
}

// The first form that fits; the last one cut where none does.
std::string fitting(const std::vector<std::string>& forms, std::size_t length_max) {
  for (const auto& form : forms)
    if (draft_length(form) <= length_max) return form;
  return forms.empty() ? std::string() : cut(forms.back(), length_max);
}

// Sentences that follow where they have room; of each the first form that has.
using Extras = std::vector<std::vector<std::string>>;

std::string fill(std::string text, const Extras& extras, std::size_t length_max) {
  for (const auto& forms : extras) {
    for (const auto& form : forms) {
      if (form.empty() || draft_length(text) + 1 + draft_length(form) > length_max) continue;
      text += ' ' + form;
      break;
    }
  }
  return text;
}

// What one notice is about, and what still works beside it.
struct Subject {
  Served functions;  // in trouble; or recovered, where none is
  Served recovered;  // while others are in trouble
  Served working;    // seen healthy and in no incident, critical ones first
  std::string lead;  // in front of everything; may be empty
  std::string link;
};

bool has_recovered(const Subject& subject) {
  return !subject.functions.empty() && subject.functions.front()->service == Service::working;
}

void add_once(std::vector<std::string>& list, std::string text) {
  if (!text.empty() && std::ranges::find(list, text) == list.end()) list.push_back(std::move(text));
}

// What customers can do instead: through another door, or with what stands in and was seen healthy.
// Behind a clause on the function, "it" is enough.
std::vector<std::string> instead_of(const Subject& subject, bool follows_name) {
  std::vector<std::string> clauses;
  for (const auto* function : subject.functions) {
    if (!function->working_at.empty()) {
      const auto verb = verb_of(*function);
      const auto pronoun = std::string(verb == en::kAre ? en::kThey : en::kIt);
      add_once(clauses,
               fmt::format(en::kStillAvailable,
                           follows_name ? pronoun : name_of(*function),
                           verb,
                           where(function->working_at, en::kAndWhere)));
    }
    for (const auto& id : function->words.instead) {
      const auto at = std::ranges::find(subject.working, id, &ServedFunction::id);
      if (at == subject.working.end()) continue;
      const auto& other = **at;
      add_once(clauses,
               other.words.works.empty()
                   ? fmt::format(en::kStillAvailable, name_of(other), verb_of(other), "")
                   : as_clause(other.words.works));
    }
  }
  if (clauses.size() > kClausesMax) clauses.resize(kClausesMax);
  return clauses;
}

std::string join_clauses(const std::vector<std::string>& clauses) {
  std::string joined;
  for (const auto& clause : clauses) {
    if (!joined.empty()) joined += en::kBetweenClauses;
    joined += clause;
  }
  return joined;
}

// "Still available: A, B and C." and shorter ones. Customers are not told how many more there are.
std::vector<std::string> available_forms(const Subject& subject) {
  std::vector<std::string> forms;
  auto names = names_of(subject.working);
  if (names.size() > kNamesInShort) names.resize(kNamesInShort);
  for (; !names.empty(); names.pop_back())
    forms.push_back(fmt::format(en::kAvailable, join_names(names, names.size())));
  return forms;
}

// The cause, where one is established for everything that the notice is about.
std::string cause_sentence(const Subject& subject) {
  if (subject.functions.empty() || has_recovered(subject)) return {};
  const auto& first = *subject.functions.front();
  const bool is_shared = std::ranges::all_of(subject.functions, [&first](const auto* function) {
    return function->cause == first.cause && function->supplier == first.supplier;
  });
  if (!is_shared) return {};
  switch (first.cause) {
    case CustomerCause::none:
      return {};
    case CustomerCause::planned:
      return std::string(en::kPlanned);
    case CustomerCause::supplier:
      return first.supplier.empty()
                 ? std::string(en::kSupplier)
                 : fmt::format(en::kNamedSupplier, fold(first.supplier, kCustomerNameMax));
  }
  return {};
}

std::string closing_sentence(const Subject& subject) {
  const bool is_planned =
      !subject.functions.empty() && subject.functions.front()->cause == CustomerCause::planned;
  return std::string(has_recovered(subject) || is_planned ? en::kThanks : en::kSorry);
}

std::vector<std::string> led(const std::string& lead, std::vector<std::string> forms) {
  if (lead.empty()) return forms;
  for (auto& form : forms)
    form = form.empty() ? lead : lead + ' ' + form;
  if (forms.empty()) forms.push_back(lead);
  return forms;
}

// For customers: what fails, what to do instead, the cause, a word of regret, where to read more.
std::string compose_short(const Subject& subject, std::size_t length_max) {
  auto forms = forms_of(subject.functions);
  Extras extras;
  if (!has_recovered(subject)) {
    const auto clauses = instead_of(subject, subject.functions.size() == 1);
    if (clauses.empty()) {
      extras.push_back(available_forms(subject));
    } else if (subject.functions.size() == 1) {
      const auto with_works =
          fmt::format(en::kWithWorks, clause_of(*subject.functions.front()), join_clauses(clauses));
      forms.insert(forms.begin(), as_sentence(with_works));
    } else {
      extras.push_back({as_sentence(join_clauses(clauses)), as_sentence(clauses.front())});
    }
  }
  extras.push_back({cause_sentence(subject)});
  extras.push_back({closing_sentence(subject)});
  if (!subject.link.empty()) extras.push_back({fmt::format(en::kMoreAt, subject.link)});
  return fill(fitting(led(subject.lead, std::move(forms)), length_max), extras, length_max);
}

std::string answer_to_why(const Subject& subject) {
  if (!subject.lead.empty()) return fmt::format(en::kSayNoMore, en::kApprover);
  const auto cause = cause_sentence(subject);
  return cause.empty() ? std::string(en::kDoNotGuess) : cause;
}

// For those who are asked: everything that is known, and what to answer.
std::string compose_for_colleagues(const Subject& subject) {
  Extras extras;
  if (has_recovered(subject)) {
    extras.push_back({std::string(en::kStopTelling)});
  } else {
    if (!subject.recovered.empty()) {
      const auto names = join_names(names_of(subject.recovered), kNamesForColleagues);
      extras.push_back({fmt::format(en::kWorkingAgain, names)});
    }
    if (!subject.working.empty()) {
      const auto names = join_names(names_of(subject.working), kNamesForColleagues);
      extras.push_back({fmt::format(en::kAvailable, names)});
    }
    const auto clauses = instead_of(subject, false);
    if (!clauses.empty())
      extras.push_back({fmt::format(en::kTellCustomers, join_clauses(clauses))});
    for (const auto* function : subject.functions)
      extras.push_back({as_sentence(fold(function->words.advice, kCustomerAdviceMax))});
    extras.push_back({answer_to_why(subject)});
    extras.push_back({std::string(en::kNextWord)});
  }
  const auto forms = led(subject.lead, forms_of(subject.functions));
  return fill(fitting(forms, kColleaguesMax), extras, kColleaguesMax);
}

std::string_view title_pattern(Service service) {
  switch (service) {
    case Service::unknown:
    case Service::working:
      return en::kTitleRecovered;
    case Service::slow:
    case Service::partly:
      return en::kTitlePartly;
    case Service::failing:
      return en::kTitleFailing;
  }
  return en::kTitlePartly;
}

std::string compose_title(const Subject& subject) {
  const auto service = subject.functions.front()->service;
  const auto names = names_of(subject.functions);
  const bool is_alike = std::ranges::all_of(
      subject.functions, [service](const auto* function) { return function->service == service; });
  std::vector<std::string> forms;
  const auto add = [&](const std::string& name) {
    forms.push_back(capitalised(fmt::format(fmt::runtime(title_pattern(service)), name)));
  };
  if (is_alike) add(join_names(names, names.size()));
  if (names.size() == 1) add(std::string(head_of(names.front())));
  forms.emplace_back(has_recovered(subject) ? en::kTitleSeveralRecovered : en::kTitleSeveral);
  return fitting(forms, kPushTitleMax);
}

Drafts compose_drafts(const Subject& subject) {
  return {.banner = compose_short(subject, kBannerMax),
          .social = compose_short(subject, kSocialMax),
          .push_title = compose_title(subject),
          .push_body = compose_short(subject, kPushBodyMax),
          .colleagues = compose_for_colleagues(subject)};
}

CustomerNotice compose_notice_on(const Subject& subject) {
  CustomerNotice notice;
  const auto& first = *subject.functions.front();
  notice.service = first.service;
  notice.since = first.since;
  for (const auto* function : subject.functions) {
    notice.functions.push_back(function->id);
    notice.service = std::max(notice.service, function->service);
    notice.incident = std::max(notice.incident, function->incident);
    // Of trouble its beginning, of a recovery its end.
    notice.since = first.service == Service::working ? std::max(notice.since, function->since)
                                                     : std::min(notice.since, function->since);
  }
  notice.drafts = compose_drafts(subject);
  return notice;
}

Drafts compose_to_approve(Subject subject) {
  subject.lead = fmt::format(en::kToApprove, en::kCyberIncident);
  return {.banner = compose_short(subject, kBannerMax),
          .social = compose_short(subject, kSocialMax),
          .push_title = fmt::format(en::kToApprove, en::kCyberTitle),
          .push_body = compose_short(subject, kPushBodyMax),
          .colleagues = compose_for_colleagues(subject)};
}

// The gravest first, otherwise as configured.
void sort_by_gravity(Served& functions) {
  std::ranges::stable_sort(functions, std::ranges::greater{}, [](const auto* function) {
    return std::pair(function->service, function->is_critical);
  });
}

Subject subject_of(const CustomerView& view) {
  Subject subject;
  subject.link = view.link;
  for (const auto& function : view.functions) {
    const bool is_well = function.service == Service::working;
    if (function.is_told && function.service != Service::unknown) {
      (is_well ? subject.recovered : subject.functions).push_back(&function);
    } else if (is_well) {
      subject.working.push_back(&function);
    }
  }
  sort_by_gravity(subject.functions);
  sort_by_gravity(subject.working);
  return subject;
}

}  // namespace

std::string_view print(Service service) {
  constexpr std::array kNames =
      std::to_array<std::string_view>({"unknown", "working", "slow", "partly", "failing"});
  return kNames.at(static_cast<std::size_t>(service));
}

CustomerNotices compose_customer_notices(const CustomerView& view) {
  CustomerNotices notices;
  if (view.is_blind) return notices;
  auto everything = subject_of(view);
  for (const auto* list : {&everything.functions, &everything.recovered}) {
    for (const auto* function : *list) {
      const Subject one{.functions = {function},
                        .recovered = {},
                        .working = everything.working,
                        .lead = {},
                        .link = everything.link};
      notices.each.push_back(compose_notice_on(one));
    }
  }
  if (view.is_declared) notices.to_approve = compose_to_approve(everything);
  if (everything.functions.empty()) everything.functions = std::move(everything.recovered);
  if (!everything.functions.empty()) notices.all = compose_notice_on(everything);
  return notices;
}

std::size_t draft_length(std::string_view text) {
  std::size_t length = 0;
  while (!text.empty()) {
    const auto next = first_char(text);
    const auto code = next.code;
    const bool is_light = code < 0x1100 || (code >= 0x2000 && code <= 0x200d) ||
                          (code >= 0x2010 && code <= 0x201f) || (code >= 0x2032 && code <= 0x2037);
    length += is_light ? 1 : 2;
    text.remove_prefix(next.bytes);
  }
  return length;
}

}  // namespace bw
