// SPDX-License-Identifier: Apache-2.0
#include "daemon/notify/markdown.h"

#include "daemon/notify/english.h"
#include "daemon/notify/layout.h"
#include "probes/text.h"

#include <fmt/format.h>

#include <utility>

namespace bw {
namespace {

constexpr std::size_t kHeadlineMax = 1'000;
constexpr std::size_t kLinkBytesMax = 1'000;
constexpr std::size_t kWorthAPart = 80;  // less than that says nothing

// What is no UTF-8 is replaced before anything is counted.
std::string sound(std::string_view text) {
  std::string whole;
  while (!text.empty()) {
    const auto next = first_char(text);
    append_char(whole, next.code);
    text.remove_prefix(next.bytes);
  }
  return whole;
}

std::string footer_of(const Notice& notice, const MarkdownStyle& style) {
  std::string text = notice.incident == 0 ? std::string() : print_incident(notice.incident);
  const auto link = sound(notice.link);
  if (link.empty() || link.size() > kLinkBytesMax) return text;
  if (!text.empty()) text += " · ";
  // A bracket or a space would end the link early.
  if (link.find_first_of("()<> \\") != std::string::npos) return text + style.escape(link);
  return text + fmt::format("[{}]({})", english::kDetails, link);
}

}  // namespace

std::string print_markdown(const Notice& notice,
                           const MarkdownStyle& style,
                           std::size_t bytes_max) {
  const auto title = shorten(style.escape(sound(notice.headline)), kHeadlineMax);
  auto text = fmt::format("{1} {0}{2}{0}", style.strong, symbol_of(notice), title);
  auto footer = footer_of(notice, style);
  if (!footer.empty()) footer.insert(0, "\n\n");
  const auto most = bytes_max - footer.size();
  for (const auto& part : parts_of(notice)) {
    const auto used = text.size() + 2;
    if (used + kWorthAPart > most) break;
    // Behind a label or a bullet, no words of others begin a line.
    const auto lines = style.escape(sound(print_lines(part, style.bullet)));
    const auto whole =
        fmt::format("{0}{1}:{0}{2}{3}", style.strong, part.label, part.is_list ? "\n" : " ", lines);
    text += "\n\n" + shorten(whole, most - used);
  }
  return text + footer;
}

std::string disarm_marks(std::string_view text) {
  constexpr std::string_view kStar = "∗";
  constexpr std::string_view kTick = "ˋ";
  std::string harmless;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '*') {
      harmless += kStar;
    } else if (text[i] == '`') {
      harmless += kTick;
    } else {
      harmless += text[i];
      if (text.substr(i, 2) == "](") harmless += ' ';
    }
  }
  return disarm_mentions(harmless);
}

}  // namespace bw
