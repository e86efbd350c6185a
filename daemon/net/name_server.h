// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "daemon/loop.h"
#include "daemon/net/dns_message.h"
#include "daemon/net/endpoint.h"

#include <cstdint>
#include <deque>
#include <expected>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>

struct ares_channeldata;

namespace bw::net {

// One name server: a c-ares channel with its sockets in our loop. UDP, then TCP where the answer is
// truncated. At most 256 queries are under way (measured: 5,000 at once lose up to 11 %); the
// others wait, at most 20,000 of them, then fail.
class NameServer {
 public:
  enum class Trouble : std::uint8_t { silent, unreachable, malformed, bad_name, overloaded };
  using Answer = std::expected<DnsMessage, Trouble>;
  using Answered = std::function<void(Answer)>;

  NameServer(Loop& loop,
             const Endpoint& endpoint,
             const std::optional<IpAddress>& source,
             std::uint64_t& queries_total);
  ~NameServer();
  NameServer(const NameServer&) = delete;
  NameServer& operator=(const NameServer&) = delete;

  // One try. `answered` is called once, later, from the loop, unless `wanted` says no more.
  void ask(const DnsQuestion& question, Answered answered, std::function<bool()> wanted);
  [[nodiscard]] const std::string& name() const { return name_; }  // "127.0.0.1:53"
  [[nodiscard]] bool is_idle() const { return in_flight_ == 0 && waiting_.empty(); }

 private:
  struct Query;
  void send(std::unique_ptr<Query> query);
  void send_soon();
  void send_waiting();
  void finish(std::unique_ptr<Query> query, int status, std::string_view answer);
  void process(int readable, int writable);
  void keep_ticking();
  void watch_socket(int fd, bool is_readable, bool is_writable);

  Loop& loop_;
  std::string name_;
  std::uint64_t& queries_total_;
  ares_channeldata* channel_ = nullptr;
  std::deque<std::unique_ptr<Query>> waiting_;
  std::set<int> sockets_;
  int in_flight_ = 0;
  Loop::Timer tick_ = 0;
  Loop::Timer pump_ = 0;
  Loop::Timer cancelling_ = 0;
  bool has_edns_ = true;  // until the server shows that it does not know it
  bool is_closing_ = false;
};

}  // namespace bw::net
