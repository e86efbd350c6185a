// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "probes/cookies.h"
#include "probes/exchange.h"
#include "probes/variables.h"

#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace bw {

// Where a step of a journey finds the value of a variable for the steps after it.
struct Capture {
  enum class From { field, json, header, between };
  std::string name;  // of the variable
  From from = From::field;
  std::string what;  // name of the form's field, dotted key, header, or the text that is before it
  std::string end;   // between: the text that is after it
};
struct JourneyStep;

// What a target's probe is told: the part of the configuration that decides what is asked and what
// counts as healthy. Which keys a kind takes is in its `settings`; the rest keep their defaults.
struct Spec {
  std::string kind;
  // page api login scripts feed websocket grpc, a journey's step; the service's: rdap ct route
  // prometheus; of a journey, where it begins
  std::string url;
  std::string host;         // tcp udp tls smtp icmp dns route; the domain: rdap ct
  std::uint16_t port = 0;   // tcp udp tls smtp
  std::string server_name;  // tls, and where a dialogue starts TLS
  std::string method = "GET";
  std::vector<Header> headers;
  std::string body;
  Trust trust;
  std::vector<int> expect_status;                  // empty: 200-299
  std::string expect_text;                         // visible text or body must hold this
  std::vector<std::string> reject_text;            // and none of these
  std::map<std::string, std::string> expect_json;  // dotted key -> wanted value; "*" = present
  std::size_t body_bytes_max = 1 << 20;
  int redirects_max = 5;
  int scripts_max = 12;                      // scripts: how many of a page are fetched
  std::size_t script_bytes_max = 512 << 10;  // of each of them
  Millis slow{0};                            // slower than this is `degraded`; 0 = never
  Millis deadline{10'000};
  Millis handshake_every{0};  // a connection may be kept for so long; 0: each look makes its own
  // login
  std::string username;
  std::string password;  // a secret: never printed
  std::string username_field = "username";
  std::string password_field = "password";
  std::vector<std::string> credential_origins;  // besides the URL's own site: may get the password
  // tcp udp websocket
  std::string send;
  std::string expect;
  std::vector<Turn> dialogue;  // tcp; instead of both
  // tls smtp
  std::string starttls;  // smtp imap pop3 postgres; empty: TLS from the first byte, or none
  // smtp
  std::string client_name = "bellwether";
  std::string mail_from;  // empty: the dialogue ends after EHLO
  std::string rcpt_to;
  // icmp
  int echoes = 3;
  int loss_percent_max = 50;  // more is `degraded`
  // grpc
  std::string service;  // empty: the server as a whole
  // dns
  std::vector<std::string> record_types;                           // "A", "AAAA", "NS", ...
  std::map<std::string, std::vector<std::string>> expect_records;  // type -> allowed data
  std::string server;                                              // "address[:port]"
  // tls
  Millis warn_before{0};  // certificate ends sooner than this: degraded
  // feed
  std::string format;                   // statuspage rss atom; empty = recognise it
  std::string feed_provider;            // whose feed: FeedItem::provider
  std::vector<std::string> components;  // those that we depend on; empty = all
  // route
  std::vector<std::string> addresses;  // looked up besides those that `host` resolves to
  // prometheus
  std::string query;
  std::string means;  // see probes/series.h; empty: weighs nothing
  double normal = 0;  // usual value; 0: learnt
  // journey
  std::vector<JourneyStep> steps;
  Variables secrets;  // never printed
};

// One request of a journey. Variables (variables.h) may stand in its url, in the values of its
// headers and of its form, and in a body of JSON.
struct JourneyStep {
  std::string name;
  // What is asked and expected of this step: url, method, headers, body, expect_*, reject_text and
  // slow. How it is asked is the journey's, and whether as a page or an api follows from these.
  Spec request;
  std::vector<std::pair<std::string, std::string>> form;  // sent as its body; empty: none
  std::vector<Capture> captures;
};
inline constexpr std::size_t kStepsMax = 20;
inline constexpr std::size_t kStepNameMax = 60;  // bytes

struct Finding {
  Outcome outcome = Outcome::ok;
  Party party = Party::unknown;
  Facts facts;
  std::string note;
  std::vector<FeedItem> items;  // FeedItem::at is left to the caller
};

struct Memory;

// How long a journey's step took, redirects included.
struct StepTime {
  std::string name;
  Micros took{};
};

// What a probe remembers between the exchanges of one look.
struct Look {
  int step = 0;             // the kind's own count
  std::uint64_t nonce = 0;  // another in every look
  int redirects = 0;
  std::string url;                       // of the hop under way
  std::shared_ptr<const Url> here;       // the same, read; null where it is no web address
  std::shared_ptr<const Url> own;        // Spec::url, read
  std::optional<IpAddress> own_address;  // that Spec::url was asked at
  CookieJar cookies;
  Facts facts;                       // gathered so far
  std::vector<std::string> foreign;  // origins that redirects led to
  std::string kept;                  // what a later step needs of an earlier reply
  Phases phases;                     // summed over the exchanges so far
  std::string method;                // of the request under way, with its body: what a redirect by
  std::string body;                  // 307 or 308 repeats; may hold a secret
  std::string content_type;
  // Of the target's earlier looks (memory.h); null: everything is read anew. Findings are the same.
  Memory* memory = nullptr;
  std::vector<std::string> waiting;  // addresses that are still to be asked for
  // Of a journey's steps so far.
  std::vector<StepTime> walked;
  Facts walked_facts;
  Variables captured;
  int hops = 0;  // redirects that were followed
};

using Step = std::variant<Ask, Finding>;

struct Setting {
  std::string_view key;   // as in [[target]]
  std::string_view type;  // "url", "text", "integer", "duration", "list of text", ...
  bool is_required = false;
  std::string_view about;
};

// One way of looking. Pure: `begin` says what to ask, `read` what came back, and time is passed in.
struct ProbeKind {
  std::string_view name;
  std::string_view about;  // one line for `bellwether list`
  std::span<const Setting> settings;
  // Asks somebody who tells about us: that it does not answer is nobody's outage.
  bool is_sensor = false;
  Millis interval{0};          // unless the target says otherwise; 0: as for all
  Millis interval_min{1'000};  // what is polite
  Ask (*begin)(const Spec& spec, Look& look);
  Step (*read)(const Spec& spec, Look& look, const Reply& reply, Time now);
};

// In the catalog's order.
[[nodiscard]] std::span<const ProbeKind* const> probe_kinds();
[[nodiscard]] const ProbeKind* find_probe_kind(std::string_view name);

}  // namespace bw
