// SPDX-License-Identifier: Apache-2.0
#include "probes/feed_reading.h"

#include "probes/text.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

namespace bw {
namespace {

// Markup is several times as long as what it says; beyond this nobody reads it.
constexpr std::size_t kMarkupBytesMax = 64 << 10;
constexpr std::size_t kEntityBytesMax = 10;

int gravity(FeedState state) {
  switch (state) {
    case FeedState::operational:
      return 0;
    case FeedState::unknown:
      return 1;
    case FeedState::maintenance:
      return 2;
    case FeedState::degraded:
      return 3;
    case FeedState::partial:
      return 4;
    case FeedState::major:
      break;
  }
  return 5;
}

std::string key_of(std::string_view name) {
  return lower(fold(name, kFeedNameBytesMax));
}

std::optional<char32_t> parse_entity(std::string_view name) {
  constexpr std::array kNamed =
      std::to_array<std::pair<std::string_view, char32_t>>({{"amp", '&'},
                                                            {"lt", '<'},
                                                            {"gt", '>'},
                                                            {"quot", '"'},
                                                            {"apos", '\''},
                                                            {"nbsp", ' '},
                                                            {"ndash", U'\u2013'},
                                                            {"mdash", U'\u2014'},
                                                            {"lsquo", U'\u2018'},
                                                            {"rsquo", U'\u2019'},
                                                            {"ldquo", U'\u201c'},
                                                            {"rdquo", U'\u201d'},
                                                            {"hellip", U'\u2026'}});
  if (!name.starts_with('#')) {
    const auto* const at = std::ranges::find(kNamed, name, &decltype(kNamed)::value_type::first);
    return at == kNamed.end() ? std::nullopt : std::optional(at->second);
  }
  name.remove_prefix(1);
  const bool is_hex = name.starts_with('x') || name.starts_with('X');
  if (is_hex) name.remove_prefix(1);
  std::uint32_t code = 0;
  const int base = is_hex ? 16 : 10;
  const auto [rest, error] = std::from_chars(name.data(), name.data() + name.size(), code, base);
  if (error != std::errc{} || rest != name.data() + name.size()) return std::nullopt;
  return static_cast<char32_t>(code);
}

// Length of the tag or comment at the front of `text`, 0 where "<" is only a sign.
std::size_t tag_length(std::string_view text) {
  if (text.starts_with("<!--")) return std::min(text.find("-->", 4), text.size() - 3) + 3;
  const char next = text.size() > 1 ? text[1] : ' ';
  const bool is_tag = (next >= 'a' && next <= 'z') || (next >= 'A' && next <= 'Z') || next == '/' ||
                      next == '!' || next == '?';
  if (!is_tag) return 0;
  return std::min(text.find('>'), text.size() - 1) + 1;
}

// Length of a script or style element at the front of `text`, 0 where there is none.
std::size_t hidden_length(std::string_view text) {
  constexpr std::size_t kNameEnd = 7;
  const std::string head = lower(text.substr(0, kNameEnd));
  const bool is_script = head.starts_with("<script");
  if (!is_script && !head.starts_with("<style")) return 0;
  const std::string_view end = is_script ? "</script" : "</style";
  const auto same = [](char a, char b) { return lower({&a, 1}) == std::string_view(&b, 1); };
  const auto found = std::ranges::search(text, end, same);
  return static_cast<std::size_t>(found.begin() - text.begin());
}

// Appends what stands at the front of `text` as plain text; returns how much of it was used up.
std::size_t take_plain(std::string_view text, std::string& out) {
  if (text.front() == '<') {
    if (const auto hidden = hidden_length(text); hidden > 0) return hidden;
    if (const auto tag = tag_length(text); tag > 0) {
      out += ' ';
      return tag;
    }
  }
  if (text.front() == '&') {
    const auto end = text.substr(0, kEntityBytesMax).find(';');
    const auto code =
        end == std::string_view::npos ? std::nullopt : parse_entity(text.substr(1, end - 1));
    if (code) {
      append_char(out, *code);
      return end + 1;
    }
  }
  out += text.front();
  return 1;
}

}  // namespace

FeedState worse(FeedState a, FeedState b) {
  return gravity(a) >= gravity(b) ? a : b;
}

FeedState look_up(std::span<const FeedWord> words, std::string_view word) {
  const std::string wanted = lower(trim(word));
  const auto at = std::ranges::find(words, wanted, &FeedWord::first);
  return at == words.end() ? FeedState::unknown : at->second;
}

bool is_ours(const FeedScope& scope, std::string_view name) {
  const std::string key = key_of(name);
  return std::ranges::any_of(scope.components,
                             [&key](const std::string& one) { return key_of(one) == key; });
}

bool concerns_us(const FeedScope& scope, const std::vector<std::string>& names) {
  return scope.components.empty() || names.empty() ||
         std::ranges::any_of(names,
                             [&scope](const std::string& name) { return is_ours(scope, name); });
}

FeedItem tidy(FeedItem item) {
  item.item = fold(item.item, kFeedTitleBytesMax);
  item.title = plain_text(item.title, kFeedTitleBytesMax);
  item.body = plain_text(item.body, kFeedBodyBytesMax);
  if (item.components.size() > kFeedComponentsMax) item.components.resize(kFeedComponentsMax);
  for (auto& name : item.components)
    name = fold(name, kFeedNameBytesMax);
  // The empty id is the page's.
  if (item.item.empty()) item.item = item.title.empty() ? "untitled" : item.title;
  return item;
}

void keep_newest(FeedReading& reading, std::vector<Time> revised, const Moment& now) {
  revised.resize(reading.items.size());
  std::vector<std::size_t> order;
  order.reserve(reading.items.size());
  for (std::size_t i = 0; i < reading.items.size(); ++i)
    order.push_back(i);
  std::erase_if(order, [&](std::size_t i) {
    return !reading.items[i].is_open && now.is_after(revised[i] + kFeedAgeMax);
  });
  std::ranges::stable_sort(order, [&](std::size_t a, std::size_t b) {
    if (reading.items[a].is_open != reading.items[b].is_open) return reading.items[a].is_open;
    return revised[a] > revised[b];
  });
  if (order.size() > kFeedItemsMax) order.resize(kFeedItemsMax);
  std::vector<FeedItem> kept;
  kept.reserve(order.size());
  for (const auto i : order)
    kept.push_back(std::move(reading.items[i]));
  reading.items = std::move(kept);
}

std::string plain_text(std::string_view markup, std::size_t bytes_max) {
  markup = markup.substr(0, kMarkupBytesMax);
  std::string text;
  while (!markup.empty())
    markup.remove_prefix(take_plain(markup, text));
  return fold(text, bytes_max);
}

}  // namespace bw
