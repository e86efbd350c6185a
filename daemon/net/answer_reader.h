// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "probes/exchange.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace bw::net {

// Finds the ends of a peer's answers in the bytes that come, whatever the pieces.
class AnswerReader {
 public:
  // All answers together may take so many bytes.
  explicit AnswerReader(std::size_t bytes_max) : bytes_max_(bytes_max) {}

  enum class Heard : std::uint8_t {
    nothing_yet,
    yes,
    no,       // a line that refuses
    lacking,  // the line that was hoped for, and the word that is needed nowhere before it
    too_much,
  };
  // Bytes beyond the limit are dropped.
  void take(std::string_view bytes);
  // Looks for the end of the turn's answer in what has come; what follows it is left for the next.
  [[nodiscard]] Heard hear(const Turn& turn);
  // The answer that `hear` found, else as much of it as there is; then forgets it.
  [[nodiscard]] std::string take_answer();
  // Of the answer under way.
  [[nodiscard]] bool has_begun() const { return begin_ < bytes_.size(); }
  [[nodiscard]] std::size_t room() const { return bytes_max_ - bytes_.size(); }

 private:
  [[nodiscard]] Heard hear_lines(const Turn& turn);
  [[nodiscard]] Heard hear_frames(const Turn& turn);
  [[nodiscard]] Heard nothing_yet() const {
    return room() == 0 ? Heard::too_much : Heard::nothing_yet;
  }

  std::size_t bytes_max_;
  std::string bytes_;
  std::size_t begin_ = 0;  // of the answer
  std::size_t line_ = 0;   // or frame: begins here and has not been judged
  std::size_t seen_ = 0;   // no line end before this
  std::size_t end_ = 0;    // of the answer, once it is known
};

}  // namespace bw::net
