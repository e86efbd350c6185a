// SPDX-License-Identifier: Apache-2.0
#include "daemon/config/section.h"

#include "daemon/config/nearest.h"
#include "daemon/config/values.h"

#include <algorithm>
#include <array>
#include <limits>

namespace bw::config {
namespace {

constexpr std::size_t kTextBytesMax = 64 << 10;
// Beyond these nothing more is remembered: the report ends at kErrorsMax anyway.
constexpr std::size_t kFoundMax = 20'000;

// What people write who come from other tools.
struct Synonym {
  std::string_view other;
  std::string_view ours;
};
constexpr auto kSynonyms = std::to_array<Synonym>({{.other = "timeout", .ours = "deadline"},
                                                   {.other = "period", .ours = "interval"},
                                                   {.other = "frequency", .ours = "interval"},
                                                   {.other = "every", .ours = "interval"},
                                                   {.other = "type", .ours = "kind"},
                                                   {.other = "uri", .ours = "url"},
                                                   {.other = "webhook_url", .ours = "url"},
                                                   {.other = "depends_on", .ours = "needs"},
                                                   {.other = "dependencies", .ours = "needs"},
                                                   {.other = "status", .ours = "expect_status"},
                                                   {.other = "contains", .ours = "expect_text"},
                                                   {.other = "resolvers", .ours = "name_servers"}});

bool contains(const std::vector<std::string>& words, std::string_view word) {
  return std::ranges::find(words, word) != words.end();
}

}  // namespace

std::uint16_t Problems::add_file(std::string path) {
  // Thousands of files: what is wrong with the last ones is said of the last one.
  if (files_.size() <= std::numeric_limits<std::uint16_t>::max()) files_.push_back(std::move(path));
  return static_cast<std::uint16_t>(files_.size() - 1);
}

void Problems::add(Position at, std::string what, std::string hint) {
  if (found_.size() >= kFoundMax) return;
  found_.push_back(
      {.at = at, .error = {.what = std::move(what), .where = where(at), .hint = std::move(hint)}});
}

std::string Problems::where(Position at) const {
  return files_.at(at.file) + ":" + std::to_string(at.line) + ":" + std::to_string(at.column);
}

std::vector<Error> Problems::take() {
  std::ranges::stable_sort(found_, {}, &Found::at);
  // A section that is looked at twice complains twice.
  const auto again = std::ranges::unique(found_, {}, &Found::error);
  found_.erase(again.begin(), again.end());
  std::vector<Error> errors;
  for (auto& found : found_) {
    if (errors.size() == kErrorsMax) {
      errors.push_back({.what = "there are " + std::to_string(found_.size() - kErrorsMax) +
                                " more problems after these",
                        .where = files_.front(),
                        .hint = {}});
      break;
    }
    errors.push_back(std::move(found.error));
  }
  found_.clear();
  return errors;
}

std::string in_quotes(std::string_view text) {
  constexpr std::size_t kShownBytes = 60;
  std::string out = "\"";
  for (const char c : text.substr(0, kShownBytes))
    out += has_control({&c, 1}) ? '?' : c;
  if (text.size() > kShownBytes) {
    // A character is not cut in the middle.
    while (out.size() > 1 && (static_cast<unsigned char>(out.back()) & 0xC0U) == 0x80U) {
      out.pop_back();
    }
    if (static_cast<unsigned char>(out.back()) >= 0xC0U) out.pop_back();
    out += "…";
  }
  return out + "\"";
}

std::string enumerated(const std::vector<std::string_view>& words) {
  std::string out;
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (i > 0) out += i + 1 == words.size() ? " and " : ", ";
    out += in_quotes(words[i]);
  }
  return out;
}

std::string did_you_mean(std::string_view word,
                         const std::vector<std::string_view>& candidates,
                         std::string otherwise) {
  if (const auto near = nearest(word, candidates); !near.empty()) {
    return "did you mean " + in_quotes(near) + "?";
  }
  for (const auto& synonym : kSynonyms) {
    const bool is_offered = std::ranges::find(candidates, synonym.ours) != candidates.end();
    if (is_offered && word == synonym.other) return "did you mean " + in_quotes(synonym.ours) + "?";
  }
  return otherwise;
}

Section::Section(const Node& table, std::string name, Problems& problems)
    : table_(std::get_if<Table>(&table.value)),
      at_(table.at),
      name_(std::move(name)),
      problems_(&problems) {}

const Entry* Section::entry(std::string_view key) const {
  if (table_ == nullptr) return nullptr;
  const auto at = std::ranges::find(*table_, key, &Entry::key);
  return at == table_->end() ? nullptr : &*at;
}

