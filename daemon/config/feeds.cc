// SPDX-License-Identifier: Apache-2.0
#include "daemon/config/feeds.h"

#include "daemon/config/reader.h"
#include "daemon/config/target_keys.h"
#include "daemon/config/values.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>

namespace bw {
namespace {

using config::Node;
using config::Problems;
using config::Section;

std::string read_name(Section& section, std::string_view before) {
  std::string name = section.required_text("name", "what the configuration says: feed = \"...\"");
  if (name.empty()) return {};
  const auto say = [&](const std::string& what, std::string hint) {
    section.problem(section.at("name"), what, std::move(hint));
  };
  if (!config::is_id(name)) {
    say("it cannot be a name", R"(use letters, digits, ".", "_" and "-", at most 64 of them)");
  } else if (name == before) {
    say("it stands here twice", "remove one of them");
  } else if (name < before) {
    say("it stands after " + config::in_quotes(before), "keep the names in order");
  }
  return name;
}

std::string read_https(Section& section) {
  std::string url = section.required_text("url", "the address of the feed");
  if (url.empty() || !config::check_url(section, section.at("url"), "url", url)) return {};
  if (url.starts_with("https://")) return url;
  section.problem(section.at("url"), "\"url\" must begin with https://");
  return {};
}

std::string read_word(Section& section,
                      std::string_view key,
                      const std::vector<std::string_view>& allowed) {
  if (section.find(key) == nullptr)
    section.missing(key, "it is one of " + config::enumerated(allowed));
  return section.word(key, allowed, {});
}

std::string read_day(Section& section, std::string_view key) {
  std::string day = section.text(key);
  if (day.empty() || parse_time(day + "T00:00:00Z")) return day;
  section.problem(section.at(key),
                  config::in_quotes(key) + ": " + config::in_quotes(day) + " is not a day",
                  "write it as \"2026-08-24\"");
  return {};
}

KnownFeed read_entry(Section& section, std::string_view before) {
  KnownFeed feed;
  feed.name = read_name(section, before);
  feed.title = section.required_text("title", "the provider as people call it");
  feed.role = read_word(section, "role", config::provider_roles());
  feed.url = read_https(section);
  feed.format = read_word(section, "format", config::feed_formats());
  feed.components = section.texts("components");
  feed.source = section.required_text("source", "who says so");
  feed.checked = read_day(section, "checked");
  feed.is_verified = section.boolean("verified", true);
  section.finish();
  return feed;
}

}  // namespace

std::expected<std::vector<KnownFeed>, std::vector<Error>> parse_feeds(std::string_view text,
                                                                      const std::string& path) {
  Problems problems(path);
  auto document = config::parse_document(text);
  if (const auto* error = std::get_if<config::SyntaxError>(&document); error != nullptr) {
    problems.add(error->at, error->what);
    return std::unexpected(problems.take());
  }
  Section root(std::get<Node>(document), {}, problems);
  auto sections = root.tables("feed", "name");
  if (sections.size() > kKnownFeedsMax) {
    sections[kKnownFeedsMax].problem(sections[kKnownFeedsMax].at(),
                                     "a directory has at most 2,000 feeds");
    return std::unexpected(problems.take());
  }
  std::vector<KnownFeed> feeds;
  feeds.reserve(sections.size());
  for (auto& section : sections)
    feeds.push_back(read_entry(section, feeds.empty() ? std::string_view() : feeds.back().name));
  root.finish();
  if (problems.count() > 0) return std::unexpected(problems.take());
  return feeds;
}

const std::vector<KnownFeed>& builtin_feeds() {
  static const std::vector<KnownFeed> kFeeds = [] {
    auto parsed = parse_feeds(builtin_feeds_text(), "config/feeds.toml");
    if (!parsed) {
      for (const auto& error : parsed.error())
        std::fprintf(stderr, "%s\n", print(error).c_str());
      std::abort();
    }
    return *std::move(parsed);
  }();
  return kFeeds;
}

const KnownFeed* find_known_feed(std::string_view name) {
  const auto& feeds = builtin_feeds();
  const auto at = std::ranges::lower_bound(feeds, name, {}, &KnownFeed::name);
  return at == feeds.end() || at->name != name ? nullptr : &*at;
}

std::vector<std::string_view> known_feed_names() {
  std::vector<std::string_view> names;
  for (const auto& feed : builtin_feeds())
    names.emplace_back(feed.name);
  return names;
}

}  // namespace bw
