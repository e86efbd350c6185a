// SPDX-License-Identifier: Apache-2.0
#include "probes/body.h"

#include "probes/recent.h"
#include "probes/script.h"
#include "probes/text.h"

#include <algorithm>
#include <array>

namespace bw {
namespace {

using enum WordClass;
constexpr std::string_view kInline = "inline";
constexpr std::size_t kShortPage = 1500;  // visible bytes: notices are short, shops are not

// What a healthy page may say about its owner's troubles. Whole sites speak of queues, passwords,
// countries, or of somebody who hacked a timetable in a contest: there it means nothing.
constexpr auto kOnHealthyPages = std::to_array<WordClass>({holding,
                                                           maintenance,
                                                           precaution,
                                                           security,
                                                           not_security,
                                                           ddos,
                                                           ransom,
                                                           experts,
                                                           technical,
                                                           third_party,
                                                           change,
                                                           facility,
                                                           withdrawn});

bool is_one_of(WordClass what, std::span<const WordClass> list) {
  return std::ranges::find(list, what) != list.end();
}
bool has_any(const Words& words, std::initializer_list<WordClass> list) {
  return std::ranges::any_of(list, [&words](auto what) { return words.has(what); });
}

void add_claim(Words& words, WordClass what, std::string phrase) {
  if (words.has(what)) return;
  const auto at =
      std::ranges::find_if(words.claims, [what](const Claim& claim) { return claim.what > what; });
  words.claims.insert(at, {.what = what, .phrase = std::move(phrase)});
}

// The texts of a JSON body: prose is read as prose, states as states.
void read_json_words(const JsonLeaves& json, Body& body) {
  for (const auto& leaf : json.leaves) {
    const auto name = leaf.path.substr(leaf.path.rfind('.') + 1);
    if (leaf.kind == JsonLeaf::Kind::truth && leaf.value == "true" &&
        read_state(name) == maintenance) {
      add_claim(body.words, maintenance, name + "=true");
    }
    if (leaf.kind != JsonLeaf::Kind::text) continue;
    const bool is_prose = std::ranges::count(leaf.value, ' ') >= 2;
    if (is_prose && body.text.size() < 8192) body.text += leaf.value + ".\n";
    // Members of lists and deep details are things, not the service: a closed ticket is no outage.
    const auto depth = std::ranges::count(leaf.path, '.');
    const bool is_in_list = leaf.path.find_first_of("0123456789") != std::string::npos;
    const auto state = read_state(leaf.value);
    if (!state || is_prose || depth > 1 || is_in_list) continue;
    const auto phrase = fold(name + "=" + leaf.value, 120);
    add_claim(body.words, *state, phrase);
    if (*state == withdrawn && body.withdrawn.empty()) body.withdrawn = phrase;
  }
}

void read_texts(Body& body, const HttpReply& http, const Url& url) {
  const auto start = trim(http.body);
  if (start.starts_with('{') || start.starts_with('[')) body.json = read_json_leaves(start);
  if (body.json) {
    read_json_words(*body.json, body);
  } else if (looks_like_html(http.body)) {
    body.page = read_html(http.body, url);
    body.text = body.page->text;
  } else {
    body.text = fold(start.substr(0, kWordsBytesMax), kWordsBytesMax);
  }
  // A title says what a body of few words means.
  auto said = body.page ? body.page->title + ".\n" + body.text : body.text;
  for (auto& claim : read_words(said).claims)
    add_claim(body.words, claim.what, std::move(claim.phrase));
}

bool holds(const HttpReply& http, const Body& body, std::string_view wanted) {
  return body.text.contains(wanted) || http.body.contains(wanted);
}

std::string letters_of(std::string_view text) {
  std::string letters;
  for (const char c : text) {
    if (c >= 'a' && c <= 'z') letters += c;
  }
  return letters;
}

// One of the host's labels, all but the last, is in a page's letters.
bool is_named_in(std::string_view letters, std::string_view host) {
  while (host.contains('.')) {
    const auto label = letters_of(host.substr(0, host.find('.')));
    host.remove_prefix(host.find('.') + 1);
    if (label.size() >= 4 && letters.contains(label)) return true;
  }
  return false;
}

// Nothing in the page is tied to the host that served it: not its name, not a script, not a form.
bool is_strange(const Page& page, const Url& url) {
  if (is_named_in(letters_of(lower(page.title + page.text)), url.host)) return false;
  const auto ours = [&url](const auto& link) { return link && is_same_site(*link, url); };
  return std::ranges::none_of(page.scripts, ours, &Script::url) &&
         std::ranges::none_of(page.forms, ours, &Form::action) &&
         !(page.title.empty() && page.headings.empty());
}

// Boasts stand where everybody looks: in a title, a heading, or on a page with little else.
bool is_defaced(const Body& body) {
  if (has_any(body.words, {defacement, ransom}) && body.text.size() <= kShortPage &&
      body.likeness != Likeness::ours) {
    return true;
  }
  return body.page && read_words(body.page->title + ".\n" + body.page->headings).has(defacement);
}

std::size_t bytes_of(const Url& url) {
  return sizeof(url) + url.scheme.size() + url.host.size() + url.path.size() + url.query.size();
}

std::size_t bytes_of(const Page& page) {
  std::size_t sum = page.text.size() + page.headings.size() + page.refresh.size();
  for (const auto& script : page.scripts) {
    sum += sizeof(script) + script.integrity.size() + script.text.size();
    if (script.url) sum += bytes_of(*script.url);
  }
  for (const auto& form : page.forms) {
    sum += sizeof(form) + (form.action ? bytes_of(*form.action) : 0);
    for (const auto& field : form.fields)
      sum += sizeof(field) + field.name.size() + field.value.size() + field.autocomplete.size();
  }
  sum += bytes_of_texts(page.frames);
  for (const auto& link : page.links)
    sum += bytes_of(link);
  return sum;
}

bool speaks_for_the_owner(const Words& words) {
  return has_any(words,
                 {holding, withdrawn, precaution, security, demand, third_party, change, facility});
}

BodyClass classify_failing(const Body& body, const EdgeReading& edge) {
  if (has_any(body.words, {parked, unclaimed}) || is_defaced(body)) return BodyClass::foreign;
  if (body.words.has(maintenance)) return BodyClass::maintenance;
  if (edge.is_error_page) return BodyClass::edge_error;
  // Programs that report their own state have no page to show.
  if (body.json && body.text.empty() && body.withdrawn.empty()) return BodyClass::origin_error;
  if (speaks_for_the_owner(body.words)) return BodyClass::holding;
  return BodyClass::origin_error;
}

BodyClass classify_lacking(const Body& body, const Url& url) {
  if (has_any(body.words, {parked, unclaimed}) || is_defaced(body)) return BodyClass::foreign;
  if (body.words.has(maintenance)) return BodyClass::maintenance;
  if (speaks_for_the_owner(body.words) || has_any(body.words, {technical, denied}))
    return BodyClass::holding;
  if (body.likeness == Likeness::lacking && body.page && is_strange(*body.page, url))
    return BodyClass::foreign;
  return BodyClass::normal;
}

struct Circumstances {
  const HttpReply& http;
  const Url& url;
  const EdgeReading& edge;
  bool status_is_expected = false;
};

// A healthy answer with nothing in it is fine where nothing is expected in it.
BodyClass classify_empty(const Body& body, bool status_is_expected) {
  return status_is_expected && body.likeness != Likeness::lacking ? BodyClass::normal
                                                                  : BodyClass::empty;
}

// What a healthy page says about its owner's troubles is not what it is; only a boast is.
BodyClass classify_healthy(const Body& body) {
  return is_defaced(body) ? BodyClass::foreign : BodyClass::normal;
}

BodyClass classify(const Body& body, const Circumstances& at) {
  if (at.edge.is_challenge) return BodyClass::challenge;
  const bool is_ours = body.likeness == Likeness::ours && at.status_is_expected;
  if (is_ours) return classify_healthy(body);
  const bool is_short = body.text.size() <= kShortPage;
  if (is_short && body.words.has(challenge)) return BodyClass::challenge;
  if (trim(at.http.body).empty()) return classify_empty(body, at.status_is_expected);
  const bool is_unknown_but_healthy = at.status_is_expected && body.likeness == Likeness::unknown;
  if (is_unknown_but_healthy && !is_short) return classify_healthy(body);
  if (at.edge.is_queue || (is_short && body.words.has(queue))) return BodyClass::queue;
  return at.status_is_expected ? classify_lacking(body, at.url) : classify_failing(body, at.edge);
}

void add_script_facts(const Page& page, const Url& url, FactChanges& facts) {
  std::vector<std::string> origins;
  std::vector<std::string> urls;
  std::vector<std::string> inlines;
  std::vector<std::string> integrity;
  std::vector<std::string> marks;
  ScriptReading worst;
  for (const auto& script : page.scripts) {
    if (script.url) {
      origins.push_back(origin_of(*script.url));
      urls.push_back(without_query(*script.url));
      if (!script.integrity.empty()) integrity.push_back(urls.back() + "=" + script.integrity);
      continue;
    }
    inlines.push_back(script_hash(script.text));
    auto reading = read_script(script.text, {.page = url, .script = {}});
    if (!is_suspect(reading)) continue;
    for (auto& mark : script_marks(reading, kInline))
      marks.push_back(std::move(mark));
    if (reading.traits.size() > worst.traits.size()) worst = std::move(reading);
  }
  facts.set_members(Fact::script_origins, std::move(origins));
  facts.set_members(Fact::scripts, std::move(urls));
  facts.set_members(Fact::inline_scripts, std::move(inlines));
  facts.set_members(Fact::integrity, std::move(integrity));
  facts.set_members(Fact::script_traits, worst.traits);
  facts.set_members(Fact::script_targets, worst.origins);
  facts.set(Fact::script_suspect, worst.traits.empty() ? "" : std::string(kInline));
  facts.set_members(Fact::script_marks, std::move(marks));
}

void add_page_facts(const Page& page, const Url& url, FactChanges& facts) {
  facts.set(Fact::title, page.title);
  facts.set(Fact::language, page.language);
  if (const auto value = text_fingerprint(page.text)) {
    facts.set(Fact::text_fingerprint, print_fingerprint(*value));
  }
  if (page.shape) facts.set(Fact::shape_fingerprint, print_fingerprint(*page.shape));
  std::vector<std::string> actions;
  for (const auto& form : page.forms) {
    if (form.action) actions.push_back(without_query(*form.action));
  }
  facts.set_members(Fact::form_actions, std::move(actions));
  facts.set_members(Fact::frames, page.frames);
  facts.set_members(Fact::fields, page.fields);
  add_script_facts(page, url, facts);
}

}  // namespace

Body read_body(const Spec& spec,
               const HttpReply& http,
               const Url& url,
               const EdgeReading& edge,
               bool status_is_expected) {
  Body body;
  read_texts(body, http, url);
  if (!spec.expect_text.empty()) {
    body.likeness = holds(http, body, spec.expect_text) ? Likeness::ours : Likeness::lacking;
  }
  for (const auto& text : spec.reject_text) {
    if (body.rejected.empty() && holds(http, body, text)) body.rejected = text;
  }
  body.body_class = classify(
      body, {.http = http, .url = url, .edge = edge, .status_is_expected = status_is_expected});
  if (body.withdrawn.empty()) body.withdrawn = body.words.phrase(withdrawn);
  const bool is_site = body.likeness == Likeness::ours || body.text.size() > kShortPage;
  if (body.body_class == BodyClass::normal && !body.json && is_site) {
    std::erase_if(body.words.claims,
                  [](const Claim& claim) { return !is_one_of(claim.what, kOnHealthyPages); });
  }
  return body;
}

FactChanges body_facts(const Body& body, const Url& url) {
  FactChanges facts;
  facts.set(Fact::body_class, std::string(print(body.body_class)));
  facts.set_members(Fact::words, body.words.names());
  facts.set(Fact::withdrawn, fold(body.withdrawn, 200));
  if (body.body_class != BodyClass::normal) {
    facts.set(Fact::text, fold(body.text, 600));
  } else if (has_any(body.words, {withdrawn, maintenance, precaution, security})) {
    std::string said;
    for (const auto& claim : body.words.claims)
      said += (said.empty() ? "" : " … ") + claim.phrase;
    facts.set(Fact::text, fold(said, 600));
  }
  if (body.page) add_page_facts(*body.page, url, facts);
  if (body.json) facts.set_members(Fact::json_keys, body.json->keys);
  return facts;
}

std::size_t bytes_of(const Body& body) {
  std::size_t sum = sizeof(body) + body.text.size();
  for (const auto& claim : body.words.claims)
    sum += sizeof(claim) + claim.phrase.size();
  if (body.json) {
    sum += bytes_of_texts(body.json->keys);
    for (const auto& leaf : body.json->leaves)
      sum += sizeof(leaf) + leaf.path.size() + leaf.value.size();
  }
  return body.page ? sum + bytes_of(*body.page) : sum;
}

std::string say_of(const Body& body, std::size_t bytes_max) {
  if (!body.withdrawn.empty() && body.json) return fold(body.withdrawn, bytes_max);
  if (body.page && !body.page->headings.empty()) return fold(body.page->headings, bytes_max);
  if (!body.text.empty()) return fold(body.text, bytes_max);
  return body.page ? fold(body.page->title, bytes_max) : std::string();
}

}  // namespace bw
