// SPDX-License-Identifier: Apache-2.0
#include "daemon/web/customers.h"

#include <algorithm>
#include <array>
#include <map>
#include <string_view>
#include <utility>

namespace bw {
namespace {

using Watched = Snapshot::Target;

// They stand behind a door: that they are well says little of what customers can do.
constexpr std::array kBackgroundKinds = std::to_array<std::string_view>({"dns", "tls", "scripts"});
// A cause may be told from here on: ICD 203's "almost certain".
constexpr double kEstablished = 0.95;

bool has(const std::vector<std::string>& list, std::string_view item) {
  return std::ranges::find(list, item) != list.end();
}

bool is_background(const Watched& target) {
  return std::ranges::find(kBackgroundKinds, target.kind) != kBackgroundKinds.end();
}

struct Doors {
  std::vector<const Watched*> targets;
  bool is_borrowed = false;  // a provider's endpoints, for want of our own
};

Doors doors_of(const Snapshot& snapshot, const std::string& function) {
  std::vector<const Watched*> own;
  std::vector<const Watched*> background;
  std::vector<const Watched*> borrowed;
  for (const auto& target : snapshot.targets) {
    if (target.function != function) continue;
    if (target.role == Role::provider) borrowed.push_back(&target);
    if (target.role != Role::service) continue;
    (is_background(target) ? background : own).push_back(&target);
  }
  // What staff use beside customers is no door of theirs.
  const auto is_staff = [](const Watched* target) { return target->surface == Surface::staff; };
  if (!std::ranges::all_of(own, is_staff)) std::erase_if(own, is_staff);
  if (!own.empty()) return {.targets = std::move(own)};
  if (!background.empty()) return {.targets = std::move(background)};
  return {.targets = std::move(borrowed), .is_borrowed = true};
}

Service service_of(const Watched& door, Time now) {
  const auto& state = door.state;
  if (!state.is_known) return Service::unknown;
  if (state.is_failing) return state.fails_always ? Service::failing : Service::partly;
  if (state.is_degraded) return Service::slow;
  const bool is_well = state.latest.outcome == Outcome::ok && now - state.latest.at <= kSeenLately;
  return is_well ? Service::working : Service::unknown;
}

// Of several doors together. One that cannot be vouched for makes the whole unknown, unless another
// is in trouble.
Service together(const std::vector<Service>& services) {
  const auto count = [&services](Service service) {
    return static_cast<std::size_t>(std::ranges::count(services, service));
  };
  if (services.empty()) return Service::unknown;
  if (count(Service::failing) == services.size()) return Service::failing;
  if (count(Service::failing) + count(Service::partly) > 0) return Service::partly;
  if (count(Service::slow) > 0) return Service::slow;
  return count(Service::working) == services.size() ? Service::working : Service::unknown;
}

// Fills in how the function serves, and through which doors.
void judge_doors(const Doors& doors, Time now, ServedFunction& served) {
  std::map<Surface, std::vector<Service>> by_surface;
  for (const auto* door : doors.targets)
    by_surface[door->surface].push_back(service_of(*door, now));
  std::vector<Service> services;
  for (const auto& [surface, at] : by_surface) {
    services.push_back(together(at));
    if (services.back() == Service::failing) served.failing_at.push_back(surface);
    if (services.back() == Service::working) served.working_at.push_back(surface);
  }
  served.service = together(services);
  const bool is_split = !served.failing_at.empty() && !served.working_at.empty() &&
                        served.failing_at.size() + served.working_at.size() == by_surface.size();
  if (is_split) served.service = Service::failing;
  if (!is_split) served.working_at.clear();
  // Where all doors are shut, which ones they are is worth a word only if stores are among them.
  const bool is_everywhere =
      by_surface.size() > 1 && by_surface.contains(Surface::store) && served.working_at.empty();
  if (served.service != Service::failing || (!is_split && !is_everywhere)) {
    served.failing_at.clear();
  }
  // That a provider's endpoint answers is no proof that customers are served.
  const bool is_well = served.service == Service::working || served.service == Service::slow;
  if (doors.is_borrowed && is_well) served.service = Service::unknown;
}

bool is_shown(const Doors& doors, const CustomerWords& words) {
  return words.is_shown.value_or(!std::ranges::all_of(
      doors.targets, [](const Watched* door) { return door->surface == Surface::staff; }));
}

Time since_of(const Doors& doors, Service service) {
  Time since = Time::max();
  Time latest{};
  for (const auto* door : doors.targets) {
    latest = std::max(latest, door->state.since);
    if (door->state.is_failing || door->state.is_degraded) {
      since = std::min(since, door->state.since);
    }
  }
  return service == Service::working || since == Time::max() ? latest : since;
}

// The cause, where it is beyond doubt and not ours to guess: announced work, or a provider that
// says so itself.
CustomerCause cause_of(const Snapshot& snapshot,
                       const Incident& incident,
                       const std::string& function) {
  const auto& verdict = incident.verdict;
  const bool is_plain = verdict.level == Level::degraded || verdict.level == Level::outage;
  const double probability = verdict.posterior.at(static_cast<std::size_t>(verdict.leading));
  if (!is_plain || !verdict.is_decided || probability < kEstablished || incident.is_latched ||
      has(verdict.unexplained, function)) {
    return CustomerCause::none;
  }
  if (verdict.leading == Hypothesis::planned_maintenance) return CustomerCause::planned;
  if (verdict.leading != Hypothesis::provider_outage) return CustomerCause::none;
  const auto provider =
      std::ranges::find(snapshot.providers, verdict.culprit, &Snapshot::Provider::id);
  if (provider == snapshot.providers.end()) return CustomerCause::none;
  const auto feed = provider->state.feed;
  const bool does_admit =
      feed == FeedState::degraded || feed == FeedState::partial || feed == FeedState::major;
  return does_admit ? CustomerCause::supplier : CustomerCause::none;
}

const Incident* open_incident_on(const Snapshot& snapshot, const std::string& function) {
  const auto at = std::ranges::find_if(snapshot.incidents, [&](const Incident& incident) {
    return !incident.closed && incident.verdict.level != Level::blind &&
           (has(incident.functions, function) || has(incident.failing, function));
  });
  return at == snapshot.incidents.end() ? nullptr : &*at;
}

const Incident* closed_incident_on(const Snapshot& snapshot, const std::string& function) {
  const auto at = std::ranges::find_if(snapshot.incidents, [&](const Incident& incident) {
    return incident.closed && snapshot.at - *incident.closed <= kRecoveryToldFor &&
           has(incident.functions, function);
  });
  return at == snapshot.incidents.end() ? nullptr : &*at;
}

bool is_in_trouble(Service service) {
  return service == Service::slow || service == Service::partly || service == Service::failing;
}

void tell(const Snapshot& snapshot, ServedFunction& served) {
  if (const auto* incident = open_incident_on(snapshot, served.id)) {
    served.incident = incident->id;
    // A function may be in an incident for a change that no customer notices.
    const bool has_recovered =
        served.service == Service::working && served.since >= incident->opened;
    served.is_told = is_in_trouble(served.service) || has_recovered;
    if (has_recovered && snapshot.at - served.since < kRecoverySettles) {
      served.service = Service::slow;
    }
    if (!is_in_trouble(served.service)) return;
    served.cause = cause_of(snapshot, *incident, served.id);
    if (served.cause != CustomerCause::supplier || !snapshot.notices.names_providers) return;
    const auto provider =
        std::ranges::find(snapshot.providers, incident->verdict.culprit, &Snapshot::Provider::id);
    if (provider != snapshot.providers.end()) served.supplier = provider->name;
    return;
  }
  const auto* incident = closed_incident_on(snapshot, served.id);
  if (incident == nullptr || served.service != Service::working) return;
  served.incident = incident->id;
  served.is_told = served.since >= incident->opened;
}

// "PayWell payments" keeps its capital inside a sentence.
bool begins_with_a_name(const Snapshot& snapshot, std::string_view title) {
  const auto word = title.substr(0, title.find(' '));
  const auto is_of = [word](std::string_view name) {
    return name.substr(0, name.find(' ')) == word;
  };
  return is_of(snapshot.organisation) ||
         std::ranges::any_of(snapshot.providers, is_of, &Snapshot::Provider::name);
}

}  // namespace

CustomerView customer_view(const Snapshot& snapshot) {
  CustomerView view;
  view.is_blind = snapshot.is_blind;
  view.link = snapshot.notices.link;
  view.is_declared = std::ranges::any_of(snapshot.incidents, [](const Incident& incident) {
    return !incident.closed && incident.verdict.level == Level::declared;
  });
  for (const auto& function : snapshot.functions) {
    const auto doors = doors_of(snapshot, function.id);
    if (doors.targets.empty() || !is_shown(doors, function.customers)) continue;
    ServedFunction served;
    served.id = function.id;
    served.title = function.title;
    served.is_critical = function.is_critical;
    served.words = function.customers;
    if (served.words.name.empty() && begins_with_a_name(snapshot, function.title)) {
      served.words.name = function.title;
    }
    judge_doors(doors, snapshot.at, served);
    served.since = since_of(doors, served.service);
    tell(snapshot, served);
    view.functions.push_back(std::move(served));
  }
  return view;
}

}  // namespace bw
