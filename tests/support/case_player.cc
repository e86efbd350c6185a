// SPDX-License-Identifier: Apache-2.0
#include "tests/support/case_player.h"

#include "tests/support/theatre.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <functional>
#include <map>
#include <optional>

namespace bw::test {
namespace {

// The rest of a line, word by word. What is wrong with the line is thrown and becomes a problem
// with the line's number: a case is ours, so nobody goes on after a slip.
struct Wrong {
  std::string what;
  bool is_claim = false;  // the line was understood and is not true: the play goes on
};
class Rest {
 public:
  explicit Rest(const CaseLine& line) : words_(line.words) {}

  [[nodiscard]] bool is_over() const { return at_ == words_.size(); }
  [[nodiscard]] bool is_quoted() const { return !is_over() && words_[at_].is_quoted; }
  [[nodiscard]] std::string peek() const { return is_over() ? std::string() : words_[at_].text; }
  std::string next(const char* what) {
    if (is_over()) throw Wrong{.what = std::string(what) + " is missing"};
    return words_[at_++].text;
  }
  // Takes the word if it is there.
  bool takes(std::string_view word) {
    if (is_over() || is_quoted() || peek() != word) return false;
    ++at_;
    return true;
  }
  Millis duration() {
    const auto text = next("a duration");
    const auto duration = parse_duration(text);
    if (!duration) throw Wrong{.what = "\"" + text + "\" is no duration"};
    return *duration;
  }
  Time time() {
    const auto text = next("a time");
    const auto time = parse_time(text);
    if (!time) throw Wrong{.what = "\"" + text + "\" is no time"};
    return *time;
  }
  double share() {
    const auto text = next("a share");
    double share = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), share);
    const bool is_whole = error == std::errc() && end == text.data() + text.size();
    if (!is_whole || share < 0 || share > 1) throw Wrong{.what = "\"" + text + "\" is no share"};
    return share;
  }
  template <class Parse>
  auto parsed(Parse parse, const char* what) {
    const auto text = next(what);
    const auto value = parse(text);
    if (!value) throw Wrong{.what = "\"" + text + "\" is no " + what};
    return *value;
  }

 private:
  const std::vector<CaseWord>& words_;
  std::size_t at_ = 0;
};

// Carries out the lines of one case.
class Player {
 public:
  explicit Player(Estate estate) : theatre_(std::move(estate)) {}

  void run(const CaseLine& line);
  [[nodiscard]] const Theatre& theatre() const { return theatre_; }

 private:
  using Verb = void (Player::*)(Rest&);
  static const std::map<std::string, Verb, std::less<>>& verbs();

  // ---- what happens
  void at(Rest& rest) { theatre_.begin_at(rest.time()); }
  // Only says that a second place looks: that is so in every case with this word.
  void from(Rest& rest) {
    const auto id = rest.next("a vantage");
    if (!theatre_.estate().vantage(id)) throw Wrong{.what = "\"" + id + "\" is no vantage"};
  }
  void pass(Rest& rest) { theatre_.pass(rest.duration()); }
  void fail(Rest& rest);
  void fact(Rest& rest);
  void share(Rest& rest);
  void slow(Rest& rest);
  void heal(Rest& rest);
  void say(Rest& rest);
  void hush(Rest& rest);
  void announce(Rest& rest);
  void approve(Rest& rest);
  // ---- what is claimed
  void level(Rest& rest);
  void cause(Rest& rest);
  void culprit(Rest& rest);
  void suspicion(Rest& rest);

  std::vector<std::string> targets(Rest& rest);
  void show(const std::string& target) { theatre_.show(target, shown_.at(target)); }
  // What the target shows now, to be changed.
  Theatre::Shown& shown(const std::string& target);
  [[nodiscard]] std::string vantage(Rest& rest) const;
  [[nodiscard]] const Incident* incident() const;
  void expect(bool is_so, const std::string& what, const std::string& instead) const {
    if (!is_so) throw Wrong{.what = "expected " + what + ", found " + instead, .is_claim = true};
  }

  Theatre theatre_;
  std::map<std::string, Theatre::Shown> shown_;
  std::map<std::string, FeedItem> said_;  // the open item of each provider
  std::size_t items_ = 0;
};

const std::map<std::string, Player::Verb, std::less<>>& Player::verbs() {
  static const std::map<std::string, Verb, std::less<>> kVerbs{{"at", &Player::at},
                                                               {"from", &Player::from},
                                                               {"pass", &Player::pass},
                                                               {"fail", &Player::fail},
                                                               {"fact", &Player::fact},
                                                               {"share", &Player::share},
                                                               {"slow", &Player::slow},
                                                               {"heal", &Player::heal},
                                                               {"say", &Player::say},
                                                               {"hush", &Player::hush},
                                                               {"announce", &Player::announce},
                                                               {"approve", &Player::approve},
                                                               {"level", &Player::level},
                                                               {"cause", &Player::cause},
                                                               {"culprit", &Player::culprit},
                                                               {"suspicion", &Player::suspicion}};
  return kVerbs;
}

