// SPDX-License-Identifier: Apache-2.0
#include "daemon/config/reader.h"
#include "daemon/config/values.h"

#include <algorithm>
#include <filesystem>

namespace bw::config {
namespace {

const std::vector<std::string_view> kProviderRoles{"payments",
                                                   "cdn",
                                                   "dns",
                                                   "cloud",
                                                   "platform",
                                                   "auth",
                                                   "messaging",
                                                   "logistics",
                                                   "search",
                                                   "tags",
                                                   "fraud",
                                                   "network",
                                                   "media",
                                                   "other"};

// An IANA name. Where this machine has the database the name must be in it.
bool is_timezone(std::string_view name) {
  const bool is_shaped =
      !name.empty() && name.size() <= 64 && name.front() != '/' &&
      name.find("..") == std::string_view::npos && std::ranges::all_of(name, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               c == '/' || c == '_' || c == '-' || c == '+';
      });
  if (!is_shaped) return false;
  const std::filesystem::path zones = "/usr/share/zoneinfo";
  std::error_code ignored;
  return !std::filesystem::exists(zones, ignored) ||
         std::filesystem::is_regular_file(zones / name, ignored);
}

std::vector<std::string> read_networks(Section& section, std::string_view key) {
  std::vector<std::string> networks;
  for (auto& item : section.items(key)) {
    if (is_network(item.text)) {
      networks.push_back(std::move(item.text));
    } else {
      section.problem(item.at,
                      in_quotes(key) + ": " + in_quotes(item.text) + " is not a network",
                      "write an address and a length, such as \"198.51.100.0/24\"");
    }
  }
  return networks;
}

std::vector<std::string> read_hosts(Section& section, std::string_view key) {
  std::vector<std::string> hosts;
  for (auto& item : section.items(key)) {
    if (is_host(item.text)) {
      hosts.push_back(std::move(item.text));
    } else {
      section.problem(item.at,
                      in_quotes(key) + ": " + in_quotes(item.text) + " is not a host name");
    }
  }
  return hosts;
}

Provider read_provider(Reading& reading, Section& section) {
  Provider provider;
  provider.id = read_id(reading, section, "provider");
  // The directory's entry says who it is, unless the file does.
  const auto* known = known_feed_of(section);
  provider.name = section.text("name", known == nullptr ? provider.id : known->title);
  provider.role = section.word("role", kProviderRoles, known == nullptr ? "other" : known->role);
  provider.allowed_issuers = section.texts("allowed_issuers");
  provider.networks = read_networks(section, "networks");
  provider.name_servers = read_hosts(section, "name_servers");
  provider.has_feed = section.has("feed");
  return provider;
}

// Finds one circle of needs that leads back to `start`, as the ids on it; empty where there is
// none.
class Circle {
 public:
  Circle(const Estate& estate, std::string_view start) : estate_(estate), start_(start) {}
  [[nodiscard]] std::vector<std::string_view> find() {
    walk(start_);
    return path_;
  }

 private:
  bool walk(std::string_view id) {  // NOLINT(misc-no-recursion): each id is entered once
    path_.push_back(id);
    seen_.push_back(id);
    const auto* provider = estate_.provider(id);
    for (const std::string_view need : provider->needs) {
      if (need == start_) return true;
      if (std::ranges::find(seen_, need) == seen_.end() && walk(need)) return true;
    }
    path_.pop_back();
    return false;
  }

  const Estate& estate_;
  std::string_view start_;
  std::vector<std::string_view> path_;
  std::vector<std::string_view> seen_;
};

// Each circle is reported once, at the provider of it that the file names first.
void check_circles(Reading& reading, std::vector<Section>& sections) {
  const auto& estate = reading.config.estate;
  std::vector<std::string_view> reported;
  for (std::size_t i = 0; i < sections.size(); ++i) {
    const std::string_view id = estate.providers[i].id;
    if (id.empty() || std::ranges::find(reported, id) != reported.end()) continue;
    auto circle = Circle(estate, id).find();
    if (circle.empty()) continue;
    reported.insert(reported.end(), circle.begin(), circle.end());
    std::string way = in_quotes(id);
    for (std::size_t step = 1; step < circle.size(); ++step)
      way += " → " + in_quotes(circle[step]);
    sections[i].problem(sections[i].at("needs"),
                        "a provider cannot need itself: " + way + " → " + in_quotes(id),
                        "take one of these out of \"needs\"");
  }
}

}  // namespace

