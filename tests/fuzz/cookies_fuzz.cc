// SPDX-License-Identifier: Apache-2.0
#include "probes/cookies.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

// Lines of Set-Cookie, all in one reply.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view text(reinterpret_cast<const char*>(data), size);
  std::vector<bw::Header> headers;
  while (!text.empty() && headers.size() < 200) {
    const auto end = std::min(text.find('\n'), text.size());
    headers.push_back({.name = "Set-Cookie", .value = std::string(text.substr(0, end))});
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  const auto from = bw::parse_url("https://www.shop.example/basket/items");
  const auto stranger = bw::parse_url("https://example/basket/items");
  if (!from || !stranger) std::abort();
  const bw::Time now{std::chrono::sys_days{std::chrono::year{2025} / 4 / 19}};
  bw::CookieJar jar;
  jar.keep(*from, headers, now);
  const auto line = jar.line_for(*from);
  if (line.size() > bw::CookieJar::kBytesMax + 3 * bw::CookieJar::kCookiesOfDomainMax) std::abort();
  if (line.find_first_of("\r\n\0", 0, 3) != std::string::npos) std::abort();
  if (!jar.line_for(*stranger).empty()) std::abort();
  jar.keep(*from, {}, now + std::chrono::days{401});
  if (std::ranges::any_of(jar.all(),
                          [](const auto& one) { return one.expires && one.expires < bw::Time{}; }))
    std::abort();
  return 0;
}
