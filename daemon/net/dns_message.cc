// SPDX-License-Identifier: Apache-2.0
#include "daemon/net/dns_message.h"

#include <ldns/ldns.h>

#include <algorithm>
#include <cstdlib>
#include <memory>

namespace bw::net {
namespace {

struct FreePacket {
  void operator()(ldns_pkt* packet) const { ldns_pkt_free(packet); }
};
struct FreeText {
  void operator()(char* text) const { std::free(text); }
};
using Text = std::unique_ptr<char, FreeText>;

void put16(std::string& out, unsigned value) {
  out += static_cast<char>(value >> 8U & 0xffU);
  out += static_cast<char>(value & 0xffU);
}

bool put_name(std::string& out, std::string_view name) {
  if (name.ends_with('.')) name.remove_suffix(1);
  if (name.size() > 253) return false;
  bool has_more = !name.empty();
  while (has_more) {
    const auto dot = name.find('.');
    const auto label = name.substr(0, dot);
    if (label.empty() || label.size() > 63) return false;
    out += static_cast<char>(label.size());
    out += label;
    has_more = dot != std::string_view::npos;
    if (has_more) name.remove_prefix(dot + 1);
  }
  out += '\0';
  return true;
}

std::string print_rdata(const ldns_rr* rr) {
  std::string text;
  for (std::size_t i = 0; i < ldns_rr_rd_count(rr); ++i) {
    const ldns_rdf* field = ldns_rr_rdf(rr, i);
    const Text printed(ldns_rdf2str(field));
    if (!printed) continue;
    if (!text.empty()) text += ' ';
    text += ldns_rdf_get_type(field) == LDNS_RDF_TYPE_DNAME ? fold_name(printed.get())
                                                            : std::string(printed.get());
  }
  return text;
}

std::vector<DnsRecord> read_section(const ldns_rr_list* section) {
  std::vector<DnsRecord> records;
  const std::size_t count = std::min(ldns_rr_list_rr_count(section), kDnsRecordsMax);
  records.reserve(count);
  for (std::size_t i = 0; i < count; ++i) {
    const ldns_rr* rr = ldns_rr_list_rr(section, i);
    const Text owner(ldns_rdf2str(ldns_rr_owner(rr)));
    records.push_back({.name = owner ? fold_name(owner.get()) : std::string(),
                       .type = static_cast<std::uint16_t>(ldns_rr_get_type(rr)),
                       .ttl = ldns_rr_ttl(rr),
                       .data = print_rdata(rr)});
  }
  return records;
}

// The OPT record's data is a run of {code, length, bytes}; code 15 begins with the info-code.
std::optional<int> read_extended_error(const ldns_pkt* packet) {
  const ldns_rdf* data = ldns_pkt_edns_data(packet);
  if (data == nullptr) return std::nullopt;
  std::string_view rest(reinterpret_cast<const char*>(ldns_rdf_data(data)), ldns_rdf_size(data));
  const auto number = [&rest](std::size_t at) {
    return static_cast<unsigned char>(rest[at]) * 256 + static_cast<unsigned char>(rest[at + 1]);
  };
  constexpr int kExtendedError = 15;
  while (rest.size() >= 4) {
    const int code = number(0);
    const auto length = static_cast<std::size_t>(number(2));
    if (length > rest.size() - 4) return std::nullopt;
    if (code == kExtendedError && length >= 2) return number(4);
    rest.remove_prefix(4 + length);
  }
  return std::nullopt;
}

}  // namespace

std::string fold_name(std::string_view name) {
  if (name.ends_with('.') && !name.ends_with("\\.")) name.remove_suffix(1);
  std::string folded(name);
  for (char& c : folded) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return folded;
}

bool is_within(std::string_view name, std::string_view zone) {
  if (zone.empty() || name == zone) return true;
  return name.size() > zone.size() && name.ends_with(zone) &&
         name[name.size() - zone.size() - 1] == '.';
}

std::expected<std::string, Error> print_query(const DnsQuestion& question,
                                              std::uint16_t id,
                                              bool has_edns) {
  constexpr unsigned kRecursionDesired = 0x0100;
  constexpr unsigned kAuthenticData = 0x0020;
  constexpr unsigned kCheckingDisabled = 0x0010;
  std::string out;
  put16(out, id);
  put16(out,
        (question.is_recursive ? kRecursionDesired : 0) | kAuthenticData |
            (question.is_unchecked ? kCheckingDisabled : 0));
  put16(out, 1);  // one question
  put16(out, 0);
  put16(out, 0);
  put16(out, has_edns ? 1 : 0);
  if (!put_name(out, question.name)) {
    return std::unexpected(Error{.what = "\"" + question.name.substr(0, 80) + "\" is no host name",
                                 .where = {},
                                 .hint = "labels have 1 to 63 bytes, a name at most 253"});
  }
  put16(out, question.type);
  put16(out, 1);  // IN
  if (has_edns) {
    out += '\0';       // root
    put16(out, 41);    // OPT
    put16(out, 1232);  // what fits every path unfragmented (DNS flag day 2020)
    put16(out, 0);
    put16(out, 0);
    put16(out, 0);
  }
  return out;
}

std::optional<DnsMessage> parse_message(std::string_view wire) {
  ldns_pkt* parsed = nullptr;
  const auto* bytes = reinterpret_cast<const std::uint8_t*>(wire.data());
  if (ldns_wire2pkt(&parsed, bytes, wire.size()) != LDNS_STATUS_OK) return std::nullopt;
  const std::unique_ptr<ldns_pkt, FreePacket> packet(parsed);
  if (!ldns_pkt_qr(packet.get())) return std::nullopt;
  DnsMessage message;
  message.rcode = static_cast<int>(ldns_pkt_get_rcode(packet.get())) |
                  ldns_pkt_edns_extended_rcode(packet.get()) << 4;
  message.is_authoritative = ldns_pkt_aa(packet.get());
  message.is_authenticated = ldns_pkt_ad(packet.get());
  message.is_recursion_available = ldns_pkt_ra(packet.get());
  message.extended_error = read_extended_error(packet.get());
  message.answer = read_section(ldns_pkt_answer(packet.get()));
  message.authority = read_section(ldns_pkt_authority(packet.get()));
  return message;
}

}  // namespace bw::net
