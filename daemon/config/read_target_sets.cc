// SPDX-License-Identifier: Apache-2.0
#include "daemon/config/files.h"
#include "daemon/config/nearest.h"
#include "daemon/config/reader.h"
#include "daemon/config/values.h"
#include "probes/text.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <map>
#include <nlohmann/json.hpp>

// [[target_set]]: many targets from files of their own. `files` holds [[target]] tables; `list` (an
// address a line) and `file_sd` (Prometheus' JSON) fill in the set's other keys, one target for
// each address, where {{target}} is the address and {{NAME}} a label of it.
namespace bw::config {
namespace {

constexpr std::size_t kFileBytesMax = 64 << 20;  // 100,000 targets, generously written
constexpr std::size_t kLineBytesMax = 4096;
constexpr std::size_t kSourcesMax = 100'000;
// What is wrong with the set's own keys is wrong for each address: that many say it well enough.
constexpr std::size_t kTroubledMax = 10;
constexpr auto kWays = std::to_array<std::string_view>({"files", "list", "file_sd"});

struct Source {  // what becomes one target
  std::string address;
  std::map<std::string, std::string, std::less<>> labels;
  Position at;
};

// An id that follows from an address: "https://shop.example:8443/bag" is "shop.example-8443-bag".
std::string id_of(std::string_view address) {
  constexpr std::size_t kIdBytesMax = 64;
  if (const auto scheme = address.find("://"); scheme != std::string_view::npos)
    address.remove_prefix(scheme + 3);
  std::string id;
  for (const char c : address) {
    const bool is_fine = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
                         (c >= 'A' && c <= 'Z') || (c == '.' && !id.empty());
    if (is_fine) {
      id += c;
    } else if (!id.empty() && id.back() != '-') {
      id += '-';
    }
  }
  while (id.ends_with('-'))
    id.pop_back();
  if (id.size() <= kIdBytesMax) return id;
  // Cut, it would be another's too.
  const auto digest = sha256_hex(id).substr(0, 8);
  return id.substr(0, kIdBytesMax - digest.size() - 1) + "-" + digest;
}

std::int64_t number(std::string_view text) {  // 0 for what is none
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc{} && end == text.data() + text.size() ? value : 0;
}

bool is_word(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
  });
}

// A set's keys with the marks of one source filled in.
class Template {
 public:
  Template(Section& set, const Table& keys) : set_(&set), keys_(&keys) {}

  Node fill(const Source& source) {
    source_ = &source;
    Table table;
    for (const auto& entry : *keys_) {
      if (std::ranges::find(kWays, entry.key) == kWays.end()) table.push_back(filled(entry));
    }
    const auto add = [&](std::string_view key, auto value) {
      table.push_back({.key = std::string(key),
                       .at = source.at,
                       .node = {.at = source.at, .value = std::move(value)}});
    };
    if (!set_->has("id")) add("id", id_of(source.address));
    if (set_->has("url") || set_->has("host")) return {.at = source.at, .value = std::move(table)};
    // A URL, a name, or a name with its port, as Prometheus has them.
    const auto colon = source.address.rfind(':');
    const auto port = colon == std::string::npos ? 0 : number(source.address.substr(colon + 1));
    if (source.address.find("://") != std::string::npos) {
      add("url", source.address);
    } else if (port > 0 && !set_->has("port")) {
      add("host", source.address.substr(0, colon));
      add("port", port);
    } else {
      add("host", source.address);
    }
    return {.at = source.at, .value = std::move(table)};
  }

 private:
  Entry filled(const Entry& entry) {  // NOLINT(misc-no-recursion): as deep as the document
    return {.key = entry.key, .at = entry.at, .node = filled(entry.node)};
  }

  Node filled(const Node& node) {  // NOLINT(misc-no-recursion)
    Node out{.at = node.at, .value = node.value};
    if (auto* text = std::get_if<std::string>(&out.value)) {
      if (text->find("{{") != std::string::npos) {
        *text = filled(*text, node.at);
        out.at = source_->at;  // what is wrong with it now is the source's fault
      }
    } else if (auto* list = std::get_if<List>(&out.value)) {
      for (auto& item : *list)
        item = filled(item);
    } else if (auto* table = std::get_if<Table>(&out.value)) {
      for (auto& entry : *table)
        entry = filled(entry);
    }
    return out;
  }

