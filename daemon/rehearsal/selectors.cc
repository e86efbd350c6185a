// SPDX-License-Identifier: Apache-2.0
#include "daemon/rehearsal/selectors.h"

#include "daemon/rehearsal/links.h"

#include <algorithm>
#include <array>
#include <functional>
#include <set>

namespace bw::rehearsal {
namespace {

bool holds(const std::vector<std::string>& ids, std::string_view id) {
  return std::ranges::find(ids, id) != ids.end();
}

// The owner itself and every owner that stands on it, directly or through others.
std::set<std::string, std::less<>> stand_on(const WorldFile& world, std::string_view id) {
  std::set<std::string, std::less<>> found{std::string(id)};
  for (bool has_grown = true; has_grown;) {
    has_grown = false;
    for (const auto& owner : world.owners) {
      const bool needs_one =
          std::ranges::any_of(owner.needs, [&](const auto& need) { return found.contains(need); });
      if (needs_one && found.insert(owner.id).second) has_grown = true;
    }
  }
  return found;
}

class Selection {
 public:
  explicit Selection(const WorldFile& world) : world_(world) {
    reach_.endpoints.resize(world.endpoints.size());
    reach_.hosts.resize(world.hosts.size());
    reach_.feeds.resize(world.owners.size());
  }
  void endpoints(const std::function<bool(const Endpoint&)>& is_in) {
    for (std::size_t i = 0; i < world_.endpoints.size(); ++i) {
      if (is_in(world_.endpoints[i])) reach_.endpoints[i] = true;
    }
  }
  void hosts(const std::function<bool(const HostEntry&)>& is_in) {
    for (std::size_t i = 0; i < world_.hosts.size(); ++i) {
      if (is_in(world_.hosts[i])) reach_.hosts[i] = true;
    }
  }
  void feeds(const std::function<bool(const Owner&)>& is_in) {
    for (std::size_t i = 0; i < world_.owners.size(); ++i) {
      if (world_.owners[i].feed && is_in(world_.owners[i])) reach_.feeds[i] = true;
    }
  }
  // What lies on a reached host is reached.
  Reach take() {
    const auto is_reached = [&](const std::string& url) {
      const auto link = parse_link(url);
      const int host = link ? find_host(world_, link->host) : -1;
      return host >= 0 && reach_.hosts[static_cast<std::size_t>(host)];
    };
    endpoints([&](const Endpoint& endpoint) { return is_reached(endpoint.url); });
    feeds([&](const Owner& owner) { return is_reached(owner.feed->url); });
    return std::move(reach_);
  }

 private:
  const WorldFile& world_;
  Reach reach_;
};

void select_provider(const WorldFile& world, std::string_view id, Selection& selection) {
  const auto fallen = stand_on(world, id);
  selection.endpoints([&](const Endpoint& endpoint) {
    return std::ranges::any_of(endpoint.needs,
                               [&](const auto& need) { return fallen.contains(need); });
  });
  selection.hosts([&](const HostEntry& host) {
    return host.owner == id || host.dns == id || holds(host.behind, id);
  });
}

struct SelectorKind {
  std::string_view name;
  void (*select)(const WorldFile& world, std::string_view argument, Selection& selection);
};
constexpr auto kSelectors = std::to_array<SelectorKind>({
    {.name = "url",
     .select =
         [](const WorldFile&, std::string_view glob, Selection& selection) {
           selection.endpoints([&](const Endpoint& e) { return matches_glob(glob, e.url); });
         }},
    {.name = "host",
     .select =
         [](const WorldFile&, std::string_view glob, Selection& selection) {
           selection.hosts([&](const HostEntry& host) { return matches_glob(glob, host.name); });
         }},
    {.name = "function",
     .select =
         [](const WorldFile&, std::string_view id, Selection& selection) {
           selection.endpoints([&](const Endpoint& e) { return e.function == id; });
         }},
    {.name = "owner",
     .select =
         [](const WorldFile&, std::string_view id, Selection& selection) {
           selection.hosts([&](const HostEntry& host) { return host.owner == id; });
         }},
    {.name = "provider", .select = select_provider},
    {.name = "dns",
     .select =
         [](const WorldFile&, std::string_view id, Selection& selection) {
           selection.hosts([&](const HostEntry& host) { return host.dns == id; });
         }},
    {.name = "soft",
     .select =
         [](const WorldFile&, std::string_view id, Selection& selection) {
           selection.endpoints([&](const Endpoint& e) { return holds(e.soft, id); });
         }},
    {.name = "feed",
     .select =
         [](const WorldFile&, std::string_view id, Selection& selection) {
           selection.feeds([&](const Owner& owner) { return owner.id == id; });
         }},
    {.name = "org",
     .select =
         [](const WorldFile&, std::string_view, Selection& selection) {
           selection.hosts([](const HostEntry& host) { return host.owner == "own"; });
         }},
    {.name = "all",
     .select =
         [](const WorldFile&, std::string_view, Selection& selection) {
           selection.hosts([](const HostEntry&) { return true; });
           selection.feeds([](const Owner&) { return true; });
         }},
});

}  // namespace

bool Reach::is_empty() const {
  const auto has_any = [](const std::vector<bool>& flags) {
    return std::ranges::find(flags, true) != flags.end();
  };
  return !has_any(endpoints) && !has_any(hosts) && !has_any(feeds);
}

void Reach::add(const Reach& other) {
  const auto merge = [](std::vector<bool>& mine, const std::vector<bool>& theirs) {
    mine.resize(std::max(mine.size(), theirs.size()));
    for (std::size_t i = 0; i < theirs.size(); ++i) {
      if (theirs[i]) mine[i] = true;
    }
  };
  merge(endpoints, other.endpoints);
  merge(hosts, other.hosts);
  merge(feeds, other.feeds);
}

int find_host(const WorldFile& world, std::string_view name) {
  const auto at = std::ranges::find(world.hosts, name, &HostEntry::name);
  return at == world.hosts.end() ? -1 : static_cast<int>(at - world.hosts.begin());
}

Reach reach_of(const WorldFile& world, std::string_view selector) {
  const auto colon = selector.find(':');
  const auto* const kind =
      std::ranges::find(kSelectors, selector.substr(0, colon), &SelectorKind::name);
  Selection selection(world);
  if (kind != kSelectors.end()) {
    const auto argument =
        colon == std::string_view::npos ? std::string_view{} : selector.substr(colon + 1);
    kind->select(world, argument, selection);
  }
  return selection.take();
}

bool is_meaningful(const WorldFile& world, std::string_view selector) {
  if (!reach_of(world, selector).is_empty()) return true;
  for (const std::string_view kind : {"owner:", "provider:"}) {
    if (!selector.starts_with(kind)) continue;
    return std::ranges::find(world.owners, selector.substr(kind.size()), &Owner::id) !=
           world.owners.end();
  }
  return false;
}

Reach reach_of(const WorldFile& world, const std::vector<std::string>& selectors) {
  Reach reach = reach_of(world, std::string_view{});
  for (const auto& selector : selectors)
    reach.add(reach_of(world, selector));
  return reach;
}

}  // namespace bw::rehearsal
