// SPDX-License-Identifier: Apache-2.0
#include "daemon/web/routes.h"

#include "daemon/web/json.h"
#include "daemon/web/operator.h"
#include "daemon/web/page.h"
#include "daemon/web/process_metrics.h"
#include "daemon/web/public_page.h"
#include "daemon/web/statuspage.h"
#include "daemon/web/target_metrics.h"
#include "daemon/web/wording.h"

#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <utility>

namespace bw {
namespace {

constexpr std::string_view kJson = "application/json; charset=utf-8";
constexpr std::string_view kHtml = "text/html; charset=utf-8";
constexpr std::string_view kText = "text/plain; charset=utf-8";
// The exposition format's version belongs to its type (Prometheus, "Exposition formats").
constexpr std::string_view kMetrics = "text/plain; version=0.0.4; charset=utf-8";
constexpr std::string_view kReading = "GET, HEAD";
constexpr std::string_view kWriting = "POST";
constexpr std::size_t kSegmentsMax = 8;

struct Call {
  const WebRequest* request = nullptr;
  const WebHooks* hooks = nullptr;
  SnapshotRef snapshot;  // null until the first one
  std::string id;        // what the pattern's * stands for, decoded
};

WebReply reply(std::string_view type, std::string body) {
  return {.status = 200, .content_type = std::string(type), .body = std::move(body), .headers = {}};
}

WebReply healthy(const Call& /*call*/) {
  return reply(kText, "bellwether is healthy\n");
}

WebReply ready(const Call& call) {
  const std::string why = call.snapshot == nullptr ? "starting: nothing has been looked at"
                                                   : why_not_ready(*call.snapshot);
  WebReply said = reply(kText, why.empty() ? "bellwether is ready\n" : why + "\n");
  if (!why.empty()) said.status = 503;
  return said;
}

WebReply page(const Call& call) {
  WebReply said = reply(kHtml, render_status_page(*call.snapshot));
  said.headers.push_back({"Content-Security-Policy", page_security_policy()});
  return said;
}

WebReply metrics(const Call& call) {
  WebReply said = reply(kMetrics, render_own_metrics(*call.snapshot) + render_process_metrics());
  said.more = [targets = TargetMetrics(call.snapshot)]() mutable { return targets.next(); };
  return said;
}

WebReply status(const Call& call) {
  return reply(kJson, render_status_json(*call.snapshot));
}
WebReply functions(const Call& call) {
  return reply(kJson, render_functions_json(*call.snapshot));
}
WebReply providers(const Call& call) {
  return reply(kJson, render_providers_json(*call.snapshot));
}
WebReply targets(const Call& call) {
  return reply(kJson, render_targets_json(*call.snapshot));
}
WebReply incidents(const Call& call) {
  return reply(kJson, render_incidents_json(*call.snapshot));
}

WebReply notices(const Call& call) {
  return reply(kJson, render_notices_json(*call.snapshot));
}

WebReply public_page(const Call& call) {
  const bool can_tell = can_tell_customers(*call.snapshot);
  WebReply said = reply(
      kHtml,
      can_tell ? render_public_page(*call.snapshot) : render_error_page("Not known at present."));
  if (!can_tell) said.status = 503;
  said.headers.push_back({"Content-Security-Policy", page_security_policy()});
  return said;
}

// A status page that says nothing beats one that says what is not known.
template <std::string (*render)(const Snapshot&)>
WebReply statuspage(const Call& call) {
  if (can_tell_customers(*call.snapshot)) return reply(kJson, render(*call.snapshot));
  WebReply said = refusal(503, "not known at present", "ask again in a minute");
  said.headers.push_back({"Retry-After", "60"});
  return said;
}

const Incident* find_incident(const Call& call) {
  std::string_view digits = call.id;
  if (digits.starts_with("INC-")) digits.remove_prefix(4);
  std::uint64_t id = 0;
  const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), id);
  if (read.ec != std::errc() || read.ptr != digits.data() + digits.size()) return nullptr;
  const auto at = std::ranges::find(call.snapshot->incidents, id, &Incident::id);
  return at == call.snapshot->incidents.end() ? nullptr : &*at;
}

