// SPDX-License-Identifier: Apache-2.0
#include "daemon/config/reader.h"
#include "daemon/config/target_keys.h"
#include "daemon/config/values.h"

#include <algorithm>
#include <array>
#include <chrono>

namespace bw::config {
namespace {

constexpr Millis kIntervalMin{1'000};
constexpr Millis kIntervalMax{std::chrono::hours{24}};
constexpr Millis kDeadlineMin{50};
constexpr Millis kDeadlineMax{std::chrono::minutes{5}};
// Status pages ask for this much patience (and publish no faster).
constexpr Millis kFeedInterval{std::chrono::minutes{2}};
constexpr Millis kFeedIntervalMin{30'000};
// A look at a page's scripts is up to 13 exchanges, and scripts change by the hour, not the minute.
constexpr Millis kScriptsInterval{std::chrono::minutes{10}};
// A journey of several steps takes longer than a look at one page.
constexpr int kJourneyDeadlines = 3;
// What one daemon can look at; each target costs memory for its history.
constexpr std::size_t kTargetsMax = 100'000;

std::vector<std::string_view> kind_names() {
  std::vector<std::string_view> names;
  for (const auto* kind : probe_kinds())
    names.push_back(kind->name);
  return names;
}

// "password" is also given by "password_file" and "password_credential".
std::string_view stem_of(std::string_view key) {
  for (const std::string_view suffix : {"_file", "_credential"}) {
    const auto stem = key.substr(0, key.size() - std::min(key.size(), suffix.size()));
    if (key.ends_with(suffix) && (stem == "username" || stem == "password")) return stem;
  }
  return key;
}

const Setting* setting_of(const ProbeKind& kind, std::string_view key) {
  const auto at = std::ranges::find(
      kind.settings, key, [](const Setting& setting) { return stem_of(setting.key); });
  return at == kind.settings.end() ? nullptr : &*at;
}

// A key that this kind does not take, but others do, is worth more than "unknown key".
void refuse_others_keys(Section& section, const ProbeKind& kind) {
  for (const auto key : section.keys()) {
    const auto stem = stem_of(key);
    if (find_target_key(stem) == nullptr || setting_of(kind, stem) != nullptr) continue;
    std::vector<std::string_view> takers;
    for (const auto* other : probe_kinds()) {
      if (setting_of(*other, stem) != nullptr) takers.push_back(other->name);
    }
    if (takers.empty()) continue;
    section.refuse(key,
                   "kind " + in_quotes(kind.name) + " takes no " + in_quotes(key),
                   "it is for kind " + enumerated(takers));
  }
}

bool is_given(const Section& section, std::string_view key) {
  const std::string plain(key);
  return section.has(key) || section.has(plain + "_file") || section.has(plain + "_credential");
}

void read_settings(Reading& reading, Section& section, const ProbeKind& kind, Spec& spec) {
  for (const auto& key : target_keys()) {
    const auto* setting = setting_of(kind, key.name);
    if (setting == nullptr) continue;
    if (setting->is_required && !is_given(section, key.name)) {
      section.missing(key.name, std::string(setting->about));
    }
    key.read(reading, section, spec);
  }
  if (setting_of(kind, "slow") == nullptr) spec.slow = Millis{0};
  if (setting_of(kind, "handshake_every") == nullptr) spec.handshake_every = Millis{0};
  refuse_others_keys(section, kind);
}

// A look must be over before the next one begins. A deadline that was not written follows.
void read_times(Reading& reading, Section& section, Prober::Watched& watched, Millis interval_min) {
  auto& spec = watched.spec;
  watched.interval = section.duration("interval", watched.interval, interval_min, kIntervalMax);
  const Millis usual = reading.defaults.deadline * (spec.steps.empty() ? 1 : kJourneyDeadlines);
  const Millis inherited = std::min({usual, watched.interval, kDeadlineMax});
  spec.deadline = section.duration("deadline", inherited, kDeadlineMin, kDeadlineMax);
  if (spec.deadline > watched.interval) {
    section.problem(section.at("deadline"),
                    "\"deadline\" (" + print_duration(spec.deadline) +
                        ") is longer than the interval (" + print_duration(watched.interval) + ")",
                    "a look must be over before the next one begins");
  }
  if (section.has("slow") && spec.slow >= spec.deadline) {
    section.problem(section.at("slow"),
                    "\"slow\" (" + print_duration(spec.slow) +
                        ") is not shorter than the deadline (" + print_duration(spec.deadline) +
                        "): it can never be reached",
                    "make it shorter, or the deadline longer");
  }
}

Surface default_surface(std::string_view kind) {
  if (kind == "page" || kind == "login" || kind == "scripts" || kind == "journey")
    return Surface::web;
  const bool is_for_apps = kind == "api" || kind == "grpc" || kind == "websocket";
  return is_for_apps ? Surface::app : Surface::other;
}

Surface read_surface(Section& section, std::string_view kind) {
  const auto fallback = default_surface(kind);
  const auto given = section.word(
      "surface", {"web", "app", "store", "staff", "other"}, std::string(print(fallback)));
  return parse_surface(given).value_or(fallback);
}

Role role_named(std::string_view name) {
  if (name == "provider") return Role::provider;
  if (name == "neighbour") return Role::neighbour;
  if (name == "control") return Role::control;
  return Role::service;
}

// Who runs it, and with that, what it is to the organisation.
void read_role(Reading& reading, Section& section, Target& target) {
  const auto& estate = reading.config.estate;
  target.owner = section.text("owner", std::string(kOwn));
  const bool is_provider = estate.provider(target.owner) != nullptr;
  if (find_probe_kind(target.kind)->is_sensor) {
    target.role = Role::sensor;
    section.refuse("role",
                   "a target of kind " + in_quotes(target.kind) + " only tells about others",
                   R"(leave "role" out; "owner" says whose name or network it is)");
  } else if (target.kind == "feed") {
    target.role = Role::feed;
    section.refuse("role", "a feed has no other role than to be read", "leave \"role\" out");
  } else {
    target.role = role_named(section.word("role",
                                          {"service", "provider", "neighbour", "control"},
                                          is_provider ? "provider" : "service"));
  }
  if (target.role == Role::neighbour && !section.has("owner")) target.owner = target.host;
  if (target.role == Role::control && !section.has("owner")) target.owner = target.host;
  const bool is_free = target.role == Role::neighbour || target.role == Role::control;
  if (target.owner == kOwn && target.role == Role::provider) {
    section.problem(section.at("role"),
                    "role \"provider\" needs the provider that runs it",
                    "write owner = \"ID\" of a [[provider]]");
  }
  if (target.owner == kOwn || is_provider || is_free) return;
  std::vector<std::string_view> known{kOwn};
  for (const auto& provider : estate.providers)
    known.emplace_back(provider.id);
  section.problem(section.at("owner"),
                  "\"owner\" names " + in_quotes(target.owner) + ", which is no provider",
                  did_you_mean(target.owner,
                               known,
                               "add a [[provider]] with this id, or role = \"neighbour\" for "
                               "somebody else's"));
}

void read_function(Reading& reading, Section& section, Target& target) {
  const bool serves = target.role == Role::service || target.role == Role::provider;
  // What a sensor tells may concern one function, or all.
  if (target.role == Role::sensor && section.find("function") == nullptr) return;
  if (!serves && target.role != Role::sensor) {
    section.refuse(
        "function",
        "a " + std::string(print(target.role)) + " serves no function of the organisation",
        "leave \"function\" out");
    return;
  }
  if (section.find("function") == nullptr) {
    section.missing("function", "say what customers do with it: the id of a [[function]]");
    return;
  }
  const std::string id = section.text("function");
  if (id.empty()) return;
  target.function = id;
  if (reading.config.estate.function(id) != nullptr) return;
  std::vector<std::string_view> known;
  known.reserve(reading.config.estate.functions.size());
  for (const auto& function : reading.config.estate.functions)
    known.emplace_back(function.id);
  section.problem(section.at("function"),
                  "\"function\" names " + in_quotes(id) + ", which is no function",
                  did_you_mean(id, known, "add a [[function]] with this id"));
}

// What stands in "needs" need not stand in "soft" too. A provider's own endpoint needs the
// provider.
void read_needs(Reading& reading, Section& section, Target& target) {
  target.needs = read_providers_key(reading, section, "needs");
  if (target.role == Role::provider && reading.config.estate.provider(target.owner) != nullptr &&
      std::ranges::find(target.needs, target.owner) == target.needs.end()) {
    target.needs.push_back(target.owner);
  }
  target.soft = read_providers_key(reading, section, "soft");
  for (const auto& id : target.soft) {
    if (std::ranges::find(target.needs, id) == target.needs.end()) continue;
    section.problem(section.at("soft"),
                    in_quotes(id) + R"( stands in "needs" and in "soft")",
                    "without what it needs it fails; without what is soft it only degrades");
  }
}

Prober::Watched inherit(const Reading& reading, std::string_view kind) {
  Prober::Watched watched;
  watched.interval = reading.defaults.interval;
  watched.spec.kind = kind;
  if (kind != "journey") watched.spec.slow = reading.defaults.slow;  // that is for its steps
  watched.spec.handshake_every = reading.defaults.handshake_every;
  watched.spec.trust.ca_file = reading.defaults.ca_file;
  return watched;
}

std::string host_of(const Spec& spec) {
  if (!spec.host.empty()) return spec.host;
  const bool is_websocket = spec.url.starts_with("ws");
  const auto parsed = inspect_url(is_websocket ? "http" + spec.url.substr(2) : spec.url);
  return parsed.url ? parsed.url->host : std::string{};
}

void add(Reading& reading, Section& section, Target target, Prober::Watched watched) {
  if (reading.config.watched.size() == kTargetsMax) {
    section.problem(section.at(), "a daemon watches at most 100,000 targets");
    return;
  }
  target.interval = watched.interval;
  reading.config.estate.targets.push_back(std::move(target));
  reading.config.watched.push_back(std::move(watched));
}

void read_control(Reading& reading, Section& section) {
  const bool has_url = section.find("url") != nullptr;
  const bool has_host = section.find("host") != nullptr;
  if (has_url == has_host) {
    section.problem(has_url ? section.at("host") : section.at(),
                    has_url ? R"("url" and "host" exclude each other)" : "\"url\" is missing",
                    R"(write url = "https://...", or host = "..." and port = 443)");
  }
  const auto* kind = find_probe_kind(has_host ? "tcp" : "page");
  auto watched = inherit(reading, kind->name);
  const std::vector<std::string_view> keys =
      has_host ? std::vector<std::string_view>{"host", "port"}
               : std::vector<std::string_view>{"url", "ca_file", "verify", "expect_status"};
  for (const auto key : keys)
    find_target_key(key)->read(reading, section, watched.spec);
  if (has_host && !has_url && section.find("port") == nullptr) {
    section.missing("port", "write the port to connect to, such as port = 443");
  }
  Target target;
  target.kind = kind->name;
  target.role = Role::control;
  target.surface = Surface::other;
  target.host = host_of(watched.spec);
  target.owner = target.host;
  if (section.find("id") != nullptr) {
    target.id = read_id(reading, section, "target");
  } else if (!target.host.empty()) {
    target.id = "control:" + target.host;
    claim_id(reading, section, "target", target.id);
  }
  read_times(reading, section, watched, kIntervalMin);
  section.finish();
  add(reading, section, std::move(target), std::move(watched));
}

// What every feed's target inherits.
Prober::Watched feed_of(const Reading& reading, const std::string& provider) {
  auto watched = inherit(reading, "feed");
  watched.spec.feed_provider = provider;
  watched.interval = kFeedInterval;
  return watched;
}

void add_feed(Reading& reading,
              Section& section,
              const std::string& provider,
              Prober::Watched watched) {
  Target target;
  target.id = "feed:" + provider;
  target.kind = "feed";
  target.owner = provider;
  target.role = Role::feed;
  target.surface = Surface::other;
  target.host = host_of(watched.spec);
  add(reading, section, std::move(target), std::move(watched));
}

// [provider.feed]
void read_feed(Reading& reading, Section section, const std::string& provider) {
  auto watched = feed_of(reading, provider);
  read_settings(reading, section, *find_probe_kind("feed"), watched.spec);
  read_times(reading, section, watched, kFeedIntervalMin);
  section.finish();
  add_feed(reading, section, provider, std::move(watched));
}

// feed = "stripe", of a provider whose id is null where it was refused.
void read_known_feed(Reading& reading, Section& section, const std::string* provider) {
  const auto* known = known_feed_of(section);
  if (known == nullptr) {
    const std::string name = section.text("feed");
    if (name.empty()) return;  // complained about
    section.problem(section.at("feed"),
                    "the directory of status feeds has no " + in_quotes(name),
                    did_you_mean(name,
                                 known_feed_names(),
                                 "`bellwether list feeds` shows what it has; for any other write "
                                 "[provider.feed] with its url"));
  }
  if (known == nullptr || provider == nullptr) return;
  auto watched = feed_of(reading, *provider);
  watched.spec.slow = watched.spec.handshake_every = Millis{0};
  watched.spec.deadline = std::min(reading.defaults.deadline, watched.interval);
  watched.spec.url = known->url;
  watched.spec.format = known->format;
  watched.spec.components = known->components;
  add_feed(reading, section, *provider, std::move(watched));
}

}  // namespace

const KnownFeed* known_feed_of(Section& provider) {
  const auto* feed = provider.find("feed");
  const auto* name = feed == nullptr ? nullptr : std::get_if<std::string>(&feed->value);
  return name == nullptr ? nullptr : find_known_feed(*name);
}

void read_defaults(Reading& reading) {
  auto& defaults = reading.defaults;
  auto section = section_of(reading, "defaults");
  if (!section) return;
  defaults.interval = section->duration("interval", defaults.interval, kIntervalMin, kIntervalMax);
  defaults.deadline = section->duration("deadline", defaults.deadline, kDeadlineMin, kDeadlineMax);
  defaults.slow = section->duration("slow", defaults.slow, Millis{1}, kDeadlineMax);
  defaults.handshake_every =
      section->duration("handshake_every", defaults.handshake_every, Millis{0}, kHandshakeEveryMax);
  reading.config.net.user_agent = section->text("user_agent", reading.config.net.user_agent);
  section->finish();
}

void read_target(Reading& reading, Section& section) {
  Target target;
  target.id = read_id(reading, section, "target");
  target.kind = section.required_text("kind", "it is one of " + enumerated(kind_names()));
  const auto* kind = find_probe_kind(target.kind);
  if (kind == nullptr) {
    // Without a kind nothing else of it can be judged.
    if (!target.kind.empty()) section.word("kind", kind_names(), {});
    return;
  }
  auto watched = inherit(reading, kind->name);
  read_settings(reading, section, *kind, watched.spec);
  target.host = host_of(watched.spec);
  read_role(reading, section, target);
  read_function(reading, section, target);
  read_needs(reading, section, target);
  target.surface = read_surface(section, target.kind);
  target.is_sensitive = section.boolean("sensitive", target.kind == "login");
  const bool is_feed = target.role == Role::feed;
  if (is_feed) watched.interval = std::max(watched.interval, kFeedInterval);
  if (target.kind == "scripts") watched.interval = std::max(watched.interval, kScriptsInterval);
  if (is_feed) watched.spec.feed_provider = target.owner;
  if (kind->interval > Millis{0}) watched.interval = kind->interval;
  read_times(reading, section, watched, is_feed ? kFeedIntervalMin : kind->interval_min);
  section.finish();
  add(reading, section, std::move(target), std::move(watched));
}

void read_targets(Reading& reading) {
  auto sections = reading.root.tables("target");
  if (!reading.root.has("target") && !reading.root.has("target_set")) {
    reading.root.problem({}, "there is nothing to watch", "add a [[target]]");
  }
  for (auto& section : sections)
    read_target(reading, section);
}

void read_controls(Reading& reading) {
  for (auto& section : reading.root.tables("control"))
    read_control(reading, section);
}

void read_feeds(Reading& reading) {
  if (auto organisation = section_of(reading, "organisation")) {
    if (auto feed = organisation->table("feed")) read_feed(reading, *feed, std::string(kOwn));
  }
  for (auto& section : reading.root.tables("provider")) {
    const auto* feed = section.find("feed");
    if (feed == nullptr) continue;
    // A provider whose own id was refused has been complained about.
    const auto* id = section.find("id");
    const auto* text = id == nullptr ? nullptr : std::get_if<std::string>(&id->value);
    if (std::holds_alternative<std::string>(feed->value)) {
      read_known_feed(reading, section, text);
    } else if (!std::holds_alternative<Table>(feed->value)) {
      section.problem(feed->at,
                      "\"feed\" must be a name or a table, not " + std::string(type_of(*feed)),
                      "write feed = \"stripe\", or [provider.feed] with its url");
    } else if (auto table = section.table("feed"); table && text != nullptr) {
      read_feed(reading, *table, *text);
    }
  }
}

}  // namespace bw::config
