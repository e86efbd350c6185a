// SPDX-License-Identifier: Apache-2.0
#include "probes/catalog.h"
#include "probes/http_look.h"
#include "probes/memory.h"
#include "probes/script.h"
#include "probes/text.h"

#include <openssl/sha.h>

#include <algorithm>
#include <array>
#include <cstdlib>

// Fetches a page and then, as a visitor's browser would, the scripts that it loads, and reads what
// they do. Whether the page works is the page kind's to say: one that cannot be read here is
// `monitor_error`, nothing was learnt of its scripts. A script that does not come is a fact.
namespace bw {
namespace {

constexpr auto kSettings = std::to_array<Setting>({
    {.key = "url",
     .type = "url",
     .is_required = true,
     .about = "address of the page whose scripts are read, http or https"},
    {.key = "headers",
     .type = "table of text",
     .is_required = false,
     .about = "sent to the page's own site"},
    {.key = "expect_status",
     .type = "list of integer",
     .is_required = false,
     .about = "statuses of a page that can be read; 200-299"},
    {.key = "expect_text",
     .type = "text",
     .is_required = false,
     .about = "a page that can be read holds this"},
    {.key = "redirects_max",
     .type = "integer",
     .is_required = false,
     .about = "hops that are followed; 5"},
    {.key = "body_bytes_max",
     .type = "integer",
     .is_required = false,
     .about = "bytes of the page that are read; 1048576"},
    {.key = "scripts_max",
     .type = "integer",
     .is_required = false,
     .about = "scripts of the page that are fetched, the first ones; 12"},
    {.key = "script_bytes_max",
     .type = "integer",
     .is_required = false,
     .about = "bytes of each that are read; 524288"},
    {.key = "deadline",
     .type = "duration",
     .is_required = false,
     .about = "for the page, and twice that for its scripts together; 10s"},
    {.key = "ca_file",
     .type = "path",
     .is_required = false,
     .about = "roots to trust instead of the system's"},
    {.key = "verify",
     .type = "boolean",
     .is_required = false,
     .about = "false: report certificate trouble only"},
});

// Look::step. Look::kept is the page's address once it has come, Look::waiting its scripts, the one
// under way first.
enum Stage : int { page_asked, script_asked };

constexpr int kRedirectsMax = 12;  // of the page and its scripts together

Finding unread(const Look& look, std::string_view why) {
  return {.outcome = Outcome::monitor_error,
          .party = Party::unknown,
          .facts = look.facts,
          .note = fold("the page's scripts could not be looked for: " + std::string(why), 300),
          .items = {}};
}

Finding finished(const Look& look) {
  return {.outcome = Outcome::ok,
          .party = Party::unknown,
          .facts = look.facts,
          .note = {},
          .items = {}};
}

// Asks for what `url` has of the script under way, while there is time.
Step ask_script(const Spec& spec, Look& look, std::string url) {
  auto ask = ask_http(
      spec, look, {.method = "GET", .url = std::move(url), .body = {}, .content_type = {}});
  std::get<HttpAsk>(ask.what).body_bytes_max = spec.script_bytes_max;
  const auto spent = std::chrono::duration_cast<Millis>(look.phases.total());
  const auto left = spec.deadline * 3 - spent;
  if (left > Millis{0}) {
    ask.deadline = std::min(ask.deadline, left);
    return ask;
  }
  for (const auto& late : look.waiting) {
    const auto parsed = parse_url(late);
    look.facts.add_member(Fact::script_failures,
                          token(parsed ? without_query(*parsed) : late) + "=no_time_left");
  }
  return finished(look);
}

Step next_script(const Spec& spec, Look& look) {
  if (look.waiting.empty()) return finished(look);
  return ask_script(spec, look, look.waiting.front());
}

Step read_page(const Spec& spec, Look& look, const Reply& reply, Time now) {
  if (auto step = follow(spec, look, reply, now)) {
    auto* const failed = std::get_if<Finding>(&*step);
    if (failed == nullptr) return std::move(*step);
    return unread(look, failed->note);
  }
  const auto answer = read_answer(spec, look, reply, now);
  const auto outcome = judge_answer(spec, answer);
  if (is_failure(outcome)) return unread(look, describe(spec, answer, outcome));
  if (!answer.body.page) return unread(look, "the answer is no page");
  look.kept = print(answer.url);
  for (const auto& script : answer.body.page->scripts) {
    if (look.waiting.size() >= static_cast<std::size_t>(spec.scripts_max)) break;
    if (!script.url) continue;
    auto url = print(*script.url);
    if (!parse_url(url)) continue;  // too long once it is resolved
    if (std::ranges::find(look.waiting, url) == look.waiting.end())
      look.waiting.push_back(std::move(url));
  }
  look.step = script_asked;
  return next_script(spec, look);
}

// The address that a redirect leads to, while there are not too many of them.
std::optional<Url> next_hop(Look& look, const HttpReply& http, const Url& from) {
  const auto location = find_header(http.headers, "location");
  if (http.status < 300 || http.status > 399 || location.empty()) return std::nullopt;
  if (++look.redirects > kRedirectsMax) return std::nullopt;
  const auto to = resolve_url(from, location);
  return to && parse_url(print(*to)) ? to : std::nullopt;
}

void add_reading(Look& look, const ScriptReading& reading, const Url& url) {
  auto& facts = look.facts;
  const auto from = origin_of(url);
  const auto sends = from + ">";
  for (const auto& to : reading.sends_to)
    facts.add_member(Fact::script_sends, sends + to);
  if (!is_suspect(reading)) return;
  for (auto& mark : script_marks(reading, from))
    facts.add_member(Fact::script_marks, std::move(mark));
  // Traits of several scripts are no conjunction: the worst one's are kept.
  if (reading.traits.size() <= members(facts.get(Fact::script_traits)).size()) return;
  facts.set_members(Fact::script_traits, reading.traits);
  facts.set_members(Fact::script_targets, reading.origins);
  facts.set(Fact::script_suspect, token(without_query(url)));
}

std::size_t bytes_of(const ScriptReading& reading) {
  return bytes_of_texts(reading.traits) + bytes_of_texts(reading.origins) +
         bytes_of_texts(reading.sends_to) + bytes_of_texts(reading.takes_to);
}

std::shared_ptr<const Memory::ScriptRead> read_known_script(const Look& look,
                                                            const std::string& source,
                                                            const Url& url) {
  const auto read = [&] {
    return std::make_shared<const Memory::ScriptRead>(Memory::ScriptRead{
        .reading = read_script(source, {.page = parse_url(look.kept), .script = url}),
        .hash = script_hash(source)});
  };
  if (look.memory == nullptr) return read();
  Memory::ScriptKey key{.sha256 = {}, .page = look.kept, .url = print(url)};
  SHA256(reinterpret_cast<const unsigned char*>(source.data()), source.size(), key.sha256.data());
  auto& known = look.memory->scripts;
  const auto* found = known.find([&](const Memory::ScriptKey& each) { return each == key; });
  if (found != nullptr) return *found;
  auto anew = read();
  const auto bytes = sizeof(key) + key.page.size() + key.url.size() + sizeof(Memory::ScriptRead) +
                     bytes_of(anew->reading);
  known.keep(std::move(key), anew, bytes);
  return anew;
}

Step read_script_reply(const Spec& spec, Look& look, const Reply& reply) {
  look.phases.add(reply.phases);
  const auto url = parse_url(look.waiting.front());
  const auto here = parse_url(look.url);
  if (!url || !here) std::abort();  // only what parses is asked for
  const auto name = token(without_query(*url));
  if (reply.failure != Outcome::ok || !reply.http) {
    const auto outcome = reply.failure == Outcome::ok ? Outcome::reply_malformed : reply.failure;
    look.facts.add_member(Fact::script_failures, name + "=" + std::string(print(outcome)));
  } else if (const auto hop = next_hop(look, *reply.http, *here)) {
    return ask_script(spec, look, print(*hop));
  } else if (reply.http->status != 200) {
    look.facts.add_member(Fact::script_failures, name + "=" + std::to_string(reply.http->status));
  } else {
    const auto script = read_known_script(look, reply.http->body, *url);
    look.facts.add_member(Fact::script_hashes, name + "=" + script->hash);
    add_reading(look, script->reading, *url);
  }
  look.waiting.erase(look.waiting.begin());
  return next_script(spec, look);
}

Ask begin(const Spec& spec, Look& look) {
  return ask_http(spec, look, {.method = "GET", .url = spec.url, .body = {}, .content_type = {}});
}

Step read(const Spec& spec, Look& look, const Reply& reply, Time now) {
  if (look.step == page_asked) return read_page(spec, look, reply, now);
  return read_script_reply(spec, look, reply);
}

}  // namespace

const ProbeKind kinds::scripts{
    .name = "scripts",
    .about = "the scripts that a page loads: what they do, to whom they send what visitors type",
    .settings = kSettings,
    .begin = begin,
    .read = read};

}  // namespace bw