  std::string filled(std::string_view text, Position at) {
    std::string out;
    for (;;) {
      const auto open = text.find("{{");
      const auto close = open == std::string_view::npos ? open : text.find("}}", open + 2);
      if (close == std::string_view::npos) return out.append(text);
      const auto name = trim(text.substr(open + 2, close - open - 2));
      out.append(text.substr(0, open));
      // Braces that hold no name belong to somebody else: JSON, say.
      out.append(is_word(name) ? value_of(name, at) : text.substr(open, close + 2 - open));
      text.remove_prefix(close + 2);
    }
  }

  std::string_view value_of(std::string_view name, Position at) {
    if (name == "target") return source_->address;
    if (const auto label = source_->labels.find(name); label != source_->labels.end())
      return label->second;
    std::vector<std::string_view> known{"target"};
    for (const auto& [label, value] : source_->labels)
      known.emplace_back(label);
    set_->problem(at,
                  in_quotes(source_->address) + " has no label " + in_quotes(name),
                  did_you_mean(name, known, "{{target}} is the address itself"));
    return name;
  }

  Section* set_;
  const Table* keys_;
  const Source* source_ = nullptr;
};

// One address a line; "#" begins a comment.
std::vector<Source> read_list(Section& set, std::string_view text, std::uint16_t file) {
  std::vector<Source> sources;
  std::uint32_t line = 0;
  while (!text.empty() && sources.size() <= kSourcesMax) {
    const auto end = std::min(text.find('\n'), text.size());
    auto words = trim(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
    const Position at{.file = file, .line = ++line, .column = 1};
    if (words.starts_with('#') || words.empty()) continue;
    words = trim(words.substr(0, words.find(" #")));
    if (words.size() > kLineBytesMax || words.find_first_of(" \t") != std::string_view::npos) {
      set.problem(at, in_quotes(words) + " is not an address", "write one address a line");
      continue;
    }
    sources.push_back({.address = std::string(words), .labels = {}, .at = at});
  }
  return sources;
}

Position position_at(std::string_view text, std::size_t byte, std::uint16_t file) {
  const auto before = text.substr(0, std::min(byte, text.size()));
  const auto line = static_cast<std::uint32_t>(std::ranges::count(before, '\n'));
  const auto start = before.rfind('\n');
  const auto column = start == std::string_view::npos ? before.size() : before.size() - start - 1;
  return {.file = file, .line = line + 1, .column = static_cast<std::uint32_t>(column) + 1};
}

// Prometheus' file_sd_config: [{"targets": ["ADDRESS", ...], "labels": {"NAME": "VALUE", ...}},
// ...]
std::vector<Source> read_file_sd(Section& set, const std::string& text, std::uint16_t file) {
  using nlohmann::json;
  const Position start{.file = file, .line = 1, .column = 1};
  const std::string_view shape = R"(write [{"targets": ["ADDRESS"], "labels": {"NAME": "VALUE"}}])";
  json groups;
  try {
    groups = json::parse(text);
  } catch (const json::parse_error& error) {
    set.problem(position_at(text, error.byte, file), "this is not JSON", std::string(shape));
    return {};
  }
  std::vector<Source> sources;
  std::size_t number = 0;
  const auto wrong = [&](std::string_view what) {
    set.problem(
        start, "group " + std::to_string(number) + " " + std::string(what), std::string(shape));
  };
  if (!groups.is_array()) {
    set.problem(start, "a file_sd document is a list of groups", std::string(shape));
    return {};
  }
  for (const auto& group : groups) {
    ++number;
    const auto targets = group.is_object() ? group.find("targets") : group.end();
    if (!group.is_object() || targets == group.end() || !targets->is_array()) {
      wrong("has no \"targets\"");
      continue;
    }
    std::map<std::string, std::string, std::less<>> labels;
    if (const auto given = group.find("labels"); given != group.end() && given->is_object()) {
      for (const auto& [name, value] : given->items()) {
        if (value.is_string()) labels.emplace(name, value.get<std::string>());
      }
    }
    for (const auto& target : *targets) {
      if (!target.is_string() || target.get_ref<const std::string&>().size() > kLineBytesMax) {
        wrong("has a target that is not a text of at most 4096 bytes");
      } else if (sources.size() <= kSourcesMax) {
        sources.push_back({.address = target.get<std::string>(), .labels = labels, .at = start});
      }
    }
  }
  return sources;
}

class SetReader {
 public:
  SetReader(Reading& reading, Section& set, const Node& node)
      : reading_(&reading), set_(&set), keys_(std::get_if<Table>(&node.value)) {}

  void read() {
    const auto way = the_way();
    if (way.empty() || keys_ == nullptr) return;
    for (const auto& item : set_->items(way)) {
      const auto files = matching_files(reading_->directory, item.text);
      if (files.empty()) {
        set_->problem(item.at,
                      "no file is called " + in_quotes(item.text),
                      "relative paths begin where this file is; a set that is still empty has an "
                      "empty file");
      }
      if (files.size() > kMatchesMax) {
        set_->problem(item.at, in_quotes(item.text) + " matches more than 1,000 files");
        continue;
      }
      for (const auto& file : files)
        read_file(way, file, item.at);
    }
    // A template's keys are known to the targets that are made of it.
    if (way == "files") set_->finish();
  }

 private:
  // The one of kWays that is there.
  std::string_view the_way() {
    std::string_view found;
    for (const auto way : kWays) {
      if (set_->find(way) == nullptr) continue;
      if (!found.empty()) {
        set_->problem(set_->at(way),
                      in_quotes(found) + " and " + in_quotes(way) + " exclude each other",
                      "write another [[target_set]]");
        return {};
      }
      found = way;
    }
    if (found.empty()) {
      set_->problem(
          set_->at(),
          "a set says where its targets are",
          R"(write files = "targets/*.toml", list = "urls.txt" or file_sd = "sd/*.json")");
    }
    return found;
  }

  void read_file(std::string_view way, const std::string& path, Position at) {
    auto text = read_whole(path, kFileBytesMax);
    if (!text) {
      set_->problem(at, "cannot read " + in_quotes(path) + ": " + text.error());
      return;
    }
    reading_->config.digest = sha256_hex(reading_->config.digest + sha256_hex(*text));
    const auto file = reading_->problems.add_file(path);
    if (way == "files") return read_tables(*text, file);
    make(way == "list" ? read_list(*set_, *text, file) : read_file_sd(*set_, *text, file));
  }

  void read_tables(const std::string& text, std::uint16_t file) {
    const auto document = parse_document(text, file);
    if (const auto* error = std::get_if<SyntaxError>(&document)) {
      reading_->problems.add(error->at, "this is not TOML: " + error->what);
      return;
    }
    Section root(std::get<Node>(document), {}, reading_->problems);
    for (auto& section : root.tables("target"))
      read_target(*reading_, section);
    root.finish();
  }

  void make(const std::vector<Source>& sources) {
    if (sources.size() > kSourcesMax) {
      set_->problem(set_->at(), "a set has at most 100,000 targets");
      return;
    }
    Template keys(*set_, *keys_);
    std::size_t troubled = 0;
    for (const auto& source : sources) {
      const auto before = reading_->problems.count();
      const auto node = keys.fill(source);
      Section section(node, "target " + in_quotes(source.address), reading_->problems);
      read_target(*reading_, section);
      if (reading_->problems.count() > before && ++troubled == kTroubledMax) return;
    }
  }

  Reading* reading_;
  Section* set_;
  const Table* keys_;
};

}  // namespace

void read_target_sets(Reading& reading) {
  auto sections = reading.root.tables("target_set", {});
  const auto* nodes = reading.root.find("target_set");
  const auto* list = nodes == nullptr ? nullptr : std::get_if<List>(&nodes->value);
  if (list == nullptr || list->size() != sections.size()) return;
  for (std::size_t i = 0; i < sections.size(); ++i)
    SetReader(reading, sections[i], (*list)[i]).read();
}

}  // namespace bw::config
