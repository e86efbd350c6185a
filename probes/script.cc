// SPDX-License-Identifier: Apache-2.0
#include "probes/script.h"

#include "probes/text.h"
#include "probes/url.h"

#include <openssl/sha.h>

#include <algorithm>
#include <array>
#include <optional>

namespace bw {
namespace {

constexpr std::size_t kOriginsMax = 20;
constexpr std::size_t kStrongFrom = 12;  // position in kTraits from which one trait is enough
constexpr std::size_t kTogether = 3;

bool is_hex(char c) {
  const auto low = static_cast<char>(c | 0x20);
  return (c >= '0' && c <= '9') || (low >= 'a' && low <= 'f');
}
bool is_name_char(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}
int hex_value(char c) {
  return c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10;
}

// The character that "\\x66" or "\\u0066" at the front stands for, and how long that is; 0:
// neither.
struct Escape {
  std::size_t bytes = 0;
  int code = 0;
};
Escape escape_at(std::string_view text) {
  const std::size_t digits = text.starts_with("\\x") ? 2 : text.starts_with("\\u") ? 4 : 0;
  if (digits == 0 || text.size() < digits + 2) return {};
  Escape escape{.bytes = digits + 2};
  for (const char c : text.substr(2, digits)) {
    if (!is_hex(c)) return {};
    escape.code = escape.code * 16 + hex_value(c);
  }
  return escape;
}

// Escapes as what they stand for, where that is ASCII.
std::string unescape(std::string_view source, int& hex_escapes) {
  std::string out;
  out.reserve(source.size());
  while (!source.empty()) {
    const auto escape = escape_at(source);
    if (escape.bytes == 0) {
      out += source.front();
    } else {
      out += escape.code >= 0x20 && escape.code < 0x7f ? static_cast<char>(escape.code) : '?';
      hex_escapes += escape.bytes == 4 ? 1 : 0;
    }
    source.remove_prefix(std::max<std::size_t>(escape.bytes, 1));
  }
  return out;
}

bool has_any(std::string_view text, std::initializer_list<std::string_view> words) {
  return std::ranges::any_of(words, [text](auto word) { return text.contains(word); });
}

// `word` not as the end of a longer name: "eval(" but not "retrieval(".
bool has_call(std::string_view text, std::string_view word) {
  for (auto at = text.find(word); at < text.size(); at = text.find(word, at + 1)) {
    if (at == 0 || !is_name_char(text[at - 1])) return true;
  }
  return false;
}

bool has_obfuscated_name(std::string_view text) {
  for (auto at = text.find("_0x"); at < text.size(); at = text.find("_0x", at + 1)) {
    if (at + 3 < text.size() && is_hex(text[at + 3])) return true;
  }
  return false;
}

// The text is in lower case and without escapes.
struct Trait {
  std::string_view name;
  bool (*is_shown)(std::string_view text);
};
constexpr auto kTraits = std::to_array<Trait>({
    {.name = "eval",
     .is_shown =
         [](std::string_view t) {
           return has_call(t, "eval(") || has_call(t, "function(\"") || t.contains("new function(");
         }},
    {.name = "checkout_gate",
     .is_shown =
         [](std::string_view t) {
           return has_any(t, {"location", "referrer", ".href"}) &&
                  has_any(t, {"checkout", "payment", "onepage", "onestep", "billing", "/cart"});
         }},
    {.name = "timers",
     .is_shown = [](std::string_view t) { return has_any(t, {"settimeout(", "setinterval("}); }},
    {.name = "form_sweep",
     .is_shown =
         [](std::string_view t) {
           return has_any(t,
                          {"formdata(",
                           ".serialize(",
                           ".serializearray(",
                           "input,select",
                           "input, select",
                           "getelementsbytagname('input",
                           "getelementsbytagname(\"input",
                           "queryselectorall('input",
                           "queryselectorall(\"input",
                           "form.elements",
                           "input[type=password]",
                           "input[type=\"password",
                           "input[name=",
                           "input[id="});
         }},
    {.name = "hex_strings", .is_shown = nullptr},  // counted while unescaping
    {.name = "network",
     .is_shown =
         [](std::string_view t) {
           return has_any(t,
                          {"xmlhttprequest",
                           "fetch(",
                           "sendbeacon(",
                           "websocket(",
                           "new image",
                           "$.post(",
                           "$.ajax(",
                           ".src=",
                           ".src =",
                           "attr('src'",
                           "attr(\"src\""});
         }},
    {.name = "card_words",
     .is_shown =
         [](std::string_view t) {
           return has_any(t,
                          {"cardnumber",
                           "card_number",
                           "card-number",
                           "cc_number",
                           "ccnumber",
                           "cc-number",
                           "cc_num",
                           "cvv",
                           "cvc",
                           "cc_cid",
                           "expiry",
                           "exp_month",
                           "expmonth"});
         }},
    {.name = "obfuscated_names", .is_shown = has_obfuscated_name},
    {.name = "base64",
     .is_shown =
         [](std::string_view t) { return has_any(t, {"atob(", "btoa(", "base64", ".b64("}); }},
    {.name = "char_codes",
     .is_shown = [](std::string_view t) { return has_any(t, {"fromcharcode", "charcodeat("}); }},
    {.name = "storage",
     .is_shown =
         [](std::string_view t) {
           return has_any(t, {"localstorage", "sessionstorage", "document.cookie"});
         }},
    {.name = "devtools_check",
     .is_shown =
         [](std::string_view t) {
           return has_any(t,
                          {"firebug",
                           "devtools",
                           "outerwidth-window.innerwidth",
                           "outerwidth - window.innerwidth",
                           "debugger;"});
         }},
    {.name = "wallet_drain",
     .is_shown =
         [](std::string_view t) {
           return has_any(t,
                          {"eth_sendtransaction",
                           "setapprovalforall",
                           "eth_signtypeddata",
                           "approvemax"}) ||
                  (has_any(t,
                           {"mnemonic",
                            "seed phrase",
                            "textarea[name=phrase",
                            "privatekey",
                            "input[name=key"}) &&
                   has_any(t, {"post(", "fetch(", "send("}));
         }},
    {.name = "boast",
     .is_shown =
         [](std::string_view t) {
           return has_any(t, {"alert(", "document.write(", "innerhtml"}) &&
                  has_any(t,
                          {"hacked by",
                           "been hacked",
                           "defaced by",
                           "owned by",
                           "pwned",
                           "security breach",
                           "breach lookup",
                           "was here"});
         }},
});
static_assert(kTraits[kStrongFrom].name == "wallet_drain");

std::vector<std::string> named_origins(std::string_view text) {
  std::vector<std::string> origins;
  for (auto at = text.find("://"); at < text.size(); at = text.find("://", at + 3)) {
    const auto begin = text.substr(0, at).ends_with("https") ? at - 5 : at < 4 ? at : at - 4;
    const auto end = text.find_first_of("/'\"`\\ \t\r\n<>;,)}?#", at + 3);
    if (auto url = parse_url(text.substr(begin, std::min(end, text.size()) - begin))) {
      origins.push_back(origin_of(*url));
    }
    if (origins.size() >= 10 * kOriginsMax) break;
  }
  std::ranges::sort(origins);
  const auto repeated = std::ranges::unique(origins);
  origins.erase(repeated.begin(), repeated.end());
  if (origins.size() > kOriginsMax) origins.resize(kOriginsMax);
  return origins;
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

ScriptReading read_script(std::string_view source) {
  constexpr int kHexRun = 8;
  ScriptReading reading;
  int escapes = 0;
  const auto text = lower(unescape(source, escapes));
  for (const auto& trait : kTraits) {
    const bool is_shown = trait.is_shown == nullptr ? escapes >= kHexRun : trait.is_shown(text);
    if (is_shown) reading.traits.emplace_back(trait.name);
  }
  std::ranges::sort(reading.traits);
  reading.origins = named_origins(text);
  return reading;
}

bool is_suspect(const ScriptReading& reading) {
  if (reading.traits.size() >= kTogether) return true;
  return std::any_of(kTraits.begin() + kStrongFrom, kTraits.end(), [&reading](const Trait& trait) {
    return std::ranges::find(reading.traits, trait.name) != reading.traits.end();
  });
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