WebReply no_incident(const Call& call) {
  return refusal(
      404,
      "no incident \"" + call.id.substr(0, 40) + "\"",
      "/api/v1/incidents lists those that are known here; older ones are in the journal");
}

WebReply incident(const Call& call) {
  const Incident* found = find_incident(call);
  if (found == nullptr) return no_incident(call);
  return reply(kJson, render_incident_json(*call.snapshot, *found));
}

WebReply accepted() {
  WebReply said = reply(kJson, "{\"accepted\":true}\n");
  said.status = 202;
  return said;
}

WebReply note(const Call& call, OperatorNote note) {
  const auto words = parse_operator_words(call.request->body);
  if (!words) return refusal(400, words.error().what, words.error().hint);
  note.who = words->who;
  note.text = words->text;
  call.hooks->note(std::move(note));
  return accepted();
}

WebReply note_on_incident(const Call& call, NoteKind kind) {
  const Incident* found = find_incident(call);
  if (found == nullptr) return no_incident(call);
  if (found->closed) return refusal(409, "incident " + std::to_string(found->id) + " is closed");
  return note(call,
              {.at = {}, .kind = kind, .incident = found->id, .target = {}, .who = {}, .text = {}});
}

WebReply acknowledge(const Call& call) {
  return note_on_incident(call, NoteKind::acknowledge);
}
WebReply close(const Call& call) {
  return note_on_incident(call, NoteKind::close);
}

WebReply approve(const Call& call) {
  if (std::ranges::find(call.snapshot->targets, call.id, &Snapshot::Target::id) ==
      call.snapshot->targets.end()) {
    return refusal(
        404, "no target \"" + call.id.substr(0, 80) + "\"", "/api/v1/targets lists them");
  }
  return note(call,
              {.at = {},
               .kind = NoteKind::approve_change,
               .incident = 0,
               .target = call.id,
               .who = {},
               .text = {}});
}

WebReply announce(const Call& call) {
  auto announcement = parse_announcement(call.request->body, *call.snapshot);
  if (!announcement) {
    return refusal(400, announcement.error().what, announcement.error().hint);
  }
  call.hooks->announce(std::move(*announcement));
  return accepted();
}

struct RoutePattern {
  std::string_view path;  // segments; * is one of any text
  std::string_view methods;
  WebReply (*handle)(const Call& call);
  bool needs_snapshot = true;
  bool looks_at_snapshot = true;
};
constexpr std::array kRoutes = std::to_array<RoutePattern>({
    {.path = "/", .methods = kReading, .handle = page},
    {.path = "/metrics", .methods = kReading, .handle = metrics},
    {.path = "/-/healthy",
     .methods = kReading,
     .handle = healthy,
     .needs_snapshot = false,
     .looks_at_snapshot = false},
    {.path = "/-/ready", .methods = kReading, .handle = ready, .needs_snapshot = false},
    {.path = "/api/v1/status", .methods = kReading, .handle = status},
    {.path = "/api/v1/functions", .methods = kReading, .handle = functions},
    {.path = "/api/v1/providers", .methods = kReading, .handle = providers},
    {.path = "/api/v1/targets", .methods = kReading, .handle = targets},
    {.path = "/api/v1/incidents", .methods = kReading, .handle = incidents},
    {.path = "/api/v1/notices", .methods = kReading, .handle = notices},
    {.path = "/api/v1/incidents/*", .methods = kReading, .handle = incident},
    {.path = "/api/v1/incidents/*/acknowledge", .methods = kWriting, .handle = acknowledge},
    {.path = "/api/v1/incidents/*/close", .methods = kWriting, .handle = close},
    {.path = "/api/v1/targets/*/approve", .methods = kWriting, .handle = approve},
    {.path = "/public", .methods = kReading, .handle = public_page},
    {.path = "/api/v2/summary.json",
     .methods = kReading,
     .handle = statuspage<render_statuspage_summary>},
    {.path = "/api/v2/status.json",
     .methods = kReading,
     .handle = statuspage<render_statuspage_status>},
    {.path = "/api/v2/components.json",
     .methods = kReading,
     .handle = statuspage<render_statuspage_components>},
    {.path = "/api/v2/incidents.json",
     .methods = kReading,
     .handle = statuspage<render_statuspage_incidents>},
    {.path = "/api/v2/incidents/unresolved.json",
     .methods = kReading,
     .handle = statuspage<render_statuspage_unresolved>},
    {.path = "/api/v1/announcements", .methods = kWriting, .handle = announce},
});

