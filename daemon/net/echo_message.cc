// SPDX-License-Identifier: Apache-2.0
#include "daemon/net/echo_message.h"

#include <cstddef>

namespace bw::net {
namespace {

constexpr std::size_t kHeadBytes = 8;
constexpr std::size_t kIpHeadBytesMin = 20;

std::uint8_t byte_at(std::string_view bytes, std::size_t at) {
  return static_cast<std::uint8_t>(bytes[at]);
}
std::uint16_t word_at(std::string_view bytes, std::size_t at) {
  return static_cast<std::uint16_t>(byte_at(bytes, at) << 8 | byte_at(bytes, at + 1));
}
void put_word(std::string& bytes, std::size_t at, std::uint16_t word) {
  bytes[at] = static_cast<char>(word >> 8);
  bytes[at + 1] = static_cast<char>(word & 0xff);
}

// RFC 1071.
std::uint16_t checksum(std::string_view bytes) {
  std::uint32_t sum = 0;
  for (std::size_t i = 0; i + 1 < bytes.size(); i += 2)
    sum += word_at(bytes, i);
  if (bytes.size() % 2 != 0)
    sum += static_cast<std::uint32_t>(byte_at(bytes, bytes.size() - 1) << 8);
  while (sum > 0xffff)
    sum = (sum & 0xffff) + (sum >> 16);
  return static_cast<std::uint16_t>(~sum & 0xffff);
}

}  // namespace

std::string print_echo_request(const EchoMessage& message, bool is_v6) {
  std::string bytes(kHeadBytes, '\0');
  bytes[0] = static_cast<char>(is_v6 ? 128 : 8);
  put_word(bytes, 4, message.id);
  put_word(bytes, 6, message.sequence);
  bytes += message.payload;
  if (!is_v6) put_word(bytes, 2, checksum(bytes));
  return bytes;
}

std::optional<EchoMessage> parse_echo_reply(std::string_view packet, bool is_v6, bool with_header) {
  if (with_header) {
    if (packet.size() < kIpHeadBytesMin) return std::nullopt;
    const std::size_t head = static_cast<std::size_t>(byte_at(packet, 0) & 0x0f) * 4;
    if (head < kIpHeadBytesMin || head > packet.size()) return std::nullopt;
    packet.remove_prefix(head);
  }
  if (packet.size() < kHeadBytes) return std::nullopt;
  const bool is_reply = byte_at(packet, 0) == (is_v6 ? 129 : 0) && byte_at(packet, 1) == 0;
  if (!is_reply) return std::nullopt;
  return EchoMessage{.id = word_at(packet, 4),
                     .sequence = word_at(packet, 6),
                     .payload = std::string(packet.substr(kHeadBytes))};
}

}  // namespace bw::net
