// SPDX-License-Identifier: Apache-2.0
#include "probes/feed_xml.h"

#include "probes/date.h"
#include "probes/feed_prose.h"
#include "probes/text.h"

#include <algorithm>
#include <map>
#include <optional>
#include <pugixml.hpp>

namespace bw {
namespace {

constexpr std::ptrdiff_t kTagsMax = 100'000;  // a tree costs far more than its text
constexpr int kEntriesMax = 500;              // of a document; the newest come first
constexpr std::size_t kMarkupBytesMax = 64 << 10;

// Names without their namespace prefix: feeds bind "dc", "content" and "atom" as they like.
std::string_view local_name(const pugi::xml_node& node) {
  const std::string_view name = node.name();
  return name.substr(name.rfind(':') + 1);
}

pugi::xml_node child(const pugi::xml_node& node, std::string_view name) {
  for (const auto& one : node.children()) {
    if (local_name(one) == name) return one;
  }
  return {};
}

// The node that follows in document order, outside of `node` itself; null at the end of `top`.
pugi::xml_node next_after(pugi::xml_node node, const pugi::xml_node& top) {
  while (node != top && node.next_sibling().empty())
    node = node.parent();
  return node == top ? pugi::xml_node() : node.next_sibling();
}

// All text below a node, in order, without recursion; elements leave a space.
std::string deep_text(const pugi::xml_node& top) {
  std::string text;
  auto node = top.first_child();
  while (!node.empty() && text.size() < kMarkupBytesMax) {
    text += node.value();
    const auto inner = node.first_child();
    if (!inner.empty()) text += ' ';
    node = inner.empty() ? next_after(node, top) : inner;
  }
  return text;
}

std::string text_of(const pugi::xml_node& node, std::string_view name) {
  return deep_text(child(node, name));
}

std::string link_of(const pugi::xml_node& node) {
  const auto link = child(node, "link");
  const std::string href = link.attribute("href").value();
  return href.empty() ? deep_text(link) : href;
}

struct Entry {
  FeedItem item;
  std::optional<Time> first;
  Time revised{};
  std::string words;  // all that could name a component, lower case
};

// The id that all revisions of an item share. AWS appends a time to the service's key.
std::string id_of(const pugi::xml_node& node, const std::string& title) {
  std::string id = text_of(node, "guid");
  if (id.empty()) id = text_of(node, "id");
  if (id.empty()) id = link_of(node);
  if (id.empty()) id = title;
  const auto hash = id.find('#');
  const auto tail = id.rfind('_');
  constexpr std::size_t kTimeDigits = 9;
  if (hash != std::string::npos && tail != std::string::npos && tail > hash &&
      id.size() - tail > kTimeDigits &&
      id.find_first_not_of("0123456789", tail + 1) == std::string::npos) {
    id.resize(tail);
  }
  return std::string(trim(id));
}

std::optional<Time> date_of(const pugi::xml_node& node,
                            std::initializer_list<std::string_view> names) {
  for (const auto name : names) {
    if (const auto at = parse_date(text_of(node, name))) return at;
  }
  return std::nullopt;
}

std::string body_of(const pugi::xml_node& node) {
  for (const auto* name : {"encoded", "content", "description", "summary"}) {
    if (auto text = text_of(node, name); !trim(text).empty()) return text;
  }
  return {};
}

Entry read_entry(const pugi::xml_node& node, const FeedScope& scope) {
  Entry entry;
  const std::string title = text_of(node, "title");
  Prose prose = read_prose(title, body_of(node));
  entry.item.item = id_of(node, title);
  entry.item.title = std::move(prose.title);
  entry.item.body = std::move(prose.body);
  entry.item.is_open = prose.is_open;
  // What the organisation says of itself is a statement, weighed by its words.
  const bool is_plan = prose.state == FeedState::maintenance;
  entry.item.state = scope.is_own && !is_plan ? FeedState::unknown : prose.state;
  entry.first = date_of(node, {"published", "issued", "pubDate", "date"});
  // Atom's <updated> is touched by every revision, RSS's <pubDate> often by none.
  const auto revised =
      date_of(node, {"updated", "modified", "pubDate", "date", "published", "issued"});
  entry.revised = revised ? *revised : scope.now.now();
  entry.item.started = entry.first ? entry.first : std::optional(entry.revised);
  if (prose.from) entry.item.started = prose.from;
  entry.item.ends = prose.to;
  entry.words = lower(entry.item.title + " " + entry.item.body + " " + entry.item.item);
  for (const auto& one : node.children()) {
    if (local_name(one) != "category") continue;
    entry.words += " " + lower(deep_text(one)) + " " + lower(one.attribute("term").value());
  }
  return entry;
}

bool is_wanted(const Entry& entry, const FeedScope& scope) {
  if (scope.now.is_after(entry.revised + kFeedAgeMax)) return false;
  return scope.components.empty() ||
         std::ranges::any_of(scope.components, [&entry](const std::string& component) {
           return entry.words.contains(lower(component));
         });
}

// One item an id, as last revised; it started when its first revision did.
void fold_in(std::vector<Entry>& entries, Entry next) {
  const auto at = std::ranges::find(
      entries, next.item.item, [](const Entry& entry) { return entry.item.item; });
  if (at == entries.end()) return entries.push_back(std::move(next));
  auto& older = next.revised > at->revised ? *at : next;
  auto& newer = next.revised > at->revised ? next : *at;
  if (!newer.item.ends) newer.item.started = std::min(older.item.started, newer.item.started);
  *at = std::move(newer);
}

// "Resolved: Card payments" ends "Card payments" also where it is an entry of its own.
void close_resolved(std::vector<Entry>& entries) {
  std::map<std::string, Time> over;
  for (const auto& entry : entries) {
    auto& at = over[lower(entry.item.title)];
    if (!entry.item.is_open) at = std::max(at, entry.revised);
  }
  for (auto& entry : entries) {
    if (over[lower(entry.item.title)] > entry.revised) entry.item.is_open = false;
  }
}

std::vector<Entry> read_entries(const pugi::xml_node& parent,
                                std::string_view name,
                                const FeedScope& scope) {
  std::vector<Entry> entries;
  int seen = 0;
  for (const auto& node : parent.children()) {
    if (local_name(node) != name) continue;
    if (++seen > kEntriesMax) break;
    Entry entry = read_entry(node, scope);
    if (is_wanted(entry, scope)) fold_in(entries, std::move(entry));
  }
  close_resolved(entries);
  return entries;
}

struct Shape {
  pugi::xml_node channel;  // holds the feed's own id
  pugi::xml_node parent;   // holds the entries
  std::string_view entry;
};

std::optional<Shape> shape_of(const pugi::xml_node& root) {
  const auto name = local_name(root);
  if (name == "feed") return Shape{.channel = root, .parent = root, .entry = "entry"};
  const auto channel = child(root, "channel");
  if (channel.empty()) return std::nullopt;
  if (name == "rss") return Shape{.channel = channel, .parent = channel, .entry = "item"};
  if (name == "RDF") return Shape{.channel = channel, .parent = root, .entry = "item"};
  return std::nullopt;
}

}  // namespace

FeedResult read_xml_feed(std::string_view text, const FeedScope& scope) {
  if (std::ranges::count(text, '<') > kTagsMax) return std::unexpected("XML of too many tags");
  pugi::xml_document document;
  const auto result =
      document.load_buffer(text.data(), text.size(), pugi::parse_default, pugi::encoding_utf8);
  if (!result) {
    return std::unexpected("XML that ends or breaks at byte " + std::to_string(result.offset));
  }
  const auto shape = shape_of(document.document_element());
  if (!shape) {
    return std::unexpected("neither RSS nor Atom but <" +
                           fold(document.document_element().name(), kFeedNameBytesMax) + ">");
  }
  FeedReading reading;
  reading.page = text_of(shape->channel, "id");
  if (trim(reading.page).empty()) reading.page = link_of(shape->channel);
  reading.page = fold(reading.page, kFeedTitleBytesMax);
  reading.state = scope.is_own ? FeedState::unknown : FeedState::operational;
  std::vector<Time> revised;
  for (auto& entry : read_entries(shape->parent, shape->entry, scope)) {
    entry.item.is_open = entry.item.is_open && !scope.now.is_after(entry.revised + kProseFreshMax);
    const bool is_ahead =
        entry.item.ends && entry.item.started && scope.now.is_before(*entry.item.started);
    if (entry.item.ends)
      entry.item.is_open = entry.item.is_open && scope.now.is_before(*entry.item.ends);
    if (entry.item.is_open && !is_ahead && !scope.is_own) {
      reading.state = worse(reading.state, entry.item.state);
    }
    revised.push_back(entry.revised);
    reading.items.push_back(tidy(std::move(entry.item)));
  }
  keep_newest(reading, std::move(revised), scope.now);
  return reading;
}

}  // namespace bw
