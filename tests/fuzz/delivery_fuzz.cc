// SPDX-License-Identifier: Apache-2.0
#include "daemon/notify/notifier.h"
#include "daemon/notify/service.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

// What a service answers: the first line is "status header: value", the rest the body. Whatever it
// says, nobody waits for longer than kRetryAfterMax.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto line = text.substr(0, text.find('\n'));
  const auto header = line.substr(std::min<std::size_t>(4, line.size()));
  bw::Reply reply;
  auto& http = reply.http.emplace();
  for (const char digit : line.substr(0, 3))
    http.status = http.status * 10 + (static_cast<unsigned char>(digit) % 16) % 10;
  const auto colon = std::min(header.find(": "), header.size());
  http.headers.push_back({std::string(header.substr(0, colon)),
                          std::string(header.substr(std::min(colon + 2, header.size())))});
  http.body = text.substr(std::min(line.size() + 1, text.size()));
  for (const auto* notifier : bw::notifiers()) {
    const auto result = notifier->read(reply, bw::Time{});
    const auto* again = std::get_if<bw::TryAgain>(&result);
    if (again == nullptr || !again->after) continue;
    if (*again->after < bw::Millis{0} || *again->after > bw::kRetryAfterMax) std::abort();
  }
  return 0;
}
