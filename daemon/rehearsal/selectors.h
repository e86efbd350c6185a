// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "daemon/rehearsal/book.h"

#include <string>
#include <string_view>
#include <vector>

namespace bw::rehearsal {

// What a selector reaches: positions in the world's endpoints, hosts and owners (for feeds).
struct Reach {
  std::vector<bool> endpoints;
  std::vector<bool> hosts;
  std::vector<bool> feeds;
  [[nodiscard]] bool is_empty() const;
  void add(const Reach& other);
};

// As the page on selectors says; empty also for a selector that is none. An endpoint on a reached
// host is reached, and so is a feed on one.
[[nodiscard]] Reach reach_of(const WorldFile& world, std::string_view selector);
// All of a list together.
[[nodiscard]] Reach reach_of(const WorldFile& world, const std::vector<std::string>& selectors);
// The selector is well-formed and reaches something, or names an owner that nothing here leans on.
[[nodiscard]] bool is_meaningful(const WorldFile& world, std::string_view selector);
// Position of the host entry with that name, or -1.
[[nodiscard]] int find_host(const WorldFile& world, std::string_view name);

}  // namespace bw::rehearsal
