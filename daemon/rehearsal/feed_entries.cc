// SPDX-License-Identifier: Apache-2.0
#include "daemon/rehearsal/feed_entries.h"

#include "daemon/rehearsal/chance.h"
#include "daemon/rehearsal/normal_life.h"

#include <algorithm>

namespace bw::rehearsal {
namespace {

bool is_closing(std::string_view stage) {
  return stage == "resolved" || stage == "postmortem" || stage == "completed";
}

std::string_view maintenance_stage(Time from, Time to, Time now) {
  if (now < from) return "scheduled";
  return now < to ? "in_progress" : "completed";
}

FeedEntry maintenance_entry(const FeedFault& fault, const LiveEvent& live, Time t0, Time now) {
  FeedEntry entry;
  entry.id = hash_text(fault.maintenance);
  entry.title = fault.maintenance;
  entry.component = fault.component;
  entry.is_maintenance = true;
  entry.indicator = "maintenance";
  entry.from = t0 + fault.from;
  entry.to = t0 + fault.to;
  const auto stage = maintenance_stage(entry.from, entry.to, now);
  entry.is_open = stage != "completed";
  if (stage == "in_progress") entry.status = "under_maintenance";
  const auto body = fault.body.empty() ? fault.maintenance : fault.body;
  entry.updates.push_back({.at = live.from, .stage = "scheduled", .body = body});
  if (stage != "scheduled") {
    entry.updates.push_back(
        {.at = std::max(entry.from, live.from), .stage = "in_progress", .body = body});
  }
  if (stage == "completed") {
    entry.updates.push_back({.at = entry.to,
                             .stage = "completed",
                             .body = "The scheduled maintenance has been completed."});
  }
  return entry;
}

// A later event of the same title is a revision of what the earlier one said.
void revise(FeedEntry& entry, const FeedFault& fault, const LiveEvent& live) {
  entry.component = fault.component;
  entry.status = fault.status;
  entry.indicator = fault.indicator;
  entry.is_open = !is_closing(fault.stage);
  entry.updates.push_back({.at = live.from, .stage = fault.stage, .body = fault.body});
  entry.to = live.from;
}

// The event has ended and nobody said more: it is over.
void close(FeedEntry& entry, Time at) {
  if (!entry.is_open) return;
  entry.is_open = false;
  entry.status.clear();
  entry.indicator.clear();
  entry.to = at;
  entry.updates.push_back(
      {.at = at, .stage = "resolved", .body = "This incident has been resolved."});
}

FeedEntry notice_entry(const WorldFile& world, const Notice& notice, Time now) {
  const auto& feed = world.owners[static_cast<std::size_t>(notice.owner)].feed;
  FeedEntry entry;
  entry.id = notice.id;
  if (feed && !feed->components.empty()) {
    entry.component = feed->components[notice.id % feed->components.size()];
  }
  const std::string what = entry.component.empty() ? "our service" : entry.component;
  entry.is_maintenance = notice.is_maintenance;
  entry.from = notice.from;
  entry.to = notice.to;
  entry.is_open = now < notice.to;
  if (notice.is_maintenance) {
    entry.title = "Scheduled maintenance of " + what;
    entry.indicator = "maintenance";
    if (entry.is_open) entry.status = "under_maintenance";
    entry.updates.push_back({.at = notice.from,
                             .stage = "in_progress",
                             .body = "Routine work is under way. No interruption is expected."});
  } else {
    entry.title = "Slower responses of " + what + " for some customers";
    if (entry.is_open) {
      entry.indicator = "minor";
      entry.status = "degraded_performance";
    }
    entry.updates.push_back({.at = notice.from,
                             .stage = "investigating",
                             .body = "A small number of requests take longer than usual."});
  }
  if (!entry.is_open) {
    entry.updates.push_back({.at = notice.to,
                             .stage = notice.is_maintenance ? "completed" : "resolved",
                             .body = "All is as usual again."});
  }
  return entry;
}

// What the incident's events say, and when the last event of each entry ends.
struct Statements {
  std::vector<FeedEntry> entries;
  std::vector<Time> ends;

  void say_maintenance(const FeedFault& fault, const LiveEvent& live, Time now) {
    if (live.to <= now) return;  // taken down
    entries.push_back(maintenance_entry(fault, live, live.from - live.event->at, now));
    ends.push_back(live.to);
  }
  void say(const FeedFault& fault, const LiveEvent& live) {
    const auto id = hash_text(fault.title);
    auto at = std::ranges::find(entries, id, &FeedEntry::id);
    if (at == entries.end()) {
      FeedEntry entry;
      entry.id = id;
      entry.title = fault.title;
      entry.from = live.from;
      at = entries.insert(entries.end(), std::move(entry));
      ends.emplace_back();
    }
    revise(*at, fault, live);
    ends[static_cast<std::size_t>(at - entries.begin())] = live.to;
  }
  void close_ended(Time now) {
    for (std::size_t i = 0; i < entries.size(); ++i) {
      if (ends[i] <= now) close(entries[i], ends[i]);
    }
  }
};

// The organisation's own page of news, which keeps no archive.
bool is_newsroom(const Owner& owner) {
  return owner.id == "own" && owner.feed &&
         (owner.feed->format == "rss" || owner.feed->format == "atom");
}

}  // namespace

std::vector<FeedEntry> feed_entries(const WorldFile& world,
                                    const Timeline& timeline,
                                    int owner,
                                    const Request& request,
                                    std::uint64_t seed) {
  Statements said;
  for (const auto* live : timeline.feed_events(owner)) {
    const bool is_known = live->from <= request.now && (live->vantages >> request.vantage & 1) != 0;
    if (!is_known) continue;
    const auto& fault = std::get<FeedFault>(live->event->fault);
    if (fault.maintenance.empty()) {
      said.say(fault, *live);
    } else {
      said.say_maintenance(fault, *live, request.now);
    }
  }
  said.close_ended(request.now);
  auto entries = std::move(said.entries);
  if (is_newsroom(world.owners[static_cast<std::size_t>(owner)])) {
    std::erase_if(entries, [](const FeedEntry& entry) { return !entry.is_open; });
  }
  const auto notice = notice_at(world, request.now, seed);
  if (notice && notice->owner == owner)
    entries.push_back(notice_entry(world, *notice, request.now));
  return entries;
}

}  // namespace bw::rehearsal
