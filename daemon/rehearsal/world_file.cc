// SPDX-License-Identifier: Apache-2.0
#include "daemon/rehearsal/book.h"
#include "daemon/rehearsal/links.h"
#include "daemon/rehearsal/toml_table.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <set>

namespace bw::rehearsal {
namespace {

constexpr auto kRoles = std::to_array<std::string_view>({"own",
                                                         "cdn",
                                                         "dns",
                                                         "cloud",
                                                         "payments",
                                                         "auth",
                                                         "messaging",
                                                         "logistics",
                                                         "search",
                                                         "tags",
                                                         "fraud",
                                                         "platform",
                                                         "network",
                                                         "public"});
constexpr auto kKinds =
    std::to_array<std::string_view>({"page", "api", "login", "checkout", "feed", "ping"});
constexpr auto kFormats = std::to_array<std::string_view>({"statuspage",
                                                           "google-cloud",
                                                           "aws",
                                                           "rss",
                                                           "atom",
                                                           "incident-io",
                                                           "instatus",
                                                           "salesforce-trust",
                                                           "slack"});

// "08:00-23:00" as two times of day.
std::optional<std::pair<Millis, Millis>> parse_trading(std::string_view text) {
  const auto clock = [](std::string_view part) -> std::optional<Millis> {
    const auto digit = [&](std::size_t at) { return part[at] >= '0' && part[at] <= '9'; };
    if (part.size() != 5 || part[2] != ':') return std::nullopt;
    if (!digit(0) || !digit(1) || !digit(3) || !digit(4)) return std::nullopt;
    const int hour = (part[0] - '0') * 10 + part[1] - '0';
    const int minute = (part[3] - '0') * 10 + part[4] - '0';
    if (hour > 24 || minute > 59) return std::nullopt;
    return std::chrono::hours{hour} + std::chrono::minutes{minute};
  };
  if (text.size() != 11 || text[5] != '-') return std::nullopt;
  const auto opens = clock(text.substr(0, 5));
  const auto closes = clock(text.substr(6));
  if (!opens || !closes) return std::nullopt;
  return std::pair{*opens, *closes};
}

void read_org(TomlTable& org, WorldFile& world) {
  world.organisation = org.required_text("name");
  world.domain = org.required_text("domain");
  world.timezone = org.required_text("timezone");
  const auto trading = parse_trading(org.required_text("trading"));
  if (!trading) return org.problem("trading", R"("trading" is not like "08:00-23:00")");
  std::tie(world.opens, world.closes) = *trading;
}

void read_owner(TomlTable& table, WorldFile& world) {
  Owner owner;
  owner.id = table.required_text("id");
  owner.name = table.required_text("name");
  table.require("role");
  owner.role = table.word("role", kRoles);
  owner.needs = table.texts("needs");
  table.table("feed", [&](TomlTable& feed) {
    FeedPlace place;
    place.url = feed.required_text("url");
    if (!parse_link(place.url)) feed.problem("url", "\"" + place.url + "\" is not a URL");
    feed.require("format");
    place.format = feed.word("format", kFormats);
    place.components = feed.texts("components");
    owner.feed = std::move(place);
  });
  world.owners.push_back(std::move(owner));
}

void read_host(TomlTable& table, WorldFile& world) {
  HostEntry host;
  host.name = table.required_text("name");
  host.owner = table.required_text("owner");
  host.behind = table.texts("behind");
  host.dns = table.required_text("dns");
  table.require("a");
  host.addresses = table.addresses("a");
  if (table.has("a") && host.addresses.empty()) table.problem("a", "a host needs an address");
  table.require("ns");
  host.name_servers = table.texts("ns");
  table.require("asn");
  host.asn = static_cast<std::uint32_t>(table.integer("asn", 0, 0xffffffffLL).value_or(0));
  host.ca = table.required_text("ca");
  host.caa = table.texts("caa");
  table.require("cert_days");
  // Renewed 30 days before the end: a shorter life would be renewed before it began.
  host.cert_days = static_cast<int>(table.integer("cert_days", 31, 4000).value_or(90));
  host.has_dnssec = table.flag("dnssec");
  world.hosts.push_back(std::move(host));
}

void read_endpoint(TomlTable& table, WorldFile& world) {
  Endpoint endpoint;
  endpoint.url = table.required_text("url");
  const auto link = parse_link(endpoint.url);
  if (table.has("url") && !link) table.problem("url", "\"" + endpoint.url + "\" is not a URL");
  if (link) endpoint.url = print_link(*link);
  endpoint.function = table.required_text("function");
  table.require("kind");
  endpoint.kind = table.word("kind", kKinds);
  endpoint.needs = table.texts("needs");
  endpoint.soft = table.texts("soft");
  endpoint.latency = table.required_duration("latency");
  endpoint.says = table.text("says");
  endpoint.json = table.json("json");
  endpoint.scripts = table.texts("scripts");
  for (const auto& script : endpoint.scripts) {
    if (!is_reference(script)) table.problem("scripts", "\"" + script + "\" is not a URL");
  }
  endpoint.form_action = table.text("form_action");
  if (!is_reference(endpoint.form_action)) {
    table.problem("form_action", "\"" + endpoint.form_action + "\" is not a URL");
  }
  endpoint.headers = table.headers("headers");
  table.table("churn", [&](TomlTable& churn) {
    endpoint.churn.body = churn.duration("body").value_or(Millis{0});
    endpoint.churn.app_script = churn.duration("app_script").value_or(Millis{0});
    endpoint.churn.tag_script = churn.duration("tag_script").value_or(Millis{0});
  });
  world.endpoints.push_back(std::move(endpoint));
}

// Looks up what one part of the file says about another.
class References {
 public:
  References(const WorldFile& world, const std::string& path, std::vector<Error>& problems)
      : path_(path), problems_(problems) {
    for (const auto& owner : world.owners)
      add(owners_, owner.id, "owner");
    for (const auto& host : world.hosts)
      add(hosts_, host.name, "host");
    for (const auto& function : world.functions)
      add(functions_, function.id, "function");
    std::set<std::string, std::less<>> urls;
    for (const auto& endpoint : world.endpoints)
      add(urls, endpoint.url, "endpoint");
  }
  void check(const WorldFile& world) {
    if (!owners_.contains("own")) say("there is no owner \"own\"");
    for (const auto& owner : world.owners) {
      known(owner.needs, "owner " + owner.id + " needs");
    }
    for (const auto& host : world.hosts) {
      known({host.owner}, "host " + host.name + " is of");
      known(host.behind, "host " + host.name + " is behind");
    }
    for (const auto& endpoint : world.endpoints)
      check(endpoint);
    if (world.vantages.empty()) say("there is no [[vantage]]");
  }

