// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "daemon/config/config.h"
#include "daemon/rehearsal/world.h"

#include <map>
#include <string>
#include <vector>

namespace bw::rehearsal {

// Somebody's own configuration put in the place of the book's in a world: each target looks at what
// comes nearest to it there (the same kind and role, the same function by its words, the same
// providers by their roles, the same door), and all that is told keeps its own words. So an
// incident of the book shows what they would have seen, and who would have been called.
struct Transposed {
  Config config;
  struct Pair {
    std::string mine;   // target id
    std::string books;  // target id there
    std::string where;  // URL or host that is looked at
  };
  std::vector<Pair> pairs;
  std::vector<std::string> left_out;             // target ids with nothing like them there
  std::vector<std::string> unwatched;            // titles of the book's functions
  std::map<std::string, std::string> providers;  // the book's id -> mine
  std::vector<std::string> strangers;            // the book's providers (names) without one of mine
  std::map<std::string, std::string> functions;  // the book's id -> mine
};

// Whether the configuration already speaks of the world's own hosts.
[[nodiscard]] bool is_at_home(const Config& config, const World& world);
[[nodiscard]] Transposed transpose(const Config& mine, const Config& books);
// The owner of mine that stands in for one of the book's; where there is none, the book's own name
// for it.
[[nodiscard]] std::string mine_of(const Transposed& transposed, const std::string& owner);
// An entry of the world's change calendar as mine would have had it; false: not at all.
[[nodiscard]] bool reword(const Transposed& transposed, Announcement& announcement);

}  // namespace bw::rehearsal