const std::vector<std::string_view>& provider_roles() {
  return kProviderRoles;
}

void read_organisation(Reading& reading) {
  auto section = section_of(reading, "organisation");
  auto& estate = reading.config.estate;
  if (!section) {
    if (!reading.root.has("organisation")) {
      reading.root.problem({}, "[organisation] is missing", "it holds at least name and domain");
    }
    return;
  }
  estate.organisation =
      section->required_text("name", "it stands in messages: name = \"Hartley & Moor\"");
  estate.domain =
      section->required_text("domain", "write its main domain: domain = \"shop.example\"");
  if (!estate.domain.empty() && !is_host(estate.domain)) {
    section->problem(section->at("domain"), in_quotes(estate.domain) + " is not a domain name");
  }
  estate.timezone = section->text("timezone", "UTC");
  if (!is_timezone(estate.timezone)) {
    section->problem(section->at("timezone"),
                     in_quotes(estate.timezone) + " is not a time zone",
                     "write its IANA name, such as \"Europe/London\"");
  }
  estate.has_calendar = section->boolean("calendar", false);
  section->find("feed");
  section->finish();
}

void read_vantages(Reading& reading) {
  auto& config = reading.config;
  auto sections = reading.root.tables("vantage");
  std::optional<Position> here;
  for (auto& section : sections) {
    Vantage vantage;
    vantage.id = read_id(reading, section, "vantage");
    vantage.network = section.text("network");
    if (section.boolean("here", sections.size() == 1)) {
      if (here) {
        section.problem(section.at("here"),
                        "this daemon already stands at " + in_quotes(config.vantage) +
                            ", in line " + std::to_string(here->line),
                        "exactly one [[vantage]] has here = true");
      } else {
        here = section.at("here");
        config.vantage = vantage.id;
      }
    }
    config.estate.vantages.push_back(std::move(vantage));
    section.finish();
  }
  if (config.estate.vantages.empty()) {
    config.vantage = "here";
    config.estate.vantages.push_back({.id = "here", .network = {}});
  } else if (!here) {
    sections.front().problem(sections.front().at(),
                             "no [[vantage]] says that this daemon stands there",
                             "write here = true in one of them");
  }
}

void read_functions(Reading& reading) {
  auto sections = reading.root.tables("function");
  auto& functions = reading.config.estate.functions;
  for (auto& section : sections) {
    Function function;
    function.id = read_id(reading, section, "function");
    function.title = section.text("title", function.id);
    function.is_critical = section.boolean("critical", false);
    functions.push_back(std::move(function));
  }
  // What stands in for it may stand further down.
  for (std::size_t i = 0; i < sections.size(); ++i) {
    read_customer_words(reading, sections[i], functions[i]);
    sections[i].finish();
  }
}

void read_providers(Reading& reading) {
  auto sections = reading.root.tables("provider");
  auto& providers = reading.config.estate.providers;
  for (auto& section : sections)
    providers.push_back(read_provider(reading, section));
  // Needs may name a provider that stands further down.
  for (std::size_t i = 0; i < sections.size(); ++i) {
    providers[i].needs = read_providers_key(reading, sections[i], "needs");
    sections[i].find("feed");
    sections[i].finish();
  }
  check_circles(reading, sections);
}

void read_windows(Reading& reading) {
  for (auto& section : reading.root.tables("window", "text")) {
    Window window;
    for (const std::string_view key : {"from", "to"}) {
      if (section.find(key) == nullptr) section.missing(key, "a window has a beginning and an end");
    }
    const auto from = section.time("from");
    const auto to = section.time("to");
    if (from && to && *from >= *to) {
      section.problem(
          section.at("to"),
          R"("to" is not after "from": )" + print_time(*from) + " to " + print_time(*to));
    }
    window.from = from.value_or(Time{});
    window.to = to.value_or(Time{});
    window.kind = section.word("kind", {"maintenance", "change", "sale"}, "maintenance");
    window.text = section.text("text");
    window.functions = read_functions_key(reading, section, "functions");
    reading.config.estate.windows.push_back(std::move(window));
    section.finish();
  }
}

}  // namespace bw::config
