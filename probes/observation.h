// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "probes/time.h"

#include <array>
#include <bitset>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace bw {

// Every way that a look at a target can end, in the order of an exchange's phases. The names are
// the vocabulary of /metrics, the journal, rules and messages. Appending is safe; the journal
// stores the names, not the numbers.
#define BW_OUTCOMES(X)                                                                          \
  X(ok)                                                                                         \
  X(degraded)       /* answered rightly, but slowly or with a part missing */                   \
  X(dns_nxdomain)   /* the name does not exist (RFC 1035 rcode 3) */                            \
  X(dns_servfail)   /* rcode 2 */                                                               \
  X(dns_refused)    /* rcode 5 */                                                               \
  X(dns_timeout)    /* no answer from any resolver */                                           \
  X(dns_bogus)      /* DNSSEC validation failed (EDE 6, 7, 9, or CD=1 answers) */               \
  X(dns_no_address) /* the name exists and has no address */                                    \
  X(dns_mismatch)   /* answered, but not with the records that were expected */                 \
  X(connect_refused)                                                                            \
  X(connect_timeout)                                                                            \
  X(connect_unreachable)                                                                        \
  X(connect_reset)                                                                              \
  X(tls_expired)                                                                                \
  X(tls_not_yet_valid)                                                                          \
  X(tls_wrong_name)                                                                             \
  X(tls_self_signed)                                                                            \
  X(tls_untrusted)        /* chain ends at a root that the trust policy does not know */        \
  X(tls_incomplete_chain) /* an intermediate is missing */                                      \
  X(tls_handshake)        /* alert, protocol or cipher mismatch, garbage */                     \
  X(tls_timeout)                                                                                \
  X(reply_timeout) /* connected, request sent, no first byte in time */                         \
  X(reply_stalled) /* first bytes came, the rest did not */                                     \
  X(reply_reset)                                                                                \
  X(reply_malformed)     /* not the protocol: bad status line, endless headers, bad encoding */ \
  X(leads_inside)        /* to a private, loopback or metadata address; not followed */         \
  X(redirect_loop)       /* more hops than allowed */                                           \
  X(status_client)       /* 4xx that was not expected */                                        \
  X(status_server)       /* 5xx */                                                              \
  X(status_unexpected)   /* another status than the expected ones */                            \
  X(blocked)             /* refused to the monitor: bot wall, challenge, WAF denial */          \
  X(content_missing)     /* a healthy status without the text that makes it healthy */          \
  X(content_foreign)     /* a body that is not ours at all */                                   \
  X(function_withdrawn)  /* well-formed, healthy, and says that the service is not offered */   \
  X(json_mismatch)       /* not JSON, or keys missing, or values other than expected */         \
  X(login_rejected)      /* the right password was refused */                                   \
  X(login_accepts_wrong) /* a wrong password was accepted */                                    \
  X(login_challenged)    /* a captcha or step-up stands before everyone */                      \
  X(feed_unreadable)     /* answered, but not a document of the feed's format */                \
  X(monitor_error)       /* we could not look: out of descriptors, bad local set-up */

enum class Outcome : std::uint8_t {
#define X(name) name,
  BW_OUTCOMES(X)
#undef X
};
[[nodiscard]] std::string_view print(Outcome outcome);
[[nodiscard]] std::optional<Outcome> parse_outcome(std::string_view name);
// A customer would have been turned away. `ok`, `degraded` and `monitor_error` are none.
[[nodiscard]] bool is_failure(Outcome outcome);

// The phase in which an outcome arose: the classes that dashboards and rules group by.
enum class Phase : std::uint8_t { none, dns, connect, tls, reply, content, monitor };
[[nodiscard]] Phase phase_of(Outcome outcome);
[[nodiscard]] std::string_view print(Phase phase);

// Who generated a failure, as far as the bytes tell (EVIDENCE: Proxy-Status, cf-*, X-Cache, ...).
enum class Party : std::uint8_t { unknown, us, edge, origin };
[[nodiscard]] std::string_view print(Party party);
[[nodiscard]] std::optional<Party> parse_party(std::string_view name);

// What kind of page a body is, whatever its status said.
#define BW_BODY_CLASSES(X) \
  X(normal)                \
  X(holding)               \
  X(maintenance)           \
  X(queue)                 \
  X(challenge)             \
  X(edge_error)            \
  X(origin_error)          \
  X(empty)                 \
  X(foreign)
enum class BodyClass : std::uint8_t {
#define X(name) name,
  BW_BODY_CLASSES(X)
#undef X
};
[[nodiscard]] std::string_view print(BodyClass body_class);
[[nodiscard]] std::optional<BodyClass> parse_body_class(std::string_view name);