Position Section::at(std::string_view key) const {
  const auto* found = entry(key);
  return found == nullptr ? at_ : found->node.at;
}

bool Section::has(std::string_view key) const {
  return entry(key) != nullptr;
}

std::vector<std::string_view> Section::keys() const {
  std::vector<std::string_view> keys;
  if (table_ == nullptr) return keys;
  for (const auto& found : *table_)
    keys.emplace_back(found.key);
  return keys;
}

const Node* Section::find(std::string_view key) {
  if (!contains(known_, key)) known_.emplace_back(key);
  const auto* found = entry(key);
  return found == nullptr ? nullptr : &found->node;
}

void Section::wrong_type(std::string_view key, const Node& node, std::string_view wanted) {
  problem(
      node.at,
      in_quotes(key) + " must be " + std::string(wanted) + ", not " + std::string(type_of(node)));
}

std::optional<std::string> Section::checked(std::string_view key, const Node& node) {
  const auto* text = std::get_if<std::string>(&node.value);
  if (text == nullptr) {
    wrong_type(key, node, "a text");
  } else if (text->empty()) {
    problem(node.at, in_quotes(key) + " is empty", "leave it out, or write a value");
  } else if (text->size() > kTextBytesMax) {
    problem(node.at, in_quotes(key) + " is longer than 65,536 bytes");
  } else if (text->find('\0') != std::string::npos) {
    problem(node.at, in_quotes(key) + " holds a NUL character");
  } else {
    return *text;
  }
  return std::nullopt;
}

std::string Section::text(std::string_view key, std::string fallback) {
  const auto* node = find(key);
  if (node == nullptr) return fallback;
  return checked(key, *node).value_or(std::move(fallback));
}

std::string Section::required_text(std::string_view key, std::string hint) {
  if (find(key) == nullptr) missing(key, std::move(hint));
  return text(key);
}

std::string Section::word(std::string_view key,
                          const std::vector<std::string_view>& allowed,
                          std::string fallback) {
  const auto* node = find(key);
  if (node == nullptr) return fallback;
  const auto given = checked(key, *node);
  if (!given) return fallback;
  if (std::ranges::find(allowed, *given) != allowed.end()) return *given;
  problem(node->at,
          in_quotes(key) + " cannot be " + in_quotes(*given),
          did_you_mean(*given, allowed, "it is one of " + enumerated(allowed)));
  return fallback;
}

std::int64_t Section::integer(std::string_view key,
                              std::int64_t fallback,
                              std::int64_t min,
                              std::int64_t max) {
  const auto* node = find(key);
  if (node == nullptr) return fallback;
  const auto* value = std::get_if<std::int64_t>(&node->value);
  if (value == nullptr) {
    wrong_type(key, *node, "an integer");
    return fallback;
  }
  if (*value < min || *value > max) {
    problem(node->at,
            in_quotes(key) + " is " + std::to_string(*value),
            "it must be from " + std::to_string(min) + " to " + std::to_string(max));
    return fallback;
  }
  return *value;
}

bool Section::boolean(std::string_view key, bool fallback) {
  const auto* node = find(key);
  if (node == nullptr) return fallback;
  const auto* value = std::get_if<bool>(&node->value);
  if (value == nullptr) {
    wrong_type(key, *node, "true or false");
    return fallback;
  }
  return *value;
}

Millis Section::duration(std::string_view key, Millis fallback, Millis min, Millis max) {
  const auto* node = find(key);
  if (node == nullptr) return fallback;
  const auto* text = std::get_if<std::string>(&node->value);
  if (text == nullptr) {
    wrong_type(key, *node, "a duration such as \"30s\"");
    return fallback;
  }
  const auto value = parse_duration(*text);
  if (!value) {
    problem(node->at, in_quotes(key) + ": " + value.error().what, value.error().hint);
    return fallback;
  }
  if (*value < min || *value > max) {
    problem(node->at,
            in_quotes(key) + " is " + in_quotes(*text),
            "it must be from " + print_setting(min) + " to " + print_setting(max));
    return fallback;
  }
  return *value;
}

