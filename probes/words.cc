// SPDX-License-Identifier: Apache-2.0
#include "probes/words.h"

#include "probes/text.h"
#include "probes/word_rules.h"

#include <algorithm>
#include <array>
#include <unordered_map>

namespace bw {
namespace {

constexpr std::size_t kGapMax = 3;       // words that ".." may stand for
constexpr std::size_t kWindow = 25;      // words around an anchor in which other terms count
constexpr std::size_t kDenialReach = 8;  // words before a phrase in which a negation denies it

constexpr auto kClassNames = std::to_array<std::string_view>({
#define X(name) #name,
    BW_WORD_CLASSES(X)
#undef X
});

struct Word {
  std::string text;  // lower case, apostrophes straight
  std::size_t begin = 0;
  std::size_t end = 0;
};
using Sentence = std::vector<Word>;

// ---- the rules, in a form that is quick to match

struct Alternative {
  std::string_view text;
  bool is_prefix = false;
};
struct Element {
  bool is_gap = false;
  std::vector<Alternative> alternatives;
};
using Term = std::vector<Element>;
struct Compiled {
  WordClass what = WordClass::holding;
  std::vector<Term> terms;  // the first anchors
  std::vector<Term> except;
};

std::string_view take(std::string_view& rest, std::string_view separator) {
  const auto at = rest.find(separator);
  const auto piece = rest.substr(0, at);
  rest.remove_prefix(at == std::string_view::npos ? rest.size() : at + separator.size());
  return piece;
}

void add_alternatives(std::string_view text, std::vector<Alternative>& out) {
  while (!text.empty()) {
    const auto piece = take(text, "|");
    const auto macros = word_macros();
    const auto macro = std::ranges::find(macros, piece, &WordMacro::name);
    if (macro != macros.end()) {
      auto words = macro->words;
      while (!words.empty())
        out.push_back({.text = take(words, "|"), .is_prefix = false});
    } else {
      const bool is_prefix = piece.ends_with('*');
      out.push_back(
          {.text = piece.substr(0, piece.size() - (is_prefix ? 1 : 0)), .is_prefix = is_prefix});
    }
  }
}

Term compile_term(std::string_view text) {
  Term term;
  while (!text.empty()) {
    const auto piece = take(text, " ");
    auto& element = term.emplace_back();
    element.is_gap = piece == "..";
    if (!element.is_gap) add_alternatives(piece, element.alternatives);
  }
  return term;
}

Compiled compile(const WordRule& rule) {
  auto rest = rule.pattern;
  auto wanted = take(rest, " ! ");
  Compiled compiled{.what = rule.what, .terms = {}, .except = {}};
  while (!rest.empty())
    compiled.except.push_back(compile_term(take(rest, " ! ")));
  while (!wanted.empty())
    compiled.terms.push_back(compile_term(take(wanted, " & ")));
  return compiled;
}

class Rules {
 public:
  Rules() {
    for (const auto& rule : word_rules())
      add(compile(rule));
  }

  // Calls `use` for each rule that may start at this word.
  template <class Use>
  void starting_at(std::string_view word, Use use) const {
    const auto found = by_word_.find(word);
    if (found != by_word_.end()) {
      for (const auto index : found->second)
        use(all_[index]);
    }
    for (const auto& [prefix, index] : by_prefix_) {
      if (word.starts_with(prefix)) use(all_[index]);
    }
  }

 private:
  void add(Compiled rule) {
    const auto index = all_.size();
    for (const auto& alternative : rule.terms.front().front().alternatives) {
      if (alternative.is_prefix) {
        by_prefix_.emplace_back(alternative.text, index);
        continue;
      }
      auto& listed = by_word_[alternative.text];
      if (listed.empty() || listed.back() != index) listed.push_back(index);
    }
    all_.push_back(std::move(rule));
  }

