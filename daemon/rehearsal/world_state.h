// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "daemon/rehearsal/atlas.h"
#include "daemon/rehearsal/book.h"
#include "daemon/rehearsal/events.h"
#include "daemon/rehearsal/render_http.h"

namespace bw::rehearsal {

// A loaded world. Parts point into one another: it is built in place and never moved.
struct World::State {
  State(WorldFile world_file, IncidentFile incident_file, std::uint64_t with_seed)
      : world(std::move(world_file)),
        incident(std::move(incident_file)),
        seed(with_seed),
        atlas(world, incident),
        timeline(world, incident, seed),
        http(world, atlas, timeline, seed) {}
  State(const State&) = delete;
  State& operator=(const State&) = delete;
  ~State() = default;

  WorldFile world;
  IncidentFile incident;
  std::uint64_t seed;
  Atlas atlas;
  Timeline timeline;
  HttpRenderer http;
};

}  // namespace bw::rehearsal