void Player::run(const CaseLine& line) {
  Rest rest(line);
  const auto word = rest.next("a verb");
  const auto verb = verbs().find(word);
  if (verb == verbs().end()) throw Wrong{.what = "\"" + word + "\" is no verb"};
  std::invoke(verb->second, *this, rest);
  if (!rest.is_over()) throw Wrong{.what = "\"" + rest.peek() + "\" is one word too many"};
}

// Ids of targets, as many as there are; "all" for all of them.
std::vector<std::string> Player::targets(Rest& rest) {
  std::vector<std::string> list;
  if (rest.takes("all")) {
    for (const auto& target : theatre_.estate().targets)
      list.push_back(target.id);
    return list;
  }
  while (!rest.is_quoted() && theatre_.estate().target(rest.peek()))
    list.push_back(rest.next(""));
  if (list.empty()) throw Wrong{.what = "\"" + rest.peek() + "\" is no target"};
  return list;
}

Theatre::Shown& Player::shown(const std::string& target) {
  auto [at, is_new] = shown_.try_emplace(target);
  if (is_new) at->second.facts = theatre_.facts(target);
  return at->second;
}

std::string Player::vantage(Rest& rest) const {
  if (!rest.takes("from")) return {};
  const auto id = rest.next("a vantage");
  if (!theatre_.estate().vantage(id)) throw Wrong{.what = "\"" + id + "\" is no vantage"};
  return id;
}

// fail TARGET... OUTCOME [by PARTY] [from VANTAGE] ["note"]
void Player::fail(Rest& rest) {
  const auto list = targets(rest);
  const auto outcome = rest.parsed(parse_outcome, "outcome");
  const auto party = rest.takes("by") ? rest.parsed(parse_party, "party") : Party::unknown;
  const auto only_at = vantage(rest);
  const auto note = rest.is_quoted() ? rest.next("a note") : std::string(print(outcome));
  for (const auto& target : list) {
    auto& one = shown(target);
    one.outcome = outcome;
    one.party = party;
    one.only_at = only_at;
    one.note = note;
    // An error brings its own page, unless another one is set.
    const bool is_plain = one.facts.get(Fact::body_class) == print(BodyClass::normal);
    if (outcome == Outcome::status_server && is_plain) {
      one.facts.set(Fact::body_class, std::string(print(BodyClass::origin_error)));
    }
    show(target);
  }
}

// fact TARGET... FACT "value" [from VANTAGE]
void Player::fact(Rest& rest) {
  const auto list = targets(rest);
  const auto fact = rest.parsed(parse_fact, "fact");
  const auto value = rest.next("a value");
  const auto only_at = vantage(rest);
  for (const auto& target : list) {
    auto& one = shown(target);
    one.facts.set(fact, value);
    if (!only_at.empty()) one.only_at = only_at;
    show(target);
  }
}

// share TARGET... 0.6
void Player::share(Rest& rest) {
  const auto list = targets(rest);
  const double share = rest.share();
  for (const auto& target : list) {
    shown(target).share = share;
    show(target);
  }
}

// slow TARGET... 3s
void Player::slow(Rest& rest) {
  const auto list = targets(rest);
  const auto takes = rest.duration();
  for (const auto& target : list) {
    shown(target).takes = takes;
    show(target);
  }
}

void Player::heal(Rest& rest) {
  for (const auto& target : targets(rest)) {
    shown_.erase(target);
    theatre_.heal(target);
  }
}

// say PROVIDER STATE "title" ["body"]; `security` is a state that says more than major. The
// organisation has no state: say own "title" ["body"].
void Player::say(Rest& rest) {
  FeedItem item;
  item.provider = rest.next("a provider");
  const bool is_own = item.provider == kOwn;
  if (!is_own && theatre_.estate().provider(item.provider) == nullptr) {
    throw Wrong{.what = "\"" + item.provider + "\" is no provider"};
  }
  if (!is_own) {
    item.is_security = rest.takes("security");
    item.state = item.is_security ? FeedState::major : rest.parsed(parse_feed_state, "state");
  }
  // The page's state alone has no item.
  if (rest.is_quoted()) {
    item.item = "item-" + std::to_string(++items_);
    item.title = rest.next("a title");
  }
  if (rest.is_quoted()) item.body = rest.next("a body");
  said_[item.provider] = item;
  theatre_.say(std::move(item));
}

// hush PROVIDER: what it said last is resolved.
void Player::hush(Rest& rest) {
  const auto provider = rest.next("a provider");
  const auto said = said_.find(provider);
  if (said == said_.end()) throw Wrong{.what = "\"" + provider + "\" has said nothing"};
  said->second.is_open = false;
  theatre_.say(said->second);
}