// The vocabulary of facts: what was seen, apart from how long it took. A fact that is a set is
// stored as its sorted members joined by one space (members themselves hold no white space).
// Values are at most kFactBytesMax bytes; a longer set ends in "…".
#define BW_FACTS(X)                                                                            \
  X(status)            /* HTTP status of the last hop, decimal */                              \
  X(body_class)        /* print(BodyClass) */                                                  \
  X(edge)              /* known edge that answered: cloudflare fastly akamai cloudfront ... */ \
  X(party_why)         /* the header or words that told the party */                           \
  X(retry_after)       /* seconds */                                                           \
  X(title)             /* <title>, white space folded, 120 bytes */                            \
  X(text)              /* visible text, folded, 600 bytes; only where body_class != normal */  \
  X(words)             /* set of classes the text claims: see probes/words.h */                \
  X(text_fingerprint)  /* simhash-64 of visible text, 16 hex digits */                         \
  X(shape_fingerprint) /* simhash-64 of the tag structure, 16 hex digits */                    \
  X(language)          /* <html lang>, lower case */                                           \
  X(script_origins)    /* set of scheme://host[:port] that scripts come from */                \
  X(scripts)           /* set of script URLs without query */                                  \
  X(inline_scripts)    /* set of 12 hex digits: sha256 of normalised inline scripts */         \
  X(integrity)         /* set of "url=sha384-..." where subresource integrity is used */       \
  X(form_actions)      /* set of absolute form targets without query */                        \
  X(frames)            /* set of frame origins */                                              \
  X(fields)            /* set of sensitive fields: password card-number ... */                 \
  X(security_headers)  /* set of security header names present */                              \
  X(csp)               /* content-security-policy, folded */                                   \
  X(redirects)         /* set of foreign origins that redirects led to */                      \
  X(final_url)         /* URL of the last hop without query, when it was redirected */         \
  X(json_keys)         /* set of top-level keys */                                             \
  X(json_state)        /* "key=value" set of the expected keys that differ */                  \
  X(tls_version)                                                                               \
  X(cert_issuer)      /* "O=..., CN=..." of the leaf's issuer */                               \
  X(cert_key)         /* sha256 of the leaf's SubjectPublicKeyInfo, 64 hex digits */           \
  X(cert_names)       /* set of DNS names */                                                   \
  X(cert_not_before)  /* RFC 3339 */                                                           \
  X(cert_not_after)   /* RFC 3339 */                                                           \
  X(cert_fingerprint) /* sha256, 64 hex digits */                                              \
  X(addresses)        /* set of addresses that the name resolved to */                         \
  X(networks)         /* set of their /24 or /48 networks */                                   \
  X(cnames)           /* CNAME chain, in order, joined by one space */                         \
  X(name_servers)     /* set of NS names of the zone */                                        \
  X(mail_servers)     /* set of MX names */                                                    \
  X(dns_records)      /* set of "TYPE:data" for the types that a dns target watches */         \
  X(soa_serial)                                                                                \
  X(dnssec)            /* secure insecure bogus */                                             \
  X(resolver)          /* which server answered or failed */                                   \
  X(address)           /* the one that was connected to */                                     \
  X(banner)            /* first bytes that a service sent, printable, 120 bytes */             \
  X(feed_state)        /* operational degraded partial major maintenance unknown */            \
  X(feed_page)         /* the page's own id: a feed that changes it is another feed */         \
  X(login_step)        /* which step of a login failed: right-password wrong-password */       \
  X(response)          /* short text of a failing API body, folded, 200 bytes */               \
  X(challenge)         /* what kind of challenge stood in the way */                           \
  X(script_hashes)     /* set of "url=12hex" of fetched script bodies */                       \
  X(script_traits)     /* set of skimmer traits of the most suspect script: script.h */        \
  X(withdrawn)         /* the words that say a function is withdrawn, 200 bytes */             \
  X(script_targets)    /* set of origins named in the script that script_traits is about */    \
  X(registrar)         /* who keeps the registration, by its RDAP record */                    \
  X(registry_status)   /* set of EPP statuses: client-hold transfer-period ... (RFC 8056) */   \
  X(registry_unlocked) /* set of transfer update delete that no status prohibits */            \
  X(delegation)        /* set of name servers that the registry delegates to */                \
  X(registry_expires)  /* RFC 3339 */                                                          \
  X(registry_changed)  /* RFC 3339: when the registration was last changed */                  \
  X(delegation_signed) /* yes no: a DS record stands in the parent zone */                     \
  X(logged_issuers)    /* set of authorities with a logged certificate, blanks as "_" */       \
  X(issuances)         /* set of "issuer|not-before|name,name": the newest logged, few */      \
  X(routes)            /* set of "prefix=ASn": who announces the addresses */                  \
  X(route_states)      /* set of "prefix=ASn=valid|invalid|unknown" (RFC 6811) */              \
  X(route_holders)     /* set of "ASn=name" of the networks in routes */                       \
  X(unrouted)          /* set of addresses that no network announces */                        \
  X(series_value)      /* of an internal series, two significant digits */                     \
  X(series_means)      /* what the series counts: login_failures ... */                        \
  X(series_normal)     /* its usual value, where the configuration gives one */                \
  X(script_suspect)    /* its URL without query, or "inline" */                                \
  X(script_marks)      /* set of what scripts do that would matter if new: script_marks() */   \
  X(script_sends)      /* set of "from>to": origins of fetched scripts, strangers they ask */  \
  X(replies)           /* reply codes of a mail dialogue, in order, joined by one space */     \
  X(offers)            /* set of extensions that a mail server names in the clear */           \
  X(loss)              /* echo requests that were not answered, percent */                     \
  X(serving)           /* what grpc.health.v1 says: serving not_serving unknown ... */         \
  X(script_failures)   /* set of "url=404" or "url=connect_refused": scripts not read */       \
  X(journey_step)      /* name of the step that a journey failed at */

