// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "daemon/rehearsal/world.h"
#include "probes/error.h"
#include "probes/exchange.h"

#include <cstdint>
#include <expected>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

// The incident book's two kinds of file as plain values: the words of tests/incidents/FORMAT.md,
// checked but not yet interpreted.
namespace bw::rehearsal {

struct FeedPlace {
  std::string url;
  std::string format;  // statuspage google-cloud aws rss atom incident-io instatus ...
  std::vector<std::string> components;
};
struct Owner {
  std::string id;
  std::string name;
  std::string role;
  std::optional<FeedPlace> feed;
  std::vector<std::string> needs;
};
struct HostEntry {
  std::string name;
  std::string owner;
  std::vector<std::string> behind;
  std::string dns;  // may be somebody outside the world
  std::vector<IpAddress> addresses;
  std::vector<std::string> name_servers;
  std::uint32_t asn = 0;
  std::string ca;
  std::vector<std::string> caa;
  int cert_days = 90;
  bool has_dnssec = false;
};
struct Churn {  // zero: never
  Millis body{0};
  Millis app_script{0};
  Millis tag_script{0};
};
struct Endpoint {
  std::string url;
  std::string function;
  std::string kind;  // page api login checkout feed ping
  std::vector<std::string> needs;
  std::vector<std::string> soft;
  Millis latency{100};
  std::string says;
  nlohmann::json json;  // an object, or null where the endpoint has no JSON body
  std::vector<std::string> scripts;
  std::string form_action;
  std::vector<Header> headers;
  Churn churn;
};
struct NamedId {
  std::string id;
  std::string title;
};
struct VantageEntry {
  std::string id;
  std::uint32_t asn = 0;
};
struct WorldFile {
  std::string name;  // the file's or, for NAME/world.toml, its folder's
  std::string organisation;
  std::string domain;
  std::string timezone;
  Millis opens{0};  // local time of day
  Millis closes{0};
  std::vector<Owner> owners;
  std::vector<HostEntry> hosts;
  std::vector<Endpoint> endpoints;
  std::vector<NamedId> functions;
  std::vector<VantageEntry> vantages;
};

struct DnsFault {
  std::optional<int> rcode;
  bool is_timeout = false;
  bool is_bogus = false;
  Millis latency{0};
  std::optional<std::vector<IpAddress>> a;
  std::optional<std::vector<std::string>> ns;
  std::optional<std::vector<std::string>> mx;
  std::optional<std::vector<std::string>> caa;
  std::string cname;
  std::optional<std::uint32_t> ttl;
  std::optional<std::uint32_t> asn;
};
enum class TcpFault : std::uint8_t { refuse, timeout, reset };
struct TlsFault {
  bool is_expired = false;
  bool is_self_signed = false;
  bool is_wrong_name = false;
  bool is_incomplete = false;
  bool is_handshake_failing = false;
  std::string issuer;
  std::optional<bool> is_new_key;
  std::vector<std::string> names;
};
struct HttpFault {
  std::optional<int> status;
  std::vector<Header> headers;
  std::optional<std::string> body;
  std::optional<Millis> latency;
  double slow = 1;
  std::string redirect;
  std::optional<Millis> retry_after;
};
struct PageFault {
  std::string add_script;
  std::string change_script;
  std::string inline_script;
  std::optional<std::string> script_body;
  std::string form_action;
  std::string add_iframe;
  std::vector<std::string> remove_header;
  std::optional<std::string> replace_body;
  std::string insert_text;
};
enum class LoginFault : std::uint8_t { rejects_valid, accepts_any, challenge };
struct JsonFault {
  std::vector<std::string> drop;
  nlohmann::json set;  // an object or null
};
struct FeedFault {
  std::string indicator;
  std::string component;
  std::string status;
  std::string title;
  std::string body;
  std::string stage;
  std::string maintenance;  // with from and to, offsets from t0
  Millis from{0};
  Millis to{0};
};
struct RdapFault {
  std::vector<std::string> status;
  std::string registrar;
  std::vector<std::string> name_servers;
  std::string expires;
  bool is_changed = false;
};
struct CtFault {
  std::string issuer;
  std::vector<std::string> names;
};
struct BgpFault {
  std::optional<std::uint32_t> origin;
  bool is_withdrawn = false;
  std::string rpki;  // "", "invalid" or "valid"
};
struct VantageFault {
  bool is_down = false;
  double loss = 0;
  bool is_resolver_broken = false;
};
struct AnnounceFault {
  std::string kind;
  std::string text;
  Millis covers{0};  // from the event's `at`
};
struct MetricFault {
  std::string name;
  double value = 0;
  double normal = 0;
};
using Fault = std::variant<DnsFault,
                           TcpFault,
                           TlsFault,
                           HttpFault,
                           PageFault,
                           LoginFault,
                           JsonFault,
                           FeedFault,
                           RdapFault,
                           CtFault,
                           BgpFault,
                           VantageFault,
                           AnnounceFault,
                           MetricFault>;

struct Event {
  Millis at{0};  // offsets from t0
  Millis until{0};
  std::vector<std::string> on;
  double share = 1;
  Millis ramp{0};
  std::vector<std::string> from;  // empty: every vantage
  std::string group;
  std::string note;
  Fault fault;
  std::string where;  // file:line:column
};
struct IncidentFile {
  std::string id;
  std::string title;
  std::string world;
  Time t0{};
  Millis end{0};
  Truth truth;
  std::vector<Event> events;
};

// Each returns every problem of the file at once, in the file's order.
[[nodiscard]] std::expected<WorldFile, std::vector<Error>> read_world_file(const std::string& path);
[[nodiscard]] std::expected<IncidentFile, std::vector<Error>> read_incident_file(
    const std::string& path, const WorldFile& world);

}  // namespace bw::rehearsal
