// SPDX-License-Identifier: Apache-2.0
#include "probes/websocket_frame.h"

namespace bw {
namespace {

constexpr std::uint8_t kFinal = 0x80;
constexpr std::uint8_t kReserved = 0x70;
constexpr std::uint8_t kMasked = 0x80;
constexpr std::size_t kControlMax = 125;
constexpr std::uint64_t kLengthMax = 1ULL << 62;  // the sum with a head still fits

bool is_known(std::uint8_t opcode) {
  return opcode <= 2 || (opcode >= kCloseFrame && opcode <= kPongFrame);
}

}  // namespace

Frame read_frame(std::string_view bytes) {
  const auto at = [&](std::size_t i) { return static_cast<std::uint8_t>(bytes[i]); };
  Frame frame;
  if (bytes.size() < 2) return frame;
  frame.opcode = at(0) & 0x0f;
  const bool is_control = frame.opcode >= kCloseFrame;
  std::uint64_t length = at(1) & 0x7f;
  const bool is_wrong = (at(0) & kReserved) != 0 || (at(1) & kMasked) != 0 ||
                        !is_known(frame.opcode) ||
                        (is_control && (length > kControlMax || (at(0) & kFinal) == 0));
  if (is_wrong) {
    frame.state = FrameState::broken;
    return frame;
  }
  const std::size_t more = length == 126 ? 2 : length == 127 ? 8 : 0;
  const std::size_t head = 2 + more;
  if (bytes.size() < head) return frame;
  if (more > 0) length = 0;
  for (std::size_t i = 2; i < head; ++i)
    length = length << 8 | at(i);
  if (length > kLengthMax) {
    frame.state = FrameState::broken;
    return frame;
  }
  if (length > bytes.size() - head) return frame;
  frame.state = FrameState::whole;
  frame.payload = bytes.substr(head, static_cast<std::size_t>(length));
  frame.size = head + frame.payload.size();
  return frame;
}

std::string print_frame(std::uint8_t opcode,
                        std::string_view payload,
                        const std::array<std::uint8_t, 4>& mask) {
  std::string frame;
  frame += static_cast<char>(kFinal | opcode);
  if (payload.size() <= kControlMax) {
    frame += static_cast<char>(kMasked | payload.size());
  } else {
    frame += static_cast<char>(kMasked | 126);
    frame += static_cast<char>(payload.size() >> 8 & 0xff);
    frame += static_cast<char>(payload.size() & 0xff);
  }
  for (const auto byte : mask)
    frame += static_cast<char>(byte);
  for (std::size_t i = 0; i < payload.size(); ++i)
    frame += static_cast<char>(static_cast<std::uint8_t>(payload[i]) ^ mask.at(i % 4));
  return frame;
}

}  // namespace bw
