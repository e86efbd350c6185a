// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <string_view>

// Every phrase of a customer notice, in one place, so that another language is another file.
// Patterns are fmt format strings; their arguments are named in the comment beside them. A clause
// has neither a capital nor a full stop: it may stand inside a sentence.
namespace bw::customer_english {

// Clauses: name or names, verb, where.
inline constexpr std::string_view kFailing = "{} {} not available{}";
inline constexpr std::string_view kPartly = "{} {} not available to some customers";
inline constexpr std::string_view kSlow = "{} may be slow or not work every time";  // name
inline constexpr std::string_view kRecovered = "{} {} working normally again";
inline constexpr std::string_view kStillAvailable = "{} {} still available{}";
inline constexpr std::string_view kIs = "is";
inline constexpr std::string_view kAre = "are";
inline constexpr std::string_view kIt = "it";
inline constexpr std::string_view kThey = "they";

// Where, behind a clause. In the order of Surface; what has no word is not named.
inline constexpr std::array<std::string_view, 5> kWhere{
    " on our website", " in our app", " in stores", "", ""};
inline constexpr std::string_view kOnline = " online";  // website and app
inline constexpr std::string_view kOrWhere = "{} or{}";
inline constexpr std::string_view kAndWhere = "{} and{}";

// Sentences.
inline constexpr std::string_view kWithWorks = "{}; {}";                 // clauses
inline constexpr std::string_view kAvailable = "Still available: {}.";   // names
inline constexpr std::string_view kWorkingAgain = "Working again: {}.";  // names
inline constexpr std::string_view kTellCustomers = "Tell customers: {}.";
inline constexpr std::string_view kSorry = "We are sorry and are working on it.";
inline constexpr std::string_view kThanks = "Thank you for your patience.";
inline constexpr std::string_view kPlanned = "This is planned maintenance.";
inline constexpr std::string_view kSupplier = "The cause is a fault at one of our suppliers.";
inline constexpr std::string_view kNamedSupplier = "The cause is a fault at {}.";  // its name
inline constexpr std::string_view kDoNotGuess =
    "If customers ask for the cause: we are looking into it. Please do not guess.";
inline constexpr std::string_view kNextWord = "We will tell you when this changes.";
inline constexpr std::string_view kStopTelling = "Please take down signs and notices about it.";
inline constexpr std::string_view kMoreAt = "More: {}";  // an address

// Titles of a push message: name.
inline constexpr std::string_view kTitleFailing = "{} not available";
inline constexpr std::string_view kTitlePartly = "Problems with {}";
inline constexpr std::string_view kTitleRecovered = "{} working again";
inline constexpr std::string_view kTitleSeveral = "Some of our services are disturbed";
inline constexpr std::string_view kTitleSeveralRecovered = "Our services are working again";

// The public status page. In the order of Service.
inline constexpr std::array<std::string_view, 5> kServices{"Not known at present",
                                                           "Available",
                                                           "May be slow or not work every time",
                                                           "Not available to some customers",
                                                           "Not available"};
inline constexpr std::string_view kAllAvailable = "All our services are available";
inline constexpr std::string_view kNoneKnown = "We know of no problems";

// Only where an incident is declared, and never without somebody's approval.
inline constexpr std::string_view kToApprove = "[To approve] {}";  // text
inline constexpr std::string_view kCyberIncident = "We are dealing with a cyber incident.";
inline constexpr std::string_view kCyberTitle = "We are dealing with a cyber incident";
inline constexpr std::string_view kSayNoMore =
    "Please say no more than this, and pass questions on to {}.";  // approver
inline constexpr std::string_view kApprover = "communications";

// Lists of names. Where a name holds "and" itself, a comma stands before the last one.
inline constexpr std::string_view kComma = ", ";
inline constexpr std::string_view kAnd = " and ";
inline constexpr std::string_view kCommaAnd = ", and ";
inline constexpr std::string_view kMore = "{} more";  // how many
inline constexpr std::string_view kBetweenClauses = "; ";

// A name's number is that of its words before the first of these.
inline constexpr std::array<std::string_view, 9> kPrepositions{
    " in ", " on ", " at ", " for ", " of ", " to ", " by ", " with ", ":"};
// Endings in "s" that make no plural: "access", "status", "analysis".
inline constexpr std::array<std::string_view, 3> kSingularEnds{"ss", "us", "is"};

}  // namespace bw::customer_english
