// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "probes/exchange.h"

#include <string>
#include <string_view>

namespace bw {

// Who answered, and for a failure who made it, as far as headers and body tell: documented marks of
// the well-known edges, RFC 9209 Proxy-Status, and for others the shape of what edges say (an
// "x-cache: ERROR from NAME-POP", a page that speaks of the origin behind it).
struct EdgeReading {
  std::string edge;     // cloudflare fastly akamai cloudfront azure-front-door varnish ..., or the
                        // name that an unknown one gives itself; empty: none showed itself
  std::string seen_by;  // the header that named it, for people: "x-served-by: edgeworks-lon"
  Party party = Party::unknown;  // of a failure: edge, or origin where the edge says so
  std::string why;               // what told the party, 120 bytes
  bool is_error_page = false;    // the edge made this body, about itself or about the origin
  bool is_denial = false;        // its firewall refused this visitor
  bool is_queue = false;         // its waiting room
  bool is_challenge = false;     // certain, by a header or a status with a challenge's marks
  std::string challenge;      // which: cf-mitigated hcaptcha recaptcha turnstile datadome ...; also
                              // where a healthy page merely embeds one
  bool is_momentary = false;  // waiting time or clock told it: it holds for this reply only
};
// `wait` is how long the first byte took: some edges give up after a fixed time. `now` dates errors
// that carry their time (Akamai).
// Headers that are not steady are not looked at; of a cookie only the name is.
[[nodiscard]] EdgeReading read_edge(const HttpReply& http, Micros wait, Time now);

// Not new with every reply, as the time of sending is.
[[nodiscard]] bool is_steady(const Header& header);
// What may be looked at of a header's value.
[[nodiscard]] std::string_view steady_value(const Header& header);

// "503 Service Unavailable"; the number alone for codes without a usual phrase.
[[nodiscard]] std::string print_status(int status);

}  // namespace bw
