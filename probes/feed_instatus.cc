// SPDX-License-Identifier: Apache-2.0
#include "probes/feed_json.h"
#include "probes/text.h"

#include <array>
#include <charconv>

// Instatus: /summary.json, and /v2/components.json. Some pages say UP through an open incident, so
// that the page's word counts only together with what is open.
namespace bw {
namespace {

using nlohmann::json;

constexpr std::array kWords = std::to_array<FeedWord>({{"up", FeedState::operational},
                                                       {"hasissues", FeedState::degraded},
                                                       {"undermaintenance", FeedState::maintenance},
                                                       {"operational", FeedState::operational},
                                                       {"degradedperformance", FeedState::degraded},
                                                       {"minoroutage", FeedState::partial},
                                                       {"partialoutage", FeedState::partial},
                                                       {"majoroutage", FeedState::major}});
constexpr std::int64_t kMinutesMax = 60LL * 24 * 60;

bool is_over(const std::string& status) {
  const std::string word = lower(status);
  return word == "resolved" || word == "completed";
}

FeedItem read_item(const json& one, bool is_maintenance) {
  FeedItem item;
  item.item = text_of(one, "id");
  if (item.item.empty()) item.item = text_of(one, "url");
  item.title = text_of(one, "name");
  item.is_open = !is_over(text_of(one, "status"));
  item.state = is_maintenance ? FeedState::maintenance : look_up(kWords, text_of(one, "impact"));
  item.started = time_of_any(one, {"started", "start"});
  const json& updates = list_of(one, "updates");
  if (!updates.empty()) item.body = text_of(updates.front(), "message");
  const std::string minutes = text_of(one, "duration");
  std::int64_t length = 0;
  std::from_chars(minutes.data(), minutes.data() + minutes.size(), length);
  if (item.started && length > 0 && length <= kMinutesMax) {
    item.ends = *item.started + std::chrono::minutes{length};
  }
  return item;
}

FeedState state_of_ours(const json& components, const FeedScope& scope, FeedReading& reading) {
  FeedState state = FeedState::operational;
  for (const auto& wanted : scope.components) {
    const FeedScope single{.now = {}, .components = {wanted}, .is_own = scope.is_own};
    bool is_listed = false;
    for (const auto& one : components) {
      if (!is_ours(single, text_of(one, "name")) && !is_ours(single, text_of(one, "id"))) continue;
      is_listed = true;
      state = worse(state, look_up(kWords, text_of(one, "status")));
    }
    if (is_listed) continue;
    reading.lacking.push_back(wanted);
    state = worse(state, FeedState::unknown);
  }
  return state;
}

FeedState worst_of(const json& components) {
  FeedState state = FeedState::operational;
  for (const auto& one : components)
    state = worse(state, look_up(kWords, text_of(one, "status")));
  return state;
}

struct Gathered {
  FeedReading reading;
  std::vector<Time> revised;
  FeedState worst_open = FeedState::operational;
};

void add(const json& one, bool is_maintenance, const Moment& now, Gathered& out) {
  FeedItem item = tidy(read_item(one, is_maintenance));
  const bool is_ahead = is_maintenance && lower(text_of(one, "status")) == "notstartedyet";
  if (item.is_open && !is_ahead) out.worst_open = worse(out.worst_open, item.state);
  out.revised.push_back(item.started ? *item.started : now.now());
  out.reading.items.push_back(std::move(item));
}

// The page's word, or the components' where they decide. Needs what is open to be gathered in
// `out`, and adds to its reading which components of ours the document lacks.
FeedState state_of(const json& document, const FeedScope& scope, Gathered& out) {
  const json& components = list_of(document, "components");
  if (has_list(document, "components") && !scope.components.empty())
    return state_of_ours(components, scope, out.reading);
  const json& page = member_of(document, "page");
  if (page.is_object()) return worse(look_up(kWords, text_of(page, "status")), out.worst_open);
  return worst_of(components);
}

FeedResult read(const json& document, const FeedScope& scope) {
  const json& page = member_of(document, "page");
  if (!page.is_object() && !has_list(document, "components"))
    return std::unexpected("a document without a page");
  Gathered out;
  out.reading.page = fold(text_of(page, "url"), kFeedTitleBytesMax);
  for (const auto& one : list_of(document, "activeIncidents"))
    add(one, false, scope.now, out);
  for (const auto& one : list_of(document, "activeMaintenances"))
    add(one, true, scope.now, out);
  out.reading.state = state_of(document, scope, out);
  keep_newest(out.reading, std::move(out.revised), scope.now);
  return std::move(out.reading);
}

bool recognises(const json& document) {
  const json& page = member_of(document, "page");
  return page.is_object() && text_of(page, "id").empty() && !text_of(page, "status").empty();
}

}  // namespace

const JsonFeed feeds::instatus{.name = "instatus", .recognises = recognises, .read = read};

}  // namespace bw
