// SPDX-License-Identifier: Apache-2.0
#include "probes/catalog.h"
#include "probes/grpc_message.h"
#include "tests/support/asker.h"
#include "tests/support/server.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace bw {
namespace {

using namespace std::chrono_literals;
using std::string_literals::operator""s;
using test::Asker;
using test::Server;
using testing::HasSubstr;

// ---- just enough of HTTP/2 (RFC 9113) and HPACK's literals (RFC 7541) to answer one call

enum : std::uint8_t { data_frame = 0, headers_frame = 1, settings_frame = 4 };
enum : std::uint8_t { end_stream = 1, end_headers = 4 };

std::string frame(std::uint8_t type, std::uint8_t flags, std::uint8_t stream, std::string payload) {
  std::string bytes(9, '\0');
  bytes[1] = static_cast<char>(payload.size() >> 8U);
  bytes[2] = static_cast<char>(payload.size() & 0xffU);
  bytes[3] = static_cast<char>(type);
  bytes[4] = static_cast<char>(flags);
  bytes[8] = static_cast<char>(stream);
  return bytes + payload;
}

std::string literal(std::string_view name, std::string_view value) {
  std::string bytes(1, '\0');
  for (const auto text : {name, value}) {
    bytes += static_cast<char>(text.size());
    bytes += text;
  }
  return bytes;
}

struct Answer {
  std::string headers = "\x88" + literal("content-type", "application/grpc");  // :status 200
  std::string body = "\0\0\0\0\2\x08\1"s;                                      // SERVING
  std::string trailers = literal("grpc-status", "0");
};

// Serves one call, and keeps what its DATA frames held.
Server::Script serves(Answer answer, std::string* heard = nullptr) {
  return [answer = std::move(answer), heard](Server::Peer& peer) {
    constexpr std::size_t kPreface = 24;
    std::string bytes;
    const auto want = [&](std::size_t size) {
      while (bytes.size() < size) {
        const auto more = peer.read();
        if (more.empty()) return false;
        bytes += more;
      }
      return true;
    };
    if (!want(kPreface)) return;
    bytes.erase(0, kPreface);
    peer.send(frame(settings_frame, 0, 0, {}));
    bool is_over = false;
    while (!is_over) {
      if (!want(9)) return;
      const auto at = [&](std::size_t i) {
        return std::size_t{static_cast<std::uint8_t>(bytes[i])};
      };
      const std::size_t size = at(0) << 16U | at(1) << 8U | at(2);
      const auto type = at(3);
      is_over = (type == data_frame || type == headers_frame) && (at(4) & end_stream) != 0;
      if (!want(9 + size)) return;
      if (type == data_frame && heard != nullptr) *heard += bytes.substr(9, size);
      bytes.erase(0, 9 + size);
    }
    const bool is_short = answer.body.empty() && answer.trailers.empty();
    const std::uint8_t flags = is_short ? end_headers | end_stream : end_headers;
    peer.send(frame(headers_frame, flags, 1, answer.headers));
    if (!answer.body.empty()) peer.send(frame(data_frame, 0, 1, answer.body));
    if (!is_short) peer.send(frame(headers_frame, end_headers | end_stream, 1, answer.trailers));
    peer.hold();
  };
}

Spec health(const Server& server, std::string service = {}) {
  Spec spec;
  spec.kind = "grpc";
  spec.url = server.url();
  spec.service = std::move(service);
  spec.deadline = 3'000ms;
  return spec;
}

Finding look(const Spec& spec) {
  Asker asker;
  Look look;
  const Reply reply = asker.ask(kinds::grpc.begin(spec, look));
  return std::get<Finding>(kinds::grpc.read(spec, look, reply, Time{}));
}

TEST(Grpc, AsksForTheHealthOfAService) {
  std::string heard;
  Finding finding;
  {
    const Server server(serves({}, &heard));
    finding = look(health(server, "shop.Basket"));
  }
  EXPECT_EQ(finding.outcome, Outcome::ok) << finding.note;
  EXPECT_EQ(finding.facts.get(Fact::serving), "serving");
  EXPECT_EQ(heard, "\0\0\0\0\x0d\x0a\x0bshop.Basket"s);
}

TEST(Grpc, WhatIsWrongIsNamed) {
  struct Case {
    Answer answer;
    Outcome outcome;
    std::string words;
  };
  const std::string ok_head = Answer{}.headers;
  const std::vector<Case> cases{
      {{.body = "\0\0\0\0\2\x08\2"s}, Outcome::status_server, "says that it is not_serving"},
      {{.body = "\0\0\0\0\0"s}, Outcome::status_server, "says that it is unknown"},
      {{.headers = ok_head + literal("grpc-status", "5") + literal("grpc-message", "no such"),
        .body = "",
        .trailers = ""},
       Outcome::status_client,
       "gRPC status 5: no such"},
      {{.body = "", .trailers = literal("grpc-status", "14")}, Outcome::status_server, "status 14"},
      {{.body = "", .trailers = literal("grpc-status", "16")}, Outcome::blocked, "status 16"},
      {{.trailers = literal("grpc-message", "?")},
       Outcome::reply_malformed,
       "without a gRPC status"},
      {{.body = "\1\0\0\0\2\x08\1"s}, Outcome::reply_malformed, "no health message"},
      {{.body = "\0\0\0\0\x7f\x08\1"s}, Outcome::reply_malformed, "no health message"},
      {{.headers = "\x8d", .body = "", .trailers = ""}, Outcome::status_client, "answered 404"},
  };
  for (const auto& one : cases) {
    const Server server(serves(one.answer));
    const auto finding = look(health(server));
    EXPECT_EQ(finding.outcome, one.outcome) << one.words << ": " << finding.note;
    EXPECT_THAT(finding.note, HasSubstr(one.words));
  }
}

TEST(Grpc, WhoDoesNotSpeakHttp2IsToldApartFromSilence) {
  const Server old(test::answers(test::ok_response("hello")));
  EXPECT_EQ(phase_of(look(health(old)).outcome), Phase::reply);
  const Server silent(test::holds());
  auto spec = health(silent);
  spec.deadline = 500ms;
  EXPECT_EQ(look(spec).outcome, Outcome::reply_timeout);
}

TEST(GrpcMessage, FieldsOfLaterVersionsAreSkipped) {
  const auto framed = [](std::string message) {
    return "\0\0\0\0"s + static_cast<char>(message.size()) + message;
  };
  EXPECT_EQ(parse_health_response(framed("\x12\2hi\x08\1\x1d"s
                                         "abcd")),
            Serving::serving);
  EXPECT_EQ(parse_health_response(framed("")), Serving::unknown);
  for (const auto& broken : {"\x08"s, "\x12\x7fhi"s, "\x0b"s, std::string(11, '\xff')})
    EXPECT_FALSE(parse_health_response(framed(broken)));
  EXPECT_FALSE(parse_health_response("\0\0\0\0"s));
}

}  // namespace
}  // namespace bw
