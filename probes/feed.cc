// SPDX-License-Identifier: Apache-2.0
#include "probes/catalog.h"
#include "probes/certificate.h"
#include "probes/ending.h"
#include "probes/feed_document.h"
#include "probes/memory.h"
#include "probes/resolution.h"
#include "probes/text.h"

#include <algorithm>
#include <array>

namespace bw {
namespace {

constexpr int kRedirectsMax = 3;
constexpr std::size_t kBodyBytesMin = 2 << 20;  // Google's archive of incidents is above one MiB
constexpr std::size_t kUrlBytesMax = 2048;
constexpr std::size_t kNoteBytesMax = 300;
constexpr std::array kSettings = std::to_array<Setting>({
    {.key = "url", .type = "url", .is_required = true, .about = "address of the feed"},
    {.key = "format",
     .type = "text",
     .about =
         "statuspage, incident-io, instatus, google-cloud, aws, slack, salesforce-trust, "
         "status-io, better-stack, stripe, paypal, heroku, zendesk, algolia, azure-rss, rss or "
         "atom; default: recognise it"},
    {.key = "components",
     .type = "list of text",
     .about = "ids or names of those that we depend on; default all"},
    {.key = "headers", .type = "table of text", .about = "request headers"},
    {.key = "ca_file", .type = "text", .about = "trust these roots (PEM) instead of the system's"},
    {.key = "body_bytes_max", .type = "integer", .about = "default and at least 2097152"},
});

Ask ask(const Spec& spec, const Look& look) {
  HttpAsk http;
  http.url = look.url;
  http.lead = {.is_foreign = look.redirects > 0, .from = look.own_address};
  http.headers = spec.headers;
  if (find_header(http.headers, "accept").empty()) {
    http.headers.push_back(
        {.name = "Accept",
         .value = "application/json, application/atom+xml, application/rss+xml, */*;q=0.5"});
  }
  http.trust = spec.trust;
  http.body_bytes_max = std::max(spec.body_bytes_max, kBodyBytesMin);
  return {.what = std::move(http), .deadline = spec.deadline};
}

Ask begin(const Spec& spec, Look& look) {
  look.url = spec.url;
  return ask(spec, look);
}

std::string origin_of(std::string_view url) {
  const auto scheme = url.find("://");
  if (scheme == std::string_view::npos) return {};
  return lower(url.substr(0, url.find_first_of("/?#", scheme + 3)));
}

// Where a redirect leads; nothing where it leaves HTTP or gives up encryption. Feeds are redirected
// to other hosts and paths, hardly ever by relative references.
std::optional<std::string> target_of(const std::string& from, std::string_view location) {
  location = trim(location);
  if (location.empty() || location.size() > kUrlBytesMax) return std::nullopt;
  if (location.front() == '/' && !location.starts_with("//")) {
    return origin_of(from) + std::string(location);
  }
  const std::string scheme = lower(location.substr(0, 8));
  const bool is_safe = scheme.starts_with("https://");
  const bool is_no_worse = scheme.starts_with("http://") && lower(from).starts_with("http://");
  if (!is_safe && !is_no_worse) return std::nullopt;
  return std::string(location);
}

// The page's state, always the last of a look's items.
FeedItem page_item(const Spec& spec, FeedState state) {
  FeedItem item;
  item.provider = spec.feed_provider;
  item.state = state;
  item.is_open = state != FeedState::operational;
  return item;
}

// Nothing that goes wrong here says anything about the provider: its state becomes unknown, and its
// incidents stay as they were last heard of.
Finding unheard(const Spec& spec, Outcome outcome, std::string_view note, Facts facts) {
  facts.set(Fact::feed_state, std::string(print(FeedState::unknown)));
  return {.outcome = outcome,
          .party = outcome == Outcome::monitor_error ? Party::us : Party::unknown,
          .facts = std::move(facts),
          .note = fold(note, kNoteBytesMax),
          .items = {page_item(spec, FeedState::unknown)}};
}

Finding heard(const Spec& spec, const FeedReading& reading, Facts facts) {
  facts.set(Fact::feed_state, std::string(print(reading.state)));
  facts.set(Fact::feed_page, token(reading.page));
  Finding finding;
  finding.facts = std::move(facts);
  finding.items = reading.items;
  for (auto& item : finding.items)
    item.provider = spec.feed_provider;
  finding.items.push_back(page_item(spec, reading.state));
  if (!reading.lacking.empty()) {
    finding.outcome = Outcome::degraded;
    finding.note =
        fold("the feed lists no component \"" + reading.lacking.front() + "\"", kNoteBytesMax);
  }
  return finding;
}

std::size_t bytes_of(const FeedResult& result) {
  std::size_t sum = sizeof(result);
  for (const auto& item : result ? result->items : std::vector<FeedItem>{}) {
    sum += sizeof(item) + item.item.size() + item.title.size() + item.body.size() +
           bytes_of_texts(item.components);
  }
  return sum;
}

std::shared_ptr<const FeedResult> read_document(const Spec& spec,
                                                const Look& look,
                                                const HttpReply& http,
                                                Time now) {
  const auto content_type = find_header(http.headers, "content-type");
  const auto number = look.memory == nullptr ? 0 : look.memory->number_of(http.body);
  if (number != 0) {
    const auto* known = look.memory->feeds.find([&](const Memory::FeedKey& key) {
      return key.body == number && key.content_type == content_type && key.since <= now &&
             now < key.until;
    });
    if (known != nullptr) return *known;
  }
  const FeedScope scope{
      .now = now, .components = spec.components, .is_own = spec.feed_provider == "own"};
  auto result =
      std::make_shared<const FeedResult>(read_feed(http.body, content_type, spec.format, scope));
  if (number != 0) {
    look.memory->feeds.keep({.body = number,
                             .content_type = std::string(content_type),
                             .since = scope.now.since(),
                             .until = scope.now.until()},
                            result,
                            sizeof(Memory::FeedKey) + content_type.size() + bytes_of(*result));
  }
  return result;
}

Finding read_body(const Spec& spec, Look& look, const HttpReply& http, Time now) {
  if (http.is_truncated) {
    return unheard(spec,
                   Outcome::feed_unreadable,
                   "the feed is longer than body_bytes_max",
                   std::move(look.facts));
  }
  const auto document = read_document(spec, look, http, now);
  if (!*document) {
    const std::string wanted = spec.format.empty() ? "a status feed" : "a feed in " + spec.format;
    return unheard(spec,
                   Outcome::feed_unreadable,
                   "expected " + wanted + ", got " + document->error(),
                   std::move(look.facts));
  }
  return heard(spec, **document, std::move(look.facts));
}

Step follow(const Spec& spec, Look& look, const HttpReply& http) {
  const auto target = target_of(look.url, find_header(http.headers, "location"));
  if (!target) {
    return unheard(spec,
                   Outcome::status_unexpected,
                   "redirected to where a feed cannot be: " +
                       std::string(find_header(http.headers, "location")),
                   look.facts);
  }
  if (look.redirects == std::min(kRedirectsMax, spec.redirects_max)) {
    return unheard(spec, Outcome::redirect_loop, "redirected too often", look.facts);
  }
  ++look.redirects;
  if (origin_of(*target) != origin_of(look.url)) look.foreign.push_back(origin_of(*target));
  look.url = *target;
  return ask(spec, look);
}

Step read(const Spec& spec, Look& look, const Reply& reply, Time now) {
  add_resolution_facts(look, reply);
  if (reply.chain) add_certificate_facts(look, *reply.chain);
  if (look.redirects == 0) look.own_address = reply.address;
  if (look.redirects > 0) {
    look.facts.set(Fact::final_url, token(look.url.substr(0, look.url.find_first_of("?#"))));
    look.facts.set_members(Fact::redirects, look.foreign);
  }
  if (reply.failure != Outcome::ok || !reply.http) {
    const Outcome outcome = reply.failure == Outcome::ok ? Outcome::monitor_error : reply.failure;
    return unheard(spec, outcome, reply.detail, look.facts);
  }
  const HttpReply& http = *reply.http;
  look.facts.set(Fact::status, std::to_string(http.status));
  if (http.status >= 300 && http.status < 400 && !find_header(http.headers, "location").empty()) {
    return follow(spec, look, http);
  }
  if (http.status < 200 || http.status > 299) {
    return unheard(spec,
                   outcome_of_status(http.status),
                   "answered " + std::to_string(http.status),
                   look.facts);
  }
  return read_body(spec, look, http, now);
}

}  // namespace

const ProbeKind kinds::feed{.name = "feed",
                            .about = "reads a provider's status feed or our own newsroom",
                            .settings = kSettings,
                            .begin = begin,
                            .read = read};

}  // namespace bw
