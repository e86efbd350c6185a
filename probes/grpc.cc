// SPDX-License-Identifier: Apache-2.0
#include "probes/catalog.h"
#include "probes/certificate.h"
#include "probes/ending.h"
#include "probes/grpc_message.h"
#include "probes/resolution.h"
#include "probes/text.h"
#include "probes/url.h"

#include <array>
#include <charconv>

// Asks a gRPC server for its health (grpc.health.v1.Health/Check) over HTTP/2.
namespace bw {
namespace {

constexpr std::string_view kMethod = "/grpc.health.v1.Health/Check";
constexpr std::size_t kBodyBytesMax = 4096;
constexpr std::size_t kMessageBytesMax = 120;
constexpr std::array kSettings = std::to_array<Setting>({
    {.key = "url",
     .type = "url",
     .is_required = true,
     .about = "https://host[:port], or http:// where the server speaks HTTP/2 in the clear"},
    {.key = "service", .type = "text", .about = "whose health; default the server's as a whole"},
    {.key = "headers", .type = "table of text", .about = "metadata of the call"},
    {.key = "ca_file", .type = "text", .about = "trust these roots (PEM) instead of the system's"},
    {.key = "verify", .type = "boolean", .about = "false: only report what is wrong; default true"},
    {.key = "warn_before",
     .type = "duration",
     .about = "degraded when the certificate ends sooner"},
    {.key = "slow", .type = "duration", .about = "degraded when it takes longer"},
});

Ask begin(const Spec& spec, Look& /*look*/) {
  const auto url = parse_url(spec.url);
  HttpAsk ask;
  ask.method = "POST";
  ask.url = (url ? origin_of(*url) : spec.url) + std::string(kMethod);
  ask.headers = spec.headers;
  ask.headers.push_back({.name = "Content-Type", .value = "application/grpc"});
  ask.headers.push_back({.name = "TE", .value = "trailers"});
  ask.headers.push_back(
      {.name = "grpc-timeout", .value = std::to_string(spec.deadline.count()) + "m"});
  ask.body = print_health_request(spec.service);
  ask.trust = spec.trust;
  ask.body_bytes_max = kBodyBytesMax;
  ask.is_http2 = true;
  return {.what = std::move(ask), .deadline = spec.deadline};
}

// A call without a message has its status where others have their headers.
std::string_view find_metadata(const HttpReply& http, std::string_view name) {
  const auto trailer = find_header(http.trailers, name);
  return trailer.empty() ? find_header(http.headers, name) : trailer;
}

Finding ended(Outcome outcome, std::string_view note, Facts facts) {
  return {.outcome = outcome,
          .party = Party::unknown,
          .facts = std::move(facts),
          .note = fold(note, 300),
          .items = {}};
}

// https://grpc.github.io/grpc/core/md_doc_statuscodes.html
Outcome outcome_of_code(int code) {
  switch (code) {
    case 3:   // INVALID_ARGUMENT
    case 5:   // NOT_FOUND: no such service
    case 12:  // UNIMPLEMENTED: a server without this method
      return Outcome::status_client;
    case 7:   // PERMISSION_DENIED
    case 8:   // RESOURCE_EXHAUSTED
    case 16:  // UNAUTHENTICATED
      return Outcome::blocked;
    case 2:   // UNKNOWN
    case 4:   // DEADLINE_EXCEEDED
    case 13:  // INTERNAL
    case 14:  // UNAVAILABLE
      return Outcome::status_server;
    default:
      return Outcome::status_unexpected;
  }
}

std::string_view print(Serving serving) {
  switch (serving) {
    case Serving::unknown:
      return "unknown";
    case Serving::serving:
      return "serving";
    case Serving::not_serving:
      return "not_serving";
    case Serving::service_unknown:
      return "service_unknown";
  }
  return "another";
}

Step read_call(const Spec& spec, const Reply& reply, Facts facts, Time now) {
  const HttpReply& http = *reply.http;
  if (http.version != "2") {
    return ended(Outcome::reply_malformed,
                 "answered in HTTP/" + http.version + ": no gRPC",
                 std::move(facts));
  }
  if (http.status != 200) {
    return ended(outcome_of_status(http.status),
                 "answered " + std::to_string(http.status),
                 std::move(facts));
  }
  const auto status = find_metadata(http, "grpc-status");
  int code = -1;
  std::from_chars(status.data(), status.data() + status.size(), code);
  if (code != 0) {
    const auto message = printable(find_metadata(http, "grpc-message"), kMessageBytesMax);
    const std::string note = status.empty() ? "answered without a gRPC status"
                                            : "gRPC status " + std::string(status) +
                                                  (message.empty() ? "" : ": " + message);
    return ended(
        status.empty() ? Outcome::reply_malformed : outcome_of_code(code), note, std::move(facts));
  }
  const auto serving = parse_health_response(http.body);
  if (!serving) {
    return ended(Outcome::reply_malformed, "answered with no health message", std::move(facts));
  }
  facts.set(Fact::serving, std::string(print(*serving)));
  if (*serving == Serving::serving) return finish_handshake(spec, reply, std::move(facts), now);
  return ended(
      Outcome::status_server, "says that it is " + std::string(print(*serving)), std::move(facts));
}

Step read(const Spec& spec, Look& look, const Reply& reply, Time now) {
  add_resolution_facts(look, reply);
  if (reply.chain) add_certificate_facts(look, *reply.chain);
  Facts facts = std::move(look.facts);
  if (reply.http) facts.set(Fact::status, std::to_string(reply.http->status));
  if (reply.failure != Outcome::ok || !reply.http) return failed(reply, std::move(facts));
  return read_call(spec, reply, std::move(facts), now);
}

}  // namespace

const ProbeKind kinds::grpc{.name = "grpc",
                            .about = "a gRPC server's own word on its health",
                            .settings = kSettings,
                            .begin = begin,
                            .read = read};

}  // namespace bw
