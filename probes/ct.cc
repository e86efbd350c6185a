// SPDX-License-Identifier: Apache-2.0
#include "probes/catalog.h"
#include "probes/escape.h"
#include "probes/feed_json.h"
#include "probes/json_look.h"
#include "probes/text.h"

#include <algorithm>
#include <array>

// Reads from a monitor of certificate transparency logs (RFC 9162) which authorities issued
// certificates for a domain and its names: Cert Spotter's issuances API. Issuances come oldest
// first, a page at a time; an empty page is the last.
namespace bw {
namespace {

using nlohmann::json;

constexpr std::string_view kCertSpotter = "https://api.certspotter.com";
constexpr int kPagesMax = 16;
constexpr std::size_t kIssuersMax = 64;
constexpr std::size_t kNewestMax = 8;  // issuances that are told one by one
constexpr std::size_t kNamesMax = 4;   // of each
constexpr std::size_t kIssuerBytesMax = 80;
constexpr std::size_t kNameBytesMax = 255;
constexpr std::size_t kIdBytesMax = 40;
constexpr std::array kSettings = std::to_array<Setting>({
    {.key = "domain",
     .type = "text",
     .is_required = true,
     .about = "registered domain; its names below are included"},
    {.key = "server",
     .type = "url",
     .about = "base of a Cert Spotter API; default https://api.certspotter.com"},
    {.key = "headers", .type = "table of text", .about = "such as Authorization = \"${TOKEN}\""},
    {.key = "ca_file", .type = "text", .about = "trust these roots (PEM) instead of the system's"},
    {.key = "body_bytes_max", .type = "integer", .about = "of one page; at least 4194304"},
});

Ask ask_page(const Spec& spec, Look& look, const std::string& after) {
  std::string path = "/v1/issuances?domain=" + percent_encode(lower(spec.host)) +
                     "&include_subdomains=true&expand=dns_names&expand=issuer";
  if (!after.empty()) path += "&after=" + percent_encode(after);
  return ask_json(spec, look, join_url(spec, kCertSpotter, path));
}

Ask begin(const Spec& spec, Look& look) {
  return ask_page(spec, look, {});
}

// The value of an attribute of a distinguished name as text: "C=US, O=Let's Encrypt, CN=R3".
std::string attribute(std::string_view name, std::string_view key) {
  const std::string start = std::string(key) + "=";
  std::size_t at = name.starts_with(start) ? 0 : name.find(", " + start);
  if (at == std::string_view::npos) return {};
  at = name.find('=', at) + 1;
  std::string value;
  bool is_quoted = false;
  for (; at < name.size(); ++at) {
    const char c = name[at];
    if (c == '"') {
      is_quoted = !is_quoted;
    } else if (c == '\\' && at + 1 < name.size()) {
      value += name[++at];
    } else if (c == ',' && !is_quoted) {
      break;
    } else {
      value += c;
    }
  }
  return value;
}

// Authorities are known by their organisation: their intermediates come and go every few months.
std::string issuer_of(const json& issuance) {
  const auto& issuer = member_of(issuance, "issuer");
  const auto name = text_of(issuer, "name");
  std::string who = attribute(name, "O");
  if (who.empty()) who = text_of(issuer, "friendly_name");
  if (who.empty()) who = attribute(name, "CN");
  who = fold(who, kIssuerBytesMax);
  std::ranges::replace(who, ' ', '_');
  std::ranges::replace(who, '|', '_');
  return who;
}

std::vector<std::string> names_of(const json& issuance, const std::string& domain) {
  std::vector<std::string> names;
  for (const auto& entry : list_of(issuance, "dns_names")) {
    if (!entry.is_string()) continue;
    auto name = token(lower(entry.get<std::string>()), kNameBytesMax);
    std::erase(name, ',');
    std::erase(name, '|');
    if (name == domain || name.ends_with("." + domain)) names.push_back(std::move(name));
  }
  return names;
}

std::string print_issuance(const std::string& issuer, Time begin, std::vector<std::string> names) {
  std::string text = issuer + "|" + print_time(begin) + "|";
  const std::size_t left = names.size() - std::min(names.size(), kNamesMax);
  names.resize(names.size() - left);
  for (std::size_t i = 0; i < names.size(); ++i)
    text += (i == 0 ? "" : ",") + names[i];
  if (left > 0) text += ",+" + std::to_string(left);
  return text;
}

std::vector<std::string> strings(std::string_view set) {
  const auto list = members(set);
  return {list.begin(), list.end()};
}

// What the look has gathered so far: issuers in its facts, the newest issuances in `kept`, in their
// order.
void gather(const Spec& spec, Look& look, const json& page, Time now) {
  auto issuers = strings(look.facts.get(Fact::logged_issuers));
  auto newest = strings(look.kept);
  const auto domain = lower(spec.host);
  for (const auto& issuance : page) {
    const auto ends = time_of(issuance, "not_after");
    const auto begins = time_of(issuance, "not_before");
    auto names = names_of(issuance, domain);
    auto issuer = issuer_of(issuance);
    if (!ends || !begins || *ends < now || names.empty() || issuer.empty()) continue;
    newest.push_back(print_issuance(issuer, *begins, std::move(names)));
    if (std::ranges::find(issuers, issuer) == issuers.end() && issuers.size() < kIssuersMax)
      issuers.push_back(std::move(issuer));
  }
  const std::size_t old = newest.size() - std::min(newest.size(), kNewestMax);
  newest.erase(newest.begin(), newest.begin() + static_cast<std::ptrdiff_t>(old));
  look.kept.clear();
  for (const auto& one : newest)
    look.kept += (look.kept.empty() ? "" : " ") + one;
  look.facts.set_members(Fact::logged_issuers, std::move(issuers));
}

Finding finish(const Look& look) {
  Finding finding;
  finding.facts = look.facts;
  finding.facts.set_members(Fact::issuances, strings(look.kept));
  return finding;
}

Step read(const Spec& spec, Look& look, const Reply& reply, Time now) {
  auto step = read_json_reply(spec, look, reply);
  if (auto* ask = std::get_if<Ask>(&step)) return std::move(*ask);
  if (auto* finding = std::get_if<Finding>(&step)) return std::move(*finding);
  const auto& page = std::get<json>(step);
  if (!page.is_array()) return other_than_asked("a list of issuances");
  if (page.empty()) return finish(look);
  gather(spec, look, page, now);
  const auto last = text_of(page.back(), "id");
  if (last.empty() || last.size() > kIdBytesMax) return other_than_asked("issuances with ids");
  if (++look.step < kPagesMax) return ask_page(spec, look, last);
  auto finding = finish(look);
  finding.outcome = Outcome::degraded;
  finding.note = "more certificates are logged than are read: the newest are not seen";
  return finding;
}

}  // namespace

const ProbeKind kinds::ct{.name = "ct",
                          .about = "reads which authorities logged certificates for a domain",
                          .settings = kSettings,
                          .is_sensor = true,
                          .interval = std::chrono::minutes{15},
                          .interval_min = std::chrono::minutes{5},
                          .begin = begin,
                          .read = read};

}  // namespace bw