// announce KIND "text" for DURATION [in DURATION] [of FUNCTION...]
void Player::announce(Rest& rest) {
  constexpr std::array<std::string_view, 3> kKinds{"maintenance", "change", "sale"};
  Announcement one;
  one.kind = rest.next("a kind");
  if (std::ranges::find(kKinds, one.kind) == kKinds.end()) {
    throw Wrong{.what = "\"" + one.kind + "\" is no kind of announcement"};
  }
  one.text = rest.next("a text");
  if (!rest.takes("for")) throw Wrong{.what = "\"for\" and a duration are missing"};
  const auto duration = rest.duration();
  one.from = theatre_.now() + (rest.takes("in") ? rest.duration() : Millis{0});
  one.to = one.from + duration;
  if (rest.takes("of")) {
    do {
      one.functions.push_back(rest.next("a function"));
      if (theatre_.estate().function(one.functions.back()) == nullptr) {
        throw Wrong{.what = "\"" + one.functions.back() + "\" is no function"};
      }
    } while (!rest.is_over());
  }
  theatre_.announce(std::move(one));
}

void Player::approve(Rest& rest) {
  for (const auto& target : targets(rest)) {
    theatre_.note({.kind = NoteKind::approve_change, .target = target, .who = "operator"});
  }
}

const Incident* Player::incident() const {
  return theatre_.is_open() ? &theatre_.judge().incidents().front() : nullptr;
}

void Player::level(Rest& rest) {
  const auto level = rest.parsed(parse_level, "level");
  const auto is = incident() == nullptr ? Level::calm : incident()->verdict.level;
  expect(is == level, std::string(print(level)), std::string(print(is)));
}

void Player::cause(Rest& rest) {
  const auto cause = rest.parsed(parse_hypothesis, "cause");
  if (incident() == nullptr) throw Wrong{.what = "no incident is open"};
  const auto is = incident()->verdict.leading;
  expect(is == cause, std::string(print(cause)), std::string(print(is)));
}

void Player::culprit(Rest& rest) {
  const auto culprit = rest.takes("nobody") ? std::string() : rest.next("a culprit");
  if (incident() == nullptr) throw Wrong{.what = "no incident is open"};
  expect(incident()->verdict.culprit == culprit,
         "culprit \"" + culprit + "\"",
         "\"" + incident()->verdict.culprit + "\"");
}

// suspicion below 0.2: so far, at its highest. suspicion above 0.5: now.
void Player::suspicion(Rest& rest) {
  const bool is_above = rest.takes("above");
  if (!is_above && !rest.takes("below"))
    throw Wrong{.what = R"(suspicion "above" or "below" what?)"};
  const double bound = rest.share();
  const double now = incident() == nullptr ? 0 : incident()->verdict.suspicion;
  const double is = is_above ? now : theatre_.suspicion_max();
  expect(is_above ? is > bound : is < bound,
         std::string("suspicion ") + (is_above ? "above " : "below ") + std::to_string(bound),
         std::to_string(is));
}

bool means(std::string_view pattern, std::string_view signal) {
  return signal == pattern || signal.starts_with(std::string(pattern) + "/");
}

// What was to be heard and was not, and what was not to be and was.
void compare(const Case& one, const std::string& where, Played& played) {
  for (const auto& pattern : one.signals) {
    const auto is_meant = [&](const auto& signal) { return means(pattern, signal); };
    const auto heard = std::ranges::find_if(played.heard, is_meant);
    if (one.must_fire && heard == played.heard.end()) {
      auto all = where;
      all += pattern;
      all += " was not heard. Heard were:";
      for (const auto& signal : played.heard) {
        all += ' ';
        all += signal;
      }
      played.problems.push_back(std::move(all));
    }
    if (!one.must_fire && heard != played.heard.end()) {
      played.problems.push_back(where + *heard + " was heard and must stay quiet");
    }
  }
}

}  // namespace

Played play(std::string_view file, const Case& one) {
  const auto where = [&](std::size_t number) {
    return std::string(file) + ":" + std::to_string(number) + " (" + one.title + "): ";
  };
  // A second place to look from, where a case names one.
  auto estate = shop();
  const bool has_two = std::ranges::any_of(one.lines, [](const CaseLine& line) {
    return std::ranges::any_of(line.words,
                               [](const CaseWord& word) { return word.text == "from"; });
  });
  if (has_two) estate.vantages.push_back({"there", "AS64701"});
  Player player(std::move(estate));
  Played played;
  for (const auto& line : one.lines) {
    try {
      player.run(line);
    } catch (const Wrong& wrong) {
      played.problems.push_back(where(line.number) + wrong.what);
      if (!wrong.is_claim) return played;
    }
  }
  played.heard = player.theatre().heard();
  compare(one, where(one.number), played);
  return played;
}

}  // namespace bw::test
