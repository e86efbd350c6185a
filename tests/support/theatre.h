// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "daemon/config/evidence.h"
#include "daemon/verdict/judge.h"

#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace bw::test {

// A small shop for judging without a network: website, app and stores; a commerce platform on a
// cloud, a payment provider, a CDN; a neighbour on the same CDN; two control sites.
[[nodiscard]] Estate shop();

// Plays what targets show, minute by minute, into a judge, and answers its second looks.
class Theatre {
 public:
  explicit Theatre(Estate estate = shop(), EvidenceWeights weights = builtin_evidence());

  struct Shown {  // what a target shows from now on
    Outcome outcome = Outcome::ok;
    Party party = Party::unknown;
    Facts facts;
    std::string note;
    Micros takes{120'000};
    double share = 1;     // of looks that show it; the others are healthy
    std::string only_at;  // a vantage id; empty: it is seen from everywhere
  };
  // By target id. Healthy again with `heal`, or "*" for all.
  void show(const std::string& target, Shown shown);
  void fail(const std::string& target, Outcome outcome, const std::string& note = "it fails");
  void heal(const std::string& target);
  // The healthy facts of a target, which `show` changes are merged into.
  [[nodiscard]] Facts facts(const std::string& target) const;

  void say(FeedItem item);
  void announce(Announcement announcement);
  void note(OperatorNote note);
  // The clock moves on without a look: to the day on which the play begins.
  void begin_at(Time at) { now_ = std::max(now_, at); }
  // Lets time pass; every target is looked at once a minute.
  void pass(Millis time);

  [[nodiscard]] Time now() const { return now_; }
  [[nodiscard]] const Judge& judge() const { return judge_; }
  [[nodiscard]] Judge& judge() { return judge_; }
  [[nodiscard]] const Estate& estate() const { return *estate_; }
  [[nodiscard]] const std::vector<Ruling>& rulings() const { return rulings_; }
  [[nodiscard]] const std::vector<Input>& inputs() const { return inputs_; }
  // The open incident; fails the test where there is none.
  [[nodiscard]] Incident incident() const;
  [[nodiscard]] bool is_open() const;
  [[nodiscard]] bool has_signal(std::string_view signal) const;
  // All signals that were live at any time in any incident.
  [[nodiscard]] const std::set<std::string, std::less<>>& heard() const { return heard_; }
  // Opened and Changed rulings: what a person would have been told.
  [[nodiscard]] std::size_t told() const;
  [[nodiscard]] double suspicion_max() const { return suspicion_max_; }
  [[nodiscard]] const EvidenceWeights& weights() const { return *weights_; }

 private:
  void look(TargetIndex target, VantageIndex vantage, bool is_second);
  void step(Input input);

  std::unique_ptr<Estate> estate_;
  std::unique_ptr<EvidenceWeights> weights_;
  Judge judge_;
  Time now_;
  std::map<std::string, Shown> shown_;
  std::map<std::string, FactsRef> healthy_;
  std::vector<Ruling> rulings_;
  std::vector<Input> inputs_;
  std::uint64_t seq_ = 0;
  std::uint64_t draws_ = 0;
  double suspicion_max_ = 0;
  std::set<std::string, std::less<>> heard_;
};

}  // namespace bw::test
