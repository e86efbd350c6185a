// SPDX-License-Identifier: Apache-2.0
#include "probes/words.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <ctime>

namespace bw {
namespace {

using enum WordClass;

struct Case {
  std::string_view text;
  std::vector<WordClass> claims;
  std::vector<WordClass> silent;
};

TEST(Words, SayWhatATextClaims) {
  const std::vector<Case> cases = {
      {.text = "Please bear with us. Sorry you can't shop with us right now.",
       .claims = {holding},
       .silent = {maintenance, withdrawn}},
      {.text = "We are busy making some planned changes. Please check back soon.",
       .claims = {maintenance, holding},
       .silent = {demand}},
      {.text = "Closed for essential works until 6am.", .claims = {maintenance}, .silent = {}},
      {.text = "You’re in the queue. 2,000 people ahead of you.", .claims = {queue}, .silent = {}},
      {.text = "There are far too many visitors right now", .claims = {demand}, .silent = {}},
      {.text = "We've taken down our website and some store services as a precaution.",
       .claims = {precaution},
       .silent = {}},
      {.text =
           "Out of an abundance of caution we moved some processes offline to protect customers.",
       .claims = {precaution},
       .silent = {}},
      {.text = "We have been managing a cyber incident over the past few days.",
       .claims = {security},
       .silent = {not_security}},
      {.text = "An unauthorised third party gained access to our systems.",
       .claims = {security},
       .silent = {not_security}},
      {.text = "We are dealing with a distributed denial-of-service attack.",
       .claims = {ddos},
       .silent = {}},
      {.text = "Our servers were attacked with ransomware.",
       .claims = {security, ransom},
       .silent = {}},
      {.text = "We are working closely with law enforcement.", .claims = {experts}, .silent = {}},
      {.text = "A third party service provider is experiencing a technical issue.",
       .claims = {technical, third_party},
       .silent = {security}},
      {.text = "Because of an error with an overnight software update we cannot fulfil orders.",
       .claims = {change, withdrawn},
       .silent = {}},
      {.text = "A power failure at our data centre", .claims = {facility}, .silent = {}},
      {.text = "The certificate was not renewed in time: the certificate expired.",
       .claims = {certificate},
       .silent = {}},
      {.text = "We've made the decision to pause taking orders via our websites and apps.",
       .claims = {withdrawn},
       .silent = {}},
      {.text = "Gift card payments are suspended until further notice.",
       .claims = {withdrawn},
       .silent = {}},
      {.text = "We are not able to accept orders at the moment.",
       .claims = {withdrawn},
       .silent = {}},
      {.text = "Checking that you are human. This takes a few seconds.",
       .claims = {challenge},
       .silent = {}},
      {.text = "Access to this page has been denied.", .claims = {denied}, .silent = {}},
      {.text = "Incorrect username or password.", .claims = {credentials}, .silent = {}},
      {.text = "Enter the verification code we sent to your phone.",
       .claims = {step_up},
       .silent = {}},
      {.text = "Hacked by the Lantern Crew", .claims = {defacement}, .silent = {}},
      {.text = "Owned by the Electronic Array", .claims = {defacement}, .silent = {}},
      {.text = "shop.example expired recently and is pending renewal or deletion",
       .claims = {parked},
       .silent = {}},
      {.text = "The specified bucket does not exist", .claims = {unclaimed}, .silent = {}},
      {.text = "All services have been restored.", .claims = {resolved}, .silent = {}},
  };
  for (const auto& [text, claims, silent] : cases) {
    const auto words = read_words(text);
    for (const auto what : claims)
      EXPECT_TRUE(words.has(what)) << print(what) << ": " << text;
    for (const auto what : silent)
      EXPECT_FALSE(words.has(what)) << print(what) << ": " << text;
  }
}

TEST(Words, TellADenialFromItsOpposite) {
  for (const auto* text :
       {"This is not a security issue.",
        "There is no evidence of a cyber attack.",
        "We have no evidence of any cyber-attack.",
        "It wasn’t the result of an attack.",
        "This is not a security incident or cyberattack.",
        "There was no malicious activity.",
        "The fault was not caused by any kind of cyber attack.",
        "We have ruled out a cyber incident.",
        "It came from a software issue, not a malicious one, with one of our partners.",
        "There was no malicious activity and no sign that data was compromised."}) {
    const auto words = read_words(text);
    EXPECT_TRUE(words.has(not_security)) << text;
    EXPECT_FALSE(words.has(security)) << text << " -> " << words.phrase(security);
    EXPECT_FALSE(words.has(ddos)) << text;
  }
}

TEST(Words, ADenialOfLossesIsNoDenialOfTheIncident) {
  for (const auto* text : {"There is no evidence that customer data has been compromised.",
                           "No leakage of customers' data has been confirmed so far.",
                           "We do not know whether this was a cyber attack."}) {
    EXPECT_FALSE(read_words(text).has(not_security)) << text;
  }
  const auto both = read_words("We had a cyber incident. It was not a ransomware attack.");
  EXPECT_TRUE(both.has(security));
  EXPECT_FALSE(both.has(not_security));
}

TEST(Words, AReasonIsNotDeniedByTheTroubleItCaused) {
  for (const auto* text : {"We cannot take orders because of a cyber attack.",
                           "Orders are not possible following a security incident.",
                           "Customer service is not available after the cyberattack."}) {
    EXPECT_TRUE(read_words(text).has(security)) << text;
  }
}

TEST(Words, AreNotTakenInByDecoys) {
  const std::vector<Case> cases = {
      {.text = "DDoS protection for sign-in pages leaves beta today.",
       .claims = {},
       .silent = {ddos, security}},
      {.text = "Read our guide: how to protect yourself from cyber attacks.",
       .claims = {},
       .silent = {security}},
      {.text = "Security advisory: a vulnerability was published in a library. We have patched all "
               "fleets.",
       .claims = {},
       .silent = {security}},
      {.text = "Product recall. As a precaution, please stop using the charger.",
       .claims = {},
       .silent = {precaution}},
      {.text = "We accept cookies from third party services.",
       .claims = {},
       .silent = {third_party}},
      {.text = "New in this week. Add to bag. Free delivery on orders over £50. Sign in. Help.",
       .claims = {},
       .silent = {holding, maintenance, withdrawn, technical, security, demand, queue}},
      {.text = "Our loan covers boiler maintenance.", .claims = {}, .silent = {maintenance}},
      {.text = "We hope to be back to normal as soon as possible.",
       .claims = {},
       .silent = {resolved}},
      {.text = "Until this is resolved, be careful.", .claims = {}, .silent = {resolved}},
      {.text = "", .claims = {}, .silent = {holding}},
  };
  for (const auto& [text, claims, silent] : cases) {
    const auto words = read_words(text);
    for (const auto what : silent) {
      EXPECT_FALSE(words.has(what)) << print(what) << ": " << text << " -> " << words.phrase(what);
    }
  }
}

TEST(Words, QuoteThePhraseAsWritten) {
  const auto words = read_words("Dear all,\n We’ve  paused online orders today.");
  EXPECT_EQ(words.phrase(withdrawn), "paused online orders today");
  EXPECT_THAT(words.names(), testing::ElementsAre("withdrawn"));
}

TEST(Words, ReadTheStatesOfPrograms) {
  EXPECT_EQ(read_state("ordering_paused"), withdrawn);
  EXPECT_EQ(read_state("SITE_DISABLED"), withdrawn);
  EXPECT_EQ(read_state("siteDisabled"), withdrawn);
  EXPECT_EQ(read_state("offline"), withdrawn);
  EXPECT_EQ(read_state("read-only"), withdrawn);
  EXPECT_EQ(read_state("MAINT"), maintenance);
  EXPECT_EQ(read_state("unavailable"), holding);
  EXPECT_EQ(read_state("busy"), demand);
  EXPECT_EQ(read_state("degraded"), degraded);
  for (const auto* text : {"ok", "", "open", "12", "operational", "planning node went offline"}) {
    EXPECT_FALSE(read_state(text)) << text;
  }
}

TEST(Words, AreReadFromHostileTextInTime) {
  for (const auto* piece :
       {"is not ", "cyber ", "a", "\xff", "\xe2\x80", "’", "we are .. ", "to protect & ", "."}) {
    std::string text;
    while (text.size() < 1 << 20)
      text += piece;
    const auto start = std::clock();
    EXPECT_FALSE(read_words(text).has(resolved));
    // Were every word to look at all the others, it would be minutes.
    EXPECT_LT(static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC, 5) << piece;
  }
}

TEST(WordClass, PrintsWhatItParses) {
  EXPECT_EQ(parse_word_class(print(third_party)), third_party);
  EXPECT_FALSE(parse_word_class("panic"));
}

}  // namespace
}  // namespace bw
