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
      {"Please bear with us. Sorry you can't shop with us right now.",
       {holding},
       {maintenance, withdrawn}},
      {"We are busy making some planned changes. Please check back soon.",
       {maintenance, holding},
       {demand}},
      {"Closed for essential works until 6am.", {maintenance}, {}},
      {"You’re in the queue. 2,000 people ahead of you.", {queue}, {}},
      {"There are far too many visitors right now", {demand}, {}},
      {"We've taken down our website and some store services as a precaution.", {precaution}, {}},
      {"Out of an abundance of caution we moved some processes offline to protect customers.",
       {precaution},
       {}},
      {"We have been managing a cyber incident over the past few days.",
       {security},
       {not_security}},
      {"An unauthorised third party gained access to our systems.", {security}, {not_security}},
      {"We are dealing with a distributed denial-of-service attack.", {ddos}, {}},
      {"Our servers were attacked with ransomware.", {security, ransom}, {}},
      {"We are working closely with law enforcement.", {experts}, {}},
      {"A third party service provider is experiencing a technical issue.",
       {technical, third_party},
       {security}},
      {"Because of an error with an overnight software update we cannot fulfil orders.",
       {change, withdrawn},
       {}},
      {"A power failure at our data centre", {facility}, {}},
      {"The certificate was not renewed in time: the certificate expired.", {certificate}, {}},
      {"We've made the decision to pause taking orders via our websites and apps.",
       {withdrawn},
       {}},
      {"Gift card payments are suspended until further notice.", {withdrawn}, {}},
      {"We are not able to accept orders at the moment.", {withdrawn}, {}},
      {"Checking that you are human. This takes a few seconds.", {challenge}, {}},
      {"Access to this page has been denied.", {denied}, {}},
      {"Incorrect username or password.", {credentials}, {}},
      {"Enter the verification code we sent to your phone.", {step_up}, {}},
      {"Hacked by the Lantern Crew", {defacement}, {}},
      {"Owned by the Electronic Array", {defacement}, {}},
      {"shop.example expired recently and is pending renewal or deletion", {parked}, {}},
      {"The specified bucket does not exist", {unclaimed}, {}},
      {"All services have been restored.", {resolved}, {}},
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
      {"DDoS protection for sign-in pages leaves beta today.", {}, {ddos, security}},
      {"Read our guide: how to protect yourself from cyber attacks.", {}, {security}},
      {"Security advisory: a vulnerability was published in a library. We have patched all fleets.",
       {},
       {security}},
      {"Product recall. As a precaution, please stop using the charger.", {}, {precaution}},
      {"We accept cookies from third party services.", {}, {third_party}},
      {"New in this week. Add to bag. Free delivery on orders over £50. Sign in. Help.",
       {},
       {holding, maintenance, withdrawn, technical, security, demand, queue}},
      {"Our loan covers boiler maintenance.", {}, {maintenance}},
      {"We hope to be back to normal as soon as possible.", {}, {resolved}},
      {"Until this is resolved, be careful.", {}, {resolved}},
      {"", {}, {holding}},
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
    EXPECT_LT(1e3 * static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC, 500) << piece;
  }
}

TEST(WordClass, PrintsWhatItParses) {
  EXPECT_EQ(parse_word_class(print(third_party)), third_party);
  EXPECT_FALSE(parse_word_class("panic"));
}

}  // namespace
}  // namespace bw
