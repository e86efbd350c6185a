// SPDX-License-Identifier: Apache-2.0
#include "daemon/notify/words.h"

#include "daemon/notify/english.h"
#include "daemon/notify/layout.h"
#include "daemon/notify/playbook.h"
#include "daemon/notify/service.h"
#include "probes/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace bw {
namespace {

namespace en = english;

constexpr std::size_t kReasonsMax = 3;
constexpr std::size_t kDoubtsMax = 2;
constexpr std::size_t kWouldChangeMax = 2;
constexpr std::size_t kHeadlineTitlesMax = 2;
constexpr std::size_t kListedTitlesMax = 6;
constexpr std::size_t kTitleBytesMax = 80;
constexpr std::size_t kSentenceBytesMax = 400;
constexpr double kWorthNaming = 0.10;  // an undecided verdict names causes from here on

const en::Band& band_of(double probability) {
  const auto* const at = std::ranges::find_if(
      en::kBands, [&](const en::Band& band) { return probability < band.below; });
  return at == en::kBands.end() ? en::kBands.back() : *at;
}

std::string print_percent(double probability) {
  if (probability < 0.01) return std::string(en::kBelowOnePercent);
  if (probability > 0.99) return std::string(en::kAboveNinetyNinePercent);
  return fmt::format(en::kPercent, std::lround(probability * 100));
}

// Words that others made (claims may quote a page) as one sentence of ours.
std::string as_sentence(std::string_view text) {
  std::string line = fold(text, kSentenceBytesMax);
  if (line.empty()) return line;
  // A word, not an id such as "checkout-page", which would be another one with a capital.
  const auto word = std::string_view(line).substr(0, line.find(' '));
  if (std::ranges::all_of(word, [](char c) { return c >= 'a' && c <= 'z'; })) {
    line.front() = static_cast<char>(line.front() - 'a' + 'A');
  }
  if (std::string_view(".!?").find(line.back()) == std::string_view::npos) line += '.';
  return line;
}

std::vector<std::string> as_sentences(const std::vector<std::string>& texts, std::size_t most) {
  std::vector<std::string> lines;
  for (const auto& text : texts) {
    if (lines.size() == most) break;
    if (auto line = as_sentence(text); !line.empty()) lines.push_back(std::move(line));
  }
  return lines;
}

std::vector<std::string> claims_of(const std::vector<Reason>& reasons, std::size_t most, Time at) {
  std::vector<std::string> claims;
  claims.reserve(reasons.size());
  for (const auto& reason : reasons)
    claims.push_back(claim_in_words(reason, at));
  return as_sentences(claims, most);
}

std::vector<std::string> titles_of(const Estate& estate, const std::vector<std::string>& ids) {
  std::vector<std::string> titles;
  for (const auto& id : ids) {
    const auto* function = estate.function(id);
    titles.push_back(fold(function == nullptr ? id : function->title, kTitleBytesMax));
  }
  return titles;
}

// "A", "A and B", "A, B and 3 more". Titles that hold "and" themselves are kept apart by commas.
std::string join_titles(const std::vector<std::string>& titles, std::size_t most) {
  const auto shown = std::min(titles.size(), most);
  const bool is_plain = std::ranges::none_of(
      titles, [](const std::string& title) { return title.find(" and ") != std::string::npos; });
  if (titles.size() == 2 && shown == 2 && is_plain) {
    return fmt::format(en::kTwo, titles.front(), titles.back());
  }
  std::string joined;
  for (std::size_t i = 0; i < shown; ++i) {
    if (i > 0) joined += en::kComma;
    joined += titles[i];
  }
  if (shown < titles.size()) joined = fmt::format(en::kAndMore, joined, titles.size() - shown);
  return joined;
}

// The clock alone on the day of `at`, with the date on others. Always UTC: the one zone in which
// people who are called from different places agree.
std::string print_when(Time when, Time at) {
  using namespace std::chrono;
  const auto day = floor<days>(when);
  const hh_mm_ss clock{floor<minutes>(when - day)};
  const auto hour = clock.hours().count();
  const auto minute = clock.minutes().count();
  if (day == floor<days>(at)) return fmt::format(en::kClock, hour, minute);
  const year_month_day date{day};
  const auto month = en::kMonths.at(static_cast<unsigned>(date.month()) - 1);
  const auto number = static_cast<unsigned>(date.day());
  if (date.year() == year_month_day{floor<days>(at)}.year()) {
    return fmt::format(en::kDate, number, month, hour, minute);
  }
  return fmt::format(en::kYear, number, month, static_cast<int>(date.year()), hour, minute);
}

std::string cause_phrase(const Estate& estate, Hypothesis cause, std::string_view culprit) {
  const auto& words = en::kCauses.at(static_cast<std::size_t>(cause));
  if (culprit.empty() || culprit == kOwn) return std::string(words.plain);
  return fmt::format(fmt::runtime(words.at), fold(estate.name_of(culprit), kTitleBytesMax));
}

double probability_of(const Verdict& verdict, Hypothesis cause) {
  return verdict.posterior.at(static_cast<std::size_t>(cause));
}

// A cause may be named: decided, and not an attack that we do not yet dare to suspect.
bool names_cause(const Verdict& verdict) {
  return verdict.is_decided && (!is_cyber(verdict.leading) || is_suspicious(verdict.level));
}

std::string leading_with_adverb(const Estate& estate, const Verdict& verdict) {
  return fmt::format(en::kWithAdverb,
                     band_of(probability_of(verdict, verdict.leading)).adverb,
                     cause_phrase(estate, verdict.leading, verdict.culprit));
}

std::string headline_cause(const Estate& estate, const Verdict& verdict) {
  if (names_cause(verdict)) return leading_with_adverb(estate, verdict);
  if (is_suspicious(verdict.level)) return std::string(en::kKindUndecidedHead);
  return std::string(verdict.level == Level::watch ? en::kUnderWatchHead : en::kUndecidedHead);
}

std::string open_headline(const Estate& estate, const Incident& incident, const Notice& notice) {
  const auto& verdict = incident.verdict;
  const auto since = print_when(notice.since, notice.at);
  if (verdict.level == Level::blind) return fmt::format(en::kHeadBlind, since);
  const bool is_failing = !notice.failing.empty();
  const auto titles = is_failing ? notice.failing : titles_of(estate, incident.functions);
  const std::string what =
      titles.empty() ? std::string(en::kNoFunction) : join_titles(titles, kHeadlineTitlesMax);
  const auto cause = headline_cause(estate, verdict);
  std::string state;
  if (incident.is_integrity && !is_failing) {
    state = fmt::format(en::kHeadChanged, what, since, cause);
  } else if (verdict.level == Level::degraded) {
    state = fmt::format(en::kHeadDegraded, what, since, cause);
  } else if (is_failing) {
    state = fmt::format(en::kHeadFailing, what, since, cause);
  } else {
    state = fmt::format(en::kHeadAffected, what, since, cause);
  }
  const auto level = en::kHeadLevels.at(static_cast<std::size_t>(verdict.level));
  return level.empty() ? state : fmt::format(en::kHeadSuspicious, level, state);
}

std::string closed_headline(const Estate& estate, const Incident& incident, const Notice& notice) {
  const auto took = print_duration(std::chrono::floor<Seconds>(notice.at - notice.since));
  const auto from = print_when(notice.since, notice.at);
  const auto to = print_when(notice.at, notice.since);
  if (incident.peak == Level::blind) return fmt::format(en::kHeadResolvedBlind, took, from, to);
  const auto titles = titles_of(estate, incident.functions);
  const std::string what =
      titles.empty() ? std::string(en::kNoFunction) : join_titles(titles, kHeadlineTitlesMax);
  Verdict verdict = incident.verdict;
  // What was suspected at its peak may be named at its end, when the level has come down already.
  if (is_suspicious(incident.peak)) verdict.level = incident.peak;
  const auto cause = names_cause(verdict)
                         ? fmt::format(en::kItWas, leading_with_adverb(estate, verdict))
                         : std::string(en::kRemainedUndecided);
  if (is_suspicious(incident.peak)) {
    const auto level = en::kLevelsInSentences.at(static_cast<std::size_t>(incident.peak));
    return fmt::format(en::kHeadClosedSuspicious, level, what, took, from, to, cause);
  }
  if (incident.is_integrity) {
    // Where nothing failed and no cause is known, how it ended is what counts: `what_changed` says
    // it.
    const auto end = names_cause(verdict) ? "; " + cause : std::string();
    return fmt::format(en::kHeadResolvedChanged, what, took, from, to, end);
  }
  if (incident.peak == Level::degraded) {
    return fmt::format(en::kHeadResolvedDegraded, what, took, from, to, cause);
  }
  return fmt::format(en::kHeadResolved, what, took, from, to, cause);
}

// The benign causes that an undecided verdict finds worth naming, most plausible first. Where an
// attack leads and is not suspected yet, none is named: the suspicion line has its number.
std::string undecided_sentence(const Estate& estate, const Verdict& verdict) {
  std::vector<Hypothesis> causes;
  for (std::size_t i = 0; i < kHypotheses; ++i) {
    const auto cause = static_cast<Hypothesis>(i);
    if (is_cyber(cause) && !is_suspicious(verdict.level)) break;
    if (probability_of(verdict, cause) >= kWorthNaming) causes.push_back(cause);
  }
  std::ranges::stable_sort(causes, std::ranges::greater{}, [&](Hypothesis cause) {
    return probability_of(verdict, cause);
  });
  const auto words = [&](std::size_t i) {
    const auto culprit = causes[i] == verdict.leading ? verdict.culprit : std::string();
    return cause_phrase(estate, causes[i], culprit);
  };
  const auto percent = [&](std::size_t i) {
    return print_percent(probability_of(verdict, causes[i]));
  };
  if (causes.empty()) return std::string(en::kUndecidedNone);
  if (causes.size() == 1) return fmt::format(en::kUndecidedOne, words(0), percent(0));
  return fmt::format(en::kUndecidedTwo, words(0), percent(0), words(1), percent(1));
}

std::string likely_sentence(const Estate& estate, const Verdict& verdict) {
  std::string sentence;
  if (names_cause(verdict)) {
    const double probability = probability_of(verdict, verdict.leading);
    sentence = as_sentence(fmt::format(en::kLikelySentence,
                                       band_of(probability).adverb,
                                       cause_phrase(estate, verdict.leading, verdict.culprit),
                                       print_percent(probability)));
  } else if (std::ranges::all_of(verdict.posterior, [](double p) { return p == 0; })) {
    sentence = en::kNothingToSay;
  } else {
    sentence = undecided_sentence(estate, verdict);
  }
  if (!verdict.unexplained.empty()) {
    sentence += fmt::format(en::kUnexplained,
                            join_titles(titles_of(estate, verdict.unexplained), kListedTitlesMax));
  }
  return sentence;
}

std::string suspicion_sentence(const Incident& incident) {
  const auto& verdict = incident.verdict;
  if (verdict.level == Level::blind) return std::string(en::kSuspicionUnknown);
  if (verdict.level == Level::declared) return std::string(en::kSuspicionDeclared);
  auto sentence = fmt::format(fmt::runtime(band_of(verdict.suspicion).suspicion),
                              print_percent(verdict.suspicion));
  if (incident.is_latched && !incident.closed && verdict.suspicion < 0.5) {
    sentence += en::kSuspicionLatched;
  }
  return sentence;
}

std::string customers_sentence(const Incident& incident, const Notice& notice) {
  if (notice.kind == NoticeKind::resolved) {
    return notice.working.empty()
               ? std::string()
               : fmt::format(en::kWorkingAgain, join_titles(notice.working, kListedTitlesMax));
  }
  if (notice.level == Level::blind) return std::string(en::kUnknownCustomers);
  if (notice.failing.empty()) {
    return std::string(incident.is_integrity ? en::kIntegrityCustomers : en::kNothingFailing);
  }
  const auto pattern = notice.level == Level::degraded ? en::kSlowFor : en::kFailingFor;
  auto sentence = fmt::format(fmt::runtime(pattern), join_titles(notice.failing, kListedTitlesMax));
  sentence += notice.working.empty()
                  ? std::string(en::kNothingWorking)
                  : fmt::format(en::kStillWorking, join_titles(notice.working, kListedTitlesMax));
  return sentence;
}

// Functions that are watched and that nothing says are in trouble.
std::vector<std::string> working_functions(const Estate& estate,
                                           const Incident& incident,
                                           const std::vector<std::string>& failing_elsewhere) {
  std::vector<std::string> ids;
  for (const auto& function : estate.functions) {
    const bool is_watched = std::ranges::any_of(estate.targets, [&](const Target& target) {
      return target.role == Role::service && target.function == function.id;
    });
    const auto is_in = [&](const auto& list) {
      return std::ranges::find(list, function.id) != list.end();
    };
    if (is_watched && !is_in(incident.functions) && !is_in(incident.failing) &&
        !is_in(failing_elsewhere)) {
      ids.push_back(function.id);
    }
  }
  return ids;
}

// How grave a level is, for "raised" and "lowered". Blindness is not graver than what was seen.
int gravity(Level level) {
  return level == Level::blind ? 0 : static_cast<int>(level);
}

std::string change_sentence(const Changed& changed) {
  const Level is = changed.incident.verdict.level;
  std::string text;
  if (is != changed.was) {
    const auto word = [](Level level) {
      return en::kLevelsInSentences.at(static_cast<std::size_t>(level));
    };
    text = changed.is_worse || gravity(is) > gravity(changed.was)
               ? fmt::format(en::kLevelRises, word(changed.was), word(is))
               : fmt::format(en::kLevelFalls, word(changed.was), word(is));
  }
  const auto what = as_sentence(changed.what);
  if (!text.empty() && !what.empty()) text += ' ';
  return text + what;
}

// The incident's place on the status page.
std::string link_to(std::string_view external_url, std::uint64_t incident) {
  return fmt::format("{}/#inc-{}", without_end_slashes(external_url), incident);
}

void fill_functions(Notice& notice,
                    const Estate& estate,
                    const Incident& incident,
                    const std::vector<std::string>& failing_elsewhere) {
  if (notice.kind == NoticeKind::resolved) {
    if (!incident.is_integrity && incident.failing.empty()) {
      notice.working = titles_of(estate, incident.functions);
    }
    return;
  }
  notice.failing = titles_of(estate, incident.failing);
  if (notice.level != Level::blind) {
    notice.working = titles_of(estate, working_functions(estate, incident, failing_elsewhere));
  }
}

void fill_cause(Notice& notice, const Estate& estate, const Verdict& verdict) {
  if (notice.level != Level::blind) notice.likely = likely_sentence(estate, verdict);
  notice.cause = names_cause(verdict) ? std::string(print(verdict.leading)) : "undecided";
  if (names_cause(verdict) || !is_cyber(verdict.leading)) notice.culprit = verdict.culprit;
  if (!notice.culprit.empty()) notice.culprit_name = estate.name_of(notice.culprit);
}

// What would settle it; of an undecided verdict also the first thing that was not to be had.
std::vector<std::string> would_change_of(const Verdict& verdict) {
  auto lines = as_sentences(verdict.would_change, kWouldChangeMax);
  if (names_cause(verdict)) return lines;
  if (lines.size() < kWouldChangeMax && !verdict.missing.empty()) {
    lines.push_back(fmt::format(en::kMissing, fold(verdict.missing.front(), kSentenceBytesMax)));
  }
  if (lines.empty()) lines.emplace_back(en::kMissingAny);
  return lines;
}

void fill_parts(Notice& notice,
                const Estate& estate,
                const Incident& incident,
                const std::vector<std::string>& failing_elsewhere) {
  const auto& verdict = incident.verdict;
  const bool is_resolved = notice.kind == NoticeKind::resolved;
  fill_functions(notice, estate, incident, failing_elsewhere);
  notice.headline = is_resolved ? closed_headline(estate, incident, notice)
                                : open_headline(estate, incident, notice);
  notice.customers = customers_sentence(incident, notice);
  fill_cause(notice, estate, verdict);
  notice.suspicion = verdict.suspicion;
  notice.suspicion_words = suspicion_sentence(incident);
  notice.reasons = claims_of(verdict.because, kReasonsMax, notice.at);
  notice.doubts = claims_of(verdict.against, kDoubtsMax, notice.at);
  if (is_resolved) return;
  notice.would_change = would_change_of(verdict);
  notice.first_steps = first_steps(estate, incident);
}

}  // namespace

