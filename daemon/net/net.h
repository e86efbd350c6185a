// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "daemon/loop.h"
#include "probes/exchange.h"

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace bw {

// Turns an Ask into a Reply. Implemented by `Net` on real sockets and by the rehearsal's simulated
// world; whoever asks cannot tell which.
class Transport {
 public:
  using Done = std::function<void(Reply)>;
  virtual ~Transport() = default;
  // `done` is called exactly once, later, from the loop, at the latest shortly after the deadline.
  virtual void start(Ask ask, Done done) = 0;
};

struct NetSettings {
  std::vector<std::string> name_servers{};         // "address[:port]"; empty: /etc/resolv.conf
  std::map<std::uint16_t, std::uint16_t> ports{};  // connect to another port: {443, 8443}; the
                                                   // Host header and SNI stay what the URL says
  std::string source_address{};                    // bind here; empty: the system's choice
  int in_flight_max = 1000;                        // further asks queue
  int queued_max = 20'000;                         // further asks fail as monitor_error
  int tls_starts_per_turn = 8;
  bool prefers_v6 = false;
  bool follows_inside = false;  // also where a target's own address is public: see probes/realm.h
  std::string user_agent{};     // "bellwether/0.1 (+url)"
};

// libcurl multi for HTTP, c-ares for names, own sockets for tcp and tls: all in the one loop.
// Names are resolved here and pinned; nothing blocks. See README, "What a probe costs".
class Net : public Transport {
 public:
  Net(Loop& loop, NetSettings settings);
  ~Net() override;
  Net(const Net&) = delete;
  Net& operator=(const Net&) = delete;
  void start(Ask ask, Done done) override;

  struct Stats {
    int in_flight = 0;
    int queued = 0;
    std::uint64_t started = 0;
    std::uint64_t kept = 0;      // of those, over a connection that was there
    std::uint64_t ca_loads = 0;  // O(reloads), never O(probes)
    std::uint64_t dns_queries = 0;
  };
  [[nodiscard]] Stats stats() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace bw
