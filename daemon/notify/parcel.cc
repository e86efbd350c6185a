// SPDX-License-Identifier: Apache-2.0
#include "daemon/notify/parcel.h"

#include <array>
#include <charconv>
#include <iterator>

namespace bw {

NoticeKey parse_notice_key(std::string_view key) {
  constexpr std::string_view kPrefix = "inc-";
  NoticeKey parsed;
  if (!key.starts_with(kPrefix)) return parsed;
  key.remove_prefix(kPrefix.size());
  const auto incident = std::from_chars(key.data(), key.data() + key.size(), parsed.incident);
  const auto* const end = key.data() + key.size();
  if (incident.ptr != end && *incident.ptr == '/') {
    std::from_chars(std::next(incident.ptr), end, parsed.seq);
  }
  parsed.is_end = key.find("/resolved@") != std::string_view::npos;
  return parsed;
}

std::string_view print(Parcel::State state) {
  constexpr std::array kNames = std::to_array<std::string_view>(
      {"pending", "delivered", "refused", "given_up", "folded", "standing"});
  return kNames.at(static_cast<std::size_t>(state));
}

}  // namespace bw
