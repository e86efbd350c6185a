// SPDX-License-Identifier: Apache-2.0
#include "daemon/verdict/board.h"

#include <algorithm>

namespace bw {
namespace {

constexpr Millis kClosedMemory{std::chrono::hours{24 * 14}};
constexpr Millis kPlannedMemory{std::chrono::hours{24 * 2}};
constexpr Millis kStoryMax{std::chrono::hours{24 * 7}};
constexpr std::size_t kRevisionsMax = 16;
constexpr std::size_t kSaidMax = 4096;
constexpr std::size_t kPlannedMax = 1024;

// Worse states are more: unknown counts as nothing said.
int rank(FeedState state) {
  switch (state) {
    case FeedState::unknown:
      return 0;
    case FeedState::operational:
      return 1;
    case FeedState::maintenance:
      return 2;
    case FeedState::degraded:
      return 3;
    case FeedState::partial:
      return 4;
    case FeedState::major:
      return 5;
  }
  return 0;
}

// A feed that is read for the first time tells old stories too.
bool is_old_story(const FeedItem& item) {
  return item.started && item.at - *item.started > kStoryMax;
}

}  // namespace

Words words_of(const FeedItem& item) {
  return read_words(item.title + ". " + item.body);
}

Board::Board(const Estate& estate) : estate_(&estate) {
  for (const auto& window : estate.windows) {
    planned_.push_back({.announcement = {.at = window.from,
                                         .kind = window.kind,
                                         .text = window.text,
                                         .from = window.from,
                                         .to = window.to,
                                         .functions = window.functions},
                        .seq = 0});
  }
}

bool Board::absorb(const FeedItem& item, std::uint64_t seq) {
  const auto key = std::pair{item.provider, item.item};
  const auto at = said_.find(key);
  if (at == said_.end()) {
    if (said_.size() >= kSaidMax) return false;
    said_.emplace(key,
                  Said{.item = item,
                       .seq = seq,
                       .first = item.at,
                       .revisions = {item.body},
                       .words = words_of(item)});
    return true;
  }
  auto& said = at->second;
  auto before = said.item;
  before.at = item.at;
  if (before == item) return false;
  if (said.revisions.back() != item.body) {
    if (said.revisions.size() == kRevisionsMax) said.revisions.erase(said.revisions.begin() + 1);
    said.revisions.push_back(item.body);
  }
  said.item = item;
  said.seq = seq;
  said.words = words_of(item);
  return true;
}

bool Board::absorb(const Announcement& announcement, std::uint64_t seq) {
  if (planned_.size() >= kPlannedMax) planned_.erase(planned_.begin());
  planned_.push_back({.announcement = announcement, .seq = seq});
  return true;
}

void Board::age(Time now) {
  std::erase_if(said_, [&](const auto& entry) {
    const auto& item = entry.second.item;
    return !item.item.empty() && now - item.at > kClosedMemory;
  });
  std::erase_if(planned_, [&](const Planned& planned) {
    return now - planned.announcement.to > kPlannedMemory;
  });
}

FeedState Board::state(std::string_view provider) const {
  FeedState worst = FeedState::unknown;
  for (const auto& [key, said] : said_) {
    if (key.first != provider || !said.item.is_open) continue;
    if (rank(said.item.state) > rank(worst)) worst = said.item.state;
  }
  return worst;
}

bool Board::has_confessed(std::string_view provider, Time from) const {
  const auto now = state(provider);
  if (now == FeedState::partial || now == FeedState::major) return true;
  return std::ranges::any_of(said_, [&](const auto& entry) {
    const auto& [key, said] = entry;
    const bool is_incident = !key.second.empty() && said.item.state != FeedState::maintenance;
    return key.first == provider && is_incident && !said.item.is_open && said.first >= from;
  });
}

bool Board::is_live(std::string_view provider) const {
  return std::ranges::any_of(said_,
                             [&](const auto& entry) { return entry.first.first == provider; });
}

std::vector<const Board::Said*> Board::open(std::string_view provider) const {
  std::vector<const Said*> list;
  for (const auto& [key, said] : said_) {
    if (key.first == provider && !key.second.empty() && said.item.is_open) list.push_back(&said);
  }
  std::ranges::stable_sort(list, std::greater{}, &Said::seq);
  return list;
}

std::vector<const Board::Said*> Board::statements(Time from) const {
  std::vector<const Said*> list;
  for (const auto& [key, said] : said_) {
    if (key.first == kOwn && !key.second.empty() && said.item.at >= from) list.push_back(&said);
  }
  std::ranges::stable_sort(list, std::greater{}, &Said::seq);
  return list;
}

std::vector<const Board::Said*> Board::attacks(Time from) const {
  std::vector<const Said*> list;
  for (const auto& [key, said] : said_) {
    if (key.second.empty() || said.item.at < from || is_old_story(said.item)) continue;
    const bool is_attack = said.item.is_security || said.words.has(WordClass::security) ||
                           said.words.has(WordClass::ransom) || said.words.has(WordClass::ddos);
    if (is_attack) list.push_back(&said);
  }
  std::ranges::stable_sort(list, std::greater{}, &Said::seq);
  return list;
}

std::vector<const Board::Planned*> Board::planned(std::string_view kind,
                                                  Time at,
                                                  Millis slack,
                                                  const std::vector<std::string>& functions) const {
  std::vector<const Planned*> list;
  for (const auto& planned : planned_) {
    const auto& one = planned.announcement;
    if (one.kind != kind || at < one.from - slack || at > one.to + slack) continue;
    const auto concerns = [&](const auto& function) {
      return std::ranges::find(one.functions, function) != one.functions.end();
    };
    if (one.functions.empty() || functions.empty() || std::ranges::any_of(functions, concerns)) {
      list.push_back(&planned);
    }
  }
  return list;
}

bool Board::has_calendar() const {
  return estate_->has_calendar;
}

}  // namespace bw
