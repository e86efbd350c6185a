// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "daemon/loop.h"
#include "daemon/net/name_server.h"

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace bw::net {

// What became of one question, whoever was asked in the end.
struct DnsAnswer {
  Outcome failure = Outcome::ok;  // ok, one of dns_*, or monitor_error
  std::string detail;             // for people, where it failed
  std::string server;             // who answered; where nobody did, who was asked last
  bool is_answered = false;       // `message` holds a response, be it a failure
  DnsMessage message;
};

// Asks one question of several servers: the one that answered last comes first; one that is silent
// for half a second has the next one asked beside it, and the first useful answer counts. A server
// that fails has the next one asked at once. So a dead server costs half a second once.
class DnsClient {
 public:
  using Done = std::function<void(DnsAnswer)>;

  // `servers` as in NetSettings::name_servers; empty: those of /etc/resolv.conf, else 127.0.0.1.
  DnsClient(Loop& loop,
            const std::vector<std::string>& servers,
            const std::optional<IpAddress>& source);
  ~DnsClient();
  DnsClient(const DnsClient&) = delete;
  DnsClient& operator=(const DnsClient&) = delete;

  // `done` is called once, later, from the loop, at the latest when `limit` has passed.
  void ask(const DnsQuestion& question, Micros limit, Done done);
  // The same of one server alone.
  void ask(const Endpoint& server, const DnsQuestion& question, Micros limit, Done done);

  // What was wrong with the configured servers; empty when nothing was.
  [[nodiscard]] const std::string& trouble() const { return trouble_; }
  // The configured servers: "127.0.0.1:53, [::1]:53".
  [[nodiscard]] std::string asked() const;
  [[nodiscard]] std::uint64_t queries_total() const { return queries_total_; }

 private:
  struct Asking;
  void begin(std::shared_ptr<Asking> asking, Micros limit);
  void try_next(const std::shared_ptr<Asking>& asking);
  void read(const std::shared_ptr<Asking>& asking, std::size_t tried, NameServer::Answer answer);
  void give_up(const std::shared_ptr<Asking>& asking);
  void check_bogus(const std::shared_ptr<Asking>& asking);
  void finish(const std::shared_ptr<Asking>& asking, DnsAnswer answer);
  NameServer& server_at(const Endpoint& endpoint);

  Loop& loop_;
  std::optional<IpAddress> source_;
  std::uint64_t queries_total_ = 0;
  std::vector<Endpoint> configured_;
  std::size_t preferred_ = 0;
  std::string trouble_;
  std::map<Endpoint, std::unique_ptr<NameServer>> servers_;
  std::map<std::uint64_t, std::shared_ptr<Asking>> askings_;
  std::uint64_t next_id_ = 0;
  Loop::Timer prune_ = 0;
};

}  // namespace bw::net
