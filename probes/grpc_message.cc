// SPDX-License-Identifier: Apache-2.0
#include "probes/grpc_message.h"

#include <cstddef>

namespace bw {
namespace {

constexpr std::size_t kHeadBytes = 5;
constexpr std::uint64_t kStatusField = 1;

// Protocol buffers' wire types.
enum : std::uint64_t { varint_type = 0, fixed64_type = 1, bytes_type = 2, fixed32_type = 5 };

std::uint8_t byte_at(std::string_view bytes, std::size_t at) {
  return static_cast<std::uint8_t>(bytes[at]);
}

std::string print_varint(std::uint64_t value) {
  std::string bytes;
  for (; value >= 0x80; value >>= 7)
    bytes += static_cast<char>((value & 0x7f) | 0x80);
  return bytes + static_cast<char>(value);
}

// Takes it off the front.
std::optional<std::uint64_t> take_varint(std::string_view& bytes) {
  std::uint64_t value = 0;
  for (unsigned shift = 0; shift < 64 && !bytes.empty(); shift += 7) {
    const auto byte = byte_at(bytes, 0);
    bytes.remove_prefix(1);
    value |= static_cast<std::uint64_t>(byte & 0x7f) << shift;
    if ((byte & 0x80) == 0) return value;
  }
  return std::nullopt;
}

bool skip(std::string_view& bytes, std::uint64_t count) {
  if (count > bytes.size()) return false;
  bytes.remove_prefix(static_cast<std::size_t>(count));
  return true;
}

// A field that a later version may have added.
bool skip_field(std::string_view& bytes, std::uint64_t type) {
  if (type == varint_type) return take_varint(bytes).has_value();
  if (type == fixed64_type) return skip(bytes, 8);
  if (type == fixed32_type) return skip(bytes, 4);
  if (type != bytes_type) return false;
  const auto size = take_varint(bytes);
  return size && skip(bytes, *size);
}

}  // namespace

std::string print_health_request(std::string_view service) {
  std::string message;
  if (!service.empty()) {
    message = static_cast<char>(1U << 3U | bytes_type);
    message += print_varint(service.size());
    message += service;
  }
  std::string framed(kHeadBytes, '\0');
  framed[2] = static_cast<char>(message.size() >> 16 & 0xff);
  framed[3] = static_cast<char>(message.size() >> 8 & 0xff);
  framed[4] = static_cast<char>(message.size() & 0xff);
  return framed + message;
}

std::optional<Serving> parse_health_response(std::string_view bytes) {
  if (bytes.size() < kHeadBytes || byte_at(bytes, 0) != 0) return std::nullopt;
  std::size_t size = 0;
  for (std::size_t i = 1; i < kHeadBytes; ++i)
    size = size << 8 | byte_at(bytes, i);
  bytes.remove_prefix(kHeadBytes);
  if (size != bytes.size()) return std::nullopt;
  auto serving = Serving::unknown;  // what a field that is not written means
  while (!bytes.empty()) {
    const auto tag = take_varint(bytes);
    if (!tag) return std::nullopt;
    if (*tag == (kStatusField << 3U | varint_type)) {
      const auto value = take_varint(bytes);
      if (!value) return std::nullopt;
      serving = static_cast<Serving>(*value);
    } else if (!skip_field(bytes, *tag & 7U)) {
      return std::nullopt;
    }
  }
  return serving;
}

}  // namespace bw
