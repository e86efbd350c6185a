// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "daemon/notify/notifier.h"
#include "daemon/notify/words.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

// A small shop, and rulings on it as a judge would give them: what the notify tests tell people.
namespace bw::samples {

inline Time at(const char* text) {
  return parse_time(text).value();
}

inline Destination to(std::string url) {
  Destination destination;
  destination.id = "here";
  destination.url = std::move(url);
  return destination;
}

// What a service that takes a notice in one exchange is asked.
inline HttpAsk only_ask(const Notifier& notifier,
                        const Destination& destination,
                        const Notice& notice) {
  const auto asks = notifier.compose(destination, notice, Time{});
  EXPECT_EQ(asks.size(), 1U);
  return asks.at(0);
}

inline Estate shop() {
  Estate estate;
  estate.organisation = "Hartley";
  estate.domain = "hartley.example";
  estate.functions = {
      {.id = "browse", .title = "Browsing the website", .is_critical = false},
      {.id = "checkout", .title = "Online checkout", .is_critical = true},
      {.id = "login", .title = "Signing in", .is_critical = true},
      {.id = "gift-cards", .title = "Gift cards and vouchers", .is_critical = false},
      {.id = "store-payments",
       .title = "Contactless and card payments in stores",
       .is_critical = true},
      {.id = "unwatched", .title = "Order tracking", .is_critical = false}};
  Provider cloud;
  cloud.id = "commerce-cloud";
  cloud.name = "Commerce Cloud";
  estate.providers = {cloud};
  for (const auto* id : {"browse", "checkout", "login", "gift-cards", "store-payments"}) {
    Target target;
    target.id = std::string(id) + "-page";
    target.function = id;
    estate.targets.push_back(target);
  }
  estate.vantages = {{.id = "london", .network = "AS64700"}};
  return estate;
}

inline Reason reason(std::string claim, int decibans) {
  Reason made;
  made.rule = "sample";
  made.claim = std::move(claim);
  made.decibans = decibans;
  return made;
}

inline void give(Verdict& verdict, Hypothesis cause, double probability) {
  verdict.posterior.at(static_cast<std::size_t>(cause)) = probability;
}

// The provider's glitch: decided, and hardly suspicious.
inline Incident glitch() {
  Incident incident;
  incident.id = 7;
  incident.opened = at("2024-05-18T12:31:00Z");
  incident.functions = {"checkout", "login"};
  incident.failing = incident.functions;
  incident.peak = Level::outage;
  auto& verdict = incident.verdict;
  verdict.at = at("2024-05-18T12:33:10Z");
  verdict.seq = 1234;
  verdict.level = Level::outage;
  give(verdict, Hypothesis::provider_outage, 0.93);
  give(verdict, Hypothesis::own_change, 0.06);
  give(verdict, Hypothesis::ddos, 0.01);
  verdict.suspicion = 0.01;
  verdict.leading = Hypothesis::provider_outage;
  verdict.is_decided = true;
  verdict.culprit = "commerce-cloud";
  verdict.because = {
      reason("All 6 failing targets need Commerce Cloud, and nothing that does not need it fails",
             14),
      reason("Commerce Cloud's own canary answers 504 since 12:30", 8),
      reason("2 unrelated shops behind Commerce Cloud fail with the same page", 6),
      reason("a fourth reason that there is no room for", 1)};
  verdict.against = {reason("Commerce Cloud's status page still says \"operational\"", -2)};
  verdict.would_change = {"a target without Commerce Cloud starting to fail"};
  return incident;
}

inline Incident undecided() {
  auto incident = glitch();
  auto& verdict = incident.verdict;
  verdict.posterior = {};
  give(verdict, Hypothesis::provider_outage, 0.46);
  give(verdict, Hypothesis::own_change, 0.38);
  give(verdict, Hypothesis::ransomware_containment, 0.09);
  verdict.suspicion = 0.11;
  verdict.is_decided = false;
  verdict.would_change = {"whether neighbours behind Commerce Cloud fail too"};
  verdict.missing = {"Commerce Cloud's status feed"};
  return incident;
}

// The cyber incident on its second day.
inline Incident suspected() {
  Incident incident;
  incident.id = 9;
  incident.opened = at("2025-04-19T10:20:00Z");
  incident.functions = {"store-payments", "gift-cards"};
  incident.failing = incident.functions;
  incident.peak = Level::suspected;
  incident.is_latched = true;
  auto& verdict = incident.verdict;
  verdict.at = at("2025-04-20T16:02:00Z");
  verdict.seq = 99'001;
  verdict.level = Level::suspected;
  give(verdict, Hypothesis::ransomware_containment, 0.66);
  give(verdict, Hypothesis::own_change, 0.24);
  give(verdict, Hypothesis::account_attack, 0.05);
  verdict.suspicion = 0.72;
  verdict.leading = Hypothesis::ransomware_containment;
  verdict.is_decided = true;
  verdict.culprit = std::string(kOwn);
  verdict.because = {
      reason("Two functions that share no provider were taken away 26 h apart, one after the other",
             9),
      reason("Gift cards answer 503 \"disabled\" from a healthy server: switched off, not broken",
             7),
      reason("It has lasted 29 h 42 min; 9 in 10 ordinary outages here end within 6 h", 5)};
  verdict.against = {reason("Browsing, checkout and signing in work as before", -3),
                     reason("No certificate, DNS record or script has changed", -2)};
  verdict.would_change = {"an announced change or a provider's statement that explains both"};
  return incident;
}

// A new script on the payment page: nothing fails.
inline Incident changed_page() {
  Incident incident;
  incident.id = 11;
  incident.opened = at("2025-06-03T02:14:00Z");
  incident.functions = {"checkout"};
  incident.unapproved = {"checkout-page"};
  incident.is_integrity = true;
  incident.peak = Level::watch;
  auto& verdict = incident.verdict;
  verdict.at = at("2025-06-03T02:15:00Z");
  verdict.seq = 500;
  verdict.level = Level::watch;
  give(verdict, Hypothesis::skimmer, 0.34);
  give(verdict, Hypothesis::own_change, 0.62);
  verdict.suspicion = 0.36;
  verdict.leading = Hypothesis::own_change;
  verdict.is_decided = false;
  verdict.because = {reason(
      "checkout-page loads a script from https://cdn.stat-img.example, never seen before", 6)};
  verdict.would_change = {"an approval of the change"};
  return incident;
}

inline Incident blind() {
  Incident incident;
  incident.id = 12;
  incident.opened = at("2025-06-04T02:14:00Z");
  incident.functions = {"browse", "checkout"};
  incident.failing = incident.functions;
  incident.peak = Level::blind;
  auto& verdict = incident.verdict;
  verdict.at = at("2025-06-04T02:15:00Z");
  verdict.seq = 501;
  verdict.level = Level::blind;
  give(verdict, Hypothesis::monitor_local, 0.97);
  verdict.leading = Hypothesis::monitor_local;
  verdict.is_decided = true;
  verdict.because = {reason("3 of 3 control sites do not answer from london", 20)};
  return incident;
}

inline Incident closed(Incident incident, const char* when) {
  incident.closed = at(when);
  incident.verdict.at = *incident.closed;
  incident.verdict.seq += 1'000;
  incident.failing.clear();
  return incident;
}

inline Notice notice(const Ruling& ruling) {
  return compose_notice(shop(), ruling, "https://status.hartley.example/").value();
}

// What services count. A byte that is no UTF-8 is sent as one code point of three bytes.
inline std::size_t code_points(std::string_view text) {
  return static_cast<std::size_t>(
      std::ranges::count_if(text, [](char c) { return (c & 0xc0) != 0x80; }));
}

// Everything at once that a service might choke on: markup, mentions, quotes, far too much text.
inline Notice hostile() {
  auto made = notice(Opened{glitch()});
  made.headline =
      R"(<!channel> [x](https://evil.example) *b* `c` & "quotes" \ )" + std::string(400, 'h');
  made.reasons.clear();
  for (int i = 0; i < 12; ++i) {
    made.reasons.push_back("<@U123> & <https://evil.example|click> \xF0\x9F\x94\xA5 \xFF" +
                           std::string(2'500, static_cast<char>('a' + i)) + " end & <end>");
  }
  made.first_steps.assign(12, std::string(1'500, '&'));
  return made;
}

}  // namespace bw::samples
