// SPDX-License-Identifier: Apache-2.0
#include "probes/catalog.h"
#include "probes/escape.h"
#include "probes/feed_json.h"
#include "probes/json_look.h"
#include "probes/text.h"

#include <algorithm>
#include <array>
#include <span>

// Reads a domain's registration from its registry by RDAP (RFC 9083): who keeps it, under which
// locks, where it is delegated to, and until when.
namespace bw {
namespace {

using nlohmann::json;

// Redirects to the registry that IANA's bootstrap (RFC 9224) names for the domain.
constexpr std::string_view kAnyRegistry = "https://rdap.org";
constexpr std::size_t kMembersMax = 64;
constexpr std::size_t kWordBytesMax = 60;
constexpr std::size_t kNameBytesMax = 255;  // RFC 1035 2.3.4
constexpr std::size_t kRegistrarBytesMax = 120;
constexpr std::size_t kNoteBytesMax = 300;
constexpr std::array kLockable = std::to_array<std::string_view>({"transfer", "update", "delete"});
// Statuses that take the domain out of the zone, or are about to (RFC 8056).
constexpr std::array kDark = std::to_array<std::string_view>(
    {"client-hold", "server-hold", "redemption-period", "pending-delete"});
constexpr std::array kSettings = std::to_array<Setting>({
    {.key = "domain", .type = "text", .is_required = true, .about = "registered domain to ask for"},
    {.key = "server",
     .type = "url",
     .about = "base of the registry's RDAP service; default https://rdap.org, which redirects"},
    {.key = "warn_before",
     .type = "duration",
     .about = "degraded when the registration ends sooner"},
    {.key = "ca_file", .type = "text", .about = "trust these roots (PEM) instead of the system's"},
});

Ask begin(const Spec& spec, Look& look) {
  const auto path = "/domain/" + percent_encode(lower(spec.host));
  return ask_json(spec, look, join_url(spec, kAnyRegistry, path), "application/rdap+json");
}

// "Client Transfer Prohibited", "clientTransferProhibited": both are "client-transfer-prohibited".
std::string word_of(std::string_view status) {
  std::string word;
  for (const char c : fold(status, kWordBytesMax)) {
    const bool is_upper = c >= 'A' && c <= 'Z';
    const bool is_gap = c == ' ' || c == '_' || c == '-';
    if ((is_upper || is_gap) && !word.empty() && word.back() != '-') word += '-';
    if (!is_gap) word += is_upper ? static_cast<char>(c - 'A' + 'a') : c;
  }
  return word;
}

bool has(std::span<const std::string> words, std::string_view word) {
  return std::ranges::find(words, word) != words.end();
}

// A status said in capitals only is still a status.
std::vector<std::string> statuses_of(const json& document) {
  std::vector<std::string> words;
  for (const auto& status : list_of(document, "status")) {
    if (words.size() == kMembersMax) break;
    if (!status.is_string()) continue;
    const auto text = status.get<std::string>();
    const bool has_lower = std::ranges::any_of(text, [](char c) { return c >= 'a' && c <= 'z'; });
    words.push_back(word_of(has_lower ? text : lower(text)));
  }
  return words;
}

std::vector<std::string> unlocked(std::span<const std::string> statuses) {
  std::vector<std::string> open;
  for (const auto what : kLockable) {
    const auto lock = "-" + std::string(what) + "-prohibited";
    if (!has(statuses, "client" + lock) && !has(statuses, "server" + lock)) open.emplace_back(what);
  }
  return open;
}

// The formatted name of a jCard (RFC 7095): ["vcard", [["fn", {}, "text", "Anvil"], ...]].
std::string name_of_card(const json& card) {
  if (!card.is_array() || card.size() < 2 || !card[1].is_array()) return {};
  for (const auto& property : card[1]) {
    const bool is_name = property.is_array() && property.size() >= 4 && property[0].is_string() &&
                         property[0].get<std::string>() == "fn" && property[3].is_string();
    if (is_name) return fold(property[3].get<std::string>(), kRegistrarBytesMax);
  }
  return {};
}

std::string registrar_of(const json& document) {
  for (const auto& entity : list_of(document, "entities")) {
    const auto& roles = list_of(entity, "roles");
    const bool is_registrar = std::ranges::any_of(
        roles, [](const json& role) { return role.is_string() && role == "registrar"; });
    if (!is_registrar) continue;
    auto name = name_of_card(member_of(entity, "vcardArray"));
    return name.empty() ? fold(text_of(entity, "handle"), kRegistrarBytesMax) : name;
  }
  return {};
}

std::vector<std::string> delegation_of(const json& document) {
  std::vector<std::string> servers;
  for (const auto& server : list_of(document, "nameservers")) {
    if (servers.size() == kMembersMax) break;
    auto name = token(lower(text_of(server, "ldhName")), kNameBytesMax);
    while (name.ends_with('.'))
      name.pop_back();
    if (!name.empty()) servers.push_back(std::move(name));
  }
  return servers;
}

std::optional<Time> event_of(const json& document, std::string_view action) {
  for (const auto& event : list_of(document, "events")) {
    if (lower(text_of(event, "eventAction")) == action) return time_of(event, "eventDate");
  }
  return std::nullopt;
}

Finding heard(const Spec& spec, const json& document, Time now) {
  Finding finding;
  auto& facts = finding.facts;
  const auto statuses = statuses_of(document);
  facts.set(Fact::registrar, registrar_of(document));
  facts.set_members(Fact::registry_status, statuses);
  // Where no status at all is published, nothing is known about locks.
  if (!statuses.empty()) facts.set_members(Fact::registry_unlocked, unlocked(statuses));
  facts.set_members(Fact::delegation, delegation_of(document));
  const auto& is_signed = member_of(member_of(document, "secureDNS"), "delegationSigned");
  if (is_signed.is_boolean()) {
    facts.set(Fact::delegation_signed, is_signed.get<bool>() ? "yes" : "no");
  }
  const auto changed = event_of(document, "last changed");
  if (changed) facts.set(Fact::registry_changed, print_time(*changed));
  const auto expires = event_of(document, "expiration");
  if (expires) facts.set(Fact::registry_expires, print_time(*expires));
  const auto* const dark =
      std::ranges::find_if(kDark, [&](auto word) { return has(statuses, word); });
  if (dark != kDark.end()) {
    finding.outcome = Outcome::degraded;
    finding.note = "the registration is in " + std::string(*dark);
  } else if (expires && spec.warn_before > Millis{0} && *expires - now < spec.warn_before) {
    finding.outcome = Outcome::degraded;
    finding.note =
        std::string(*expires < now ? "the registration ended on " : "the registration ends on ") +
        print_time(*expires).substr(0, 10);
  }
  finding.note = fold(finding.note, kNoteBytesMax);
  return finding;
}

Step read(const Spec& spec, Look& look, const Reply& reply, Time now) {
  auto step = read_json_reply(spec, look, reply);
  if (auto* ask = std::get_if<Ask>(&step)) return std::move(*ask);
  if (auto* finding = std::get_if<Finding>(&step)) return std::move(*finding);
  const auto& document = std::get<json>(step);
  const auto name = lower(text_of(document, "ldhName"));
  if (lower(text_of(document, "objectClassName")) != "domain" ||
      (!name.empty() && name != lower(spec.host) && name != lower(spec.host) + ".")) {
    return other_than_asked("the RDAP record of " + spec.host);
  }
  return heard(spec, document, now);
}

}  // namespace

const ProbeKind kinds::rdap{.name = "rdap",
                            .about = "reads a domain's registration: registrar, locks, delegation",
                            .settings = kSettings,
                            .is_sensor = true,
                            .interval = std::chrono::hours{6},
                            .interval_min = std::chrono::minutes{10},
                            .begin = begin,
                            .read = read};

}  // namespace bw
