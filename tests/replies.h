// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "probes/exchange.h"

#include <string>
#include <utility>
#include <vector>

namespace bw {

inline Reply answer(int status, std::string body, std::vector<Header> headers = {}) {
  Reply reply;
  reply.http.emplace();
  reply.http->status = status;
  reply.http->body = std::move(body);
  reply.http->headers = std::move(headers);
  return reply;
}

inline Reply no_answer() {
  Reply reply;
  reply.failure = Outcome::connect_refused;
  reply.detail = "198.51.100.10:443 refused the connection";
  return reply;
}

}  // namespace bw
