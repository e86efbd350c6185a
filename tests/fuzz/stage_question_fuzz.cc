// SPDX-License-Identifier: Apache-2.0
#include "daemon/rehearsal/stage_dns.h"

#include <cstddef>
#include <cstdint>
#include <string_view>

// Whatever arrives at the stage's name server; what it takes for a question it must also answer.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const auto question = bw::rehearsal::read_question({reinterpret_cast<const char*>(data), size});
  if (!question) return 0;
  bw::DnsReply reply;
  reply.type = question->type;
  reply.rcode = 3;
  reply.extended_error = 6;
  static_cast<void>(bw::rehearsal::write_answer(*question, reply, question->payload_max));
  return 0;
}
