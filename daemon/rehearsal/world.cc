// SPDX-License-Identifier: Apache-2.0
#include "daemon/rehearsal/world.h"

#include "daemon/rehearsal/exchange_walk.h"
#include "daemon/rehearsal/notes.h"
#include "daemon/rehearsal/world_state.h"

#include <algorithm>

namespace bw::rehearsal {

std::expected<World, std::vector<Error>> World::load(const std::string& world_path,
                                                     const std::string& incident_path,
                                                     std::uint64_t seed) {
  auto world_file = read_world_file(world_path);
  if (!world_file) return std::unexpected(std::move(world_file.error()));
  IncidentFile incident;
  if (incident_path.empty()) {
    // Normal life has no date of its own: the book's newest year, at the start of a working week.
    incident.id = "normal-life";
    incident.title = "Normal life";
    incident.world = world_file->name;
    incident.t0 = Time{std::chrono::sys_days{std::chrono::year{2025} / 3 / 3}};
    incident.end = std::chrono::hours{24 * 90};
    incident.truth = {.label = "benign",
                      .cause = "none",
                      .culprit = {},
                      .tell = Millis{0},
                      .decide_by = incident.end};
  } else {
    auto read = read_incident_file(incident_path, *world_file);
    if (!read) return std::unexpected(std::move(read.error()));
    incident = std::move(*read);
  }
  World world;
  world.state_ = std::make_unique<State>(std::move(*world_file), std::move(incident), seed);
  return world;
}

World::World() = default;
World::World(World&&) noexcept = default;
World& World::operator=(World&&) noexcept = default;
World::~World() = default;

Reply World::answer(const Ask& ask, std::string_view vantage, Time now) const {
  const auto& vantages = state_->world.vantages;
  const auto at = std::ranges::find(vantages, vantage, &VantageEntry::id);
  // Somebody who stands nowhere in this world sees what the first vantage sees.
  const auto index = at == vantages.end() ? 0 : at - vantages.begin();
  ExchangeWalk walk(
      *state_,
      {.vantage = static_cast<std::uint32_t>(index), .now = now, .deadline = ask.deadline});
  return std::visit([&](const auto& what) { return walk.ask(what); }, ask.what);
}

std::vector<Announcement> World::announcements(Time from, Time to) const {
  std::vector<Announcement> known;
  for (const auto& live : state_->timeline.events()) {
    const auto* fault = std::get_if<AnnounceFault>(&live.event->fault);
    if (fault == nullptr || live.from <= from || live.from > to) continue;
    known.push_back({.at = live.from,
                     .kind = fault->kind,
                     .text = fault->text,
                     .from = live.from,
                     .to = live.from + fault->covers,
                     .functions = {}});
  }
  std::ranges::stable_sort(known, {}, &Announcement::at);
  return known;
}

std::vector<World::Note> World::notes(Time from, Time to) const {
  std::vector<Note> notes;
  for (const auto& live : state_->timeline.events()) {
    if (from < live.from && live.from <= to) {
      notes.push_back({.at = live.from, .text = describe(*live.event), .is_start = true});
    }
    if (from < live.to && live.to <= to && live.to < end()) {
      notes.push_back({.at = live.to, .text = describe(*live.event), .is_start = false});
    }
  }
  std::ranges::stable_sort(notes, {}, &Note::at);
  return notes;
}

std::vector<Time> World::turning_points() const {
  std::vector<Time> points;
  for (const auto& live : state_->timeline.events()) {
    points.push_back(live.from);
    if (live.event->ramp > Millis{0}) points.push_back(live.from + live.event->ramp);
    if (live.to < end()) points.push_back(live.to);
  }
  std::ranges::sort(points);
  points.erase(std::ranges::unique(points).begin(), points.end());
  return points;
}

Time World::t0() const {
  return state_->incident.t0;
}
Time World::end() const {
  return state_->incident.t0 + state_->incident.end;
}
std::string_view World::id() const {
  return state_->incident.id;
}
std::string_view World::title() const {
  return state_->incident.title;
}
std::string_view World::world_name() const {
  return state_->world.name;
}
const Truth& World::truth() const {
  return state_->incident.truth;
}

std::vector<std::string> World::vantages() const {
  std::vector<std::string> ids;
  for (const auto& vantage : state_->world.vantages)
    ids.push_back(vantage.id);
  return ids;
}

std::vector<World::Host> World::hosts() const {
  std::vector<Host> hosts;
  for (const auto* name : state_->atlas.hosts()) {
    hosts.push_back({.name = name->name, .addresses = name->addresses});
  }
  return hosts;
}

}  // namespace bw::rehearsal
