// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "probes/observation.h"

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

// What a probe asks of the network, and what came back, as plain values. `daemon/net` turns the
// one into the other on real sockets; `daemon/rehearsal` does it for a simulated world.
namespace bw {

struct IpAddress {
  std::array<std::uint8_t, 16> bytes{};  // network order; IPv4 in the first four
  bool is_v6 = false;
  auto operator<=>(const IpAddress&) const = default;
};
[[nodiscard]] std::optional<IpAddress> parse_address(std::string_view text);
[[nodiscard]] std::string print(const IpAddress& address);
// "198.51.100.0/24" or "2001:db8:1::/48": the smallest networks that are routed on their own.
[[nodiscard]] std::string print_network(const IpAddress& address);

struct Header {
  std::string name;  // as received; compare without case
  std::string value;
  bool operator==(const Header&) const = default;
};
[[nodiscard]] bool is_same_name(std::string_view a, std::string_view b);  // case-insensitive
// The first header of that name (case-insensitive), or an empty view.
[[nodiscard]] std::string_view find_header(const std::vector<Header>& headers,
                                           std::string_view name);

// Which roots a connection trusts, and whether it insists.
struct Trust {
  std::string ca_file;      // PEM bundle; empty = the system's roots
  bool is_verified = true;  // false: handshake with anyone, and still report the chain's trouble
  bool operator==(const Trust&) const = default;
};

// Who says that an exchange shall go there.
struct Lead {
  bool is_foreign = false;        // somebody's redirect, form or page, and not the configuration
  std::optional<IpAddress> from;  // then: where the target's own address led in this look
};

struct HttpAsk {
  std::string method = "GET";
  std::string url;  // absolute, http or https; user info is refused
  std::vector<Header> headers;
  std::string body;
  Trust trust;
  std::size_t body_bytes_max = 1 << 20;  // decoded
  std::size_t header_bytes_max = 64 << 10;
  std::optional<IpAddress> pin;  // connect here instead of asking a resolver
  Lead lead{};
  bool is_http2 = false;  // nothing else will do: by ALPN, or over http with prior knowledge
  // A kept connection may serve whose handshake is younger than this, and this one may be kept; 0:
  // the exchange makes its own connection and closes it.
  Millis handshake_every{0};
};
struct TcpAsk {
  std::string host;  // name or address
  std::uint16_t port = 0;
  std::string send;
  std::string expect;              // stop reading once this has been seen
  std::size_t read_bytes_max = 0;  // 0: only connect
  std::optional<IpAddress> pin;
};
struct TlsAsk {
  std::string host;
  std::uint16_t port = 443;
  std::string server_name;  // SNI and the name that is verified; empty = host
  Trust trust;
  std::optional<IpAddress> pin;
};
// What an answer is made of, and so where it ends.
enum class AnswerForm : std::uint8_t {
  lines,  // the last begins as expected or refused
  byte,   // one alone; any but the expected ones is a no (PostgreSQL)
  frame,  // of a WebSocket: the first with data, and a closing one is a no; or, where "close" is
          // expected, that one
};
// One turn of a dialogue: what we say, and how the answer is known. Texts compare without case.
struct Turn {
  std::string send;                 // empty: the peer speaks first
  std::vector<std::string> expect;  // beginnings of the last line; none: no answer is awaited
  std::vector<std::string> refuse;  // beginnings of a line that is a no
  std::string offer;                // a word that the answer must hold: "STARTTLS"
  std::string about;                // what is answered, for people: "EHLO"
  Outcome otherwise = Outcome::content_missing;  // what a no, or the missing word, means
  AnswerForm form = AnswerForm::lines;
  bool starts_tls = false;   // after the answer comes the handshake
  bool is_farewell = false;  // an answer is waited for a second, and decides nothing
};
struct TalkAsk {
  std::string host;
  std::uint16_t port = 0;
  std::vector<Turn> turns;
  std::string server_name;           // as in TlsAsk
  Trust trust;                       // where TLS is started
  std::size_t bytes_max = 32 << 10;  // of all answers together
  std::optional<IpAddress> pin;
};
// One datagram, sent up to three times; answers are passed over until one holds `expect`.
struct UdpAsk {
  std::string host;
  std::uint16_t port = 0;
  std::string send;
  std::string expect;  // empty: any answer is one
  std::size_t read_bytes_max = 4096;
  std::optional<IpAddress> pin;
};
// Echo requests (RFC 792, RFC 4443), a fifth of a second apart.
struct EchoAsk {
  std::string host;
  int count = 3;
  std::optional<IpAddress> pin;
};
struct DnsAsk {
  std::string name;
  std::vector<std::uint16_t> types;  // RR types; one reply each
  std::string server;                // "address[:port]"; empty = the configured resolvers
  bool is_recursive = true;
};
struct Ask {
  std::variant<HttpAsk, TcpAsk, TlsAsk, TalkAsk, UdpAsk, EchoAsk, DnsAsk> what;
  Millis deadline{10'000};  // for the whole exchange
};

struct Certificate {
  std::string subject;  // "O=..., CN=..."
  std::string issuer;
  std::string key_sha256;          // of SubjectPublicKeyInfo, 64 hex digits
  std::string fingerprint_sha256;  // 64 hex digits
  std::string serial;              // lower-case hex, leading zeros kept
  std::vector<std::string> names;  // DNS and IP subject alternative names
  Time not_before{};
  Time not_after{};
  bool operator==(const Certificate&) const = default;
};
struct Chain {
  std::vector<Certificate> presented;  // leaf first
  Outcome trouble = Outcome::ok;       // ok, or one of tls_*: what verification found
  std::string why;                     // for people
  std::string version;                 // "TLS 1.3"
  std::string cipher;
};
struct Resolution {
  std::vector<IpAddress> addresses;
  std::vector<std::string> cnames;        // in order, lower case, no final dot
  std::vector<std::string> name_servers;  // of the zone that holds the name; may be empty
  std::string server;                     // who answered
  bool operator==(const Resolution&) const = default;
};
struct HttpReply {
  int status = 0;
  std::string version;  // "1.1", "2"
  std::vector<Header> headers;
  std::string body;  // decoded, at most body_bytes_max
  bool is_truncated = false;
  std::vector<Header> trailers{};  // of HTTP/2
};
struct Echoes {
  int sent = 0;
  std::vector<Micros> round_trips;  // of those that were answered
};
struct DnsRecord {
  std::string name;  // lower case, no final dot
  std::uint16_t type = 0;
  std::uint32_t ttl = 0;
  std::string data;  // presentation form; names in it lower case, no final dot
};
struct DnsReply {
  std::uint16_t type = 0;
  Outcome failure = Outcome::ok;  // dns_* where this question failed
  std::string server;
  int rcode = 0;
  bool is_authoritative = false;
  bool is_authenticated = false;      // AD
  std::optional<int> extended_error;  // RFC 8914 info-code
  std::vector<DnsRecord> answer;
  std::vector<DnsRecord> authority;
};
struct Reply {
  Outcome failure = Outcome::ok;  // how the exchange failed; ok when an answer was read
  std::string detail;             // "198.51.100.10:443 refused the connection"
  Phases phases;
  Resolution resolution;
  std::optional<IpAddress> address;  // the one that was connected to
  std::optional<Chain> chain;        // also when its verification failed
  std::optional<HttpReply> http;     // also when it was cut short
  std::vector<DnsReply> dns;
  std::string received;              // tcp udp
  std::optional<Echoes> echoes;      // also when none was answered
  std::vector<std::string> answers;  // of a dialogue, one a turn; the last may be cut short
};

}  // namespace bw
