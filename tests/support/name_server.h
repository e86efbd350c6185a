// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace bw::test {

struct DnsQuery {
  std::string name;  // lower case, no final dot
  std::uint16_t type = 0;
  bool is_recursive = false;
  bool is_unchecked = false;  // CD
  bool is_tcp = false;
};
struct DnsResponse {
  int rcode = 0;
  std::vector<std::string> answer;  // as in a zone file: "www.shop.example. 60 IN A 192.0.2.1"
  std::vector<std::string> authority;
  bool is_authoritative = false;
  bool is_authenticated = false;
  bool is_recursion_available = true;
  bool is_truncated = false;
  std::optional<int> extended_error;
};

// A name server on 127.0.0.1, UDP and TCP at the same free port, answering as `script` says;
// nothing where it returns nothing.
class NameServer {
 public:
  using Script = std::function<std::optional<DnsResponse>(const DnsQuery&)>;
  explicit NameServer(Script script);
  ~NameServer();
  NameServer(const NameServer&) = delete;
  NameServer& operator=(const NameServer&) = delete;

  [[nodiscard]] std::string address() const;  // "127.0.0.1:PORT"
  [[nodiscard]] int queries() const { return queries_; }

 private:
  void serve_udp();
  void serve_tcp();
  std::string respond(const std::string& query, bool is_tcp);

  Script script_;
  int udp_ = -1;
  int tcp_ = -1;
  std::uint16_t port_ = 0;
  std::atomic<int> queries_ = 0;
  std::atomic<bool> is_stopping_ = false;
  std::mutex mutex_;
  std::thread udp_thread_;
  std::thread tcp_thread_;
};

// Answers A questions for any name with 127.0.0.1, others with an empty answer and the SOA of
// "example".
[[nodiscard]] NameServer::Script everything_is_here();

}  // namespace bw::test
