// SPDX-License-Identifier: Apache-2.0
#include "probes/edge.h"

#include "probes/text.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <memory>
#include <optional>
#include <string>

namespace bw {
namespace {

constexpr std::size_t kBodyLooked = 16 << 10;

// Everything that is looked at, in lower case.
struct Seen {
  int status = 0;
  Micros wait{0};
  Time now{};
  std::vector<Header> headers;
  std::string body;

  [[nodiscard]] std::string_view header(std::string_view name) const {
    return find_header(headers, name);
  }
  [[nodiscard]] bool says(std::string_view words) const { return body.contains(words); }
  [[nodiscard]] bool says_any(std::initializer_list<std::string_view> list) const {
    return std::ranges::any_of(list, [this](auto words) { return says(words); });
  }
};

void set_party(EdgeReading& reading, Party party, std::string_view why) {
  reading.party = party;
  reading.why = fold(why, 120);
}

// ---- who answered

struct Mark {
  std::string_view header;
  std::string_view value;  // a part of it; empty: any value
  std::string_view edge;
};
constexpr auto kMarks = std::to_array<Mark>({
    {.header = "cf-ray", .value = "", .edge = "cloudflare"},
    {.header = "server", .value = "cloudflare", .edge = "cloudflare"},
    {.header = "x-served-by", .value = "cache-", .edge = "fastly"},
    {.header = "x-fastly-request-id", .value = "", .edge = "fastly"},
    {.header = "server", .value = "akamai", .edge = "akamai"},
    {.header = "x-akamai-request-id", .value = "", .edge = "akamai"},
    {.header = "akamai-grn", .value = "", .edge = "akamai"},
    {.header = "x-amz-cf-id", .value = "", .edge = "cloudfront"},
    {.header = "x-amz-cf-pop", .value = "", .edge = "cloudfront"},
    {.header = "via", .value = "cloudfront", .edge = "cloudfront"},
    {.header = "server", .value = "cloudfront", .edge = "cloudfront"},
    {.header = "x-azure-ref", .value = "", .edge = "azure-front-door"},
    {.header = "x-iinfo", .value = "", .edge = "imperva"},
    {.header = "x-cdn", .value = "imperva", .edge = "imperva"},
    {.header = "x-sucuri-id", .value = "", .edge = "sucuri"},
    {.header = "x-vercel-id", .value = "", .edge = "vercel"},
    {.header = "x-nf-request-id", .value = "", .edge = "netlify"},
    {.header = "cdn-pullzone", .value = "", .edge = "bunny"},
    {.header = "via", .value = "google", .edge = "google"},
    {.header = "x-varnish", .value = "", .edge = "varnish"},
    {.header = "via", .value = "varnish", .edge = "varnish"},
});

// "edgeworks-lon", "error from brineway-ams", "1.1 edge.example (x)": the name in it.
std::string name_in(std::string_view value) {
  constexpr auto kPlain = std::to_array<std::string_view>({"hit",
                                                           "miss",
                                                           "stale",
                                                           "error",
                                                           "expired",
                                                           "bypass",
                                                           "dynamic",
                                                           "updating",
                                                           "revalidated",
                                                           "pass",
                                                           "none",
                                                           "true",
                                                           "false",
                                                           "from"});
  value = value.substr(0, value.find(','));
  const auto space = value.find_last_of(" :");
  if (space != std::string_view::npos) value.remove_prefix(space + 1);
  value = value.substr(0, value.find_first_of("-./"));
  const bool is_name = value.size() >= 4 && value.size() <= 40 &&
                       std::ranges::all_of(value, [](char c) { return c >= 'a' && c <= 'z'; });
  if (!is_name || std::ranges::find(kPlain, value) != kPlain.end()) return {};
  return std::string(value);
}

// "x-NAME-pop" and its like.
std::string name_of_header(std::string_view header) {
  constexpr auto kTails = std::to_array<std::string_view>(
      {"-pop", "-ray", "-ref", "-node", "-action", "-edge", "-cache", "-cache-status"});
  if (!header.starts_with("x-")) return {};
  for (const auto tail : kTails) {
    if (header.size() > tail.size() + 4 && header.ends_with(tail)) {
      return name_in(header.substr(2, header.size() - 2 - tail.size()));
    }
  }
  return {};
}

void name_edge(const Seen& seen, EdgeReading& reading) {
  const auto set = [&reading](
                       std::string_view edge, std::string_view name, std::string_view value) {
    reading.edge = edge;
    reading.seen_by = fold(std::string(name) + ": " + std::string(value), 80);
  };
  for (const auto& mark : kMarks) {
    const auto value = seen.header(mark.header);
    if (!value.empty() && value.contains(mark.value)) return set(mark.edge, mark.header, value);
  }
  for (const auto* name : {"x-served-by", "x-cache", "x-cdn", "x-edge", "via"}) {
    const auto value = seen.header(name);
    if (const auto edge = name_in(value); !edge.empty()) return set(edge, name, value);
  }
  for (const auto& header : seen.headers) {
    if (const auto edge = name_of_header(header.name); !edge.empty()) {
      return set(edge, header.name, header.value);
    }
  }
  const auto server = seen.header("server");
  const bool is_edge_server = (seen.status >= 520 && seen.status <= 530) ||
                              server.ends_with("-cache") || server.ends_with("-edge") ||
                              server.ends_with("-cdn");
  if (const auto edge = name_in(server); is_edge_server && !edge.empty())
    set(edge, "server", server);
}

// ---- who failed

// RFC 9209 section 2.3: the first error parameter of the hop nearest to us that has one.
bool by_proxy_status(const Seen& seen, EdgeReading& reading) {
  const auto value = seen.header("proxy-status");
  const auto at = value.rfind("error=");
  if (at == std::string_view::npos) return false;
  const auto error = value.substr(at + 6, value.substr(at + 6).find_first_of(";, "));
  constexpr auto kOwn = std::to_array<std::string_view>({"proxy_internal_error",
                                                         "proxy_internal_response",
                                                         "proxy_configuration_error",
                                                         "proxy_loop_detected"});
  const auto why = "Proxy-Status: " + std::string(value);
  if (error.starts_with("http_request")) {
    reading.is_denial = error == "http_request_denied";
    set_party(reading, Party::edge, why);
  } else {
    set_party(
        reading, std::ranges::find(kOwn, error) != kOwn.end() ? Party::edge : Party::origin, why);
  }
  reading.is_error_page = true;
  return true;
}

// Whose fault an error is, and how that shows.
struct Blame {
  Party party = Party::unknown;
  std::string why;
};

bool is_cloudflares_firewall(const Seen& seen) {
  return seen.says_any({"attention required! | cloudflare",
                        "error code: 1020",
                        "error code: 1015",
                        "error 1020",
                        "error 1015",
                        "sorry, you have been blocked"});
}

// 502 and 504: it puts its brand on those that the origin sent.
Blame blame_for_gateway(const Seen& seen, bool is_marked) {
  const auto status = std::to_string(seen.status);
  const bool is_branded = seen.says_any({"cf-error-details", "cf-wrapper", "error code: "});
  if (is_branded && !is_marked) {
    return {.party = Party::origin,
            .why = "Cloudflare's branded " + status + ": the origin sent it"};
  }
  return {.party = Party::edge, .why = "unbranded " + status + " of Cloudflare itself"};
}

// Nothing for what Cloudflare only passed through.
std::optional<Blame> blame_by_cloudflare(const Seen& seen) {
  const auto status = std::to_string(seen.status);
  if (seen.status >= 520 && seen.status <= 526) {
    return Blame{.party = Party::origin,
                 .why = status + " is Cloudflare's word for a failing origin"};
  }
  if (seen.status == 530 && seen.says("1016")) {
    return Blame{.party = Party::origin,
                 .why = "Cloudflare error 1016: the origin's name does not resolve"};
  }
  if (seen.status == 530) return Blame{.party = Party::edge, .why = "Cloudflare error 530"};
  if (seen.says_any({"error code: 1101", "error 1101", "error code: 1102", "error 1102"})) {
    return Blame{.party = Party::edge, .why = "Cloudflare error of a Worker"};
  }
  const bool is_marked =
      !seen.header("cf-error-type").empty() || !seen.header("cf-error-origin").empty();
  if (seen.status == 502 || seen.status == 504) return blame_for_gateway(seen, is_marked);
  if (is_marked) {
    return Blame{.party = Party::edge,
                 .why = "cf-error-type: only Cloudflare's own errors carry it"};
  }
  if (seen.status >= 500 && seen.says("error code: " + status)) {
    return Blame{.party = Party::edge, .why = "Cloudflare's own plain error " + status};
  }
  return std::nullopt;
}

bool by_cloudflare(const Seen& seen, EdgeReading& reading) {
  if (reading.edge != "cloudflare") return false;
  if (is_cloudflares_firewall(seen)) {
    reading.is_denial = true;
    set_party(reading, Party::edge, "Cloudflare's firewall page");
  } else if (const auto blame = blame_by_cloudflare(seen)) {
    set_party(reading, blame->party, blame->why);
  } else {
    return false;
  }
  reading.is_error_page = true;
  return true;
}

bool by_varnish(const Seen& seen, EdgeReading& reading) {
  if (seen.says_any({"fastly error: unknown domain"})) {
    set_party(reading, Party::edge, "Fastly does not know the domain");
  } else if (seen.says_any({"guru meditation", "guru mediation"}) ||
             seen.says("backend fetch failed") ||
             (reading.edge == "fastly" &&
              seen.says_any({"first byte timeout", "backend read error", "backend unavailable"}))) {
    set_party(reading, Party::origin, "Varnish's page: the fetch from the backend failed");
  } else {
    return false;
  }
  reading.is_error_page = true;
  return true;
}

// "Reference #18.2f0a3d17.1317759963.1c2f": the third field is the error's UNIX time in decimal
// or hexadecimal; an old one is a cached error.
std::string age_of_reference(const Seen& seen, std::size_t at) {
  auto rest = std::string_view(seen.body).substr(at, 80);
  for (int field = 0; field < 2; ++field) {
    const auto dot = rest.find('.');
    if (dot == std::string_view::npos) return {};
    rest.remove_prefix(dot + 1);
  }
  const auto digits = rest.substr(0, rest.find_first_not_of("0123456789abcdef"));
  std::int64_t seconds = 0;
  const auto* const begin = std::to_address(digits.begin());
  std::from_chars(begin, begin + digits.size(), seconds, digits.size() == 8 ? 16 : 10);
  const auto age = std::chrono::floor<Seconds>(seen.now.time_since_epoch()) - Seconds(seconds);
  constexpr Seconds kFresh{600};
  constexpr Seconds kBelievable{10LL * 366 * 86'400};
  if (seconds == 0 || age < kFresh || age > kBelievable) return {};
  return ", cached for " + print_duration(age);
}

bool by_akamai(const Seen& seen, EdgeReading& reading) {
  const auto at = seen.body.find("reference #");
  const auto escaped = seen.body.find("reference&#32;&#35;");
  if (reading.edge != "akamai" && at == std::string::npos && escaped == std::string::npos)
    return false;
  const auto reference =
      at == std::string::npos ? std::string_view() : std::string_view(seen.body).substr(at);
  const auto age = at == std::string::npos ? std::string() : age_of_reference(seen, at);
  reading.is_momentary = at != std::string::npos;
  if (reference.starts_with("reference #18.") ||
      (seen.status == 403 && seen.says("access denied"))) {
    reading.is_denial = true;
    set_party(reading, Party::edge, "Akamai's firewall (Reference #18)" + age);
  } else if (seen.says("dns failure") || reference.starts_with("reference #97.")) {
    set_party(reading,
              Party::edge,
              "Akamai could not resolve or process (Reference #97, DNS failure)" + age);
  } else if (seen.says("gateway timeout") || reference.starts_with("reference #1.")) {
    set_party(reading, Party::origin, "Akamai waited for the origin in vain" + age);
  } else if (!reference.empty()) {
    set_party(reading, Party::edge, "Akamai's error page" + age);
  } else {
    return false;
  }
  reading.is_error_page = true;
  return true;
}

bool by_cloudfront(const Seen& seen, EdgeReading& reading) {
  if (reading.edge == "cloudfront" && seen.says("request could not be satisfied")) {
    reading.is_error_page = true;
    reading.is_denial = seen.status == 403;
    const bool is_origin = seen.status == 502 || seen.status == 504;
    set_party(reading,
              is_origin ? Party::origin : Party::edge,
              is_origin ? "CloudFront could not reach the origin" : "CloudFront's own error page");
    return true;
  }
  if (reading.edge == "cloudfront" && seen.header("x-cache") == "error from cloudfront") {
    set_party(reading, Party::origin, "passed through by CloudFront");
    return true;
  }
  return false;
}

bool by_azure(const Seen& seen, EdgeReading& reading) {
  constexpr Micros kBackendTimeout{25'000'000};  // Front Door gives up after 30 s
  if (reading.edge != "azure-front-door" || seen.status < 502 || seen.status > 504) return false;
  reading.is_momentary = true;
  const bool is_slow = seen.wait >= kBackendTimeout;
  if (!is_slow && !seen.says_any({"services aren't available right now", "azure"})) return false;
  reading.is_error_page = true;
  set_party(reading,
            is_slow ? Party::origin : Party::edge,
            is_slow ? "Azure Front Door waited for the backend in vain"
                    : "Azure Front Door failed at once");
  return true;
}

// What pages of any edge say about what is behind them, or about themselves.
bool by_its_words(const Seen& seen, EdgeReading& reading) {
  constexpr auto kOwnTrouble = std::to_array<std::string_view>({"no cache node",
                                                                "capacity on this node",
                                                                "satisfied by this distribution",
                                                                "issue between",
                                                                "edge node is",
                                                                "this node is overloaded",
                                                                "no cache available"});
  constexpr auto kBehind = std::to_array<std::string_view>(
      {"origin", "backend", "server behind", "upstream", "node that should answer"});
  constexpr auto kTrouble = std::to_array<std::string_view>({"did not",
                                                             "does not",
                                                             "could not",
                                                             "not reach",
                                                             "unreachable",
                                                             "timed out",
                                                             "time-out",
                                                             "timeout",
                                                             "refused",
                                                             "too long",
                                                             "not answer",
                                                             "failed",
                                                             "unhealthy",
                                                             "at capacity",
                                                             "bad answer",
                                                             "gave up",
                                                             "slow to answer",
                                                             "no healthy",
                                                             "connect error"});
  const auto find = [&seen](const auto& list) {
    const auto* const at =
        std::ranges::find_if(list, [&seen](auto words) { return seen.says(words); });
    return at == list.end() ? std::string_view() : *at;
  };
  if (seen.body.size() > 4096) return false;  // error pages are short; articles are not
  if (const auto words = find(kOwnTrouble); !words.empty()) {
    reading.is_error_page = true;
    set_party(reading, Party::edge, "its page says \"" + std::string(words) + "\"");
    return true;
  }
  const auto behind = find(kBehind);
  const auto trouble = find(kTrouble);
  const bool is_origin_code = seen.status >= 520 && seen.status <= 530;
  if (!is_origin_code && (behind.empty() || trouble.empty())) return false;
  reading.is_error_page = is_origin_code || behind != "upstream" || !reading.edge.empty();
  set_party(reading,
            Party::origin,
            is_origin_code
                ? std::to_string(seen.status) + ": an edge's word for a failing origin"
                : "the page says \"" + std::string(behind) + " ... " + std::string(trouble) + "\"");
  return true;
}

// The software that signed the error.
bool by_server(const Seen& seen, EdgeReading& reading) {
  constexpr auto kSoftware = std::to_array<std::string_view>(
      {"nginx",     "openresty", "apache",  "microsoft-iis", "microsoft-httpapi",
       "envoy",     "istio",     "haproxy", "gunicorn",      "uvicorn",
       "jetty",     "tomcat",    "coyote",  "express",       "caddy",
       "litespeed", "lighttpd",  "oracle",  "kestrel",       "werkzeug",
       "php",       "traefik",   "awselb",  "weblogic"});
  const auto server = seen.header("server");
  const auto signed_by = seen.body.find("<center>nginx");
  if (signed_by != std::string::npos) {
    set_party(reading, Party::origin, "the page is signed by nginx");
    return true;
  }
  for (const auto software : kSoftware) {
    if (!server.starts_with(software)) continue;
    set_party(reading, Party::origin, "server: " + std::string(server));
    return true;
  }
  const auto name = name_in(server);
  if (!name.empty() && name == reading.edge) {
    // Who sent it, not whose words it shows: an owner's notice goes out under this name too.
    set_party(reading, Party::edge, "server: " + std::string(server));
    return true;
  }
  // "till-gw/7.3": a program with a version, which edges do not show.
  if (server.contains('/')) {
    set_party(reading, Party::origin, "server: " + std::string(server));
    return true;
  }
  return false;
}

// ---- walls

void find_challenge(const Seen& seen, EdgeReading& reading) {
  struct Wall {
    std::string_view words;
    std::string_view kind;
  };
  constexpr auto kWalls = std::to_array<Wall>({
      {.words = "challenges.cloudflare.com", .kind = "turnstile"},
      {.words = "cdn-cgi/challenge-platform", .kind = "cloudflare"},
      {.words = "captcha-delivery.com", .kind = "datadome"},
      {.words = "px-captcha", .kind = "perimeterx"},
      {.words = "_incapsula_resource", .kind = "imperva"},
      {.words = "awswaf", .kind = "aws-waf"},
      {.words = "hcaptcha", .kind = "hcaptcha"},
      {.words = "recaptcha", .kind = "recaptcha"},
      {.words = "captcha", .kind = "captcha"},
  });
  if (seen.header("cf-mitigated") == "challenge") {
    reading.challenge = "cf-mitigated";
  } else if (const auto action = seen.header("x-amzn-waf-action"); !action.empty()) {
    reading.challenge = "aws-waf";
  } else {
    for (const auto& header : seen.headers) {
      if (header.name.ends_with("-action") && header.value.contains("challenge")) {
        reading.challenge = token(header.value, 40);
      }
    }
  }
  reading.is_challenge = !reading.challenge.empty();
  if (reading.is_challenge) return;
  const auto* const wall = std::ranges::find_if(
      kWalls, [&seen](const Wall& candidate) { return seen.says(candidate.words); });
  if (wall == kWalls.end()) return;
  reading.challenge = wall->kind;
  reading.is_challenge = seen.status == 401 || seen.status == 403 || seen.status == 405 ||
                         seen.status == 429 || seen.status == 503;
}

bool has_waiting_room(const Seen& seen) {
  return std::ranges::any_of(seen.headers, [](const Header& header) {
    return header.name.contains("waiting-room") || header.name.contains("queueit") ||
           (header.name == "location" && header.value.contains("queue-it.net")) ||
           (header.name == "set-cookie" &&
            (header.value.starts_with("queueit") || header.value.starts_with("__cfwaitingroom")));
  });
}

}  // namespace

bool is_steady(const Header& header) {
  constexpr auto kNewEachTime = std::to_array<std::string_view>(
      {"date", "age", "expires", "last-modified", "etag", "content-length"});
  return std::ranges::none_of(kNewEachTime,
                              [&](auto name) { return is_same_name(header.name, name); });
}

std::string_view steady_value(const Header& header) {
  const std::string_view value = header.value;
  return is_same_name(header.name, "set-cookie") ? value.substr(0, value.find('=')) : value;
}

EdgeReading read_edge(const HttpReply& http, Micros wait, Time now) {
  Seen seen{.status = http.status, .wait = wait, .now = now, .headers = {}, .body = {}};
  for (const auto& header : http.headers) {
    if (!is_steady(header)) continue;
    seen.headers.push_back(
        {.name = lower(header.name), .value = lower(steady_value(header).substr(0, 500))});
  }
  seen.body = lower(std::string_view(http.body).substr(0, kBodyLooked));
  EdgeReading reading;
  name_edge(seen, reading);
  find_challenge(seen, reading);
  reading.is_queue = has_waiting_room(seen);
  if (reading.is_challenge) {
    set_party(reading, Party::edge, "challenge: " + reading.challenge);
  } else if (http.status >= 400) {
    constexpr auto kReaders = std::to_array({by_proxy_status,
                                             by_cloudflare,
                                             by_akamai,
                                             by_cloudfront,
                                             by_azure,
                                             by_varnish,
                                             by_its_words,
                                             by_server});
    for (const auto& reader : kReaders) {
      if (reader(seen, reading)) break;
    }
  }
  return reading;
}

std::string print_status(int status) {
  using Phrase = std::pair<int, std::string_view>;
  constexpr auto kPhrases = std::to_array<Phrase>({
      {200, "OK"},
      {201, "Created"},
      {204, "No Content"},
      {301, "Moved Permanently"},
      {302, "Found"},
      {303, "See Other"},
      {304, "Not Modified"},
      {307, "Temporary Redirect"},
      {308, "Permanent Redirect"},
      {400, "Bad Request"},
      {401, "Unauthorized"},
      {403, "Forbidden"},
      {404, "Not Found"},
      {405, "Method Not Allowed"},
      {408, "Request Timeout"},
      {409, "Conflict"},
      {410, "Gone"},
      {421, "Misdirected Request"},
      {422, "Unprocessable Content"},
      {423, "Locked"},
      {425, "Too Early"},
      {429, "Too Many Requests"},
      {451, "Unavailable For Legal Reasons"},
      {500, "Internal Server Error"},
      {501, "Not Implemented"},
      {502, "Bad Gateway"},
      {503, "Service Unavailable"},
      {504, "Gateway Timeout"},
      {520, "Unknown Origin Error"},
      {521, "Origin Down"},
      {522, "Origin Connection Timed Out"},
      {523, "Origin Unreachable"},
      {524, "Origin Timeout"},
      {525, "Origin TLS Handshake Failed"},
      {526, "Origin Certificate Invalid"},
      {530, "Origin Error"},
  });
  const auto* const at = std::ranges::find(kPhrases, status, &Phrase::first);
  const auto number = std::to_string(status);
  return at == kPhrases.end() ? number : number + " " + std::string(at->second);
}

}  // namespace bw
