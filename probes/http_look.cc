// SPDX-License-Identifier: Apache-2.0
#include "probes/http_look.h"

#include "probes/certificate.h"
#include "probes/escape.h"
#include "probes/memory.h"
#include "probes/resolution.h"
#include "probes/text.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdlib>
#include <memory>

namespace bw {
namespace {

constexpr std::size_t kNoteMax = 300;

// ---- requests

// A target that brings a cookie of its own keeps it: RFC 6265 section 5.4 wants one header for all.
void add_cookies(std::vector<Header>& headers, std::string cookies) {
  if (cookies.empty()) return;
  for (auto& header : headers) {
    if (!is_same_name(header.name, "cookie")) continue;
    header.value += "; " + cookies;
    return;
  }
  headers.push_back({.name = "Cookie", .value = std::move(cookies)});
}

// ---- facts of any reply

// Of the target's own host only: what stands behind a redirect to elsewhere is not the target.
void add_host_facts(Look& look, const Reply& reply) {
  if (!look.own || !look.here || look.own->host != look.here->host) return;
  if (look.facts.get(Fact::address).empty()) add_resolution_facts(look, reply);
  if (reply.chain && look.facts.get(Fact::cert_key).empty())
    add_certificate_facts(look, *reply.chain);
}

void add_http_facts(Look& look, const HttpReply& http, const HeadReading& head, Time now) {
  auto& facts = look.facts;
  facts.apply(head.facts);
  const auto retry = parse_retry_after(find_header(http.headers, "retry-after"), now);
  facts.set(Fact::retry_after, retry ? std::to_string(retry->count()) : "");
  if (look.redirects > 0 && look.here) facts.set(Fact::final_url, without_query(*look.here));
  facts.set_members(Fact::redirects, look.foreign);
}

std::shared_ptr<const Url> read_url(const Look& look, const std::string& text) {
  const auto is_same = [&](const std::string& each) { return each == text; };
  if (look.memory != nullptr) {
    if (const auto* known = look.memory->urls.find(is_same)) return *known;
  }
  auto parsed = parse_url(text);
  auto url = parsed ? std::make_shared<const Url>(std::move(*parsed)) : nullptr;
  if (look.memory != nullptr) look.memory->urls.keep(text, url, 3 * text.size() + sizeof(Url));
  return url;
}

// ---- redirects

bool is_expected(const Spec& spec, int status) {
  if (spec.expect_status.empty()) return status >= 200 && status <= 299;
  return std::ranges::find(spec.expect_status, status) != spec.expect_status.end();
}

bool is_redirect(int status) {
  return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

Finding fail(Look& look, Outcome outcome, std::string_view why) {
  Finding finding{.outcome = outcome,
                  .party = Party::unknown,
                  .facts = std::move(look.facts),
                  .note = {},
                  .items = {}};
  if (outcome == Outcome::monitor_error) finding.party = Party::us;
  finding.note = fold(why.empty() ? print(outcome) : why, kNoteMax);
  return finding;
}

Step next_hop(const Spec& spec, Look& look, const HttpReply& http, std::string_view location) {
  const auto to = look.here ? resolve_url(*look.here, location) : std::nullopt;
  const auto status = print_status(http.status);
  if (!to) {
    return fail(look,
                Outcome::status_unexpected,
                status + " leads to something that is no web address: " + fold(location, 120));
  }
  const auto& own = look.own;
  if (own && own->host != to->host) look.foreign.push_back(origin_of(*to));
  look.facts.set_members(Fact::redirects, look.foreign);
  if (look.redirects >= spec.redirects_max) {
    return fail(look,
                Outcome::redirect_loop,
                "more than " + std::to_string(spec.redirects_max) + " redirects, the last to " +
                    without_query(*to));
  }
  ++look.redirects;
  // RFC 9110 section 15.4: 307 and 308 repeat the request. A body, which may hold a password, is
  // repeated within the site only.
  const bool repeats = (http.status == 307 || http.status == 308) && own && is_same_site(*own, *to);
  Request request{.method = look.method == "HEAD" ? "HEAD" : "GET",
                  .url = print(*to),
                  .body = {},
                  .content_type = {}};
  if (repeats) {
    request.method = look.method;
    request.body = look.body;
    request.content_type = look.content_type;
  }
  return ask_http(spec, look, std::move(request));
}

// ---- what an answer means

bool is_refused(const Answer& answer) {
  const int status = answer.http.status;
  if (answer.body.body_class == BodyClass::challenge) return true;
  const bool is_refusal =
      status == 401 || status == 403 || status == 406 || status == 429 || status == 451;
  return answer.edge.is_denial || (is_refusal && answer.edge.party == Party::edge);
}

// A crash is no decision: whatever its page says, 500, 502, 504 and an edge's own error do not
// withdraw anything. Planned work is no withdrawal either.
bool is_withdrawn(const Answer& answer) {
  const int status = answer.http.status;
  if (answer.body.withdrawn.empty() || status == 500 || status == 502 || status == 504 ||
      status >= 520) {
    return false;
  }
  return answer.body.body_class == BodyClass::holding ||
         (answer.body.json && answer.body.body_class != BodyClass::maintenance);
}

Outcome judge_status(int status) {
  if (status >= 500) return Outcome::status_server;
  return status >= 400 ? Outcome::status_client : Outcome::status_unexpected;
}

}  // namespace

Ask ask_http(const Spec& spec, Look& look, Request request) {
  look.url = request.url;
  look.method = request.method;
  look.body = request.body;
  look.content_type = request.content_type;
  look.here = read_url(look, look.url);
  if (!look.own) look.own = read_url(look, spec.url);
  HttpAsk ask;
  ask.method = std::move(request.method);
  ask.url = std::move(request.url);
  ask.body = std::move(request.body);
  ask.trust = spec.trust;
  ask.body_bytes_max = spec.body_bytes_max;
  ask.lead = {.is_foreign = look.url != spec.url, .from = look.own_address};
  if (look.own && look.here && is_same_site(*look.own, *look.here)) ask.headers = spec.headers;
  if (look.here) add_cookies(ask.headers, look.cookies.line_for(*look.here));
  if (find_header(ask.headers, "accept").empty()) {
    const bool is_page = spec.kind == "page" || spec.kind == "scripts" ||
                         (spec.kind == "login" && spec.expect_json.empty());
    ask.headers.push_back(
        {.name = "Accept", .value = std::string(is_page ? kAcceptPages : kAcceptJson)});
  }
  if (!request.content_type.empty() && find_header(ask.headers, "content-type").empty()) {
    ask.headers.push_back({.name = "Content-Type", .value = std::move(request.content_type)});
  }
  return {.what = std::move(ask), .deadline = spec.deadline};
}

std::optional<Step> follow(const Spec& spec, Look& look, const Reply& reply, Time now) {
  look.phases.add(reply.phases);
  if (look.url == spec.url) look.own_address = reply.address;
  add_host_facts(look, reply);
  if (reply.failure != Outcome::ok || !reply.http) {
    if (reply.http) {
      add_http_facts(
          look, *reply.http, *read_head(look, *reply.http, reply.phases.wait, 0, now), now);
    }
    const auto outcome = reply.failure == Outcome::ok ? Outcome::reply_malformed : reply.failure;
    const auto why = reply.chain && !reply.chain->why.empty() && phase_of(outcome) == Phase::tls
                         ? reply.chain->why
                         : reply.detail;
    return fail(look, outcome, why);
  }
  const auto& http = *reply.http;
  if (look.here) look.cookies.keep(*look.here, http.headers, now);
  const auto location = find_header(http.headers, "location");
  const bool is_wanted = !spec.expect_status.empty() && is_expected(spec, http.status);
  if (!is_redirect(http.status) || location.empty() || is_wanted) return std::nullopt;
  look.facts.set(Fact::status, std::to_string(http.status));
  return next_hop(spec, look, http, location);
}

Answer read_answer(const Spec& spec, Look& look, const Reply& reply, Time now) {
  if (!reply.http) std::abort();  // `follow` ends a look that got no reply
  const auto& http = *reply.http;
  const bool is_wanted = is_expected(spec, http.status);
  const auto number = look.memory == nullptr ? 0 : look.memory->number_of(http.body);
  auto head = read_head(look, http, reply.phases.wait, number, now);
  auto content = read_content(
      spec, look, http, {.edge = head->edge, .body = number, .status_is_expected = is_wanted});
  // A holding page that travels through an edge was not made by the edge for itself.
  add_http_facts(look, http, *head, now);
  look.facts.apply(content->facts);
  return {.http = http,
          .address = look.here ? look.here : std::make_shared<const Url>(),
          .head = std::move(head),
          .content = std::move(content),
          .status_is_expected = is_wanted};
}

Outcome judge_answer(const Spec& spec, const Answer& answer) {
  const auto& body = answer.body;
  if (is_refused(answer)) return Outcome::blocked;
  if (!answer.status_is_expected) {
    if (body.body_class == BodyClass::foreign) return Outcome::content_foreign;
    return is_withdrawn(answer) ? Outcome::function_withdrawn : judge_status(answer.http.status);
  }
  if (body.body_class == BodyClass::foreign) return Outcome::content_foreign;
  if (is_withdrawn(answer) && body.likeness != Likeness::ours) return Outcome::function_withdrawn;
  if (body.likeness == Likeness::lacking || !body.rejected.empty()) return Outcome::content_missing;
  // Without an expected text, a notice in the place of the page is all that can be told from it.
  const bool is_notice =
      spec.expect_text.empty() && body.page && body.body_class != BodyClass::normal;
  return is_notice ? Outcome::content_missing : Outcome::ok;
}

Finding finish(
    const Spec& spec, Look& look, const Answer& answer, Outcome outcome, std::string why) {
  const auto took = std::chrono::duration_cast<Millis>(look.phases.total());
  if (outcome == Outcome::ok && spec.slow > Millis{0} && took > spec.slow) {
    outcome = Outcome::degraded;
    why = "answered rightly after " + print_duration(took) + "; slower than " +
          print_duration(spec.slow);
  }
  Finding finding{.outcome = outcome,
                  .party = Party::unknown,
                  .facts = std::move(look.facts),
                  .note = {},
                  .items = {}};
  if (is_failure(outcome)) finding.party = answer.edge.party;
  if (outcome != Outcome::ok) {
    finding.note = fold(why.empty() ? describe(spec, answer, outcome) : why, kNoteMax);
  }
  return finding;
}

std::string describe(const Spec& spec, const Answer& answer, Outcome outcome) {
  auto note = print_status(answer.http.status);
  const auto& edge = answer.edge;
  if (!edge.why.empty()) {
    note += edge.party == Party::origin ? " from the origin (" + edge.why + ")"
                                        : " from the edge (" + edge.why + ")";
  } else if (!edge.edge.empty() && answer.http.status >= 400) {
    note += " by way of " + edge.edge + " (" + edge.seen_by + ")";
  }
  if (outcome == Outcome::content_missing && !answer.body.rejected.empty()) {
    note += "; holds \"" + fold(answer.body.rejected, 60) + "\", which it must not";
  } else if (answer.body.likeness == Likeness::lacking && answer.status_is_expected) {
    note += " without \"" + fold(spec.expect_text, 60) + "\"";
    if (answer.http.is_truncated) note += " in the part of it that was read";
  }
  const auto said = say_of(answer.body);
  if (!said.empty()) note += "; says \"" + said + "\"";
  if (answer.body.body_class != BodyClass::normal) {
    note += " [" + std::string(print(answer.body.body_class)) + "]";
  }
  return note;
}

std::optional<Seconds> parse_retry_after(std::string_view value, Time now) {
  constexpr std::int64_t kMost = 366LL * 86'400;
  value = trim(value);
  const auto number = [](std::string_view digits) -> std::optional<std::int64_t> {
    std::int64_t parsed = 0;
    const auto* const begin = std::to_address(digits.begin());
    const auto [stop, error] = std::from_chars(begin, begin + digits.size(), parsed);
    if (error != std::errc() || stop != begin + digits.size() || parsed < 0) return std::nullopt;
    return parsed;
  };
  if (const auto seconds = number(value)) return Seconds(std::min(*seconds, kMost));
  // "Wed, 21 Oct 2015 07:28:00 GMT"
  if (value.size() != 29 || !value.ends_with(" GMT")) return std::nullopt;
  constexpr std::string_view kMonths = "JanFebMarAprMayJunJulAugSepOctNovDec";
  const auto month = kMonths.find(value.substr(8, 3));
  const auto day = number(value.substr(5, 2));
  const auto year = number(value.substr(12, 4));
  if (month == std::string_view::npos || month % 3 != 0 || !day || !year) return std::nullopt;
  const auto two = [](std::size_t n) { return (n < 10 ? "0" : "") + std::to_string(n); };
  const auto text = std::string(value.substr(12, 4)) + "-" + two(month / 3 + 1) + "-" +
                    std::string(value.substr(5, 2)) + "T" + std::string(value.substr(17, 8)) + "Z";
  const auto at = parse_time(text);
  if (!at) return std::nullopt;
  const auto wait = std::chrono::ceil<Seconds>(*at - now);
  return std::clamp(wait, Seconds{0}, Seconds{kMost});
}

std::string without_secret(std::string text, std::string_view secret) {
  if (secret.size() < 4) return text;
  for (auto at = text.find(secret); at != std::string::npos; at = text.find(secret, at + 3)) {
    text.replace(at, secret.size(), "***");
  }
  return text;
}

Finding without_secrets(Finding finding, const std::vector<std::string>& secrets) {
  const auto clean = [&secrets](std::string text) {
    for (const auto& secret : secrets) {
      text = without_secret(std::move(text), secret);
      text = without_secret(std::move(text), percent_encode(secret));
    }
    return text;
  };
  finding.note = clean(std::move(finding.note));
  for (const auto fact : {Fact::text,
                          Fact::title,
                          Fact::withdrawn,
                          Fact::response,
                          Fact::json_state,
                          Fact::final_url,
                          Fact::form_actions,
                          Fact::redirects,
                          Fact::party_why}) {
    finding.facts.set(fact, clean(std::string(finding.facts.get(fact))));
  }
  return finding;
}

}  // namespace bw
