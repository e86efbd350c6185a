// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "probes/probe.h"

#include <functional>
#include <string>
#include <string_view>
#include <variant>

// Walks a sensor's look against a made-up service.
namespace bw::test {

inline Reply answered(std::string body, int status = 200) {
  Reply reply;
  reply.http = HttpReply{};
  reply.http->status = status;
  reply.http->body = std::move(body);
  return reply;
}

// The URL of an HTTP ask; empty for others.
inline std::string url_of(const Ask& ask) {
  const auto* http = std::get_if<HttpAsk>(&ask.what);
  return http == nullptr ? std::string() : http->url;
}

struct Talk {
  Finding finding;
  std::vector<Ask> asks;
};
// Until the look ends; gives up, with a monitor_error, after as many asks as the prober allows.
inline Talk talk(const ProbeKind& kind,
                 const Spec& spec,
                 Time now,
                 const std::function<Reply(const Ask&)>& service) {
  constexpr std::size_t kAsksMax = 32;
  Talk talk;
  Look look;
  Ask ask = kind.begin(spec, look);
  while (talk.asks.size() < kAsksMax) {
    talk.asks.push_back(ask);
    auto step = kind.read(spec, look, service(ask), now);
    if (auto* finding = std::get_if<Finding>(&step)) {
      talk.finding = std::move(*finding);
      return talk;
    }
    ask = std::move(std::get<Ask>(step));
  }
  talk.finding.outcome = Outcome::monitor_error;
  talk.finding.note = "the look never ends";
  return talk;
}

}  // namespace bw::test
