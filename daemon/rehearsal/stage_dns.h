// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "daemon/rehearsal/stage_set.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace bw::rehearsal {

// A question as it came in: the first of the message, which is all that anybody sends.
struct DnsQuestion {
  std::uint16_t id = 0;
  std::string name;  // lower case, no final dot
  std::uint16_t type = 0;
  bool is_recursion_desired = false;
  bool has_edns = false;
  std::size_t payload_max = 512;  // what the asker takes over UDP
};
[[nodiscard]] std::optional<DnsQuestion> read_question(std::string_view message);
// The answer as a DNS message, with addresses moved to where the stage stands. Truncated (TC) where
// it is longer than `bytes_max`.
[[nodiscard]] std::vector<std::uint8_t> write_answer(const DnsQuestion& question,
                                                     const DnsReply& reply,
                                                     std::size_t bytes_max);

// Answers the world's names over UDP and TCP on 127.0.0.1.
class StageDns {
 public:
  virtual ~StageDns() = default;
  [[nodiscard]] virtual std::uint16_t port() const = 0;
};
// Throws boost::system::system_error where the port is taken.
[[nodiscard]] std::unique_ptr<StageDns> open_stage_dns(StageSet& set, std::uint16_t port);

}  // namespace bw::rehearsal
