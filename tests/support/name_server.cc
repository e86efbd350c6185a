// SPDX-License-Identifier: Apache-2.0
#include "tests/support/name_server.h"

#include <arpa/inet.h>
#include <ldns/ldns.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <memory>

namespace bw::test {
namespace {

using Packet = std::unique_ptr<ldns_pkt, decltype(&ldns_pkt_free)>;

sockaddr_in loopback(std::uint16_t port) {
  sockaddr_in here{};
  here.sin_family = AF_INET;
  here.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  here.sin_port = htons(port);
  return here;
}

bool bind_to(int fd, std::uint16_t port) {
  const sockaddr_in here = loopback(port);
  return bind(fd, reinterpret_cast<const sockaddr*>(&here), sizeof here) == 0;
}

std::string lower_name(const ldns_rdf* name) {
  char* raw = ldns_rdf2str(name);
  std::string text = raw;
  std::free(raw);
  for (char& c : text) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  if (text.ends_with('.')) text.pop_back();
  return text;
}

void push(ldns_pkt* packet, ldns_pkt_section section, const std::vector<std::string>& records) {
  for (const auto& text : records) {
    ldns_rr* rr = nullptr;
    if (ldns_rr_new_frm_str(&rr, text.c_str(), 0, nullptr, nullptr) != LDNS_STATUS_OK) std::abort();
    ldns_pkt_push_rr(packet, section, rr);
  }
}

void set_extended_error(ldns_pkt* packet, int code) {
  const std::array<std::uint8_t, 6> option{
      0, 15, 0, 2, static_cast<std::uint8_t>(code / 256), static_cast<std::uint8_t>(code % 256)};
  ldns_pkt_set_edns_data(
      packet, ldns_rdf_new_frm_data(LDNS_RDF_TYPE_UNKNOWN, option.size(), option.data()));
}

std::string read_exactly(int fd, std::size_t size) {
  std::string bytes(size, '\0');
  if (recv(fd, bytes.data(), size, MSG_WAITALL) != static_cast<ssize_t>(size)) return {};
  return bytes;
}

}  // namespace

NameServer::NameServer(Script script) : script_(std::move(script)) {
  // UDP and TCP at one number: take what TCP gets, and again where UDP's is taken.
  while (true) {
    tcp_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    udp_ = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    sockaddr_in here{};
    socklen_t size = sizeof here;
    if (!bind_to(tcp_, 0) || listen(tcp_, 64) != 0) std::abort();
    getsockname(tcp_, reinterpret_cast<sockaddr*>(&here), &size);
    port_ = ntohs(here.sin_port);
    if (bind_to(udp_, port_)) break;
    close(tcp_);
    close(udp_);
  }
  const timeval soon{.tv_sec = 0, .tv_usec = 50'000};
  setsockopt(udp_, SOL_SOCKET, SO_RCVTIMEO, &soon, sizeof soon);
  const int big = 1 << 20;
  setsockopt(udp_, SOL_SOCKET, SO_RCVBUF, &big, sizeof big);
  udp_thread_ = std::thread([this] { serve_udp(); });
  tcp_thread_ = std::thread([this] { serve_tcp(); });
}

NameServer::~NameServer() {
  is_stopping_ = true;
  shutdown(tcp_, SHUT_RDWR);
  udp_thread_.join();
  tcp_thread_.join();
  close(udp_);
  close(tcp_);
}

std::string NameServer::address() const {
  return "127.0.0.1:" + std::to_string(port_);
}

void NameServer::serve_udp() {
  while (!is_stopping_) {
    std::array<char, 4096> bytes{};
    sockaddr_in from{};
    socklen_t size = sizeof from;
    const auto count =
        recvfrom(udp_, bytes.data(), bytes.size(), 0, reinterpret_cast<sockaddr*>(&from), &size);
    if (count <= 0) continue;
    const auto answer = respond({bytes.data(), static_cast<std::size_t>(count)}, false);
    if (answer.empty()) continue;
    sendto(udp_, answer.data(), answer.size(), 0, reinterpret_cast<sockaddr*>(&from), size);
  }
}

void NameServer::serve_tcp() {
  while (!is_stopping_) {
    const int fd = accept4(tcp_, nullptr, nullptr, SOCK_CLOEXEC);
    if (fd < 0) return;
    const auto size = read_exactly(fd, 2);
    if (size.size() == 2) {
      const auto length =
          static_cast<unsigned char>(size[0]) * 256U + static_cast<unsigned char>(size[1]);
      const auto answer = respond(read_exactly(fd, length), true);
      const std::array<char, 2> prefix{static_cast<char>(answer.size() / 256),
                                       static_cast<char>(answer.size() % 256)};
      send(fd, prefix.data(), prefix.size(), MSG_NOSIGNAL);
      send(fd, answer.data(), answer.size(), MSG_NOSIGNAL);
    }
    close(fd);
  }
}

std::string NameServer::respond(const std::string& query, bool is_tcp) {
  ldns_pkt* raw = nullptr;
  const auto* bytes = reinterpret_cast<const std::uint8_t*>(query.data());
  if (ldns_wire2pkt(&raw, bytes, query.size()) != LDNS_STATUS_OK) return {};
  const Packet asked(raw, ldns_pkt_free);
  const ldns_rr* question = ldns_rr_list_rr(ldns_pkt_question(asked.get()), 0);
  ++queries_;
  std::optional<DnsResponse> response;
  {
    const std::scoped_lock lock(mutex_);
    response = script_({.name = lower_name(ldns_rr_owner(question)),
                        .type = static_cast<std::uint16_t>(ldns_rr_get_type(question)),
                        .is_recursive = ldns_pkt_rd(asked.get()),
                        .is_unchecked = ldns_pkt_cd(asked.get()),
                        .is_tcp = is_tcp});
  }
  if (!response) return {};
  const Packet packet(ldns_pkt_new(), ldns_pkt_free);
  ldns_pkt_set_id(packet.get(), ldns_pkt_id(asked.get()));
  ldns_pkt_set_qr(packet.get(), true);
  ldns_pkt_set_rd(packet.get(), ldns_pkt_rd(asked.get()));
  ldns_pkt_set_aa(packet.get(), response->is_authoritative);
  ldns_pkt_set_ad(packet.get(), response->is_authenticated);
  ldns_pkt_set_ra(packet.get(), response->is_recursion_available);
  ldns_pkt_set_tc(packet.get(), response->is_truncated);
  ldns_pkt_set_rcode(packet.get(), static_cast<std::uint8_t>(response->rcode));
  ldns_pkt_push_rr(packet.get(), LDNS_SECTION_QUESTION, ldns_rr_clone(question));
  push(packet.get(), LDNS_SECTION_ANSWER, response->answer);
  push(packet.get(), LDNS_SECTION_AUTHORITY, response->authority);
  ldns_pkt_set_edns_udp_size(packet.get(), 1232);
  if (response->extended_error) set_extended_error(packet.get(), *response->extended_error);
  std::uint8_t* wire = nullptr;
  std::size_t size = 0;
  if (ldns_pkt2wire(&wire, packet.get(), &size) != LDNS_STATUS_OK) std::abort();
  std::string text(reinterpret_cast<char*>(wire), size);
  std::free(wire);
  return text;
}

NameServer::Script everything_is_here() {
  return [](const DnsQuery& query) -> std::optional<DnsResponse> {
    DnsResponse response;
    if (query.type == LDNS_RR_TYPE_A) {
      response.answer = {query.name + ". 60 IN A 127.0.0.1"};
    } else {
      response.authority = {"example. 60 IN SOA ns1.example. admin.example. 1 3600 600 86400 60"};
    }
    return response;
  };
}

}  // namespace bw::test
