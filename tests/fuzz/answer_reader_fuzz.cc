// SPDX-License-Identifier: Apache-2.0
#include "daemon/net/answer_reader.h"
#include "probes/dialogue.h"
#include "probes/websocket_frame.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>

namespace {

using Heard = bw::net::AnswerReader::Heard;

struct Heeded {
  std::vector<std::string> answers;
  Heard last = Heard::nothing_yet;
  bool operator==(const Heeded&) const = default;
};

Heeded walk(const std::vector<bw::Turn>& turns, std::string_view bytes, std::size_t piece) {
  bw::net::AnswerReader reader(4096);
  Heeded heeded;
  for (const auto& turn : turns) {
    if (turn.expect.empty()) continue;
    heeded.last = reader.hear(turn);
    while (heeded.last == Heard::nothing_yet && !bytes.empty()) {
      reader.take(bytes.substr(0, piece));
      bytes.remove_prefix(std::min(piece, bytes.size()));
      heeded.last = reader.hear(turn);
    }
    if (heeded.last == Heard::nothing_yet || heeded.last == Heard::too_much) break;
    heeded.answers.push_back(reader.take_answer());
    if (heeded.last != Heard::yes) break;
  }
  return heeded;
}

}  // namespace

// What a mail server, a data base or a WebSocket may send; answers do not depend on the pieces.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data),
                               std::min(size, std::size_t{4096}));
  bw::Turn frame;
  frame.expect = {"data"};
  frame.form = bw::AnswerForm::frame;
  std::vector<std::vector<bw::Turn>> talks{{frame, frame}};
  for (const auto protocol : bw::kStartTlsProtocols)
    talks.push_back(bw::starttls_turns(protocol));
  for (const auto& turns : talks) {
    const auto whole = walk(turns, bytes, bytes.size() + 1);
    if (whole.last != Heard::too_much && walk(turns, bytes, 1) != whole) std::abort();
  }
  const auto read = bw::read_frame(bytes);
  if (read.state == bw::FrameState::whole && read.size > bytes.size()) std::abort();
  return 0;
}
