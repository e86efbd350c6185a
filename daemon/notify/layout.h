// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "daemon/notify/notice.h"

#include <string>
#include <string_view>
#include <vector>

// A notice in the order and under the labels in which every destination shows it.
namespace bw {

// One sign for the level, or for the end.
[[nodiscard]] std::string_view symbol_of(const Notice& notice);
// "INC-7"
[[nodiscard]] std::string print_incident(std::uint64_t incident);

// What stands behind the headline: one sentence, or a list. Empty parts are left out, and an update
// leaves out what its reader knows already.
struct NoticePart {
  std::string_view label;
  std::vector<std::string> lines;
  bool is_list = false;
  bool is_ordered = false;
};
[[nodiscard]] std::vector<NoticePart> parts_of(const Notice& notice);

// Valid UTF-8 of at most `bytes_max` bytes: `text` itself, or cut at the end of a word with "…".
// Services count characters or UTF-16 units; bytes are never fewer. Text that is escaped as HTML
// is not cut inside an entity.
[[nodiscard]] std::string shorten(std::string_view text, std::size_t bytes_max);

// What others wrote, made into plain text for a service that reads markup. "&", "<" and ">" as
// entities, for HTML and Slack's marks:
[[nodiscard]] std::string escape_entities(std::string_view text);
// A backslash before each of `marks`, for Markdown. Text may be cut afterwards: at worst a lone
// backslash shows before the "…".
[[nodiscard]] std::string escape_marks(std::string_view text, std::string_view marks);
// "@" as "＠", where nothing else keeps "@name" from calling somebody.
[[nodiscard]] std::string disarm_mentions(std::string_view text);

// The lines of one part: behind `bullet` in lists, behind "1. " in ordered ones.
[[nodiscard]] std::string print_lines(const NoticePart& part, std::string_view bullet);

}  // namespace bw
