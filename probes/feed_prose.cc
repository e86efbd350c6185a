// SPDX-License-Identifier: Apache-2.0
#include "probes/feed_prose.h"

#include "probes/feed_reading.h"
#include "probes/text.h"

#include <algorithm>
#include <array>
#include <optional>

namespace bw {
namespace {

enum class Stage : std::uint8_t { open, over, planned, under_way, update };
struct StageWord {
  std::string_view word;
  Stage stage;
};
constexpr std::array kStages = std::to_array<StageWord>({
    {.word = "investigating", .stage = Stage::open},
    {.word = "identified", .stage = Stage::open},
    {.word = "monitoring", .stage = Stage::open},
    {.word = "initial notification", .stage = Stage::open},
    {.word = "resolved", .stage = Stage::over},
    {.word = "completed", .stage = Stage::over},
    {.word = "closed", .stage = Stage::over},
    {.word = "postmortem", .stage = Stage::over},
    {.word = "postponed", .stage = Stage::over},
    {.word = "cancelled", .stage = Stage::over},
    {.word = "canceled", .stage = Stage::over},
    {.word = "scheduled", .stage = Stage::planned},
    {.word = "in progress", .stage = Stage::under_way},
    {.word = "verifying", .stage = Stage::under_way},
    {.word = "update", .stage = Stage::update},
});

// Longer words first: "partial outage" is none that "outage" stands for.
constexpr std::array kStateWords = std::to_array<FeedWord>({
    {"partial outage", FeedState::partial},
    {"partial service", FeedState::partial},
    {"service disruption", FeedState::partial},
    {"partially unavailable", FeedState::partial},
    {"major outage", FeedState::major},
    {"full outage", FeedState::major},
    {"complete outage", FeedState::major},
    {"total outage", FeedState::major},
    {"service outage", FeedState::major},
    {"widespread outage", FeedState::major},
    {"degraded", FeedState::degraded},
    {"degradation", FeedState::degraded},
    {"intermittent", FeedState::degraded},
    {"elevated error", FeedState::degraded},
    {"increased error", FeedState::degraded},
    {"elevated latenc", FeedState::degraded},
    {"increased latenc", FeedState::degraded},
    {"slow", FeedState::degraded},
    {"delay", FeedState::degraded},
    {"disruption", FeedState::partial},
    {"outage", FeedState::partial},  // alone it may be of any size
    {"unavailable", FeedState::partial},
    {"down for", FeedState::partial},
});
constexpr std::array kMaintenanceWords = std::to_array<std::string_view>({"scheduled maintenance",
                                                                          "planned maintenance",
                                                                          "emergency maintenance",
                                                                          "maintenance window",
                                                                          "maintenance:",
                                                                          "planned work",
                                                                          "scheduled event"});
constexpr std::array kOverPhrases = std::to_array<std::string_view>({"has been resolved",
                                                                     "have been resolved",
                                                                     "is now resolved",
                                                                     "are now resolved",

                                                                     "has been completed",
                                                                     "is operating normally",
                                                                     "are operating normally",
                                                                     "has been fully restored",
                                                                     "have been fully restored",
                                                                     "has been cancelled",
                                                                     "has been canceled"});
// Where an entry says how things stand, it says so at its beginning.
constexpr std::size_t kOpeningBytesMax = 300;
// A stage stands behind dates at most: "Apr 19, 10:00 UTC Resolved - ...".
constexpr std::size_t kStageWithin = 100;

bool is_letter(char c) {
  return c >= 'a' && c <= 'z';
}

template <std::size_t N>
bool holds_any(std::string_view text, const std::array<std::string_view, N>& words) {
  return std::ranges::any_of(words, [text](std::string_view word) { return text.contains(word); });
}

// What follows a stage word so that it is a label and no part of a sentence.
bool is_label_end(std::string_view rest) {
  rest = rest.substr(std::min(rest.find_first_not_of(' '), rest.size()));
  return rest.empty() || rest.starts_with("-") || rest.starts_with(":") || rest.starts_with("]") ||
         rest.starts_with(")") || rest.starts_with("|") || rest.starts_with("\u2013") ||
         rest.starts_with("\u2014");
}

struct Label {
  Stage stage = Stage::open;
  std::size_t at = 0;
  std::size_t length = 0;
};

// The first stage word that stands as a label, from `from` on. `text` is in lower case.
std::optional<Label> find_label(std::string_view text, std::size_t from) {
  std::optional<Label> first;
  for (const auto& [word, stage] : kStages) {
    for (auto at = text.find(word, from); at != std::string_view::npos;
         at = text.find(word, at + word.size())) {
      if (first && at >= first->at) break;
      const bool is_word =
          (at == 0 || !is_letter(text[at - 1])) && is_label_end(text.substr(at + word.size()));
      if (!is_word) continue;
      first = Label{.stage = stage, .at = at, .length = word.size()};
      break;
    }
  }
  return first;
}

// "[Resolved] Card payments", "Resolved: Card payments", "Card payments (resolved)".
std::string without_label(const std::string& title, const Label& label) {
  constexpr std::string_view kAround = " -:|[]()\u2013\u2014";
  std::string rest = title;
  rest.erase(label.at, label.length);
  const auto begin = rest.find_first_not_of(kAround);
  if (begin == std::string::npos) return title;
  // Only a label at either end is none of the title's own words.
  const bool is_first = label.at <= begin;
  const auto end = rest.find_last_not_of(kAround);
  const bool is_last = label.at > end;
  if (!is_first && !is_last) return title;
  return is_first ? rest.substr(begin) : rest.substr(0, end + 1);
}

// HTML that lists all updates has each in a paragraph that opens with its date and stage: keep the
// first of those that name a stage.
std::string_view newest_update(std::string_view body) {
  constexpr std::string_view kStart = "<p>";
  constexpr std::string_view kStage = "<strong>";
  const auto first = body.find(kStage);
  if (first == std::string_view::npos) return body;
  const auto next = body.find(kStart, first);
  const auto second = body.find(kStage, first + kStage.size());
  return next == std::string_view::npos || second == std::string_view::npos || next > second
             ? body
             : body.substr(0, next);
}

// Without the date that such a paragraph opens with.
std::string without_date(std::string_view update) {
  constexpr std::string_view kStart = "<small>";
  constexpr std::string_view kEnd = "</small>";
  std::string text(update);
  const auto begin = text.find(kStart);
  const auto end = text.find(kEnd);
  if (begin != std::string::npos && end != std::string::npos && begin < end) {
    text.erase(begin, end + kEnd.size() - begin);
  }
  return text;
}

// The first two times of the text (RFC 3339), where the second is the later one.
void find_window(std::string_view text, Prose& prose) {
  constexpr std::size_t kShortest = 20;  // 2025-04-19T10:00:00Z
  std::optional<Time> first;
  for (std::size_t at = text.find("20"); at != std::string_view::npos;
       at = text.find("20", at + 1)) {
    auto word = text.substr(at, text.find_first_of(" ,;)", at) - at);
    if (word.ends_with('.')) word.remove_suffix(1);
    const auto time = word.size() < kShortest ? std::nullopt : parse_time(word);
    if (!time) continue;
    if (first && *time > *first) {
      prose.from = first;
      prose.to = time;
      return;
    }
    first = time;
  }
}

FeedState state_of(std::string_view text) {
  for (const auto& [word, state] : kStateWords) {
    if (text.contains(word)) return state;
  }
  return FeedState::unknown;
}

}  // namespace

Prose read_prose(std::string_view title, std::string_view body) {
  Prose prose;
  prose.title = plain_text(title, kFeedTitleBytesMax);
  prose.body = plain_text(without_date(newest_update(body)), kFeedBodyBytesMax);
  const std::string heading = lower(prose.title);
  const std::string opening = lower(prose.body).substr(0, kOpeningBytesMax);
  const auto of_title = find_label(heading, 0);
  auto of_body = find_label(opening, 0);
  if (of_body && of_body->at > kStageWithin) of_body.reset();
  const auto label = of_title ? of_title : of_body;
  prose.is_open = label ? label->stage != Stage::over : !holds_any(opening, kOverPhrases);
  const bool is_planned =
      label && (label->stage == Stage::planned || label->stage == Stage::under_way);
  const bool is_maintenance = is_planned || holds_any(heading, kMaintenanceWords) ||
                              heading.starts_with("maintenance") ||
                              holds_any(opening, kMaintenanceWords);
  const FeedState claimed = worse(state_of(heading), state_of(opening));
  if (is_maintenance) {
    prose.state = FeedState::maintenance;
    find_window(prose.body, prose);
  } else if (claimed == FeedState::unknown && label && label->stage == Stage::open) {
    prose.state = FeedState::degraded;  // acknowledged as an incident, of a size it does not say
  } else {
    prose.state = claimed;
  }
  if (of_title) prose.title = without_label(prose.title, *of_title);
  return prose;
}

}  // namespace bw