std::vector<std::string_view> segments_of(std::string_view path) {
  std::vector<std::string_view> segments;
  while (!path.empty() && segments.size() < kSegmentsMax) {
    path.remove_prefix(1);  // the slash
    const auto end = std::min(path.find('/'), path.size());
    segments.push_back(path.substr(0, end));
    path.remove_prefix(end);
  }
  return segments;
}

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

// %XX undone; what is no escape stays as it is and will match no id.
std::string decoded(std::string_view segment) {
  std::string text;
  for (std::size_t i = 0; i < segment.size(); ++i) {
    const int high = i + 2 < segment.size() ? hex_value(segment[i + 1]) : -1;
    const int low = i + 2 < segment.size() ? hex_value(segment[i + 2]) : -1;
    if (segment[i] == '%' && high >= 0 && low >= 0) {
      text += static_cast<char>(high * 16 + low);
      i += 2;
    } else {
      text += segment[i];
    }
  }
  return text;
}

// The text of the pattern's *, or an empty one where it has none; nothing where it does not match.
std::optional<std::string> match(std::string_view pattern, std::string_view path) {
  const auto wanted = segments_of(pattern);
  const auto given = segments_of(path);
  if (wanted.size() != given.size()) return std::nullopt;
  std::string id;
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    if (wanted[i] == "*" && !given[i].empty()) {
      id = decoded(given[i]);
    } else if (wanted[i] != given[i]) {
      return std::nullopt;
    }
  }
  return id;
}

// "https://status.example:8443/x" and "status.example:8443" both give "status.example".
std::string_view host_name(std::string_view authority) {
  if (const auto scheme = authority.find("://"); scheme != std::string_view::npos) {
    authority.remove_prefix(scheme + 3);
  }
  authority = authority.substr(0, authority.find('/'));
  if (authority.starts_with('[')) return authority.substr(1, authority.find(']') - 1);
  return authority.substr(0, authority.find(':'));
}
std::string_view authority_of(std::string_view origin) {
  const auto scheme = origin.find("://");
  return scheme == std::string_view::npos ? std::string_view() : origin.substr(scheme + 3);
}

// A name that a stranger's DNS could point at us would let a stranger's page pass as our own (DNS
// rebinding): only addresses, localhost and the configured name are taken.
bool is_our_name(std::string_view host, const std::string& external_url) {
  const std::string_view name = host_name(host);
  if (name == "localhost" || parse_address(name)) return true;
  return !external_url.empty() && name == host_name(external_url);
}

// Nothing, or why this POST is refused.
std::optional<WebReply> objection(const WebRequest& request, const WebHooks& hooks) {
  if (!request.is_peer_local) {
    return refusal(403,
                   "changes are taken from this machine only",
                   "run the command there, or put a proxy that knows its users in front");
  }
  if (!is_our_name(request.host, hooks.external_url)) {
    return refusal(403,
                   "changes are not taken under the name \"" + request.host.substr(0, 80) + "\"",
                   "set web.external_url to the address that people use");
  }
  const bool is_same_origin =
      request.origin.empty() || authority_of(request.origin) == request.host;
  const bool is_same_site = request.fetch_site.empty() || request.fetch_site == "same-origin" ||
                            request.fetch_site == "none";
  if (!is_same_origin || !is_same_site) {
    return refusal(403, "changes are not taken from another website's page");
  }
  const std::string_view type = request.content_type;
  if (type.substr(0, type.find_first_of("; ")) != "application/json") {
    return refusal(415, "expected Content-Type: application/json");
  }
  return std::nullopt;
}

