// SPDX-License-Identifier: Apache-2.0
#include "daemon/notify/outbox.h"

#include <algorithm>
#include <iterator>
#include <tuple>

namespace bw {
namespace {

template <class List>
bool is_in(const List& list, const std::string& item) {
  return std::ranges::find(list, item) != list.end();
}

bool is_about(const Route& route, const Notice& notice) {
  if (route.functions.empty() || notice.functions.empty()) return true;
  return std::ranges::any_of(notice.functions, [&](const std::string& function) {
    return is_in(route.functions, function);
  });
}

// Blindness is told to everybody but those who wait for attacks only: silence would look like calm.
bool is_grave_enough(const Route& route, const Notice& notice) {
  if (route.is_cyber_only) return is_suspicious(notice.level);
  return notice.level == Level::blind || notice.level >= route.level_min;
}

}  // namespace

Outbox::Outbox(const std::vector<Destination>& destinations, const std::vector<Route>& routes)
    : destinations_(&destinations), routes_(&routes) {
  reconfigure(destinations, routes);
}

void Outbox::reconfigure(const std::vector<Destination>& destinations,
                         const std::vector<Route>& routes) {
  destinations_ = &destinations;
  routes_ = &routes;
  std::map<std::string, Lane> lanes;
  for (const auto& destination : destinations) {
    const auto* notifier = find_notifier(destination.kind);
    if (notifier == nullptr) continue;  // refused by `check`
    const auto old = lanes_.find(destination.id);
    if (old != lanes_.end() && old->second.is_of(*notifier)) {
      old->second.borrow(destination, *notifier);
      lanes.emplace(destination.id, std::move(old->second));
    } else {
      lanes.emplace(destination.id, Lane(destination, *notifier));
    }
  }
  lanes_ = std::move(lanes);
}

void Outbox::remember(const std::string& key) {
  if (!known_.insert(key).second) return;
  known_order_.push_back(key);
  if (known_order_.size() <= kKnownKeysMax) return;
  known_.erase(known_order_.front());
  known_order_.pop_front();
}

void Outbox::restore(std::vector<Parcel> parcels) {
  const auto order = [](const Parcel& parcel) {
    const auto key = parse_notice_key(parcel.key);
    return std::tuple(parcel.created, key.incident, key.seq);
  };
  std::ranges::stable_sort(parcels, {}, order);
  for (auto& parcel : parcels) {
    remember(parcel.key);
    const auto at = lanes_.find(parcel.destination);
    if (at != lanes_.end()) at->second.restore(std::move(parcel));
  }
}

bool Outbox::is_wanted(const Destination& destination, const Notice& notice) const {
  if (notice.kind == NoticeKind::test) return true;
  const bool is_end = notice.kind == NoticeKind::resolved;
  const bool is_telling = lanes_.at(destination.id).is_telling(notice.incident);
  if (is_end && !is_telling) return false;
  if (!is_end && is_telling) return true;
  return std::ranges::any_of(*routes_, [&](const Route& route) {
    if (!is_in(route.destinations, destination.id) || !is_about(route, notice)) return false;
    return is_end ? route.sends_resolved : is_grave_enough(route, notice);
  });
}

std::vector<Parcel> Outbox::add(const Notice& notice, Time now) {
  std::vector<Parcel> changed;
  for (const auto& destination : *destinations_) {
    const auto lane = lanes_.find(destination.id);
    auto key = notice.key + "@" + destination.id;
    if (lane == lanes_.end() || known_.contains(key)) continue;
    std::vector<Parcel> news;
    if (is_wanted(destination, notice)) {
      remember(key);
      Parcel parcel{.key = std::move(key),
                    .destination = destination.id,
                    .notice = notice,
                    .state = Parcel::State::pending,
                    .attempts = 0,
                    .created = now,
                    .next_at = now,
                    .last_error = {}};
      const bool is_news =
          notice.kind == NoticeKind::escalated || notice.kind == NoticeKind::updated;
      if (is_news && !lane->second.is_telling(notice.incident)) {
        parcel.notice.kind = NoticeKind::opened;
      }
      news = lane->second.add(std::move(parcel), now);
    } else if (notice.kind == NoticeKind::resolved) {
      news = lane->second.forget(notice.incident);
    }
    std::ranges::move(news, std::back_inserter(changed));
  }
  return changed;
}

std::vector<Outbox::Send> Outbox::due(Time now) {
  std::vector<Send> sends;
  for (auto& [id, lane] : lanes_) {
    if (auto send = lane.due(now)) sends.push_back(std::move(*send));
  }
  return sends;
}

std::vector<Parcel> Outbox::settle(const std::string& key, const Delivery& result, Time now) {
  const auto at = lanes_.find(key.substr(key.rfind('@') + 1));
  if (at == lanes_.end()) return {};
  return at->second.settle(key, result, now);
}

Time Outbox::wake() const {
  Time first = Time::max();
  for (const auto& [id, lane] : lanes_)
    first = std::min(first, lane.wake());
  return first;
}

std::map<std::string, Outbox::Health> Outbox::health() const {
  std::map<std::string, Health> health;
  for (const auto& [id, lane] : lanes_)
    health.emplace(id, lane.health());
  return health;
}

}  // namespace bw