std::uint64_t Section::size(std::string_view key,
                            std::uint64_t fallback,
                            std::uint64_t min,
                            std::uint64_t max) {
  const auto* node = find(key);
  if (node == nullptr) return fallback;
  const auto* text = std::get_if<std::string>(&node->value);
  if (text == nullptr) {
    wrong_type(key, *node, "a size such as \"2GiB\"");
    return fallback;
  }
  const auto value = parse_size(*text);
  if (!value) {
    problem(node->at,
            in_quotes(key) + ": " + in_quotes(*text) + " is not a size",
            R"(write a whole number and a unit, such as "500MiB" or "2GiB")");
    return fallback;
  }
  if (*value < min || *value > max) {
    problem(node->at,
            in_quotes(key) + " is " + in_quotes(*text),
            "it must be from " + print_size(min) + " to " + print_size(max));
    return fallback;
  }
  return *value;
}

std::optional<Time> Section::time(std::string_view key) {
  const auto* node = find(key);
  if (node == nullptr) return std::nullopt;
  if (const auto* value = std::get_if<Time>(&node->value)) return *value;
  problem(node->at,
          in_quotes(key) + " must be a date and time with its offset, not " +
              std::string(type_of(*node)),
          "write it without quotes, such as 2026-11-27T22:00:00Z or 2026-11-27T22:00:00+01:00");
  return std::nullopt;
}

std::vector<Item> Section::items(std::string_view key) {
  const auto* node = find(key);
  if (node == nullptr) return {};
  std::vector<Item> items;
  const auto* list = std::get_if<List>(&node->value);
  if (list == nullptr) {
    if (!std::holds_alternative<std::string>(node->value)) {
      wrong_type(key, *node, "a list of texts");
    } else if (auto text = checked(key, *node)) {
      items.push_back({.text = std::move(*text), .at = node->at});
    }
    return items;
  }
  for (const auto& member : *list) {
    auto text = checked(key, member);
    if (!text) continue;
    if (std::ranges::find(items, *text, &Item::text) != items.end()) {
      problem(member.at,
              in_quotes(key) + " names " + in_quotes(*text) + " twice",
              "remove one of them");
      continue;
    }
    items.push_back({.text = std::move(*text), .at = member.at});
  }
  return items;
}

std::vector<std::string> Section::texts(std::string_view key) {
  std::vector<std::string> texts;
  for (auto& item : items(key))
    texts.push_back(std::move(item.text));
  return texts;
}

std::optional<Section> Section::table(std::string_view key) {
  const auto* node = find(key);
  if (node == nullptr) return std::nullopt;
  if (!std::holds_alternative<Table>(node->value)) {
    wrong_type(key, *node, "a table");
    return std::nullopt;
  }
  const bool is_top = name_.empty();
  return Section(
      *node, is_top ? "[" + std::string(key) + "]" : name_ + ": " + std::string(key), *problems_);
}

std::vector<Section> Section::tables(std::string_view key, std::string_view id_key) {
  const auto* node = find(key);
  if (node == nullptr) return {};
  std::vector<Section> sections;
  const auto* list = std::get_if<List>(&node->value);
  if (list == nullptr) {
    problem(node->at,
            in_quotes(key) + " must be a list of tables, not " + std::string(type_of(*node)),
            "write [[" + std::string(key) + "]], in double brackets, once for each");
    return {};
  }
  const std::string within = name_.empty() ? "" : name_ + ": ";
  for (const auto& member : *list) {
    std::string name = within + std::string(key) + " " + std::to_string(sections.size() + 1);
    if (const auto* table = std::get_if<Table>(&member.value)) {
      const auto id = std::ranges::find(*table, id_key, &Entry::key);
      const auto* text = id == table->end() ? nullptr : std::get_if<std::string>(&id->node.value);
      if (text != nullptr && !text->empty())
        name = within + std::string(key) + " " + in_quotes(*text);
    } else {
      wrong_type(key, member, "a table");
      continue;
    }
    sections.emplace_back(member, std::move(name), *problems_);
  }
  return sections;
}

void Section::problem(Position at, const std::string& what, std::string hint) {
  problems_->add(at, name_.empty() ? what : name_ + ": " + what, std::move(hint));
}

void Section::missing(std::string_view key, std::string hint) {
  problem(at_, in_quotes(key) + " is missing", std::move(hint));
}

void Section::refuse(std::string_view key, const std::string& what, std::string hint) {
  if (!has(key)) return;
  refused_.emplace_back(key);
  problem(entry(key)->at, what, std::move(hint));
}

void Section::finish() {
  if (table_ == nullptr) return;
  const std::vector<std::string_view> known(known_.begin(), known_.end());
  for (const auto& found : *table_) {
    if (contains(known_, found.key) || contains(refused_, found.key)) continue;
    problem(found.at,
            "unknown key " + in_quotes(found.key),
            did_you_mean(found.key, known, "it takes " + enumerated(known)));
  }
}

}  // namespace bw::config
