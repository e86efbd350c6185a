// SPDX-License-Identifier: Apache-2.0
#include "daemon/net/name_server.h"

#include <ares.h>
#include <arpa/inet.h>
#include <sys/random.h>

#include <cstdlib>
#include <cstring>
#include <utility>

namespace bw::net {
namespace {

constexpr int kInFlightMax = 256;
constexpr std::size_t kWaitingMax = 20'000;
// How long one try may take; whoever asks tries elsewhere long before.
constexpr int kTryMillis = 3000;
// c-ares is shown the clock this often while queries are under way.
constexpr Micros kTick{50'000};

std::uint16_t random_id() {
  std::uint16_t id = 0;
  if (getrandom(&id, sizeof id, 0) != sizeof id) std::abort();
  return id;
}

NameServer::Trouble trouble_of(int status) {
  if (status == ARES_ECONNREFUSED || status == ARES_ECANCELLED) {
    return NameServer::Trouble::unreachable;
  }
  return NameServer::Trouble::silent;
}

}  // namespace

struct NameServer::Query {
  NameServer* server = nullptr;
  DnsQuestion question;
  Answered answered;
  std::function<bool()> wanted;
  bool had_edns = false;
};

NameServer::NameServer(Loop& loop,
                       const Endpoint& endpoint,
                       const std::optional<IpAddress>& source,
                       std::uint64_t& queries_total)
    : loop_(loop), name_(print(endpoint)), queries_total_(queries_total) {
  ares_options options{};
  // One try at one server: who else is asked, and when, is decided above us. Every response is
  // handed over, whatever its rcode.
  options.flags = ARES_FLAG_NOCHECKRESP | ARES_FLAG_NOSEARCH | ARES_FLAG_NOALIASES | ARES_FLAG_EDNS;
  options.timeout = kTryMillis;
  options.tries = 1;
  options.ndots = 1;
  options.ednspsz = 1232;
  options.socket_receive_buffer_size = 1 << 20;
  std::string lookups = "b";
  options.lookups = lookups.data();
  options.sock_state_cb = [](void* self, ares_socket_t fd, int is_readable, int is_writable) {
    static_cast<NameServer*>(self)->watch_socket(fd, is_readable != 0, is_writable != 0);
  };
  options.sock_state_cb_data = this;
  const int mask = ARES_OPT_FLAGS | ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES | ARES_OPT_NDOTS |
                   ARES_OPT_EDNSPSZ | ARES_OPT_SOCK_RCVBUF | ARES_OPT_LOOKUPS | ARES_OPT_DOMAINS |
                   ARES_OPT_SOCK_STATE_CB;
  if (ares_init_options(&channel_, &options, mask) != ARES_SUCCESS) std::abort();
  ares_addr_port_node node{};
  node.family = endpoint.address.is_v6 ? AF_INET6 : AF_INET;
  std::memcpy(&node.addr, endpoint.address.bytes.data(), endpoint.address.is_v6 ? 16 : 4);
  node.udp_port = endpoint.port;
  node.tcp_port = endpoint.port;
  if (ares_set_servers_ports(channel_, &node) != ARES_SUCCESS) std::abort();
  if (source && source->is_v6) ares_set_local_ip6(channel_, source->bytes.data());
  if (source && !source->is_v6) {
    std::uint32_t v4 = 0;
    std::memcpy(&v4, source->bytes.data(), sizeof v4);
    ares_set_local_ip4(channel_, ntohl(v4));
  }
}

NameServer::~NameServer() {
  is_closing_ = true;
  loop_.cancel(tick_);
  loop_.cancel(pump_);
  loop_.cancel(cancelling_);
  ares_destroy(channel_);
  for (const int fd : sockets_)
    loop_.unwatch(fd);
}

void NameServer::ask(const DnsQuestion& question, Answered answered, std::function<bool()> wanted) {
  auto query = std::make_unique<Query>(this, question, std::move(answered), std::move(wanted));
  if (waiting_.size() >= kWaitingMax) {
    loop_.after(Micros{0}, [answered = std::move(query->answered)] {
      answered(std::unexpected(Trouble::overloaded));
    });
    return;
  }
  waiting_.push_back(std::move(query));
  send_soon();
}

void NameServer::send_soon() {
  if (pump_ != 0 || in_flight_ >= kInFlightMax || waiting_.empty()) return;
  pump_ = loop_.after(Micros{0}, [this] {
    pump_ = 0;
    send_waiting();
  });
}

void NameServer::send_waiting() {
  while (in_flight_ < kInFlightMax && !waiting_.empty()) {
    auto query = std::move(waiting_.front());
    waiting_.pop_front();
    if (query->wanted()) send(std::move(query));
  }
}

void NameServer::send(std::unique_ptr<Query> query) {
  const auto wire = print_query(query->question, random_id(), has_edns_);
  if (!wire) {
    query->answered(std::unexpected(Trouble::bad_name));
    return;
  }
  query->had_edns = has_edns_;
  ++in_flight_;
  ++queries_total_;
  ares_send(
      channel_,
      reinterpret_cast<const unsigned char*>(wire->data()),
      static_cast<int>(wire->size()),
      [](void* raw, int status, int /*timeouts*/, unsigned char* bytes, int size) {
        std::unique_ptr<Query> returned(static_cast<Query*>(raw));
        NameServer& server = *returned->server;
        std::string_view answer;
        if (bytes != nullptr) {
          answer = {reinterpret_cast<const char*>(bytes), static_cast<std::size_t>(size)};
        }
        server.finish(std::move(returned), status, answer);
      },
      query.release());
  keep_ticking();
}

void NameServer::finish(std::unique_ptr<Query> query, int status, std::string_view answer) {
  --in_flight_;
  if (is_closing_) return;
  send_soon();
  // The ICMP error that told was read off the socket by one query; the others would wait in vain.
  if (status == ARES_ECONNREFUSED && in_flight_ > 0 && cancelling_ == 0) {
    cancelling_ = loop_.after(Micros{0}, [this] {
      cancelling_ = 0;
      ares_cancel(channel_);
    });
  }
  if (status != ARES_SUCCESS) {
    query->answered(std::unexpected(trouble_of(status)));
    return;
  }
  auto message = parse_message(answer);
  if (!message) {
    query->answered(std::unexpected(Trouble::malformed));
    return;
  }
  if (query->had_edns && (message->rcode == kRcodeFormErr || message->rcode == kRcodeNotImp)) {
    has_edns_ = false;
    waiting_.push_front(std::move(query));
    send_soon();
    return;
  }
  query->answered(std::move(*message));
}

void NameServer::process(int readable, int writable) {
  ares_process_fd(channel_, readable, writable);
}

void NameServer::keep_ticking() {
  if (tick_ != 0) return;
  tick_ = loop_.after(kTick, [this] {
    tick_ = 0;
    process(ARES_SOCKET_BAD, ARES_SOCKET_BAD);
    if (in_flight_ > 0) keep_ticking();
  });
}

void NameServer::watch_socket(int fd, bool is_readable, bool is_writable) {
  if (!is_readable && !is_writable) {
    sockets_.erase(fd);
    loop_.unwatch(fd);
    return;
  }
  sockets_.insert(fd);
  const std::uint32_t events =
      (is_readable ? Loop::readable : 0U) | (is_writable ? Loop::writable : 0U);
  loop_.watch(fd, events, [this, fd](std::uint32_t happened) {
    process((happened & Loop::readable) != 0 ? fd : ARES_SOCKET_BAD,
            (happened & Loop::writable) != 0 ? fd : ARES_SOCKET_BAD);
  });
}

}  // namespace bw::net