  std::vector<Compiled> all_;
  std::unordered_map<std::string_view, std::vector<std::size_t>> by_word_;  // never iterated
  std::vector<std::pair<std::string_view, std::size_t>> by_prefix_;
};

const Rules& rules() {
  static const Rules kRules;
  return kRules;
}

// ---- cutting text into sentences and words

// What stands at `at`: how many bytes, and whether they belong to a word.
struct Glyph {
  std::size_t bytes = 1;
  bool is_word = false;
  bool is_apostrophe = false;
};
Glyph glyph_at(std::string_view text, std::size_t at) {
  const char c = text[at];
  const auto rest = text.substr(at);
  if (rest.starts_with("\u2019") || rest.starts_with("\u2018")) {
    return {.bytes = 3, .is_word = true, .is_apostrophe = true};
  }
  if (rest.starts_with("\xe2\x80")) return {.bytes = std::min<std::size_t>(3, rest.size())};
  if (rest.starts_with("\u00a0")) return {.bytes = 2};
  const bool is_alnum = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
  const bool is_high = static_cast<unsigned char>(c) >= 0x80;
  return {.bytes = 1, .is_word = is_alnum || is_high || c == '\'', .is_apostrophe = c == '\''};
}

bool ends_sentence(std::string_view text, std::size_t at) {
  const char c = text[at];
  if (c == '!' || c == '?' || c == ';' || c == '\n') return true;
  return c == '.' && (at + 1 == text.size() || text[at + 1] == ' ' || text[at + 1] == '\n');
}

// Apostrophes within a word belong to it; before it and after it they are quotes.
void lengthen(Word& word, std::string_view text, std::size_t at, const Glyph& glyph) {
  if (glyph.is_apostrophe && word.text.empty()) return;
  if (word.text.empty()) word.begin = at;
  word.text += glyph.is_apostrophe ? "'" : lower(text.substr(at, glyph.bytes));
  word.end = at + glyph.bytes;
}

void finish(Word& word, Sentence& sentence) {
  while (word.text.ends_with('\''))
    word.text.pop_back();
  if (!word.text.empty()) sentence.push_back(word);
  word = {};
}

std::vector<Sentence> cut_sentences(std::string_view text) {
  std::vector<Sentence> sentences(1);
  Word word;
  for (std::size_t at = 0; at < text.size();) {
    const auto glyph = glyph_at(text, at);
    if (glyph.is_word) {
      lengthen(word, text, at, glyph);
    } else {
      finish(word, sentences.back());
      if (ends_sentence(text, at) && !sentences.back().empty()) sentences.emplace_back();
    }
    at += glyph.bytes;
  }
  finish(word, sentences.back());
  return sentences;
}

// ---- matching

bool matches(const Element& element, std::string_view word) {
  return std::ranges::any_of(element.alternatives, [word](const Alternative& alternative) {
    return alternative.is_prefix ? word.starts_with(alternative.text) : word == alternative.text;
  });
}

// One past the last word of the match that starts at `at`, or nothing.
std::optional<std::size_t> match_at(const Sentence& sentence,
                                    std::size_t at,
                                    const Term& term,
                                    std::size_t element = 0) {
  for (; element < term.size(); ++element, ++at) {
    if (term[element].is_gap) {
      for (std::size_t skip = 0; skip <= kGapMax; ++skip) {
        if (auto end = match_at(sentence, at + skip, term, element + 1)) return end;
      }
      return std::nullopt;
    }
    if (at >= sentence.size() || !matches(term[element], sentence[at].text)) return std::nullopt;
  }
  return at;
}

bool is_near(const Sentence& sentence, std::size_t anchor, const Term& term) {
  const auto begin = anchor > kWindow ? anchor - kWindow : 0;
  const auto end = std::min(anchor + kWindow, sentence.size());
  for (auto at = begin; at < end; ++at) {
    if (match_at(sentence, at, term)) return true;
  }
  return false;
}

bool is_one_of(std::string_view word, std::span<const std::string_view> list) {
  return std::ranges::find(list, word) != list.end();
}

constexpr auto kNegations = std::to_array<std::string_view>(
    {"not",     "no",        "never",  "without", "nor",      "neither", "nothing",
     "isn't",   "wasn't",    "aren't", "weren't", "didn't",   "hasn't",  "haven't",
     "doesn't", "unrelated", "ruled",  "rather",  "unlikely", "whether", "isnt"});
// After one of these another thought begins: "we cannot take orders because of an attack".
constexpr auto kTurns = std::to_array<std::string_view>({"because",
                                                         "due",
                                                         "following",
                                                         "after",
                                                         "since",
                                                         "but",
                                                         "although",
                                                         "however",
                                                         "while",
                                                         "and"});
constexpr auto kDataWords = std::to_array<std::string_view>(
    {"data", "details", "information", "records", "passwords", "leakage", "personal", "accounts"});

// Where a negation stands that denies the words from `at`, or nothing.
std::optional<std::size_t> negation_before(const Sentence& sentence, std::size_t at) {
  for (std::size_t back = 1; back <= std::min(at, kDenialReach); ++back) {
    const auto& word = sentence[at - back].text;
    if (is_one_of(word, kNegations)) return at - back;
    const bool is_negated_turn = at > back && is_one_of(sentence[at - back - 1].text, kNegations);
    if (is_one_of(word, kTurns) && !is_negated_turn) return std::nullopt;
  }
  return std::nullopt;
}

bool is_deniable(WordClass what) {
  return what == WordClass::security || what == WordClass::ddos || what == WordClass::ransom;
}

// "No sign that data was taken" denies a loss, not the incident; "whether" denies nothing.
bool denies_nothing(const Sentence& sentence, std::size_t negation, std::size_t end) {
  if (sentence[negation].text == "whether") return true;
  for (auto at = negation; at < std::min(end + 5, sentence.size()); ++at) {
    if (at >= end && is_one_of(sentence[at].text, kTurns)) return false;
    if (is_one_of(sentence[at].text, kDataWords)) return true;
  }
  return false;
}

// "Until this is resolved", "not yet restored".
bool is_still_to_come(const Sentence& sentence, std::size_t at) {
  constexpr auto kNotYet = std::to_array<std::string_view>({"until",
                                                            "once",
                                                            "when",
                                                            "before",
                                                            "not",
                                                            "if",
                                                            "hope",
                                                            "expect",
                                                            "expected",
                                                            "as",
                                                            "to",
                                                            "being"});
  for (std::size_t back = 1; back <= std::min<std::size_t>(at, 4); ++back) {
    if (is_one_of(sentence[at - back].text, kNotYet)) return true;
  }
  return false;
}

class Reader {
 public:
  explicit Reader(std::string_view text) : text_(text) {}

