// SPDX-License-Identifier: Apache-2.0
#include "probes/catalog.h"
#include "probes/certificate.h"
#include "probes/ending.h"
#include "probes/http_look.h"
#include "probes/resolution.h"
#include "probes/text.h"
#include "probes/url.h"
#include "probes/websocket_frame.h"

#include <openssl/evp.h>
#include <openssl/sha.h>

#include <algorithm>
#include <array>
#include <charconv>

// Opens a WebSocket (RFC 6455), may say a word and hear one, and closes it.
namespace bw {
namespace {

constexpr std::size_t kNoteBytesMax = 120;
constexpr std::array kSettings = std::to_array<Setting>({
    {.key = "url", .type = "url", .is_required = true, .about = "ws:// or wss:// address"},
    {.key = "headers", .type = "table of text", .about = "of the opening request"},
    {.key = "send", .type = "text", .about = "a text message to send once it is open"},
    {.key = "expect", .type = "text", .about = "text that the first message must hold"},
    {.key = "server_name", .type = "text", .about = "name in the certificate; default the url's"},
    {.key = "ca_file", .type = "text", .about = "trust these roots (PEM) instead of the system's"},
    {.key = "verify", .type = "boolean", .about = "false: only report what is wrong; default true"},
    {.key = "warn_before",
     .type = "duration",
     .about = "degraded when the certificate ends sooner"},
    {.key = "slow", .type = "duration", .about = "degraded when it takes longer"},
});

template <std::size_t N>
std::string base64(const std::array<unsigned char, N>& bytes) {
  std::array<unsigned char, (N + 2) / 3 * 4 + 1> text{};
  const int size = EVP_EncodeBlock(text.data(), bytes.data(), static_cast<int>(N));
  return {text.begin(), text.begin() + size};
}

// Sixteen bytes, another in every look (RFC 6455, 4.1).
std::string key_of(std::uint64_t nonce) {
  std::array<unsigned char, 16> bytes{};
  for (std::size_t i = 0; i < bytes.size(); ++i)
    bytes.at(i) = static_cast<unsigned char>((nonce >> (i % 8 * 8) & 0xff) ^ (i / 8 * 0xa5));
  return base64(bytes);
}

// What a server that understood the request says in Sec-WebSocket-Accept (4.2.2).
std::string accept_of(const std::string& key) {
  const std::string text = key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
  std::array<unsigned char, SHA_DIGEST_LENGTH> digest{};
  SHA1(reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest.data());
  return base64(digest);
}

// The address as its parts; nothing for other schemes.
struct Place {
  Url url;
  bool is_tls = false;
};
std::optional<Place> place_of(const Spec& spec) {
  const bool is_tls = spec.url.starts_with("wss://");
  if (!is_tls && !spec.url.starts_with("ws://")) return std::nullopt;
  const auto url = parse_url("http" + spec.url.substr(2));
  if (!url) return std::nullopt;
  return Place{.url = *url, .is_tls = is_tls};
}

std::string opening(const Spec& spec, const Url& url, const std::string& key) {
  const auto origin = origin_of(url);
  const auto& target = url.query.empty() ? url.path : url.path + "?" + url.query;
  std::string request =
      "GET " + target + " HTTP/1.1\r\nHost: " + origin.substr(origin.find("//") + 2) +
      "\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: " + key +
      "\r\nSec-WebSocket-Version: 13\r\n";
  for (const auto& header : spec.headers)
    request += header.name + ": " + header.value + "\r\n";
  return request + "\r\n";
}

std::array<std::uint8_t, 4> mask_of(std::uint64_t nonce, unsigned shift) {
  std::array<std::uint8_t, 4> mask{};
  for (auto& byte : mask) {
    byte = static_cast<std::uint8_t>(nonce >> shift & 0xff);
    shift += 8;
  }
  return mask;
}

Ask begin(const Spec& spec, Look& look) {
  TalkAsk ask;
  const auto place = place_of(spec);
  if (!place) return {.what = std::move(ask), .deadline = spec.deadline};
  std::string host = place->url.host;
  if (host.starts_with('[')) host = host.substr(1, host.size() - 2);
  ask.host = std::move(host);
  ask.port = place->url.port;
  ask.server_name = spec.server_name;
  ask.trust = spec.trust;
  Turn open;
  open.send = opening(spec, place->url, key_of(look.nonce));
  open.expect = {"\r\n", "\n"};  // the empty line that ends the headers
  open.refuse = {"HTTP/1.0", "HTTP/1.1 2", "HTTP/1.1 3", "HTTP/1.1 4", "HTTP/1.1 5"};
  open.about = "the opening request";
  open.otherwise = Outcome::status_unexpected;
  Turn talk;
  if (!spec.send.empty()) talk.send = print_frame(kTextFrame, spec.send, mask_of(look.nonce, 0));
  talk.form = AnswerForm::frame;
  if (!spec.expect.empty()) talk.expect = {"data"};
  talk.about = spec.send.empty() ? "first message" : "the message";
  talk.otherwise = Outcome::content_missing;
  Turn close;
  close.form = AnswerForm::frame;
  close.expect = {"close"};
  close.is_farewell = true;
  close.send = print_frame(kCloseFrame, std::string_view("\x03\xe8", 2), mask_of(look.nonce, 32));
  if (place->is_tls) {
    ask.turns.resize(1);
    ask.turns.front().starts_tls = true;
  }
  ask.turns.insert(ask.turns.end(), {std::move(open), std::move(talk), std::move(close)});
  return {.what = std::move(ask), .deadline = spec.deadline};
}

// Of "HTTP/1.1 403 Forbidden"; 0: that is none.
int status_of(std::string_view head) {
  int status = 0;
  const auto blank = head.find(' ');
  if (!head.starts_with("HTTP/") || blank == std::string_view::npos) return 0;
  const auto* const begin = head.data() + blank + 1;
  std::from_chars(begin, head.data() + head.size(), status);
  return status;
}

std::string_view header_of(std::string_view head, std::string_view name) {
  auto feed = head.find('\n');
  while (feed != std::string_view::npos) {
    head.remove_prefix(feed + 1);
    feed = head.find('\n');
    const auto line = head.substr(0, feed);
    const auto colon = line.find(':');
    if (colon != std::string_view::npos && is_same_name(line.substr(0, colon), name))
      return trim(line.substr(colon + 1));
  }
  return {};
}

// The text of the first message, after pings.
std::string_view message_of(std::string_view frames) {
  auto frame = read_frame(frames);
  while (frame.state == FrameState::whole &&
         (frame.opcode == kPingFrame || frame.opcode == kPongFrame)) {
    frames.remove_prefix(frame.size);
    frame = read_frame(frames);
  }
  return frame.payload;
}

Finding ended(Outcome outcome, std::string note, Facts facts) {
  return {.outcome = outcome,
          .party = Party::unknown,
          .facts = std::move(facts),
          .note = std::move(note),
          .items = {}};
}

Step read(const Spec& spec, Look& look, const Reply& reply, Time now) {
  add_resolution_facts(look, reply);
  if (reply.chain) add_certificate_facts(look, *reply.chain);
  Facts facts = std::move(look.facts);
  const std::size_t first = spec.url.starts_with("wss://") ? 1 : 0;
  const auto& answers = reply.answers;
  const std::string_view head = answers.size() > first ? answers[first] : std::string_view();
  const int status = status_of(head);
  if (status != 0) facts.set(Fact::status, std::to_string(status));
  if (reply.failure == Outcome::status_unexpected && status != 0) {
    return ended(outcome_of_status(status),
                 "the WebSocket was not opened: " + std::to_string(status),
                 std::move(facts));
  }
  const bool is_opened = answers.size() > first + 1 || reply.failure == Outcome::ok;
  if (is_opened &&
      (status != 101 || header_of(head, "sec-websocket-accept") != accept_of(key_of(look.nonce)))) {
    return ended(Outcome::reply_malformed,
                 "answered the opening request without the right Sec-WebSocket-Accept",
                 std::move(facts));
  }
  if (reply.failure != Outcome::ok) return failed(reply, std::move(facts));
  const auto message =
      answers.size() > first + 1 ? message_of(answers[first + 1]) : std::string_view();
  facts.set(Fact::banner, banner_of(message));
  if (message.find(spec.expect) != std::string_view::npos) {
    return finish_handshake(spec, reply, std::move(facts), now);
  }
  return ended(Outcome::content_missing,
               "expected \"" + printable(spec.expect, kNoteBytesMax) + "\", got \"" +
                   printable(message, kNoteBytesMax) + "\"",
               std::move(facts));
}

}  // namespace

const ProbeKind kinds::websocket{.name = "websocket",
                                 .about = "opens a WebSocket, and may send and expect a message",
                                 .settings = kSettings,
                                 .begin = begin,
                                 .read = read};

}  // namespace bw
