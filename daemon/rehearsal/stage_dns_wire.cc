// SPDX-License-Identifier: Apache-2.0
#include "daemon/rehearsal/links.h"
#include "daemon/rehearsal/stage_dns.h"

#include <fmt/format.h>

#include <ldns/ldns.h>

#include <cstdlib>

namespace bw::rehearsal {
namespace {

constexpr std::size_t kQuestionBytesMax = 4096;
constexpr std::uint16_t kUdpPayload = 1232;  // what the stage advertises (DNS flag day 2020)

struct PacketFree {
  void operator()(ldns_pkt* packet) const { ldns_pkt_free(packet); }
};
using PacketPtr = std::unique_ptr<ldns_pkt, PacketFree>;

std::string to_text(const ldns_rdf* name) {
  char* text = ldns_rdf2str(name);
  if (text == nullptr) return {};
  std::string copy(text);
  std::free(text);
  if (copy.ends_with('.')) copy.pop_back();
  return lower_case(copy);
}

std::string type_text(std::uint16_t type) {
  char* text = ldns_rr_type2str(static_cast<ldns_rr_type>(type));
  std::string copy(text == nullptr ? "" : text);
  std::free(text);
  return copy;
}

void push(ldns_pkt* packet, ldns_pkt_section section, const DnsRecord& record) {
  const auto line =
      fmt::format("{}. {} IN {} {}", record.name, record.ttl, type_text(record.type), record.data);
  ldns_rr* rr = nullptr;
  if (ldns_rr_new_frm_str(&rr, line.c_str(), 0, nullptr, nullptr) != LDNS_STATUS_OK) return;
  ldns_pkt_push_rr(packet, section, rr);
}

// RFC 8914 4: option 15, its length, the info-code.
void set_extended_error(ldns_pkt* packet, int info_code) {
  const std::array<std::uint8_t, 6> option{0,
                                           15,
                                           0,
                                           2,
                                           static_cast<std::uint8_t>(info_code >> 8 & 0xff),
                                           static_cast<std::uint8_t>(info_code & 0xff)};
  ldns_pkt_set_edns_data(
      packet, ldns_rdf_new_frm_data(LDNS_RDF_TYPE_UNKNOWN, option.size(), option.data()));
}

std::vector<std::uint8_t> to_wire(const ldns_pkt* packet) {
  std::uint8_t* bytes = nullptr;
  std::size_t size = 0;
  if (ldns_pkt2wire(&bytes, packet, &size) != LDNS_STATUS_OK) return {};
  std::vector<std::uint8_t> message(bytes, bytes + size);
  std::free(bytes);
  return message;
}

PacketPtr empty_answer(const DnsQuestion& question) {
  ldns_pkt* packet = nullptr;
  const auto made = ldns_pkt_query_new_frm_str(&packet,
                                               (question.name + ".").c_str(),
                                               static_cast<ldns_rr_type>(question.type),
                                               LDNS_RR_CLASS_IN,
                                               question.is_recursion_desired ? LDNS_RD : 0);
  if (made != LDNS_STATUS_OK) return nullptr;
  ldns_pkt_set_id(packet, question.id);
  ldns_pkt_set_qr(packet, true);
  ldns_pkt_set_ra(packet, true);
  if (question.has_edns) {
    ldns_pkt_set_edns_udp_size(packet, kUdpPayload);
  }
  return PacketPtr(packet);
}

}  // namespace

std::optional<DnsQuestion> read_question(std::string_view message) {
  if (message.size() > kQuestionBytesMax) return std::nullopt;
  ldns_pkt* raw = nullptr;
  const auto* bytes = reinterpret_cast<const std::uint8_t*>(message.data());
  if (ldns_wire2pkt(&raw, bytes, message.size()) != LDNS_STATUS_OK) return std::nullopt;
  const PacketPtr packet(raw);
  const auto* questions = ldns_pkt_question(raw);
  if (ldns_pkt_qr(raw) || questions == nullptr || ldns_rr_list_rr_count(questions) != 1) {
    return std::nullopt;
  }
  const auto* rr = ldns_rr_list_rr(questions, 0);
  DnsQuestion question;
  question.id = ldns_pkt_id(raw);
  question.name = to_text(ldns_rr_owner(rr));
  question.type = static_cast<std::uint16_t>(ldns_rr_get_type(rr));
  question.is_recursion_desired = ldns_pkt_rd(raw);
  question.has_edns = ldns_pkt_edns(raw);
  if (question.has_edns) {
    question.payload_max = std::max<std::size_t>(512, ldns_pkt_edns_udp_size(raw));
  }
  return question;
}

std::vector<std::uint8_t> write_answer(const DnsQuestion& question,
                                       const DnsReply& reply,
                                       std::size_t bytes_max) {
  const auto packet = empty_answer(question);
  if (packet == nullptr) return {};
  ldns_pkt_set_rcode(packet.get(), static_cast<std::uint8_t>(reply.rcode));
  ldns_pkt_set_aa(packet.get(), reply.is_authoritative);
  ldns_pkt_set_ad(packet.get(), reply.is_authenticated);
  if (question.has_edns && reply.extended_error) {
    set_extended_error(packet.get(), *reply.extended_error);
  }
  for (const auto& record : reply.answer)
    push(packet.get(), LDNS_SECTION_ANSWER, record);
  for (const auto& record : reply.authority)
    push(packet.get(), LDNS_SECTION_AUTHORITY, record);
  auto message = to_wire(packet.get());
  if (message.size() <= bytes_max) return message;
  const auto cut = empty_answer(question);
  ldns_pkt_set_tc(cut.get(), true);
  return to_wire(cut.get());
}

}  // namespace bw::rehearsal
