// SPDX-License-Identifier: Apache-2.0
#include "daemon/rehearsal/render_feed.h"

#include "daemon/rehearsal/http_date.h"
#include "daemon/rehearsal/render_page.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <ranges>
#include <string_view>

namespace bw::rehearsal {
namespace {

// A feed that never spoke was last changed long ago, always at the same moment.
constexpr Time kFounded{std::chrono::sys_days{std::chrono::year{2011} / 1 / 3}};
constexpr auto kSeverities =
    std::to_array<std::string_view>({"", "none", "maintenance", "minor", "major", "critical"});

std::ptrdiff_t severity(std::string_view indicator) {
  return std::ranges::find(kSeverities, indicator) - kSeverities.begin();
}

bool is_shown(const FeedEntry& entry, Time now) {
  return entry.is_open || now < entry.latest().at + kClosedShown;
}

// "Investigating - We are looking into it.", or the bare text of a newsroom.
std::string sentence(const FeedUpdate& update) {
  if (update.stage.empty()) return update.body;
  std::string stage = update.stage;
  if (stage.front() >= 'a' && stage.front() <= 'z') {
    stage.front() = static_cast<char>(stage.front() - 'a' + 'A');
  }
  return "<strong>" + stage + "</strong> - " + update.body;
}

std::string log_text(const FeedEntry& entry) {
  std::string text;
  if (entry.is_maintenance) {
    text = fmt::format("<p>From {} to {}</p>", print_time(entry.from), print_time(entry.to));
  }
  for (const auto& update : std::ranges::reverse_view(entry.updates)) {
    text += fmt::format("<p><small>{}</small><br>{}</p>", print_time(update.at), sentence(update));
  }
  return text;
}

struct FormatRow {
  std::string_view name;
  FeedDocument (*render)(const FeedView& view);
};
constexpr auto kFormats = std::to_array<FormatRow>({
    {.name = "statuspage", .render = render_statuspage},
    {.name = "incident-io", .render = render_incident_io},
    {.name = "instatus", .render = render_instatus},
    {.name = "google-cloud", .render = render_google_cloud},
    {.name = "aws", .render = render_aws},
    {.name = "salesforce-trust", .render = render_salesforce_trust},
    {.name = "slack", .render = render_slack},
    {.name = "rss", .render = render_rss},
    {.name = "atom", .render = render_atom},
});

}  // namespace

std::string feed_id(std::uint64_t identity) {
  return fmt::format("{:012x}", identity >> 16);
}

Link FeedView::link() const {
  return parse_link(feed.url).value_or(Link{});
}

Time FeedView::updated() const {
  Time latest = kFounded;
  for (const auto& entry : entries)
    latest = std::max(latest, entry.latest().at);
  return latest;
}

std::string FeedView::indicator() const {
  std::string_view worst = "none";
  for (const auto& entry : entries) {
    const bool is_current = entry.is_open && (!entry.is_maintenance || entry.from <= now);
    if (is_current && severity(entry.indicator) > severity(worst)) worst = entry.indicator;
  }
  return std::string(worst);
}

std::string FeedView::component_status(const std::string& component) const {
  std::string status = "operational";
  for (const auto& entry : entries) {
    if (entry.component == component && !entry.status.empty()) status = entry.status;
  }
  return status;
}

FeedDocument render_rss(const FeedView& view) {
  std::string xml = fmt::format(
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<rss version=\"2.0\">\n<channel>\n"
      "<title>{}</title>\n<link>{}</link>\n<description>Notices</description>\n"
      "<pubDate>{}</pubDate>\n",
      escape_html(view.owner.name),
      escape_html(view.feed.url),
      print_http_date(view.updated()));
  for (const auto& entry : std::ranges::reverse_view(view.entries)) {
    if (!is_shown(entry, view.now)) continue;
    xml += fmt::format(
        "<item>\n<title>{}</title>\n<description>{}</description>\n<pubDate>{}</pubDate>\n"
        "<guid isPermaLink=\"false\">{}</guid>\n</item>\n",
        escape_html(entry.title),
        escape_html(log_text(entry)),
        print_http_date(entry.latest().at),
        feed_id(entry.id));
  }
  return {.content_type = "application/rss+xml; charset=utf-8",
          .body = xml + "</channel>\n</rss>\n"};
}

FeedDocument render_atom(const FeedView& view) {
  std::string xml = fmt::format(
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
      "<feed xmlns=\"http://www.w3.org/2005/Atom\">\n<title>{0}</title>\n<id>{1}</id>\n"
      "<link rel=\"self\" href=\"{1}\"/>\n<updated>{2}</updated>\n",
      escape_html(view.owner.name),
      escape_html(view.feed.url),
      print_time(view.updated()));
  for (const auto& entry : std::ranges::reverse_view(view.entries)) {
    if (!is_shown(entry, view.now)) continue;
    xml += fmt::format(
        "<entry>\n<id>tag:{},2011:{}</id>\n<title>{}</title>\n<published>{}</published>\n"
        "<updated>{}</updated>\n<content type=\"html\">{}</content>\n</entry>\n",
        view.owner.id,
        feed_id(entry.id),
        escape_html(entry.title),
        print_time(entry.updates.front().at),
        print_time(entry.latest().at),
        escape_html(log_text(entry)));
  }
  return {.content_type = "application/atom+xml; charset=utf-8", .body = xml + "</feed>\n"};
}

FeedDocument render_feed(const Owner& owner, const std::vector<FeedEntry>& entries, Time now) {
  if (!owner.feed) return {};
  const auto& feed = *owner.feed;
  // The world file's reader has checked the format.
  const auto* const row = std::ranges::find(kFormats, feed.format, &FormatRow::name);
  return row->render({.owner = owner, .feed = feed, .entries = entries, .now = now});
}

}  // namespace bw::rehearsal
