// SPDX-License-Identifier: Apache-2.0
#include "probes/script.h"

#include "probes/script_text.h"
#include "probes/script_words.h"
#include "probes/text.h"
#include "probes/word_search.h"

#include <openssl/sha.h>

#include <algorithm>
#include <array>

namespace bw {
namespace {

constexpr std::size_t kOriginsMax = 20;
constexpr std::size_t kSendsMax = 8;
constexpr std::size_t kPlacesMax = 4096;  // of one kind of word in one script
constexpr std::size_t kHexRun = 8;
constexpr std::size_t kAddressMax = 512;    // bytes
constexpr std::size_t kAddressesMax = 512;  // that are looked into
constexpr std::size_t kBeside = 220;        // bytes between a call and the address that it gets
constexpr std::size_t kTogether = 4096;     // bytes of code that one purpose takes
constexpr std::size_t kNameFlow = 2048;  // between an address that gets a name and the name's use

bool is_hex(char c) {
  const auto low = static_cast<char>(c | 0x20);
  return (c >= '0' && c <= '9') || (low >= 'a' && low <= 'f');
}
bool is_name_char(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
         c == '$';
}
bool is_quote(char c) {
  return c == '"' || c == '\'' || c == '`';
}

const WordSearch& word_search() {
  static const auto kSearch = [] {
    std::vector<std::string_view> words;
    for (const auto& row : script_words())
      words.push_back(row.text);
    return WordSearch(words);
  }();
  return kSearch;
}

bool continues_name(std::string_view text, std::size_t at) {
  return at > 0 && is_name_char(text[at - 1]);
}

// What was found there is the word that it looks like.
bool is_word_at(std::string_view text, std::size_t at, const ScriptWordRow& row) {
  if (row.is_call && continues_name(text, at)) return false;
  if (row.word == ScriptWord::obfuscated) {
    return at + 3 < text.size() && is_hex(text[at + 3]) && !continues_name(text, at);
  }
  // Opening a window is no sending.
  return row.text != ".open(" || !text.substr(0, at).ends_with("window");
}

// Where each kind of word stands, in order.
class Places {
 public:
  explicit Places(const ScriptText& script) {
    const std::string_view text = script.text;
    word_search().each(text, [&](std::size_t word, std::size_t begin) {
      const auto& row = script_words()[word];
      if (!is_word_at(text, begin, row)) return;
      auto& list = of_.at(static_cast<std::size_t>(row.word));
      if (list.size() < kPlacesMax) list.push_back(begin);
    });
    for (auto& list : of_)
      std::ranges::sort(list);
  }
  [[nodiscard]] const std::vector<std::size_t>& of(ScriptWord word) const {
    return of_.at(static_cast<std::size_t>(word));
  }
  [[nodiscard]] bool has(ScriptWord word) const { return !of(word).empty(); }
  [[nodiscard]] bool near(ScriptWord word, std::size_t at, std::size_t distance) const {
    const auto first = std::ranges::lower_bound(of(word), at - std::min(at, distance));
    return first != of(word).end() && *first <= at + distance;
  }

