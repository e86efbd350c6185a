// SPDX-License-Identifier: Apache-2.0
#include "probes/catalog.h"
#include "probes/ending.h"
#include "probes/escape.h"
#include "probes/feed_json.h"
#include "probes/json_look.h"
#include "probes/record_type.h"
#include "probes/text.h"

#include <algorithm>
#include <array>

// Asks a route collector who announces the addresses that a name leads to, and whether that network
// is entitled to (RPKI origin validation, RFC 6811). RIPEstat's data calls prefix-overview and
// rpki-validation.
namespace bw {
namespace {

using nlohmann::json;

constexpr std::string_view kRipeStat = "https://stat.ripe.net";
constexpr std::size_t kAddressesMax = 4;  // one of each /24 or /48
constexpr std::size_t kOriginsMax = 4;    // of one prefix
constexpr std::size_t kHolderBytesMax = 40;
constexpr std::size_t kNoteBytesMax = 300;
constexpr std::array kSettings = std::to_array<Setting>({
    {.key = "host", .type = "text", .about = "name or address whose route is looked up"},
    {.key = "addresses",
     .type = "list of text",
     .about = "looked up as well, also while the name leads nowhere"},
    {.key = "server",
     .type = "url",
     .about = "base of a RIPEstat data API; default https://stat.ripe.net"},
    {.key = "ca_file", .type = "text", .about = "trust these roots (PEM) instead of the system's"},
});

// What is still to be asked, kept between the exchanges of one look as three lists: addresses, and
// routes ("prefix=ASn") whose validity is open; the first of them is under way.
struct Todo {
  std::vector<std::string> addresses;
  std::vector<std::string> routes;
};

std::string join(const std::vector<std::string>& words) {
  std::string joined;
  for (const auto& word : words)
    joined += (joined.empty() ? "" : " ") + word;
  return joined;
}

Todo read_todo(const Look& look) {
  const auto bar = std::min(look.kept.find('|'), look.kept.size());
  const std::string_view kept = look.kept;
  Todo todo;
  for (const auto word : members(kept.substr(0, bar)))
    todo.addresses.emplace_back(word);
  for (const auto word : members(kept.substr(std::min(bar + 1, kept.size()))))
    todo.routes.emplace_back(word);
  return todo;
}

void keep(const Todo& todo, Look& look) {
  look.kept = join(todo.addresses) + "|" + join(todo.routes);
}

// One address of a network is enough: who announces the one announces the other.
void add_address(Todo& todo, const IpAddress& address) {
  const auto network = print_network(address);
  const bool is_known = std::ranges::any_of(todo.addresses, [&](const std::string& known) {
    const auto parsed = parse_address(known);
    return parsed && print_network(*parsed) == network;
  });
  if (!is_known && todo.addresses.size() < kAddressesMax) todo.addresses.push_back(print(address));
}

std::string data_call(const Spec& spec, std::string_view name, const std::string& query) {
  return join_url(spec,
                  kRipeStat,
                  "/data/" + std::string(name) + "/data.json?" + query + "&sourceapp=bellwether");
}

Finding finish(const Look& look) {
  Finding finding;
  finding.facts = look.facts;
  const auto unrouted = look.facts.get(Fact::unrouted);
  if (!unrouted.empty()) {
    finding.outcome = Outcome::degraded;
    finding.note = "no network announces " + std::string(unrouted);
  }
  for (const auto state : members(look.facts.get(Fact::route_states))) {
    if (!state.ends_with("=invalid")) continue;
    finding.outcome = Outcome::degraded;
    finding.note = "announced by a network that is not entitled to (RPKI): " +
                   std::string(state.substr(0, state.rfind('=')));
  }
  finding.note = fold(finding.note, kNoteBytesMax);
  return finding;
}

Step next(const Spec& spec, Look& look, const Todo& todo) {
  keep(todo, look);
  if (!todo.routes.empty()) {
    const std::string& route = todo.routes.front();
    const auto equals = route.find('=');
    const auto query = "resource=" + route.substr(equals + 1) +
                       "&prefix=" + percent_encode(route.substr(0, equals));
    return ask_json(spec, look, data_call(spec, "rpki-validation", query));
  }
  if (!todo.addresses.empty()) {
    const auto query = "resource=" + percent_encode(todo.addresses.front());
    return ask_json(spec, look, data_call(spec, "prefix-overview", query));
  }
  return finish(look);
}

Ask begin(const Spec& spec, Look& look) {
  Todo todo;
  if (const auto literal = parse_address(spec.host)) add_address(todo, *literal);
  const bool is_name = !spec.host.empty() && todo.addresses.empty();
  if (is_name) {
    return {.what = DnsAsk{.name = spec.host, .types = {kTypeA, kTypeAaaa}, .server = {}},
            .deadline = spec.deadline};
  }
  look.step = 1;
  for (const auto& text : spec.addresses) {
    if (const auto address = parse_address(text)) add_address(todo, *address);
  }
  auto step = next(spec, look, todo);
  if (auto* ask = std::get_if<Ask>(&step)) return std::move(*ask);
  // Nothing to ask about is refused by the configuration.
  return ask_json(spec, look, data_call(spec, "prefix-overview", "resource=0.0.0.0"));
}

Step read_names(const Spec& spec, Look& look, const Reply& reply) {
  look.step = 1;
  Todo todo;
  for (const auto& answer : reply.dns) {
    for (const auto& record : answer.answer) {
      const bool is_address = record.type == kTypeA || record.type == kTypeAaaa;
      const auto address = is_address ? parse_address(record.data) : std::nullopt;
      if (address) add_address(todo, *address);
    }
  }
  for (const auto& text : spec.addresses) {
    if (const auto address = parse_address(text)) add_address(todo, *address);
  }
  if (todo.addresses.empty() && reply.failure != Outcome::ok) return failed(reply, {});
  return next(spec, look, todo);
}

bool is_prefix(std::string_view text) {
  const auto slash = text.find('/');
  if (slash == std::string_view::npos || text.size() - slash > 4) return false;
  const auto length = text.substr(slash + 1);
  return parse_address(text.substr(0, slash)).has_value() && !length.empty() &&
         std::ranges::all_of(length, [](char c) { return c >= '0' && c <= '9'; });
}

// "EXAMPLE-NET - Example Networks Ltd" is known by its first word.
std::string short_holder(const std::string& holder) {
  const auto name = fold(holder, kHolderBytesMax);
  return token(name.substr(0, name.find(' ')));
}

// One of the networks that announce the prefix; false where it is no such thing.
bool read_origin(const json& origin, const std::string& prefix, Look& look, Todo& todo) {
  const auto& number = member_of(origin, "asn");
  if (!number.is_number_unsigned()) return false;
  const auto network = "AS" + std::to_string(number.get<std::uint64_t>());
  const auto route = prefix + "=" + network;
  const auto holder = short_holder(text_of(origin, "holder"));
  if (!holder.empty()) look.facts.add_member(Fact::route_holders, network + "=" + holder);
  look.facts.add_member(Fact::routes, route);
  todo.routes.push_back(route);
  return true;
}

bool read_overview(const json& data, Look& look, Todo& todo) {
  const auto address = todo.addresses.front();
  todo.addresses.erase(todo.addresses.begin());
  const auto& is_announced = member_of(data, "announced");
  if (!is_announced.is_boolean()) return false;
  if (!is_announced.get<bool>()) {
    look.facts.add_member(Fact::unrouted, address);
    return true;
  }
  const auto prefix = text_of(data, "resource");
  if (!is_prefix(prefix)) return false;
  for (const auto& origin : list_of(data, "asns")) {
    if (todo.routes.size() == kOriginsMax) break;
    if (!read_origin(origin, prefix, look, todo)) return false;
  }
  return true;
}

bool read_validity(const json& data, Look& look, Todo& todo) {
  const auto route = todo.routes.front();
  todo.routes.erase(todo.routes.begin());
  const auto status = text_of(data, "status");
  if (status.empty()) return false;
  // "invalid_asn" and "invalid_length" are both invalid.
  const std::string_view state = status.starts_with("invalid") ? "invalid"
                                 : status == "valid"           ? "valid"
                                                               : "unknown";
  look.facts.add_member(Fact::route_states, route + "=" + std::string(state));
  return true;
}

Step read(const Spec& spec, Look& look, const Reply& reply, Time /*now*/) {
  if (look.step == 0) return read_names(spec, look, reply);
  auto step = read_json_reply(spec, look, reply);
  if (auto* ask = std::get_if<Ask>(&step)) return std::move(*ask);
  if (auto* finding = std::get_if<Finding>(&step)) return std::move(*finding);
  const auto& data = member_of(std::get<json>(step), "data");
  auto todo = read_todo(look);
  const bool is_validity = !todo.routes.empty();
  if (!is_validity && todo.addresses.empty()) return finish(look);
  const bool is_read =
      is_validity ? read_validity(data, look, todo) : read_overview(data, look, todo);
  if (!is_read) return other_than_asked(is_validity ? "a validation" : "a prefix's overview");
  return next(spec, look, todo);
}

}  // namespace

const ProbeKind kinds::route{.name = "route",
                             .about = "looks up which network announces a name's addresses",
                             .settings = kSettings,
                             .is_sensor = true,
                             .interval = std::chrono::minutes{5},
                             .interval_min = std::chrono::minutes{1},
                             .begin = begin,
                             .read = read};

}  // namespace bw