  Words read() {
    for (const auto& sentence : cut_sentences(text_)) {
      for (std::size_t at = 0; at < sentence.size(); ++at) {
        rules().starting_at(sentence[at].text,
                            [&](const Compiled& rule) { try_rule(rule, sentence, at); });
      }
    }
    auto& denial = found_.at(static_cast<std::size_t>(WordClass::not_security));
    for (const auto what : {WordClass::security, WordClass::ddos, WordClass::ransom}) {
      if (!found_.at(static_cast<std::size_t>(what)).empty()) denial.clear();
    }
    Words words;
    for (std::size_t i = 0; i < found_.size(); ++i) {
      if (found_.at(i).empty()) continue;
      words.claims.push_back(
          {.what = static_cast<WordClass>(i), .phrase = std::move(found_.at(i))});
    }
    return words;
  }

 private:
  void try_rule(const Compiled& rule, const Sentence& sentence, std::size_t at) {
    if (!found_.at(static_cast<std::size_t>(rule.what)).empty()) return;
    const auto end = match_at(sentence, at, rule.terms.front());
    if (!end) return;
    const auto others = std::span(rule.terms).subspan(1);
    const auto near = [&](const Term& term) { return is_near(sentence, at, term); };
    if (!std::ranges::all_of(others, near)) return;
    if (std::ranges::any_of(rule.except, near)) return;
    if (rule.what == WordClass::resolved && is_still_to_come(sentence, at)) return;
    if (!is_deniable(rule.what)) return claim(rule.what, sentence, at, *end);
    const auto negation = negation_before(sentence, at);
    if (!negation) return claim(rule.what, sentence, at, *end);
    if (denies_nothing(sentence, *negation, *end)) return;
    claim(WordClass::not_security, sentence, *negation, *end);
  }