enum class Fact : std::uint8_t {
#define X(name) name,
  BW_FACTS(X)
#undef X
};
inline constexpr std::size_t kFactBytesMax = 4096;
[[nodiscard]] std::string_view print(Fact fact);
[[nodiscard]] std::optional<Fact> parse_fact(std::string_view name);

class FactChanges;

// Immutable once built; sorted by Fact; at most one value a Fact.
class Facts {
 public:
  // Sets, replaces or (for an empty value) removes. Longer values are cut at kFactBytesMax.
  void set(Fact fact, std::string value);
  // The same for a set of members: sorts, removes repetitions, joins.
  void set_members(Fact fact, std::vector<std::string> members);
  // One member more; left out where the set would be cut.
  void add_member(Fact fact, std::string member);
  // As if everything that was set on `changes` were set here.
  void apply(const FactChanges& changes);
  [[nodiscard]] std::string_view get(Fact fact) const;  // empty where there is none
  [[nodiscard]] const std::vector<std::pair<Fact, std::string>>& all() const { return facts_; }
  [[nodiscard]] bool empty() const { return facts_.empty(); }
  bool operator==(const Facts&) const = default;

 private:
  std::vector<std::pair<Fact, std::string>> facts_;
};
// What one reader sets among facts that others gathered; a fact that it sets to nothing goes.
class FactChanges {
 public:
  void set(Fact fact, std::string value);
  void set_members(Fact fact, std::vector<std::string> members);
  [[nodiscard]] std::size_t bytes() const;  // about as much memory as it takes

 private:
  friend class Facts;
  Facts values_;
  std::bitset<128> touched_;  // of Facts that were set, also to nothing
};
// Most observations share the previous one's facts: then the pointer is the same.
using FactsRef = std::shared_ptr<const Facts>;
// The members of a set-valued fact.
[[nodiscard]] std::vector<std::string_view> members(std::string_view set);

// How long each phase of an exchange took; kNotReached where it did not get that far. For a
// probe of several exchanges, the sums.
inline constexpr Micros kNotReached{-1};
struct Phases {
  Micros resolve = kNotReached;
  Micros connect = kNotReached;
  Micros tls = kNotReached;
  Micros wait = kNotReached;      // request sent until first byte
  Micros transfer = kNotReached;  // first byte until last

  [[nodiscard]] Micros total() const;
  // The exchange went over a connection that was there: opening it took no time at all.
  [[nodiscard]] bool is_kept() const { return connect == Micros{0}; }
  void add(const Phases& other);
  bool operator==(const Phases&) const = default;
};

// Positions in Estate::targets and Estate::vantages. The journal stores the ids.
using TargetIndex = std::uint32_t;
using VantageIndex = std::uint32_t;

struct Observation {
  Time at{};  // when the look ended
  TargetIndex target = 0;
  VantageIndex vantage = 0;
  Outcome outcome = Outcome::ok;
  Party party = Party::unknown;
  bool is_second_look = false;
  Phases phases;
  FactsRef facts;    // never null in a recorded observation
  std::string note;  // why it failed, for people, at most 300 bytes; empty when ok
};

// One incident, maintenance or statement in a status feed, as last revised.
enum class FeedState : std::uint8_t { operational, degraded, partial, major, maintenance, unknown };
[[nodiscard]] std::string_view print(FeedState state);
[[nodiscard]] std::optional<FeedState> parse_feed_state(std::string_view name);
struct FeedItem {
  Time at{};             // when we saw this revision
  std::string provider;  // provider id, or "own" for the organisation's statements
  std::string item;      // the feed's own id of the incident; "" = the page's state
  FeedState state = FeedState::unknown;
  bool is_open = true;                  // resolved, completed and postmortem are closed
  bool is_security = false;             // the platform itself says "security event"
  std::string title;                    // 200 bytes
  std::string body;                     // newest text, 2,000 bytes
  std::vector<std::string> components;  // names, at most 32
  std::optional<Time> started;
  std::optional<Time> ends;  // maintenance only
  bool operator==(const FeedItem&) const = default;
};

}  // namespace bw
