// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

// Frames of the WebSocket protocol (RFC 6455, 5.2). Pure; any bytes may be read.
namespace bw {

inline constexpr std::uint8_t kTextFrame = 1;
inline constexpr std::uint8_t kCloseFrame = 8;
inline constexpr std::uint8_t kPingFrame = 9;
inline constexpr std::uint8_t kPongFrame = 10;

enum class FrameState : std::uint8_t { whole, cut, broken };
struct Frame {
  FrameState state = FrameState::cut;
  std::uint8_t opcode = 0;
  std::size_t size = 0;      // with its head
  std::string_view payload;  // of the bytes that were read
};
// The frame at the front of what a server sent: `cut` while some of it is missing, `broken` where a
// server may not send it (masked, reserved bits, an unknown opcode, a long control frame).
[[nodiscard]] Frame read_frame(std::string_view bytes);

// A whole frame as a client sends it, masked. At most 65,535 bytes of payload.
[[nodiscard]] std::string print_frame(std::uint8_t opcode,
                                      std::string_view payload,
                                      const std::array<std::uint8_t, 4>& mask);

}  // namespace bw
