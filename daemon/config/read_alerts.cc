// SPDX-License-Identifier: Apache-2.0
#include "daemon/config/reader.h"
#include "daemon/config/values.h"

#include <algorithm>

namespace bw::config {
namespace {

constexpr std::size_t kLabelsMax = 32;

std::vector<std::string_view> kind_names() {
  std::vector<std::string_view> names;
  for (const auto* notifier : notifiers())
    names.push_back(notifier->name);
  return names;
}

void read_labels(Section& section, Destination& destination) {
  auto table = section.table("labels");
  if (!table) return;
  if (table->keys().size() > kLabelsMax) {
    section.problem(section.at("labels"), "\"labels\" has more than 32 entries");
    return;
  }
  for (const auto name : table->keys()) {
    const bool is_name =
        !name.empty() && (name.front() < '0' || name.front() > '9') &&
        std::ranges::all_of(name, [](char c) { return is_id({&c, 1}) || c == '_'; });
    if (!is_name) {
      table->problem(table->at(name),
                     in_quotes(name) + " cannot be a label's name",
                     "use letters, digits and \"_\", and no digit first");
    }
    destination.labels.emplace(name, table->text(name));
  }
}

void read_members(Section& section, Destination& destination) {
  for (auto& item : section.items("members")) {
    if (check_url(section, item.at, "members", item.text)) {
      destination.members.push_back(std::move(item.text));
    }
  }
}

// Keys that this kind does not take, with the kinds that do.
void refuse_keys(Section& section,
                 const Notifier& notifier,
                 bool Notifier::* takes,
                 std::initializer_list<std::string_view> keys) {
  std::vector<std::string_view> takers;
  for (const auto* other : notifiers()) {
    if (other->*takes) takers.push_back(other->name);
  }
  for (const auto key : keys) {
    section.refuse(key,
                   "kind " + in_quotes(notifier.name) + " takes no " + in_quotes(key),
                   "it is for kind " + enumerated(takers));
  }
}

// What only some kinds take.
void read_own_keys(Reading& reading,
                   Section& section,
                   const Notifier& notifier,
                   Destination& destination) {
  if (notifier.takes_secret) {
    destination.secret = read_secret(reading, section, "secret");
  } else {
    refuse_keys(
        section, notifier, &Notifier::takes_secret, {"secret", "secret_file", "secret_credential"});
  }
  if (notifier.takes_chat) {
    destination.chat = section.required_text("chat", std::string(notifier.chat_hint));
  } else {
    refuse_keys(section, notifier, &Notifier::takes_chat, {"chat"});
  }
  if (notifier.takes_cluster) {
    read_labels(section, destination);
    read_members(section, destination);
  } else {
    refuse_keys(section, notifier, &Notifier::takes_cluster, {"labels", "members"});
  }
}

// Its address or its key is a secret that was not read: nothing can be said of it.
bool is_stood_in_for(const Reading& reading, const Destination& destination) {
  const auto& stand_in = reading.sources.secrets_stand_in;
  return !stand_in.empty() && (destination.url == stand_in || destination.secret == stand_in);
}

void read_address(Reading& reading,
                  Section& section,
                  const Notifier& notifier,
                  Destination& destination) {
  // The others' addresses let whoever knows them post: they are secrets.
  const bool is_public = notifier.is_address_public;
  const std::size_t before = section.problems_count();
  destination.url = read_secret(reading, section, "url", is_public);
  if (section.problems_count() != before) return;
  for (const std::string_view key : {"url", "url_file", "url_credential"}) {
    if (!section.has(key)) continue;
    if (is_stood_in_for(reading, destination)) return;
    check_url(section, section.at(key), key, destination.url);
    return;
  }
  if (!notifier.url_default.empty()) {
    destination.url = notifier.url_default;
    return;
  }
  section.missing("url",
                  is_public ? "write url = \"http://127.0.0.1:9093\""
                            : "write url_file = \"/path\", url_credential = \"name\" or url = "
                              "\"${NAME}\"");
}

Destination read_destination(Reading& reading, Section& section) {
  Destination destination;
  const std::size_t before = section.problems_count();
  destination.id = read_id(reading, section, "destination");
  destination.kind = section.required_text("kind", "it is one of " + enumerated(kind_names()));
  const auto* notifier = find_notifier(destination.kind);
  if (notifier == nullptr) {
    if (!destination.kind.empty()) section.word("kind", kind_names(), {});
    return destination;
  }
  read_address(reading, section, *notifier, destination);
  read_own_keys(reading, section, *notifier, destination);
  destination.trust.ca_file = reading.defaults.ca_file;
  if (section.find("ca_file") != nullptr) {
    destination.trust.ca_file = read_path(reading, section, "ca_file");
  }
  section.finish();
  // A notifier only judges what could be read.
  if (section.problems_count() != before || is_stood_in_for(reading, destination))
    return destination;
  for (const auto& wrong : notifier->check(destination)) {
    const std::string_view key = section.has("url_file") ? "url_file" : "url";
    section.problem(section.at(key), wrong);
  }
  return destination;
}

std::vector<std::string_view> destination_ids(const Config& config) {
  std::vector<std::string_view> ids;
  ids.reserve(config.destinations.size());
  for (const auto& destination : config.destinations)
    ids.emplace_back(destination.id);
  return ids;
}

Route read_route(Reading& reading, Section& section) {
  Route route;
  const auto known = destination_ids(reading.config);
  if (section.find("destinations") == nullptr) {
    section.missing("destinations", "name at least one [[destination]]");
  }
  for (auto& item : section.items("destinations")) {
    if (std::ranges::find(known, item.text) == known.end()) {
      section.problem(
          item.at,
          "\"destinations\" names " + in_quotes(item.text) + ", which is no destination",
          did_you_mean(item.text, known, "add a [[destination]] with this id"));
    }
    route.destinations.push_back(std::move(item.text));
  }
  route.functions = read_functions_key(reading, section, "functions");
  const auto level =
      section.word("level",
                   {"degraded", "outage", "watch", "suspected", "strongly_suspected", "declared"},
                   std::string(print(route.level_min)));
  route.level_min = parse_level(level).value_or(route.level_min);
  route.is_cyber_only = section.boolean("cyber_only", route.is_cyber_only);
  route.sends_resolved = section.boolean("resolved", route.sends_resolved);
  section.finish();
  return route;
}

bool is_routed(const Config& config, const std::string& id) {
  return std::ranges::any_of(config.routes, [&id](const Route& route) {
    return std::ranges::find(route.destinations, id) != route.destinations.end();
  });
}

}  // namespace

void read_alerts(Reading& reading) {
  auto& config = reading.config;
  auto sections = reading.root.tables("destination");
  for (auto& section : sections) {
    config.destinations.push_back(read_destination(reading, section));
  }
  for (auto& section : reading.root.tables("route")) {
    config.routes.push_back(read_route(reading, section));
  }
  if (config.routes.empty() && !config.destinations.empty()) {
    // Who names destinations and no routes wants everything everywhere.
    Route all;
    for (const auto id : destination_ids(config))
      all.destinations.emplace_back(id);
    config.routes.push_back(std::move(all));
    return;
  }
  for (std::size_t i = 0; i < sections.size(); ++i) {
    const auto& id = config.destinations[i].id;
    if (id.empty() || is_routed(config, id)) continue;
    sections[i].problem(sections[i].at(),
                        "nothing is ever sent there: no [[route]] names it",
                        "add it to the destinations of a route, or remove it");
  }
}

}  // namespace bw::config
