// SPDX-License-Identifier: Apache-2.0
#include "daemon/net/answer_reader.h"

#include "probes/websocket_frame.h"

#include <algorithm>

namespace bw::net {
namespace {

bool begins_with_any(std::string_view line, const std::vector<std::string>& beginnings) {
  return std::ranges::any_of(beginnings, [&](const std::string& beginning) {
    return is_same_name(line.substr(0, beginning.size()), beginning);
  });
}

// As a word of its own: "250-STARTTLS", "* CAPABILITY IMAP4rev1 STARTTLS".
bool holds_word(std::string_view text, std::string_view word) {
  constexpr std::string_view kBetween = " -\t\r\n";
  while (!text.empty()) {
    const auto end = std::min(text.find_first_of(kBetween), text.size());
    if (is_same_name(text.substr(0, end), word)) return true;
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return false;
}

}  // namespace

void AnswerReader::take(std::string_view bytes) {
  bytes_ += bytes.substr(0, room());
}

AnswerReader::Heard AnswerReader::hear(const Turn& turn) {
  const std::string_view all = bytes_;
  switch (turn.form) {
    case AnswerForm::lines:
      return hear_lines(turn);
    case AnswerForm::byte:
      if (begin_ == all.size()) return nothing_yet();
      end_ = begin_ + 1;
      return begins_with_any(all.substr(begin_, 1), turn.expect) ? Heard::yes : Heard::no;
    case AnswerForm::frame:
      return hear_frames(turn);
  }
  return Heard::no;
}

AnswerReader::Heard AnswerReader::hear_lines(const Turn& turn) {
  const std::string_view all = bytes_;
  while (true) {
    const auto feed = all.find('\n', std::max(line_, seen_));
    if (feed == std::string_view::npos) break;
    const auto line = all.substr(line_, feed + 1 - line_);
    line_ = feed + 1;
    const bool is_yes = begins_with_any(line, turn.expect);
    if (!is_yes && !begins_with_any(line, turn.refuse)) continue;
    end_ = line_;
    if (!is_yes) return Heard::no;
    const auto answer = all.substr(begin_, end_ - begin_);
    return turn.offer.empty() || holds_word(answer, turn.offer) ? Heard::yes : Heard::lacking;
  }
  seen_ = all.size();
  return nothing_yet();
}

AnswerReader::Heard AnswerReader::hear_frames(const Turn& turn) {
  const bool wants_close = begins_with_any("close", turn.expect);
  while (true) {
    const auto frame = read_frame(std::string_view(bytes_).substr(line_));
    if (frame.state == FrameState::broken) {
      end_ = line_ + 2;  // whatever has come behind it
      return Heard::no;
    }
    if (frame.state == FrameState::cut) return nothing_yet();
    line_ += frame.size;
    const bool is_close = frame.opcode == kCloseFrame;
    const bool is_data = !is_close && frame.opcode != kPingFrame && frame.opcode != kPongFrame;
    if (!is_close && (!is_data || wants_close)) continue;
    end_ = line_;
    return is_close == wants_close ? Heard::yes : Heard::no;
  }
}

std::string AnswerReader::take_answer() {
  const std::size_t end = end_ > begin_ ? end_ : bytes_.size();
  std::string answer = bytes_.substr(begin_, end - begin_);
  begin_ = end;
  line_ = std::max(line_, end);
  seen_ = std::max(seen_, end);
  end_ = 0;
  return answer;
}

}  // namespace bw::net
