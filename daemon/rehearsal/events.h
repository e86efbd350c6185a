// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "daemon/rehearsal/book.h"
#include "daemon/rehearsal/selectors.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace bw::rehearsal {

// What a request goes to: positions in the world file, -1 where it is none of these.
struct Place {
  int host = -1;
  int endpoint = -1;
  int feed = -1;  // the owner whose feed it is
};

// One request as chance sees it. Requests with the same key at the same time from the same vantage
// are one: they are hit by the same events.
struct Request {
  std::uint32_t vantage = 0;
  Time now{};
  std::uint64_t key = 0;
};

// Everything that is wrong for one request: the active events merged in file order, the later one
// winning on the same thing.
struct Troubles {
  bool is_vantage_down = false;
  bool is_lost = false;
  bool is_resolver_broken = false;
  DnsFault dns;
  std::optional<TcpFault> tcp;
  bool is_withdrawn = false;
  TlsFault tls;
  std::uint64_t tls_identity = 0;  // the same for every event that shows the same certificate
  Time tls_since{};                // when the first of them began
  HttpFault http;                  // slow and latency as far as the ramp has got
  double latency_part = 1;         // of http.latency
  std::vector<const PageFault*> pages;
  std::optional<LoginFault> login;
  std::vector<const JsonFault*> json;
};

// An event with its times and targets worked out.
struct LiveEvent {
  const Event* event = nullptr;
  Time from{};
  Time to{};
  std::uint64_t vantages = 0;  // bit i: seen from vantage i
  std::uint64_t chance = 0;    // the same for all events of a group
  Reach reach;
  std::vector<bool> whole_hosts;     // reached, or with all of their endpoints reached
  std::vector<std::string> scripts;  // absolute URLs whose content a page fault changes
  std::uint64_t tls_identity = 0;
  Time tls_since{};

  [[nodiscard]] bool is_on(const Request& request) const {
    return from <= request.now && request.now < to && (vantages >> request.vantage & 1) != 0;
  }
  // 0 to 1: how far its ramp has got.
  [[nodiscard]] double progress(Time now) const;
  // On, and chance picks this request.
  [[nodiscard]] bool hits(const Request& request, std::uint64_t seed) const;
};

class Timeline {
 public:
  Timeline(const WorldFile& world, const IncidentFile& incident, std::uint64_t seed);

  [[nodiscard]] Troubles at(const Place& place, const Request& request) const;
  // The page fault that decides what a fetch of this script returns, or null.
  [[nodiscard]] const PageFault* script_change(std::string_view url, const Request& request) const;
  // Events that speak in this owner's feed, oldest first; also those that are over.
  [[nodiscard]] const std::vector<const LiveEvent*>& feed_events(int owner) const {
    return feed_events_[static_cast<std::size_t>(owner)];
  }
  [[nodiscard]] const std::vector<LiveEvent>& events() const { return events_; }
  // Expiry of this host's certificate that an event plays: its begin and end.
  [[nodiscard]] std::optional<std::pair<Time, Time>> expiry(int host) const;

 private:
  void index(const WorldFile& world);

  std::uint64_t seed_;
  std::vector<LiveEvent> events_;
  std::vector<std::vector<const LiveEvent*>> by_endpoint_;
  std::vector<std::vector<const LiveEvent*>> by_host_;
  std::vector<std::vector<const LiveEvent*>> by_feed_;
  std::vector<std::vector<const LiveEvent*>> feed_events_;
  std::vector<const LiveEvent*> of_vantages_;
  std::vector<const LiveEvent*> of_scripts_;
};

}  // namespace bw::rehearsal