std::string claim_in_words(const Reason& reason, Time at) {
  if (!reason.ended) return reason.claim;
  return fmt::format(en::kUntil, reason.claim, print_when(*reason.ended, at));
}

std::string_view print(NoticeKind kind) {
  constexpr std::array kNames =
      std::to_array<std::string_view>({"opened", "escalated", "updated", "resolved", "test"});
  return kNames.at(static_cast<std::size_t>(kind));
}

std::optional<Notice> compose_notice(const Estate& estate,
                                     const Ruling& ruling,
                                     const std::string& external_url,
                                     const std::vector<std::string>& failing_elsewhere) {
  const Incident* incident = nullptr;
  Notice notice;
  if (const auto* opened = std::get_if<Opened>(&ruling)) {
    incident = &opened->incident;
  } else if (const auto* changed = std::get_if<Changed>(&ruling)) {
    incident = &changed->incident;
    const bool is_raised =
        changed->is_worse || gravity(incident->verdict.level) > gravity(changed->was);
    notice.kind = is_raised ? NoticeKind::escalated : NoticeKind::updated;
    notice.what_changed = change_sentence(*changed);
  } else if (const auto* closed = std::get_if<Closed>(&ruling)) {
    incident = &closed->incident;
    notice.kind = NoticeKind::resolved;
    notice.what_changed = as_sentence(closed->why);
  } else {
    return std::nullopt;
  }
  const auto& verdict = incident->verdict;
  notice.incident = incident->id;
  notice.seq = verdict.seq;
  notice.key = fmt::format("inc-{}/{}/{}", incident->id, verdict.seq, print(notice.kind));
  notice.since = incident->opened;
  notice.at =
      notice.kind == NoticeKind::resolved ? incident->closed.value_or(verdict.at) : verdict.at;
  notice.level = verdict.level;
  notice.peak = std::max(
      incident->peak, verdict.level, [](Level a, Level b) { return gravity(a) < gravity(b); });
  notice.functions = incident->functions;
  fill_parts(notice, estate, *incident, failing_elsewhere);
  if (!external_url.empty()) notice.link = link_to(external_url, incident->id);
  return notice;
}

