// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "daemon/net/endpoint.h"
#include "daemon/net/trust.h"

#include <curl/curl.h>

#include <cstddef>
#include <string>
#include <string_view>

namespace bw::net {

// How libcurl ended a transfer, and what we know beside its code.
struct Ended {
  CURLcode result = CURLE_OK;
  Endpoint peer;
  int error = 0;               // errno of the failing call; 0: unknown
  std::string_view words;      // libcurl's error buffer
  std::string_view malformed;  // why we stopped reading; empty: we did not
  bool is_truncated = false;   // we stopped at the body's limit
  bool has_first_byte = false;
  std::size_t bytes = 0;  // of headers and body that came
};
// What that means; `ok` where a whole reply, or as much of it as was wanted, was read.
[[nodiscard]] Failure read_failure(const Ended& ended, const Verification& verification);

}  // namespace bw::net
