// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "daemon/loop.h"
#include "daemon/net/dns_client.h"

#include <functional>
#include <map>
#include <string>
#include <vector>

namespace bw::net {

// The name servers of the zone that holds a name, looked up beside the probes. What is known is
// kept for five minutes; while it is looked up again, and for an hour when that fails, what was
// known stays. At most 20,000 names.
class Zones {
 public:
  Zones(Loop& loop, DnsClient& client) : loop_(loop), client_(client) {}

  // Looks up what is not known or no longer fresh.
  void refresh(const std::string& name);
  [[nodiscard]] std::vector<std::string> servers_of(const std::string& name) const;
  // Nothing is known yet, and a look-up is under way.
  [[nodiscard]] bool is_first_pending(const std::string& name) const;
  // Runs `then` when that look-up ends, however it ends.
  void when_known(const std::string& name, std::function<void()> then);

 private:
  struct Zone {
    std::vector<std::string> servers;
    Steady looked_up{};
  };
  struct Place {  // where a name is
    std::string zone;
    bool is_known = false;
    bool is_pending = false;
    Steady looked_up{};
    std::vector<std::function<void()>> waiting;
  };
  void ask(const std::string& name, const std::string& candidate, int steps_left);
  void read(const std::string& name,
            const std::string& candidate,
            int steps_left,
            const DnsAnswer& answer);
  void settle(const std::string& name, const std::string* zone);
  [[nodiscard]] bool is_fresh(Steady looked_up) const;
  void make_room();

  Loop& loop_;
  DnsClient& client_;
  std::map<std::string, Place> places_;
  std::map<std::string, Zone> zones_;
};

}  // namespace bw::net
