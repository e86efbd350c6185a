// SPDX-License-Identifier: Apache-2.0
#include "daemon/config/reader.h"
#include "daemon/config/values.h"

#include <algorithm>

namespace bw::config {
namespace {

template <class List>
std::vector<std::string_view> ids_of(const List& list) {
  std::vector<std::string_view> ids;
  ids.reserve(list.size());
  for (const auto& item : list)
    ids.emplace_back(item.id);
  return ids;
}

// Keeps those of `key` that are in `known`, and complains about the others.
std::vector<std::string> known_only(Section& section,
                                    std::string_view key,
                                    std::string_view sort,
                                    const std::vector<std::string_view>& known) {
  std::vector<std::string> kept;
  for (auto& item : section.items(key)) {
    if (std::ranges::find(known, item.text) != known.end()) {
      kept.push_back(std::move(item.text));
      continue;
    }
    section.problem(
        item.at,
        in_quotes(key) + " names " + in_quotes(item.text) + ", which is no " + std::string(sort),
        did_you_mean(item.text, known, "add a [[" + std::string(sort) + "]] with this id"));
  }
  return kept;
}

}  // namespace

std::optional<Section> section_of(Reading& reading, std::string_view key) {
  return reading.root.table(key);
}

std::string read_id(Reading& reading, Section& section, std::string_view sort) {
  std::string id = section.required_text(
      "id", "give it a short name that stays, such as id = \"" + std::string(sort) + "-1\"");
  if (id.empty()) return {};
  if (!is_id(id)) {
    section.problem(section.at("id"),
                    in_quotes(id) + " cannot be an id",
                    R"(use letters, digits, ".", "_" and "-", at most 64 of them)");
    return {};
  }
  if (id == kOwn && sort == "provider") {
    section.problem(section.at("id"),
                    "\"own\" stands for the organisation itself",
                    "give the provider another id");
    return {};
  }
  claim_id(reading, section, sort, id);
  return id;
}

void claim_id(Reading& reading, Section& section, std::string_view sort, const std::string& id) {
  const Position at = section.at("id");
  const auto [taken, is_new] = reading.ids.emplace(std::string(sort) + " " + id, at);
  if (is_new) return;
  const Position first = taken->second;
  section.problem(at,
                  "the id " + in_quotes(id) + " is already taken, " +
                      (first.file == at.file ? "in line " + std::to_string(first.line)
                                             : "at " + reading.problems.where(first)),
                  "give one of them another id");
}

std::vector<std::string> read_functions_key(Reading& reading,
                                            Section& section,
                                            std::string_view key) {
  return known_only(section, key, "function", ids_of(reading.config.estate.functions));
}

std::vector<std::string> read_providers_key(Reading& reading,
                                            Section& section,
                                            std::string_view key) {
  return known_only(section, key, "provider", ids_of(reading.config.estate.providers));
}

bool check_url(Section& section, Position at, std::string_view key, std::string_view url) {
  const auto parsed = inspect_url(url);
  if (parsed.url) return true;
  section.problem(at, in_quotes(key) + " " + std::string(parsed.wrong));
  return false;
}

std::string read_url(Section& section, std::string_view key) {
  std::string url = section.text(key);
  if (url.empty() || !check_url(section, section.at(key), key, url)) return {};
  return url;
}

std::vector<std::string> read_endpoints(Section& section, std::string_view key) {
  std::vector<std::string> endpoints;
  for (auto& item : section.items(key)) {
    if (is_endpoint(item.text, false)) {
      endpoints.push_back(std::move(item.text));
    } else {
      section.problem(item.at,
                      in_quotes(key) + ": " + in_quotes(item.text) + " is not an address",
                      R"(write "192.0.2.53", "192.0.2.53:5353" or "[2001:db8::53]:53")");
    }
  }
  return endpoints;
}

}  // namespace bw::config
