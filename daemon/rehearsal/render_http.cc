// SPDX-License-Identifier: Apache-2.0
#include "daemon/rehearsal/render_http.h"

#include "daemon/rehearsal/chance.h"
#include "daemon/rehearsal/http_date.h"
#include "daemon/rehearsal/links.h"
#include "daemon/rehearsal/render_page.h"
#include "daemon/rehearsal/render_sensors.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>

namespace bw::rehearsal {

struct HttpRenderer::Draft {
  int status = 200;
  std::string content_type = "text/html; charset=utf-8";
  std::string body;
  std::vector<Header> headers;

  // What a fault puts in the place of a healthy answer's status and body.
  void spoil(const HttpFault& fault);
};

namespace {

constexpr std::string_view kJson = "application/json";

// How often the content has changed since a moment of its own; 0 where it never does.
std::uint64_t edition_at(Time now, Millis churn, std::uint64_t identity) {
  if (churn <= Millis{0}) return 0;
  const auto phase = identity % static_cast<std::uint64_t>(churn.count());
  return (static_cast<std::uint64_t>(now.time_since_epoch().count()) + phase) /
         static_cast<std::uint64_t>(churn.count());
}

void remove_header(std::vector<Header>& headers, std::string_view unwanted) {
  std::erase_if(headers, [&](const Header& old) { return is_same_name(old.name, unwanted); });
}

void set_header(std::vector<Header>& headers, Header header) {
  remove_header(headers, header.name);
  headers.push_back(std::move(header));
}

std::string guess_content_type(std::string_view body) {
  const auto first = body.find_first_not_of(" \t\r\n");
  if (first == std::string_view::npos) return "text/plain";
  if (body[first] == '{' || body[first] == '[') return std::string(kJson);
  return body[first] == '<' ? "text/html; charset=utf-8" : "text/plain; charset=utf-8";
}

// Some field of the form or of the JSON object holds the canary's password.
bool holds_password(std::string_view body) {
  const auto json = nlohmann::json::parse(body, nullptr, false);
  if (json.is_object()) {
    return std::ranges::any_of(json, [](const nlohmann::json& value) {
      return value.is_string() && value.get_ref<const std::string&>() == kCanaryPassword;
    });
  }
  for (std::size_t at = 0; at <= body.size();) {
    const auto end = std::min(body.find('&', at), body.size());
    const auto field = body.substr(at, end - at);
    const auto equals = field.find('=');
    if (equals != std::string_view::npos &&
        decode_form(field.substr(equals + 1)) == kCanaryPassword) {
      return true;
    }
    at = end + 1;
  }
  return false;
}

std::string altered_json(const nlohmann::json& healthy, const Troubles& troubles) {
  auto json = healthy.is_object() ? healthy : nlohmann::json{{"status", "ok"}};
  for (const auto* fault : troubles.json) {
    for (const auto& key : fault->drop)
      json.erase(key);
    if (fault->set.is_object()) json.update(fault->set);
  }
  return json.dump();
}

void alter(const PageFault& fault, PageView& page) {
  if (!fault.add_script.empty()) page.scripts.push_back(fault.add_script);
  if (!fault.inline_script.empty()) page.inline_scripts.push_back(fault.inline_script);
  if (!fault.form_action.empty()) page.form_action = fault.form_action;
  if (!fault.add_iframe.empty()) page.frames.push_back(fault.add_iframe);
  if (!fault.insert_text.empty()) page.inserts.push_back(fault.insert_text);
}

bool answers_json(const Endpoint& endpoint) {
  return !endpoint.json.is_null() || endpoint.kind == "api";
}

bool is_html(const Endpoint& endpoint) {
  const auto type = find_header(endpoint.headers, "content-type");
  return type.empty() || type.starts_with("text/html");
}

std::string server_of(const WorldFile& world, const Place& place) {
  if (place.host < 0) return "nginx";
  const auto& host = world.hosts[static_cast<std::size_t>(place.host)];
  return host.behind.empty() ? "nginx" : host.behind.front();
}

}  // namespace

std::string HttpRenderer::healthy_body(const Endpoint& endpoint, std::uint64_t edition) const {
  const std::scoped_lock lock(mutex_);
  auto& [of_edition, body] = bodies_[&endpoint];
  if (body.empty() || of_edition != edition) {
    body = answers_json(endpoint) ? altered_json(endpoint.json, {})
                                  : render_page(healthy_page(world_, endpoint, edition));
    of_edition = edition;
  }
  return body;
}

FeedDocument HttpRenderer::feed(int owner, const Request& request) const {
  const auto& of = world_.owners[static_cast<std::size_t>(owner)];
  const auto entries = feed_entries(world_, timeline_, owner, request, seed_);
  if (!entries.empty()) return render_feed(of, entries, request.now);
  const std::scoped_lock lock(mutex_);
  auto& known = quiet_feeds_[owner];
  if (known.body.empty()) known = render_feed(of, entries, request.now);
  return known;
}

std::string HttpRenderer::html(const Endpoint& endpoint, const Troubles& troubles, Time now) const {
  const auto edition = edition_at(now, endpoint.churn.body, hash_text(endpoint.url));
  if (troubles.pages.empty()) return healthy_body(endpoint, edition);
  auto view = healthy_page(world_, endpoint, edition);
  for (const auto* fault : troubles.pages)
    alter(*fault, view);
  return render_page(view);
}

HttpRenderer::Draft HttpRenderer::page(const Endpoint& endpoint,
                                       const Troubles& troubles,
                                       Time now) const {
  Draft draft;
  if (answers_json(endpoint)) {
    draft.content_type = kJson;
    draft.body =
        troubles.json.empty() ? healthy_body(endpoint, 0) : altered_json(endpoint.json, troubles);
  } else if (!is_html(endpoint)) {
    draft.body = endpoint.says + "\n";
  } else {
    draft.body = html(endpoint, troubles, now);
  }
  draft.headers = endpoint.headers;
  for (const auto* fault : troubles.pages) {
    if (fault->replace_body) draft.body = *fault->replace_body;
    for (const auto& name : fault->remove_header)
      remove_header(draft.headers, name);
  }
  return draft;
}

HttpRenderer::Draft HttpRenderer::login(const HttpAsk& ask,
                                        const Endpoint& endpoint,
                                        const Troubles& troubles,
                                        Time now) const {
  auto draft = page(endpoint, troubles, now);
  const bool is_json = !endpoint.json.is_null();
  const bool is_challenged = troubles.login == LoginFault::challenge;
  if (is_challenged) {
    draft.status = is_json || ask.method == "POST" ? 403 : 200;
    draft.body = is_json ? R"({"error":"challenge_required","challenge":"captcha"})"
                         : render_short_page(world_,
                                             "Confirm that you are human",
                                             "Please solve the captcha to continue signing in.");
    return draft;
  }
  if (ask.method != "POST") return draft;
  bool is_let_in = holds_password(ask.body);
  if (troubles.login == LoginFault::rejects_valid) is_let_in = false;
  if (troubles.login == LoginFault::accepts_any) is_let_in = true;
  auto view = healthy_page(world_, endpoint, 0);
  for (const auto* fault : troubles.pages)
    alter(*fault, view);
  if (is_let_in) {
    if (!is_json) draft.body = render_signed_in(view);
    const auto session = mix(seed_, static_cast<std::uint64_t>(now.time_since_epoch().count()));
    draft.headers.push_back(
        {.name = "Set-Cookie",
         .value = fmt::format("session={:016x}; Path=/; Secure; HttpOnly", session)});
    return draft;
  }
  draft.status = 401;
  if (is_json) {
    draft.body = R"({"error":"invalid_credentials"})";
  } else {
    view.inserts.emplace_back("The user name or the password is not right.");
    draft.body = render_page(view);
  }
  return draft;
}

HttpRenderer::Draft HttpRenderer::script(const std::string& url, const Request& request) const {
  Draft draft;
  draft.content_type = "text/javascript; charset=utf-8";
  draft.headers.push_back({.name = "Cache-Control", .value = "public, max-age=300"});
  const auto* source = atlas_.script(url);
  const auto edition =
      edition_at(request.now, source != nullptr ? source->churn : Millis{0}, hash_text(url));
  const auto* change = timeline_.script_change(url, request);
  if (change != nullptr && change->script_body) {
    draft.body = *change->script_body;
  } else {
    // Changed without words: other content than any edition has.
    draft.body = render_script(url, change != nullptr ? mix(edition, 1) : edition);
  }
  return draft;
}

HttpRenderer::Draft HttpRenderer::healthy(const HttpAsk& ask,
                                          const Place& place,
                                          const Troubles& troubles,
                                          const Request& request) const {
  if (place.feed >= 0) {
    auto document = feed(place.feed, request);
    return {.status = 200,
            .content_type = std::move(document.content_type),
            .body = std::move(document.body),
            .headers = {}};
  }
  const auto link = parse_link(ask.url);
  const SensorScene scene{
      .world = world_, .atlas = atlas_, .timeline = timeline_, .seed = seed_, .request = request};
  if (auto told = link ? render_sensor(scene, *link) : std::nullopt) {
    return {.status = told->status,
            .content_type = std::move(told->content_type),
            .body = std::move(told->body),
            .headers = {}};
  }
  const int login_position = atlas_.login_at(ask.url);
  if (login_position >= 0 && (place.endpoint == login_position || ask.method == "POST")) {
    const auto& endpoint = world_.endpoints[static_cast<std::size_t>(login_position)];
    return login(ask, endpoint, troubles, request.now);
  }
  if (place.endpoint >= 0) {
    const auto& endpoint = world_.endpoints[static_cast<std::size_t>(place.endpoint)];
    return page(endpoint, troubles, request.now);
  }
  const auto url = link ? print_link(*link) : ask.url;
  if (atlas_.script(url) != nullptr || timeline_.script_change(url, request) != nullptr) {
    return script(url, request);
  }
  if (link && !link->is_https) {
    auto secure = *link;
    secure.is_https = true;
    secure.port = 443;
    return {.status = 301,
            .content_type = "text/html; charset=utf-8",
            .body = {},
            .headers = {{.name = "Location", .value = print_link(secure)}}};
  }
  return {.status = 404,
          .content_type = "text/html; charset=utf-8",
          .body = render_short_page(world_, "Not found", "There is nothing at this address."),
          .headers = {}};
}

void HttpRenderer::Draft::spoil(const HttpFault& fault) {
  if (!fault.redirect.empty()) {
    status = 302;
    body.clear();
  }
  if (fault.status) status = *fault.status;
  if (fault.body) {
    body = *fault.body;
    content_type = guess_content_type(body);
  }
}

HttpReply HttpRenderer::render(const HttpAsk& ask,
                               const Place& place,
                               const Troubles& troubles,
                               const Request& request) const {
  auto draft = healthy(ask, place, troubles, request);
  const auto& fault = troubles.http;
  draft.spoil(fault);
  HttpReply reply;
  reply.status = draft.status;
  reply.version = "1.1";
  reply.headers = {{.name = "Date", .value = print_http_date(request.now)},
                   {.name = "Server", .value = server_of(world_, place)},
                   {.name = "Content-Type", .value = draft.content_type}};
  for (const auto& header : draft.headers) {
    const bool is_type = is_same_name(header.name, "content-type");
    // An error's own body is not of the healthy body's type.
    if (is_type && fault.body) continue;
    if (is_same_name(header.name, "set-cookie")) {
      reply.headers.push_back(header);
    } else {
      set_header(reply.headers, header);
    }
  }
  if (!fault.redirect.empty()) {
    set_header(reply.headers, {.name = "Location", .value = fault.redirect});
  }
  if (fault.retry_after) {
    const auto seconds = std::chrono::ceil<Seconds>(*fault.retry_after).count();
    set_header(reply.headers, {.name = "Retry-After", .value = std::to_string(seconds)});
  }
  for (const auto& header : fault.headers)
    set_header(reply.headers, header);
  const bool has_body = ask.method != "HEAD" && draft.status != 204 && draft.status != 304;
  set_header(reply.headers, {.name = "Content-Length", .value = std::to_string(draft.body.size())});
  if (has_body) reply.body = std::move(draft.body);
  if (reply.body.size() > ask.body_bytes_max) {
    reply.body.resize(ask.body_bytes_max);
    reply.is_truncated = true;
  }
  return reply;
}

}  // namespace bw::rehearsal