WebReply call(const RoutePattern& route, const Call& call) {
  const bool is_write = route.methods == kWriting;
  const std::string& method = call.request->method;
  if (is_write ? method != "POST" : method != "GET" && method != "HEAD") {
    WebReply said = refusal(405, "the method here is " + std::string(route.methods));
    said.headers.push_back({"Allow", std::string(route.methods)});
    return said;
  }
  if (route.needs_snapshot && call.snapshot == nullptr) {
    WebReply said = refusal(503, "starting: nothing has been looked at", "ask again in a second");
    said.headers.push_back({"Retry-After", "1"});
    return said;
  }
  if (is_write) {
    if (auto refused = objection(*call.request, *call.hooks)) return *refused;
  }
  return route.handle(call);
}

WebReply dispatch(const WebRequest& request, const WebHooks& hooks) {
  const std::string_view path =
      std::string_view(request.target).substr(0, request.target.find_first_of("?#"));
  if (!path.starts_with('/')) return refusal(400, "the request target is not a path");
  for (const RoutePattern& route : kRoutes) {
    auto id = match(route.path, path);
    if (!id) continue;
    // Whether the process lives must be told while the loop hangs, and at once.
    SnapshotRef snapshot = route.looks_at_snapshot ? hooks.snapshot() : nullptr;
    return call(route,
                {.request = &request,
                 .hooks = &hooks,
                 .snapshot = std::move(snapshot),
                 .id = std::move(*id)});
  }
  if (path.starts_with("/api/")) return refusal(404, "nothing is here", "/api/v1/status has all");
  WebReply said = reply(kHtml, render_error_page("Nothing is here."));
  said.headers.push_back({"Content-Security-Policy", page_security_policy()});
  said.status = 404;
  return said;
}

std::string entity_tag(std::string_view body) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned int length = 0;
  EVP_Digest(body.data(), body.size(), digest.data(), &length, EVP_sha256(), nullptr);
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string tag = "\"";
  for (const unsigned char byte : std::span(digest).first(8)) {
    tag += kDigits.at(byte >> 4U);
    tag += kDigits.at(byte & 15U);
  }
  return tag + '"';
}

// So that a page which asks every few seconds is not sent what it has.
void make_conditional(WebReply& said, const WebRequest& request) {
  if (said.status != 200 || said.content_type == kMetrics || said.content_type == kText) return;
  const std::string tag = entity_tag(said.body);
  said.headers.push_back({"ETag", tag});
  if (request.if_none_match.find(tag) == std::string::npos) return;
  said.status = 304;
  said.body.clear();
}

void add_common_headers(WebReply& said) {
  const bool has_policy =
      std::ranges::find(said.headers, "Content-Security-Policy", &Header::name) !=
      said.headers.end();
  if (!has_policy) {
    said.headers.push_back(
        {"Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'"});
  }
  said.headers.push_back({"Cache-Control", "no-cache"});
  said.headers.push_back({"X-Content-Type-Options", "nosniff"});
  said.headers.push_back({"X-Frame-Options", "DENY"});
  said.headers.push_back({"Referrer-Policy", "no-referrer"});
  said.headers.push_back({"Cross-Origin-Resource-Policy", "same-origin"});
}

}  // namespace

WebReply answer(const WebRequest& request, const WebHooks& hooks) {
  WebReply said = dispatch(request, hooks);
  const bool is_complete =
      std::ranges::find(said.headers, "X-Frame-Options", &Header::name) != said.headers.end();
  if (!is_complete) add_common_headers(said);
  make_conditional(said, request);
  return said;
}

WebReply refusal(int status, const std::string& what, const std::string& hint) {
  WebReply said{.status = status,
                .content_type = std::string(kJson),
                .body = render_error_json(what, hint),
                .headers = {}};
  add_common_headers(said);
  return said;
}

}  // namespace bw