  void claim(WordClass what, const Sentence& sentence, std::size_t from, std::size_t end) {
    // A few words more, so that a reader sees what is meant.
    const auto to = std::min(end + 6, sentence.size());
    const auto begin = sentence[from].begin;
    found_.at(static_cast<std::size_t>(what)) =
        fold(text_.substr(begin, sentence[to - 1].end - begin), 120);
  }

  std::string_view text_;
  std::array<std::string, kClassNames.size()> found_;
};

// "siteDisabled" and "SITE_DISABLED" alike, with spaces between the words.
std::string in_words(std::string_view value) {
  std::string spaced;
  for (const char c : value) {
    const bool is_upper = c >= 'A' && c <= 'Z';
    const bool after_lower = !spaced.empty() && spaced.back() >= 'a' && spaced.back() <= 'z';
    if (is_upper && after_lower) spaced += ' ';
    spaced += c == '_' || c == '-' || c == '.' ? ' ' : c;
  }
  return spaced;
}

}  // namespace

std::string_view print(WordClass word_class) {
  return kClassNames.at(static_cast<std::size_t>(word_class));
}

std::optional<WordClass> parse_word_class(std::string_view name) {
  const auto* const at = std::ranges::find(kClassNames, name);
  if (at == kClassNames.end()) return std::nullopt;
  return static_cast<WordClass>(at - kClassNames.begin());
}

bool Words::has(WordClass what) const {
  return std::ranges::find(claims, what, &Claim::what) != claims.end();
}

std::string_view Words::phrase(WordClass what) const {
  const auto at = std::ranges::find(claims, what, &Claim::what);
  return at == claims.end() ? std::string_view() : std::string_view(at->phrase);
}

std::vector<std::string> Words::names() const {
  std::vector<std::string> list;
  list.reserve(claims.size());
  for (const auto& claim : claims)
    list.emplace_back(print(claim.what));
  return list;
}

Words read_words(std::string_view text) {
  return Reader(text.substr(0, kWordsBytesMax)).read();
}

std::optional<WordClass> read_state(std::string_view value) {
  using enum WordClass;
  using State = std::pair<std::string_view, WordClass>;
  // In order of how much they say: "queue_paused" is paused.
  constexpr auto kStates = std::to_array<State>({
      {"maintenance", maintenance}, {"maint", maintenance},   {"upgrading", maintenance},
      {"paused", withdrawn},        {"disabled", withdrawn},  {"suspended", withdrawn},
      {"halted", withdrawn},        {"stopped", withdrawn},   {"closed", withdrawn},
      {"withdrawn", withdrawn},     {"offline", withdrawn},   {"deactivated", withdrawn},
      {"isolated", withdrawn},      {"readonly", withdrawn},  {"restricted", denied},
      {"forbidden", denied},        {"blocked", denied},      {"challenge", challenge},
      {"captcha", challenge},       {"queue", queue},         {"wait", queue},
      {"waiting", queue},           {"busy", demand},         {"throttled", demand},
      {"overloaded", demand},       {"unavailable", holding}, {"unavail", holding},
      {"starting", holding},        {"restarting", holding},  {"degraded", degraded},
      {"delayed", degraded},        {"partial", degraded},    {"limited", degraded},
      {"slow", degraded},           {"manual", degraded},     {"recovering", degraded},
      {"held", degraded},           {"queued", degraded},     {"error", technical},
      {"fault", technical},         {"failed", technical},    {"failure", technical},
      {"timeout", technical},       {"stale", technical},
  });
  if (value.size() > 40) return std::nullopt;
  const auto sentences = cut_sentences(in_words(value));
  if (sentences.size() != 1 || sentences.front().size() > 3) return std::nullopt;
  auto words = sentences.front();
  if (words.size() == 2 && words[0].text == "read" && words[1].text == "only")
    words[0].text = "readonly";
  for (const auto& [state, what] : kStates) {
    if (std::ranges::find(words, state, &Word::text) != words.end()) return what;
  }
  return std::nullopt;
}

}  // namespace bw
