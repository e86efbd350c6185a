// SPDX-License-Identifier: Apache-2.0
#include "daemon/notify/layout.h"

#include "daemon/notify/english.h"
#include "probes/text.h"

#include <fmt/format.h>

#include <utility>

namespace bw {
namespace {

namespace en = english;

constexpr std::string_view kEllipsis = "…";
constexpr std::size_t kEntityBytesMax = 6;  // "&quot;"

// The longest prefix of whole characters.
std::size_t whole_chars(std::string_view text, std::size_t bytes_max) {
  std::size_t end = 0;
  while (end < text.size()) {
    const auto next = end + first_char(text.substr(end)).bytes;
    if (next > bytes_max) break;
    end = next;
  }
  return end;
}

}  // namespace

std::string_view symbol_of(const Notice& notice) {
  if (notice.kind == NoticeKind::resolved) return en::kResolvedSymbol;
  if (notice.kind == NoticeKind::test) return en::kTestSymbol;
  return en::kSymbols.at(static_cast<std::size_t>(notice.level));
}

std::string print_incident(std::uint64_t incident) {
  return fmt::format(en::kIncident, incident);
}

std::vector<NoticePart> parts_of(const Notice& notice) {
  std::vector<NoticePart> parts;
  const auto add_sentence = [&](std::string_view label, const std::string& sentence) {
    if (!sentence.empty()) parts.push_back({.label = label, .lines = {sentence}});
  };
  const auto add_list = [&](std::string_view label,
                            const std::vector<std::string>& lines,
                            bool is_ordered = false) {
    if (lines.empty()) return;
    parts.push_back({.label = label, .lines = lines, .is_list = true, .is_ordered = is_ordered});
  };
  if (notice.kind != NoticeKind::opened) add_sentence(en::kChanged, notice.what_changed);
  add_sentence(en::kCustomers, notice.customers);
  add_sentence(en::kLikely, notice.likely);
  add_sentence(en::kSuspicion, notice.suspicion_words);
  add_list(en::kWhy, notice.reasons);
  if (notice.kind == NoticeKind::updated || notice.kind == NoticeKind::resolved) return parts;
  add_list(en::kAgainst, notice.doubts);
  add_list(notice.cause == "undecided" ? en::kWouldSettle : en::kWouldChange, notice.would_change);
  add_list(en::kFirstSteps, notice.first_steps, true);
  return parts;
}

std::string shorten(std::string_view text, std::size_t bytes_max) {
  if (text.size() <= bytes_max) return std::string(text);
  if (bytes_max < kEllipsis.size()) return {};
  std::size_t end = whole_chars(text, bytes_max - kEllipsis.size());
  const auto space = text.substr(0, end + 1).find_last_of(" \n");
  if (space != std::string_view::npos && space >= end / 2) {
    end = space;
  } else if (const auto entity = text.substr(0, end).rfind('&');
             entity != std::string_view::npos && end - entity < kEntityBytesMax &&
             text.substr(entity, end - entity).find(';') == std::string_view::npos) {
    end = entity;
  }
  std::string cut(trim(text.substr(0, end)));
  cut += kEllipsis;
  return cut;
}

std::string escape_entities(std::string_view text) {
  std::string escaped;
  for (const char c : text) {
    switch (c) {
      case '&':
        escaped += "&amp;";
        break;
      case '<':
        escaped += "&lt;";
        break;
      case '>':
        escaped += "&gt;";
        break;
      default:
        escaped += c;
    }
  }
  return escaped;
}

std::string escape_marks(std::string_view text, std::string_view marks) {
  std::string escaped;
  for (const char c : text) {
    if (marks.find(c) != std::string_view::npos) escaped += '\\';
    escaped += c;
  }
  return escaped;
}

std::string disarm_mentions(std::string_view text) {
  constexpr std::string_view kHarmlessAt = "＠";
  std::string harmless;
  for (const char c : text) {
    if (c == '@') {
      harmless += kHarmlessAt;
    } else {
      harmless += c;
    }
  }
  return harmless;
}

std::string print_lines(const NoticePart& part, std::string_view bullet) {
  std::string text;
  std::size_t number = 0;
  for (const auto& line : part.lines) {
    if (!text.empty()) text += '\n';
    ++number;
    if (part.is_ordered) {
      text += fmt::format("{}. ", number);
    } else if (part.is_list) {
      text += bullet;
    }
    text += line;
  }
  return text;
}

}  // namespace bw