Notice compose_test_notice(const Estate& estate, const std::string& external_url, Time now) {
  Notice notice;
  notice.kind = NoticeKind::test;
  notice.key = fmt::format("test/{}", now.time_since_epoch().count());
  notice.at = now;
  notice.since = now;
  notice.level = Level::calm;
  notice.peak = Level::calm;
  notice.headline = fmt::format(en::kTestHeadline, fold(estate.organisation, kTitleBytesMax));
  notice.link = external_url;
  return notice;
}

std::string_view estimate_in_words(double probability) {
  return band_of(probability).words;
}

std::string print_plain(const Notice& notice) {
  std::string text;
  if (notice.incident != 0) text = print_incident(notice.incident) + " ";
  text += notice.headline;
  for (const auto& part : parts_of(notice)) {
    if (part.is_list) {
      text += fmt::format("\n{}:", part.label);
      std::string lines = "\n" + print_lines(part, "- ");
      for (std::size_t at = 0; (at = lines.find('\n', at)) != std::string::npos; at += 3) {
        lines.replace(at, 1, "\n  ");
      }
      text += lines;
    } else {
      text += fmt::format("\n{}: {}", part.label, part.lines.front());
    }
  }
  if (!notice.link.empty()) text += fmt::format("\n{}: {}", en::kDetails, notice.link);
  return text;
}

}  // namespace bw
