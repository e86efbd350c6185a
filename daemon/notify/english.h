// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <string_view>

// Every phrase of a notice, in one place (what to do first is in playbook.cc), so that another
// language is another file. Patterns are fmt format strings; their arguments are named in the
// comment beside them. Sentences end with a full stop, headlines and labels do not.
namespace bw::english {

// Labels, shared by all destinations.
inline constexpr std::string_view kChanged = "What changed";
inline constexpr std::string_view kCustomers = "Customers";
inline constexpr std::string_view kLikely = "Likely cause";
inline constexpr std::string_view kSuspicion = "Suspicion";
inline constexpr std::string_view kWhy = "Why";
inline constexpr std::string_view kAgainst = "What speaks against it";
inline constexpr std::string_view kWouldChange = "What would change our mind";
inline constexpr std::string_view kWouldSettle = "What would settle it";
inline constexpr std::string_view kFirstSteps = "What to do first";
inline constexpr std::string_view kDetails = "Details";
inline constexpr std::string_view kIncident = "INC-{}";  // incident

// In front of a headline where a service shows it: found faster than a word. In the order of Level.
inline constexpr std::array<std::string_view, 8> kSymbols{
    "⚪", "🟡", "🔴", "🟠", "🚨", "🚨", "🚨", "⚫"};
inline constexpr std::string_view kResolvedSymbol = "✅";
inline constexpr std::string_view kTestSymbol = "🔔";
// In a sentence. In the order of Level.
inline constexpr std::array<std::string_view, 8> kLevelsInSentences{
    "calm",
    "degraded",
    "outage",
    "watch",
    "suspected cyber incident",
    "strongly suspected cyber incident",
    "declared cyber incident",
    "blind"};

// ICD 203 bands, with the upper end of each.
struct Band {
  double below;
  std::string_view words;
  std::string_view adverb;     // "very likely an outage at ..."
  std::string_view suspicion;  // pattern: percent
};
inline constexpr std::array<Band, 7> kBands{{
    {.below = 0.05,
     .words = "almost no chance",
     .adverb = "possibly",
     .suspicion = "Almost no chance of an attack ({})."},
    {.below = 0.20,
     .words = "very unlikely",
     .adverb = "possibly",
     .suspicion = "An attack is very unlikely ({})."},
    {.below = 0.45,
     .words = "unlikely",
     .adverb = "possibly",
     .suspicion = "An attack is unlikely ({})."},
    {.below = 0.55,
     .words = "roughly even",
     .adverb = "as likely as not",
     .suspicion = "Roughly even odds of an attack ({})."},
    {.below = 0.80,
     .words = "likely",
     .adverb = "likely",
     .suspicion = "An attack is likely ({})."},
    {.below = 0.95,
     .words = "very likely",
     .adverb = "very likely",
     .suspicion = "An attack is very likely ({})."},
    {.below = 2.00,
     .words = "almost certain",
     .adverb = "almost certainly",
     .suspicion = "An attack is almost certain ({})."},
}};
inline constexpr std::string_view kSuspicionDeclared =
    "Declared a cyber incident: no longer an estimate.";
inline constexpr std::string_view kSuspicionUnknown = "Cannot be judged while we cannot see.";
inline constexpr std::string_view kSuspicionLatched =
    " It stays marked as suspected until a person or strong evidence clears it.";
inline constexpr std::string_view kBelowOnePercent = "below 1 %";
inline constexpr std::string_view kAboveNinetyNinePercent = "above 99 %";
inline constexpr std::string_view kPercent = "{} %";  // number

// Lists of titles.
inline constexpr std::string_view kTwo = "{} and {}";  // both titles
inline constexpr std::string_view kComma = ", ";
inline constexpr std::string_view kAndMore = "{} and {} more";  // joined titles, how many
inline constexpr std::string_view kNoFunction = "Something we watch";

// When. kClock is local to the day of the notice, kDate is of another day.
inline constexpr std::string_view kClock = "{:02}:{:02} UTC";          // hour, minute
inline constexpr std::string_view kUntil = "{} (until {})";            // claim, when it ended
inline constexpr std::string_view kDate = "{} {} {:02}:{:02} UTC";     // day, month, hour, minute
inline constexpr std::string_view kYear = "{} {} {} {:02}:{:02} UTC";  // day, month, year, ...
inline constexpr std::array<std::string_view, 12> kMonths{
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

// Headlines: functions, since, cause.
inline constexpr std::string_view kHeadFailing = "{} failing since {}: {}";
inline constexpr std::string_view kHeadDegraded = "{} slow or partly failing since {}: {}";
inline constexpr std::string_view kHeadChanged = "Unexpected change on {} since {}: {}";
inline constexpr std::string_view kHeadAffected = "{} affected since {}: {}";
inline constexpr std::string_view kHeadBlind =
    "Monitoring cannot see since {}: whether services work is unknown";  // since
// Level, then one of the states below.
inline constexpr std::string_view kHeadSuspicious = "{}: {}";
inline constexpr std::array<std::string_view, 8> kHeadLevels{"",
                                                             "",
                                                             "",
                                                             "",
                                                             "Suspected cyber incident",
                                                             "Strongly suspected cyber incident",
                                                             "Declared cyber incident",
                                                             ""};
// Resolved: functions, how long, from, to, cause.
inline constexpr std::string_view kHeadResolved = "Resolved: {} failed for {} ({} to {}); {}";
inline constexpr std::string_view kHeadResolvedDegraded =
    "Resolved: {} slow or partly failing for {} ({} to {}); {}";
inline constexpr std::string_view kHeadResolvedChanged =
    "Closed: unexpected change on {}, open for {} ({} to {}){}";
inline constexpr std::string_view kHeadResolvedBlind =
    "Resolved: monitoring sees again after {} ({} to {})";  // how long, from, to
inline constexpr std::string_view kHeadClosedSuspicious =
    "Closed: {} on {}, open for {} ({} to {}); {}";      // peak level, then as above
inline constexpr std::string_view kItWas = "it was {}";  // cause with its adverb
inline constexpr std::string_view kRemainedUndecided = "the cause was not established";

// Causes, behind "very likely". In the order of Hypothesis; the second wording names a culprit.
struct Cause {
  std::string_view plain;
  std::string_view at;  // pattern: culprit's name
};
inline constexpr std::array<Cause, 19> kCauses{{
    {.plain = "a change or defect of our own", .at = "a change or defect at {}"},
    {.plain = "more demand than the systems can carry", .at = "more demand than {} can carry"},
    {.plain = "an outage at a provider", .at = "an outage at {}"},
    {.plain = "planned maintenance", .at = "planned maintenance at {}"},
    {.plain = "a certificate that expired or was set up wrongly",
     .at = "a certificate at {} that expired or was set up wrongly"},
    {.plain = "a mistake in DNS or at the registrar", .at = "a DNS mistake at {}"},
    {.plain = "a network or routing fault", .at = "a network or routing fault at {}"},
    {.plain = "a fault in our own monitoring", .at = "a fault in our own monitoring"},
    {.plain = "a facility or hardware fault", .at = "a facility or hardware fault at {}"},
    {.plain = "a flood of traffic (denial of service)",
     .at = "a flood of traffic against {} (denial of service)"},
    {.plain = "a shutdown to contain an intrusion (as with ransomware)",
     .at = "a shutdown at {} to contain an intrusion (as with ransomware)"},
    {.plain = "a hijacked domain or DNS", .at = "a hijacked domain or DNS at {}"},
    {.plain = "a hijacked network route", .at = "a hijacked network route at {}"},
    {.plain = "an intercepted connection or a mis-issued certificate",
     .at = "an intercepted connection or a mis-issued certificate at {}"},
    {.plain = "a defaced website", .at = "a defaced website at {}"},
    {.plain = "a script that steals card or login data",
     .at = "a script from {} that steals card or login data"},
    {.plain = "a subdomain taken over", .at = "a subdomain taken over at {}"},
    {.plain = "a wave of account take-overs", .at = "a wave of account take-overs at {}"},
    {.plain = "a compromised provider", .at = "a compromise at {}"},
}};
inline constexpr std::string_view kWithAdverb = "{} {}";  // adverb, cause
inline constexpr std::string_view kUndecidedHead = "cause undecided";
inline constexpr std::string_view kUnderWatchHead = "cause undecided, under close watch";
inline constexpr std::string_view kKindUndecidedHead = "which kind is undecided";

// The line "Likely cause".
inline constexpr std::string_view kLikelySentence = "{} {} ({}).";  // adverb, cause, percent
inline constexpr std::string_view kUndecidedOne =
    "Undecided. Most plausible so far: {} ({}).";  // cause, percent
inline constexpr std::string_view kUndecidedTwo =
    "Undecided. Most plausible so far: {} ({}), then {} ({}).";
inline constexpr std::string_view kUndecidedNone =
    "Undecided: no ordinary cause explains it so far.";
inline constexpr std::string_view kNothingToSay = "Not established.";
inline constexpr std::string_view kUnexplained = " This does not explain {}.";  // titles

// The line "Customers".
inline constexpr std::string_view kFailingFor = "Failing: {}.";  // titles
inline constexpr std::string_view kSlowFor = "Slow or partly failing: {}.";
inline constexpr std::string_view kNothingFailing = "Nothing that we watch is failing now.";
inline constexpr std::string_view kStillWorking = " Still working: {}.";
inline constexpr std::string_view kNothingWorking = " Nothing else that we watch is known to work.";
inline constexpr std::string_view kWorkingAgain = "Working again: {}.";
inline constexpr std::string_view kIntegrityCustomers =
    "Customers may notice nothing: the service answers, but it is not as approved.";
inline constexpr std::string_view kUnknownCustomers =
    "Unknown: this says nothing about whether customers are affected.";

// Changes.
inline constexpr std::string_view kLevelRises = "Level raised from {} to {}.";
inline constexpr std::string_view kLevelFalls = "Level lowered from {} to {}.";
inline constexpr std::string_view kMissing = "A sensor that is missing: {}.";
inline constexpr std::string_view kMissingAny =
    "What would settle it is not known yet: more looks are on the way.";

// A test.
inline constexpr std::string_view kTestHeadline =
    "Test from bellwether: nothing is wrong at {}, incidents will be told here";  // organisation

}  // namespace bw::english