 private:
  using Names = std::set<std::string, std::less<>>;

  void check(const Endpoint& endpoint) {
    const auto link = parse_link(endpoint.url);
    if (link && !hosts_.contains(link->host)) {
      say("endpoint " + endpoint.url + ": there is no [[host]] " + link->host);
    }
    if (!functions_.contains(endpoint.function)) {
      say("endpoint " + endpoint.url + ": unknown function \"" + endpoint.function + "\"");
    }
    known(endpoint.needs, "endpoint " + endpoint.url + " needs");
    known(endpoint.soft, "endpoint " + endpoint.url + " degrades with");
  }
  void add(Names& names, const std::string& name, const std::string& kind) {
    if (!names.insert(name).second) say(kind + " \"" + name + "\" is there twice");
  }
  void known(const std::vector<std::string>& ids, const std::string& whose) {
    for (const auto& id : ids) {
      if (!owners_.contains(id)) say(fmt::format("{} an unknown owner \"{}\"", whose, id));
    }
  }
  void say(std::string what) {
    problems_.push_back({.what = std::move(what), .where = path_, .hint = {}});
  }

  const std::string& path_;
  std::vector<Error>& problems_;
  Names owners_;
  Names hosts_;
  Names functions_;
};

std::string world_name(const std::string& path) {
  const std::filesystem::path file(path);
  return file.filename() == "world.toml" ? file.parent_path().filename().string()
                                         : file.stem().string();
}

}  // namespace

std::expected<WorldFile, std::vector<Error>> read_world_file(const std::string& path) {
  const auto document = parse_toml_file(path);
  if (!document) return std::unexpected(std::vector{document.error()});
  std::vector<Error> problems;
  WorldFile world;
  world.name = world_name(path);
  TomlTable root(*document, path, problems);
  root.require("org");
  root.table("org", [&](TomlTable& table) { read_org(table, world); });
  root.tables("owner", [&](TomlTable& table) { read_owner(table, world); });
  root.tables("host", [&](TomlTable& table) { read_host(table, world); });
  root.tables("endpoint", [&](TomlTable& table) { read_endpoint(table, world); });
  root.tables("function", [&](TomlTable& table) {
    auto id = table.required_text("id");
    world.functions.push_back({.id = std::move(id), .title = table.required_text("title")});
  });
  root.tables("vantage", [&](TomlTable& table) {
    VantageEntry vantage;
    vantage.id = table.required_text("id");
    vantage.asn = static_cast<std::uint32_t>(table.integer("asn", 0, 0xffffffffLL).value_or(0));
    world.vantages.push_back(std::move(vantage));
  });
  root.finish();
  References(world, path, problems).check(world);
  if (!problems.empty()) return std::unexpected(std::move(problems));
  return world;
}

}  // namespace bw::rehearsal