 private:
  std::array<std::vector<std::size_t>, kScriptWords> of_;
};

// An address that stands in the code as text.
struct Address {
  std::size_t at = 0;  // of its first character
  std::size_t end = 0;
  Url url;
};

std::optional<Address> address_at(std::string_view text, std::size_t at) {
  const auto rest = text.substr(at, kAddressMax);
  const auto length = std::min(rest.find_first_of("'\"`\\ \t\r\n<>;,)}{"), rest.size());
  std::string written(rest.substr(0, length));
  if (written.starts_with("//")) written.insert(0, "https:");
  if (written.starts_with("ws")) written.replace(0, 2, "http");  // and "wss" is "https"
  auto url = parse_url(written);
  if (!url || !url->host.contains('.')) return std::nullopt;
  return Address{.at = at, .end = at + length, .url = std::move(*url)};
}

std::vector<Address> addresses(std::string_view text, const Places& places) {
  std::vector<Address> list;
  for (const auto word : {ScriptWord::url, ScriptWord::url_without_scheme}) {
    for (const auto place : places.of(word)) {
      const auto at = place + (word == ScriptWord::url ? 0 : 1);
      if (list.size() >= kAddressesMax) return list;
      if (auto address = address_at(text, at)) list.push_back(std::move(*address));
    }
  }
  return list;
}

void sort_set(std::vector<std::string>& list, std::size_t most) {
  std::ranges::sort(list);
  const auto repeated = std::ranges::unique(list);
  list.erase(repeated.begin(), repeated.end());
  if (list.size() > most) list.resize(most);
}

// The name that an address is given, as in "host='https://...'"; or nothing.
std::string_view name_given(std::string_view text, std::size_t at) {
  auto before = text.substr(0, at);
  if (before.empty() || !is_quote(before.back())) return {};
  before.remove_suffix(1);
  const auto trim_end = [&] {
    while (before.ends_with(' '))
      before.remove_suffix(1);
  };
  trim_end();
  if (!before.ends_with('=') && !before.ends_with(':')) return {};
  before.remove_suffix(1);
  trim_end();
  std::size_t length = 0;
  while (length < before.size() && length < 64 && is_name_char(before[before.size() - 1 - length]))
    ++length;
  return before.substr(before.size() - length);
}

// A sending call near that has the name among what it gets.
bool is_sent_by_name(std::string_view text, const Places& places, const Address& address) {
  constexpr std::size_t kArguments = 80;
  const auto name = name_given(text, address.at);
  if (name.empty()) return false;
  for (const auto word : {ScriptWord::sending, ScriptWord::picture}) {
    const auto& list = places.of(word);
    auto call = std::ranges::lower_bound(list, address.at - std::min(address.at, kNameFlow));
    for (; call != list.end() && *call <= address.at + kNameFlow; ++call) {
      const auto arguments = text.substr(*call, kArguments);
      for (auto at = arguments.find(name); at < arguments.size();
           at = arguments.find(name, at + 1)) {
        const bool begins = at == 0 || !is_name_char(arguments[at - 1]);
        const auto after = at + name.size();
        if (begins && (after >= arguments.size() || !is_name_char(arguments[after]))) return true;
      }
    }
  }
  return false;
}

// Data is added to it: "...gif?id='+data" or "`...?${data}`"; code that is loaded gets none.
bool takes_data(std::string_view text, const Address& address) {
  const auto after = text.substr(address.end, 3);
  const bool is_added = after.contains('+') || after.starts_with("{");
  return is_added && !address.url.path.ends_with(".js") && !address.url.path.ends_with(".css");
}

bool is_sent_to(std::string_view text, const Places& places, const Address& address) {
  if (places.near(ScriptWord::sending, address.at, kBeside)) return true;
  if (places.near(ScriptWord::picture, address.at, kBeside) && takes_data(text, address)) {
    return true;
  }
  return is_sent_by_name(text, places, address);
}

bool is_stranger(const Url& url, const ScriptPlace& place) {
  return !(place.page && is_same_site(url, *place.page)) &&
         !(place.script && is_same_site(url, *place.script));
}

// Reads what visitors typed, in the same piece of code or, where code and addresses are hidden,
// anywhere.
bool takes_fields(const Places& places, std::size_t at, std::size_t distance) {
  const auto near = [&](ScriptWord word) { return places.near(word, at, distance); };
  if (near(ScriptWord::sweep)) return true;
  return (near(ScriptWord::field) || near(ScriptWord::key_event)) && near(ScriptWord::value);
}

// The script sends something to the address. Nobody hides an address that may be seen, so that one
// that stood hidden needs no call beside it; one without quotes is in a comment or a sentence.
bool is_destination(const ScriptText& script,
                    const Places& places,
                    const Address& address,
                    bool is_hidden) {
  if (is_hidden) return true;
  const std::string_view text = script.text;
  const bool is_text = address.at > 0 && is_quote(text[address.at - 1]);
  return is_text && is_sent_to(text, places, address);
}

// For a list of which sort_set keeps at most `most`: the same origin may come many times.
void add_origin(std::vector<std::string>& list, const std::string& origin, std::size_t most) {
  if (list.size() < 10 * most) list.push_back(origin);
}

void read_addresses(const ScriptText& script,
                    const Places& places,
                    const ScriptPlace& place,
                    ScriptReading& reading) {
  const std::string_view text = script.text;
  const bool is_masked = places.has(ScriptWord::obfuscated);
  for (const auto& address : addresses(text, places)) {
    const auto origin = origin_of(address.url);
    add_origin(reading.origins, origin, kOriginsMax);
    if (!is_stranger(address.url, place)) continue;
    const bool is_hidden = script.is_hidden(address.at);
    if (!is_destination(script, places, address, is_hidden)) continue;
    add_origin(reading.sends_to, origin, kSendsMax);
    const auto distance = is_hidden || is_masked ? text.size() : kTogether;
    if (!takes_fields(places, address.at, distance)) continue;
    add_origin(reading.takes_to, origin, kSendsMax);
  }
  sort_set(reading.origins, kOriginsMax);
  sort_set(reading.sends_to, kSendsMax);
  sort_set(reading.takes_to, kSendsMax);
}

// How deep in blocks a place stands: 0 and 1 run for every visitor, as the page loads.
std::size_t depth_at(std::string_view text, std::size_t at) {
  std::size_t depth = 0;
  for (const char c : text.substr(0, at)) {
    if (c == '{') ++depth;
    if (c == '}' && depth > 0) --depth;
  }
  return depth;
}

// Speaks to visitors as one who broke in: in words that only such people use, or in whole sentences
// about breaking in that everybody gets to see as the page loads.
bool boasts(std::string_view text, const Places& places) {
  constexpr std::size_t kSentence = 400;
  constexpr std::ptrdiff_t kBlanks = 4;
  constexpr std::size_t kDialogsMax = 50;
  for (const auto brag : places.of(ScriptWord::brag)) {
    if (places.near(ScriptWord::dialog, brag, kSentence) ||
        places.near(ScriptWord::writes, brag, kSentence))
      return true;
  }
  std::size_t count = 0;
  for (const auto at : places.of(ScriptWord::dialog)) {
    if (++count > kDialogsMax) break;
    const auto begin = std::min(text.find('(', at) + 1, text.size());
    if (begin >= text.size() || !is_quote(text[begin])) continue;
    const auto said = text.substr(begin + 1, text.substr(begin + 1, kSentence).find(text[begin]));
    const auto& words = places.of(ScriptWord::intrusion);
    const auto word = std::ranges::lower_bound(words, begin);
    const bool is_about_it =
        word != words.end() && *word < begin + 1 + std::min(said.size(), kSentence);
    if (is_about_it && std::ranges::count(said.substr(0, kSentence), ' ') >= kBlanks &&
        depth_at(text, at) <= 1)
      return true;
  }
  return false;
}

std::vector<std::string> traits_of(const ScriptText& script,
                                   const Places& places,
                                   const ScriptReading& reading) {
  using enum ScriptWord;
  std::vector<std::string> traits;
  const auto add = [&](std::string_view trait, bool is_shown) {
    if (is_shown) traits.emplace_back(trait);
  };
  const bool has_network = places.has(network) || places.has(sending) || places.has(picture);
  add("eval", places.has(eval));
  add("checkout_gate", places.has(where_am_i) && places.has(checkout));
  add("timers", places.has(timer));
  add("form_sweep", places.has(sweep));
  add("form_trigger", places.has(trigger));
  add("hex_strings", script.hex_escapes >= kHexRun);
  add("network", has_network);
  add("card_words", places.has(field));
  add("key_log", places.has(key_event) && places.has(value));
  add("obfuscated_names", places.has(obfuscated));
  add("base64", places.has(base64));
  add("char_codes", places.has(char_codes));
  add("storage", places.has(storage));
  add("devtools_check", places.has(devtools));
  add("sends_elsewhere", !reading.takes_to.empty());
  add("wallet_drain", places.has(wallet) || (places.has(wallet_secret) && has_network));
  add("boast", boasts(script.text, places));
  std::ranges::sort(traits);
  return traits;
}

// A string's content that looks like made by a machine for this visit: long, without spaces or the
// punctuation of addresses, with digits in it.
bool is_token(std::string_view text) {
  return text.size() >= 12 && text.find_first_of(" /.:<>(){}") == std::string_view::npos &&
         text.find_first_of("0123456789") != std::string_view::npos;
}

// Length of the token in quotes that starts at the front, or 0.
std::size_t token_length(std::string_view text) {
  if (!text.starts_with('"') && !text.starts_with('\'')) return 0;
  const auto content = text.substr(1, text.substr(1).find_first_of("\"'\n"));
  return content.size() + 1 < text.size() && is_token(content) ? content.size() : 0;
}

// Strings that look like tokens and all numbers become one "0", white space goes.
std::string steady_source(std::string_view source) {
  std::string out;
  while (!source.empty()) {
    const char c = source.front();
    const auto token = token_length(source);
    source.remove_prefix(1 + token);
    const bool is_space = c == ' ' || (c >= '\t' && c <= '\r');
    const bool is_digit = c >= '0' && c <= '9';
    const bool is_repeated = is_digit && out.ends_with('0');
    if (!is_space && !is_repeated) out += is_digit ? '0' : c;
    if (token > 0) out += '0';
  }
  return out;
}

}  // namespace

bool ScriptReading::has(std::string_view trait) const {
  return std::ranges::find(traits, trait) != traits.end();
}

ScriptReading read_script(std::string_view source, const ScriptPlace& place) {
  ScriptReading reading;
  const auto script = undo_hiding(source);
  const Places places(script);
  read_addresses(script, places, place, reading);
  reading.traits = traits_of(script, places, reading);
  return reading;
}

namespace {

bool hides(const ScriptReading& reading) {
  const bool is_masked = reading.has("obfuscated_names") || reading.has("hex_strings");
  const bool takes = reading.has("form_sweep") || reading.has("card_words");
  return is_masked && takes && reading.has("network");
}

}  // namespace

bool is_suspect(const ScriptReading& reading) {
  return reading.has("sends_elsewhere") || reading.has("wallet_drain") || reading.has("boast") ||
         hides(reading);
}

std::vector<std::string> script_marks(const ScriptReading& reading, std::string_view from) {
  std::vector<std::string> marks;
  const std::string source(from);
  marks.reserve(reading.takes_to.size());
  const auto sends = "sends:" + source + ">";
  for (const auto& to : reading.takes_to)
    marks.push_back(sends + to);
  if (hides(reading)) marks.push_back("hides:" + source);
  if (reading.has("wallet_drain")) marks.push_back("drains:" + source);
  if (reading.has("boast")) marks.push_back("boasts:" + source);
  return marks;
}

std::string script_hash(std::string_view source) {
  const auto steady = steady_source(source);
  std::array<unsigned char, SHA256_DIGEST_LENGTH> digest{};
  SHA256(reinterpret_cast<const unsigned char*>(steady.data()), steady.size(), digest.data());
  constexpr std::string_view kHex = "0123456789abcdef";
  std::string text;
  for (std::size_t i = 0; i < 6; ++i)
    text += {kHex[digest.at(i) >> 4], kHex[digest.at(i) & 15]};
  return text;
}

}  // namespace bw
